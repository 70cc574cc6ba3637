/** A shape on a picture, in pixels of the original as it is shown (turned upright as its camera says). */

import { type Box, areaOfTriangles, boundsOf } from "./geometry";

export type Point = readonly [x: number, y: number];

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const SHAPE_TYPES = ["rect", "polygon", "freehand"] as const;
export type ShapeType = (typeof SHAPE_TYPES)[number];

export interface Shape {
  /** The one of the data where that has one, else a new one; no other shape of the picture has it. */
  readonly id: string;
  readonly type: ShapeType;
  readonly label: string | null;
  readonly color: string;
  /** Of a box: top left, bottom left, bottom right, top right. None when the data cannot be read. */
  readonly points: readonly Point[];
  /** As it stands in the data; undefined for one drawn here. */
  readonly given: unknown;
  readonly movedHere: boolean;
  readonly labelledHere: boolean;
}

/** What is wrong with a shape: it cannot be read, lies outside of the picture, reaches beyond it, or has no area. */
export type Flaw = "unreadable" | "outside" | "partly" | "flat";

/** Data are written to a tenth of a pixel: what is smaller is nothing. */
const TOLERANCE = 0.1;

export function flawOf(shape: Shape, size: Size): Flaw | null {
  if (shape.points.length === 0) return "unreadable";
  const box = boundsOf(shape.points);
  if (isOutside(box, size)) return "outside";
  if (areaOfTriangles(shape.points) < TOLERANCE * TOLERANCE) return "flat";
  const beyond = Math.max(-box.left, -box.top, box.right - size.width, box.bottom - size.height);
  return beyond > TOLERANCE ? "partly" : null;
}

function isOutside(box: Box, size: Size): boolean {
  // One that only touches the edge from outside has nothing inside either; a flat one on the edge is inside.
  const wide = box.right - box.left > 0;
  const high = box.bottom - box.top > 0;
  const beside = box.right < 0 || box.left > size.width || (wide && (box.right === 0 || box.left === size.width));
  const aboveOrBelow = box.bottom < 0 || box.top > size.height || (high && (box.bottom === 0 || box.top === size.height));
  return beside || aboveOrBelow;
}

/** Whether it can be seen and taken hold of. */
export function isShown(shape: Shape, size: Size): boolean {
  const flaw = flawOf(shape, size);
  return flaw !== "unreadable" && flaw !== "outside";
}
