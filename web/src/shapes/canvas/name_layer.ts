/** The names of the shapes, each in the colour of its label. */

import { inkOn } from "../../parts/ink";
import { type Box, boundsOf } from "../geometry";
import type { Point, Shape } from "../shape";
import { type Camera, toScreen } from "./camera";
import { box } from "./elements";
import { type NameBox, placeOf, readable } from "./name_places";

interface Named {
  readonly shape: Shape;
  readonly element: HTMLDivElement;
  readonly bounds: Box;
  place: NameBox | null;
}

export interface NameLayer {
  show(shapes: readonly Shape[]): void;
  look(camera: Camera, view: Box): void;
  hover(id: string | null): void;
  /** The shape whose name is at a point of the screen, the one on top first. */
  at(point: Point): string | null;
}

export type Measure = (name: string) => { readonly width: number; readonly height: number };

export function createNameLayer(root: HTMLElement, measure: Measure): NameLayer {
  let named = new Map<string, Named>();
  let seen: readonly [Camera, Box] | null = null;
  let hovered: string | null = null;

  function make(shape: Shape): Named {
    const element = box("pf-canvas-name");
    paintName(element, shape.label ?? "", shape.color);
    return { shape, element, bounds: boundsOf(shape.points), place: null };
  }

  function show(shapes: readonly Shape[]): void {
    const old = named;
    named = new Map();
    for (const shape of shapes) {
      if (shape.label === null) continue;
      const entry = old.get(shape.id);
      named.set(shape.id, entry?.shape === shape ? entry : make(shape));
    }
    const here = new Set([...named.values()].map((entry) => entry.element));
    for (const { element } of old.values()) if (!here.has(element)) element.remove();
    for (const { element } of named.values()) if (element.parentNode === null) root.append(element);
    place();
  }

  function place(): void {
    if (seen === null) return;
    const [camera, view] = seen;
    const entries = [...named.values()];
    const places = entries.map(({ shape, bounds }) => placeOf(boxOnScreen(camera, bounds), measure(shape.label!), view));
    const fits = readable(places);
    entries.forEach((entry, index) => {
      entry.place = fits[index] === true ? places[index]! : null;
      const shown = entry.shape.id === hovered ? places[index]! : entry.place;
      putName(entry.element, shown);
    });
  }

  return {
    show,
    look(camera, view) {
      seen = [camera, view];
      place();
    },
    hover(id) {
      if (id === hovered) return;
      const [before, after] = [hovered, id].map((one) => (one === null ? undefined : named.get(one)));
      hovered = id;
      if (before !== undefined) {
        before.element.classList.remove("pf-canvas-name-hovered");
        putName(before.element, before.place);
      }
      if (after === undefined || seen === null) return;
      after.element.classList.add("pf-canvas-name-hovered");
      putName(after.element, placeOf(boxOnScreen(seen[0], after.bounds), measure(after.shape.label!), seen[1]));
    },
    at([x, y]) {
      const found = [...named.values()].findLast(({ place }) => {
        if (place === null) return false;
        return x >= place.left && x <= place.left + place.width && y >= place.top && y <= place.top + place.height;
      });
      return found?.shape.id ?? null;
    },
  };
}

export function paintName(element: HTMLElement, name: string, color: string): void {
  element.textContent = name;
  element.style.background = color;
  element.style.color = inkOn(color);
}

export function putName(element: HTMLElement, place: NameBox | null): void {
  element.style.visibility = place === null ? "hidden" : "visible";
  if (place !== null) element.style.transform = `translate(${Math.round(place.left)}px, ${Math.round(place.top)}px)`;
}

export function boxOnScreen(camera: Camera, bounds: Box): Box {
  const [left, top] = toScreen(camera, [bounds.left, bounds.top]);
  const [right, bottom] = toScreen(camera, [bounds.right, bounds.bottom]);
  return { left, top, right, bottom };
}

/** Measures names as they will be shown; each only once. */
export function createMeasure(root: HTMLElement, fontPx: number): Measure {
  const family = getComputedStyle(root).fontFamily;
  const context = document.createElement("canvas").getContext("2d");
  const known = new Map<string, { width: number; height: number }>();
  const height = Math.ceil(fontPx * 1.3) + 3;
  return (name) => {
    let size = known.get(name);
    if (size === undefined) {
      if (context !== null) context.font = `650 ${fontPx}px ${family}`;
      const text = context?.measureText(name).width ?? name.length * fontPx * 0.6;
      size = { width: Math.min(Math.ceil(text) + 12, WIDEST_PX), height };
      known.set(name, size);
    }
    return size;
  };
}

/** Longer names end in dots; the style sheet has the same number. */
const WIDEST_PX = 220;
