/** The points of a selected shape that can be taken hold of, on the screen. */

import { type Box, boundsOf, clamp, distance, middle } from "./geometry";
import type { Point, Shape, Size } from "./shape";

/** Of a box: which sides it moves, -1 left or top, 1 right or bottom. */
export type Side = -1 | 0 | 1;

export type Handle =
  | { readonly kind: "side"; readonly across: Side; readonly down: Side; readonly at: Point }
  /** A point of an outline. */
  | { readonly kind: "corner"; readonly place: number; readonly at: Point }
  /** Half way between two points: becomes one when it is pulled. */
  | { readonly kind: "middle"; readonly place: number; readonly at: Point };

/** Small boxes have their handles outside, so that they can still be moved. */
const LEAST_FRAME_PX = 30;
/** A handle on a side needs this much room. */
const LEAST_SIDE_PX = 56;
const LEAST_GAP_PX = 11;

/** The handles of a shape whose points are given on the screen. */
export function handlesOf(shape: Shape, onScreen: readonly Point[]): readonly Handle[] {
  if (onScreen.length === 0) return [];
  return shape.type === "rect" ? boxHandles(boundsOf(onScreen)) : outlineHandles(onScreen);
}

function boxHandles(bounds: Box): readonly Handle[] {
  const frame = frameOf(bounds);
  const xs: Record<Side, number> = { [-1]: frame.left, 0: (frame.left + frame.right) / 2, 1: frame.right };
  const ys: Record<Side, number> = { [-1]: frame.top, 0: (frame.top + frame.bottom) / 2, 1: frame.bottom };
  const wide = frame.right - frame.left >= LEAST_SIDE_PX;
  const high = frame.bottom - frame.top >= LEAST_SIDE_PX;
  const sides: readonly (readonly [Side, Side])[] = [
    [-1, -1],
    [1, 1],
    [1, -1],
    [-1, 1],
    ...(wide ? ([[0, -1], [0, 1]] as const) : []),
    ...(high ? ([[-1, 0], [1, 0]] as const) : []),
  ];
  return sides.map(([across, down]) => ({ kind: "side", across, down, at: [xs[across], ys[down]] }));
}

/** The box that handles stand on: around that of the shape where it is small. */
export function frameOf({ left, top, right, bottom }: Box): Box {
  const across = Math.max(0, LEAST_FRAME_PX - (right - left)) / 2;
  const down = Math.max(0, LEAST_FRAME_PX - (bottom - top)) / 2;
  return { left: left - across, top: top - down, right: right + across, bottom: bottom + down };
}

/** The points, as far as they do not stand on each other, and the middles of long sides. */
function outlineHandles(points: readonly Point[]): readonly Handle[] {
  const handles: Handle[] = [];
  let last: Point | null = null;
  points.forEach((at, place) => {
    if (last !== null && distance(at, last) < LEAST_GAP_PX) return;
    last = at;
    handles.push({ kind: "corner", place, at });
  });
  points.forEach((at, place) => {
    const next = points[(place + 1) % points.length]!;
    if (distance(at, next) >= 3 * LEAST_GAP_PX) handles.push({ kind: "middle", place, at: middle(at, next) });
  });
  return handles;
}

/** The handle under a point, the nearest if there are several; corners before middles. */
export function handleAt(handles: readonly Handle[], at: Point, reach: number): Handle | null {
  const within = handles
    .map((handle) => ({ handle, away: distance(handle.at, at) + (handle.kind === "middle" ? reach / 3 : 0) }))
    .filter(({ away }) => away <= reach);
  within.sort((one, other) => one.away - other.away);
  return within[0]?.handle ?? null;
}

/** A box with some of its sides moved; over the opposite side it turns inside out, at the picture's edge it stops. */
export function resized(
  box: Box,
  [across, down]: readonly [Side, Side],
  [dx, dy]: Point,
  how: { readonly square?: boolean; readonly fromCenter?: boolean },
  size: Size,
): Box {
  const both = how.fromCenter === true;
  let [byX, byY] = [dx * across, dy * down];
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  if (how.square === true && across !== 0 && down !== 0 && width > 0 && height > 0) {
    const factor = Math.max(1 + byX / width, 1 + byY / height);
    [byX, byY] = [width * (factor - 1), height * (factor - 1)];
  }
  const x = sidesMoved(box.left, box.right, across, byX, both, size.width);
  const y = sidesMoved(box.top, box.bottom, down, byY, both, size.height);
  return { left: x[0], right: x[1], top: y[0], bottom: y[1] };
}

function sidesMoved(low: number, high: number, side: Side, by: number, both: boolean, most: number): readonly [number, number] {
  const newLow = clamp(side < 0 || (side !== 0 && both) ? low - by : low, 0, most);
  const newHigh = clamp(side > 0 || (side !== 0 && both) ? high + by : high, 0, most);
  return newLow <= newHigh ? [newLow, newHigh] : [newHigh, newLow];
}
