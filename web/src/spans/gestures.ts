/** Mouse, pen and finger on the text: drag to select, click to point, handles to resize. */

import { tokenAt, wordAround } from "../text/tokens";
import type { Document } from "./document";
import { type Rules, type TokenRange, withinNeighbours } from "./edit";
import type { Editing } from "./editing";
import type { Geometry } from "./geometry";
import { type Mark, marksAt } from "./marks";
import type { Painter } from "./painter";
import { scrollAtEdges } from "./scroll";
import { type Selectable, onToken, rangeBetween } from "./select";

export interface Surface {
  readonly root: HTMLElement;
  readonly document: Document;
  readonly geometry: Geometry;
  readonly painter: Painter;
  readonly editing: Editing;
  readonly rules: Rules;
  readonly allowed: Selectable;
  readonly colorOf: (label: string | null) => string | null;
  /** Show again what is picked, after a drag showed something else. */
  readonly showPicked: () => void;
}

interface Drag {
  readonly pointer: number;
  readonly x: number;
  readonly y: number;
  /** The tokens that letting go at a place of the screen would take. */
  readonly rangeAt: (x: number, y: number) => TokenRange | null;
  readonly color: string | null;
  readonly finish: (range: TokenRange) => void;
  begun: boolean;
  lastX: number;
  lastY: number;
  stopScrolling: () => void;
}

const BEGINS_PX = 5;
const DOUBLE_MS = 450;

/** Listen on the text; returns what stops listening. */
export function watchGestures(surface: Surface): () => void {
  const { root, painter, editing, showPicked } = surface;
  let drag: Drag | null = null;
  let swallowsClick = false;
  let lastClick = { atMs: -DOUBLE_MS, token: -1 };

  function onDown(event: PointerEvent): void {
    swallowsClick = false;
    if (event.button !== 0 || !event.isPrimary) return;
    if (event.pointerType === "touch") event.stopPropagation(); // the card's swipes are not meant
    drag = beginDrag(surface, event);
  }

  function onMove(event: PointerEvent): void {
    if (drag === null || event.pointerId !== drag.pointer) return;
    drag.lastX = event.clientX;
    drag.lastY = event.clientY;
    if (!drag.begun) {
      if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < BEGINS_PX) return;
      drag.begun = true;
      root.setPointerCapture(event.pointerId);
      const begun = drag;
      drag.stopScrolling = scrollAtEdges(root, () => begun.lastY, preview);
    }
    preview();
  }

  function preview(): void {
    if (drag === null) return;
    painter.showPick({ range: drag.rangeAt(drag.lastX, drag.lastY), cursor: -1, color: drag.color });
  }

  function onUp(event: PointerEvent): void {
    const ended = drag;
    if (ended === null || event.pointerId !== ended.pointer) return;
    cancel();
    if (!ended.begun) return;
    swallowsClick = true;
    const range = ended.rangeAt(event.clientX, event.clientY);
    if (range !== null) ended.finish(range);
  }

  function cancel(): void {
    drag?.stopScrolling();
    const shown = drag?.begun === true;
    drag = null;
    if (shown) showPicked();
  }

  function onClick(event: MouseEvent): void {
    if (swallowsClick) {
      swallowsClick = false;
      return;
    }
    const target = event.target as Element;
    const mark = painter.markOf(target);
    if (mark !== null && target.closest(".pf-span-cross") !== null) return editing.remove(mark);
    const { token } = surface.geometry.hit(event.clientX, event.clientY);
    const now = performance.now();
    const isDouble = now - lastClick.atMs < DOUBLE_MS && lastClick.token === token && token >= 0;
    lastClick = { atMs: isDouble ? -DOUBLE_MS : now, token };
    click(surface, { token, mark, isDouble, extends: event.shiftKey });
  }

  /** Escape leaves a drag before anything else. */
  const leave = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || drag?.begun !== true) return;
    event.stopPropagation();
    swallowsClick = true;
    cancel();
  };

  const listeners = { pointerdown: onDown, pointermove: onMove, pointerup: onUp, pointercancel: cancel, click: onClick };
  for (const [name, listener] of Object.entries(listeners)) root.addEventListener(name, listener as EventListener);
  addEventListener("keydown", leave, { capture: true });
  return () => {
    cancel();
    for (const [name, listener] of Object.entries(listeners)) root.removeEventListener(name, listener as EventListener);
    removeEventListener("keydown", leave, { capture: true });
  };
}

