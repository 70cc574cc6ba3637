/** The elements of marks and of what is being picked. They carry no meaning of their own: what they show is told to
 * screen readers as a list. */

import type { Box, Geometry } from "./geometry";
import type { Mark } from "./marks";
import type { Style } from "./painter";
import type { BandPlan, Part } from "./plan";

/** What marks are drawn with. */
interface Pen {
  readonly plan: BandPlan;
  readonly style: Style;
  readonly canEdit: boolean;
  /** Tells the mark of an element, for clicks. */
  readonly owners: WeakMap<Element, Mark>;
}

const FILL_OVER_PX = 2;
const BELOW_TEXT_PX = 2;
const LEAST_TAG_PX = 14;

/** Draw all marks of a band anew. */
export function drawMarks(block: HTMLElement, pen: Pen): void {
  const under: Element[] = [];
  const over: Element[] = [];
  for (const part of pen.plan.parts) {
    if (pen.style === "fill" || (pen.style === "lanes" && part.isSelected)) under.push(fill(part, pen));
    if (pen.style === "lanes") over.push(strip(part, pen));
    else if (part.isFirst) over.push(hangingTag(part, pen));
    if (part.isSelected && pen.canEdit) over.push(...handles(part, pen));
  }
  layer(block, "pf-span-under", pen.plan.band.number).replaceChildren(...under);
  layer(block, "pf-span-over", pen.plan.band.number).replaceChildren(...over);
}

/** Take the marks of a block's other bands away. */
export function keepBands(block: HTMLElement, isKept: (band: number) => boolean): void {
  for (const element of Array.from(block.children) as HTMLElement[]) {
    const band = element.dataset["band"];
    if (band !== undefined && !isKept(Number(band))) element.remove();
  }
}

function layer(block: HTMLElement, name: string, band: number): Element {
  const found = (Array.from(block.children) as HTMLElement[]).find((child) => child.className === name && child.dataset["band"] === String(band));
  if (found !== undefined) return found;
  const element = document.createElement("div");
  element.className = name;
  element.dataset["band"] = String(band);
  element.setAttribute("aria-hidden", "true");
  block.append(element);
  return element;
}

function fill(part: Part, pen: Pen): HTMLElement {
  const element = box("pf-span-fill", part, pen);
  place(element, { ...part, left: part.left - FILL_OVER_PX, right: part.right + FILL_OVER_PX });
  return element;
}

/** The line of a span below its text, in its lane, with its label at the start. */
function strip(part: Part, pen: Pen): HTMLElement {
  const element = box("pf-span-strip", part, pen);
  element.style.left = px(part.left);
  element.style.width = px(part.right - part.left);
  element.style.top = `calc(${px(part.bottom + BELOW_TEXT_PX)} + ${part.lane} * var(--pitch))`;
  element.append(...tag(part, pen));
  return element;
}

/** A label below the start of its span, or below the middle of its token. */
function hangingTag(part: Part, pen: Pen): HTMLElement {
  const { rtl, width } = pen.plan;
  const holder = box("pf-span-hanging", part, pen);
  holder.style.top = `calc(${px(part.bottom)} + ${part.lane} * var(--pitch))`;
  if (pen.style === "columns") holder.style.left = px((part.left + part.right) / 2);
  else if (rtl) holder.style.right = px(width - part.right - FILL_OVER_PX);
  else holder.style.left = px(part.left - FILL_OVER_PX);
  holder.append(...tag(part, pen));
  return holder;
}

/** The name of the label, and the cross that removes the span. */
function tag({ mark, tagRoom }: Part, { canEdit, style }: Pen): readonly Element[] {
  if (mark.label === null && !canEdit) return [];
  const element = named("pf-span-tag", "");
  if (tagRoom !== null && style !== "columns") element.style.setProperty("--room", px(Math.max(LEAST_TAG_PX, tagRoom)));
  element.title = mark.label ?? "";
  element.append(named("pf-span-name", mark.label ?? "–"));
  if (canEdit) element.append(named("pf-span-cross", "×"));
  return [element];
}

function named(name: string, text: string): HTMLElement {
  const element = document.createElement("span");
  element.className = name;
  element.textContent = text;
  return element;
}

/** At the edges of the selected span: drag them to resize it. */
function handles(part: Part, pen: Pen): readonly Element[] {
  const at = (edge: "start" | "end") => {
    const element = box("pf-span-handle", part, pen);
    const x = (edge === "start") !== pen.plan.rtl ? part.left : part.right;
    element.dataset["edge"] = edge;
    place(element, { ...part, left: x, right: x });
    element.style.width = "";
    return element;
  };
  return [...(part.isFirst ? [at("start")] : []), ...(part.isLast ? [at("end")] : [])];
}

function box(name: string, part: Part, { plan, owners }: Pen): HTMLElement {
  const element = document.createElement("div");
  const { mark, tint, isFirst, isLast, isSelected } = part;
  element.className = name;
  const flags = { mark: "", first: isFirst, last: isLast, selected: isSelected, fits: mark.fits, rtl: plan.rtl };
  for (const [flag, value] of Object.entries(flags)) element.dataset[flag] = String(value);
  element.style.setProperty("--label", tint.color);
  element.style.setProperty("--on-label", tint.ink);
  owners.set(element, mark);
  return element;
}

function place(element: HTMLElement, { left, right, top, bottom }: Pick<Box, "left" | "right" | "top" | "bottom">): void {
  element.style.left = px(left);
  element.style.width = px(right - left);
  element.style.top = px(top);
  element.style.height = px(bottom - top);
}

interface PickBoxes {
  readonly place: number;
  readonly boxes: readonly Box[];
  readonly ground: DOMRect;
}

/** Draw a selection and a cursor; returns what was drawn, so that it can go again. */
export function drawPick(geometry: Geometry, range: readonly PickBoxes[], cursor: readonly PickBoxes[], color: string | null): Element[] {
  return [...range.flatMap((one) => drawBoxes("pf-span-pick", geometry, one, color)), ...cursor.flatMap((one) => drawBoxes("pf-span-cursor", geometry, one, null))];
}

function drawBoxes(name: string, geometry: Geometry, { place: block, boxes, ground }: PickBoxes, color: string | null): Element[] {
  return boxes.map(({ left, right, top, bottom }) => {
    const element = document.createElement("div");
    element.className = name;
    element.setAttribute("aria-hidden", "true");
    place(element, {
      left: left - ground.left - FILL_OVER_PX,
      right: right - ground.left + FILL_OVER_PX,
      top: top - ground.top,
      bottom: bottom - ground.top,
    });
    if (color !== null) element.style.setProperty("--label", color);
    geometry.element(block).append(element);
    return element;
  });
}

function px(value: number): string {
  return `${Math.round(value * 100) / 100}px`;
}
