/** Tells screen readers what happened, once things stand still: a key that is held down says one sentence. */

import type { Deed } from "./editor";
import { boundsOf } from "./geometry";
import type { Point, Shape } from "./shape";
import { say } from "./words";

const QUIET_MS = 250;

export type Announcer = ReturnType<typeof createAnnouncer>;

export function createAnnouncer(tell: (sentence: string) => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const later = (sentence: string) => {
    clearTimeout(timer);
    timer = setTimeout(() => tell(sentence), QUIET_MS);
  };
  return {
    sentence: later,
    deed: (deed: Deed) => later("shape" in deed ? say().deeds[deed.kind](describe(deed.shape)) : say().deeds[deed.kind]),
    crosshair: ([x, y]: Point) => later(say().crosshairAt(Math.round(x), Math.round(y))),
    stop: () => clearTimeout(timer),
  };
}

/** "CELL, box", for a shape's buttons. */
export function nameOfShape(shape: Shape): string {
  return say().shape(shape.label ?? say().noName, say().types[shape.type]);
}

function describe(shape: Shape): string {
  if (shape.points.length === 0) return nameOfShape(shape);
  const { left, top } = boundsOf(shape.points);
  return say().where(nameOfShape(shape), sizeOfShape(shape), Math.round(left), Math.round(top));
}

/** "124 × 80", in pixels of the picture. */
export function sizeOfShape(shape: Shape): string {
  const { left, top, right, bottom } = boundsOf(shape.points);
  return say().size(Math.round(right - left), Math.round(bottom - top));
}