function beginDrag(surface: Surface, event: PointerEvent): Drag {
  const { geometry, document, editing, allowed, colorOf } = surface;
  const place = { pointer: event.pointerId, x: event.clientX, y: event.clientY, lastX: event.clientX, lastY: event.clientY };
  const rest = { begun: false, stopScrolling: () => undefined };
  const edge = (event.target as Element).closest<HTMLElement>(".pf-span-handle")?.dataset["edge"];
  const mark = editing.focused();
  if (edge !== undefined && mark !== null) {
    const rangeAt = (x: number, y: number) => resized(surface, mark, edge === "start", geometry.hit(x, y).position);
    return { ...place, ...rest, rangeAt, color: colorOf(mark.label), finish: (range) => editing.resize(mark, range) };
  }
  const { position } = geometry.hit(event.clientX, event.clientY);
  const rangeAt = (x: number, y: number) => rangeBetween(document, position, geometry.hit(x, y).position, allowed);
  return { ...place, ...rest, rangeAt, color: colorOf(editing.state().active), finish: (range) => editing.mark(range) };
}

/** A span with one of its edges moved; it keeps one token at least. */
function resized({ document, allowed, editing, rules }: Surface, mark: Mark, isStart: boolean, position: number): TokenRange | null {
  const fixed = onToken(isStart ? mark.last : mark.first);
  const moved = isStart ? Math.min(position, fixed) : Math.max(position, fixed);
  const range = rangeBetween(document, fixed, moved, allowed);
  return range === null ? null : withinNeighbours(editing.state().marks, mark, range, rules);
}

interface Click {
  readonly token: number;
  /** The mark whose label or line was clicked. */
  readonly mark: Mark | null;
  readonly isDouble: boolean;
  readonly extends: boolean;
}

function click(surface: Surface, { token, mark, isDouble, extends: isExtending }: Click): void {
  const { editing, document, allowed, rules } = surface;
  const { marks, selected, picked } = editing.state();
  if (rules.single && token >= 0 && !isExtending) return editing.point(token);
  if (mark !== null) return editing.select(mark.span);
  if (token < 0) return void editing.leave();
  if (isExtending && (picked !== null || selected !== null)) return extend(surface, token);
  const here = marksAt(marks, token);
  if (isDouble && (rules.overlap || here.length === 0)) {
    const range = wordRange(document, token, allowed);
    return range === null ? undefined : editing.mark(range);
  }
  const next = here[here.findIndex((one) => one.span === selected) + 1];
  if (next !== undefined) return editing.select(next.span);
  if (here.length > 1) return editing.select(null);
  // A click beside the selected span leaves it; the next one points.
  if (selected !== null) return here.length === 0 ? editing.select(null) : undefined;
  editing.point(token);
}

function extend({ editing, document, allowed }: Surface, token: number): void {
  const { picked } = editing.state();
  const mark = picked === null ? editing.focused() : null;
  const anchors = mark === null ? [picked?.anchor ?? token] : [mark.first, mark.last];
  const anchor = anchors.reduce((far, one) => (Math.abs(one - token) > Math.abs(far - token) ? one : far));
  const range = rangeBetween(document, onToken(anchor), onToken(token), allowed);
  if (range === null) return;
  if (mark !== null) editing.resize(mark, range);
  else editing.mark(range);
}

/** The word around a token: itself, unless tokens are characters. */
function wordRange(document: Document, token: number, allowed: Selectable): TokenRange | null {
  const { tokens, text } = document;
  const { from, to } = tokens[token]!;
  const [wordFrom, wordTo] = to - from <= 2 ? wordAround(text, from) : [from, to];
  const first = Math.max(0, tokenAt(tokens, wordFrom));
  const last = Math.max(tokenAt(tokens, wordTo - 1), token);
  const isWhole = tokens[first]!.from >= wordFrom && tokens[last]!.to <= wordTo;
  return rangeBetween(document, onToken(isWhole ? first : token), onToken(isWhole ? last : token), allowed);
}
