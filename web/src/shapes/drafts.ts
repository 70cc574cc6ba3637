/** Shapes while they are drawn, by drag, by clicks, or by keys: all three press, move, press. */

import { type Box, boxBetween, clampPoint, cornersOf, distance } from "./geometry";
import { simplifiedOutline } from "./simplify";
import type { Point, ShapeType, Size } from "./shape";

export interface How {
  /** The picture's pixels in one of the screen, now. */
  readonly pixel: number;
  /** How near, in pixels of the screen, is the same place. */
  readonly reach: number;
  readonly square?: boolean;
  readonly fromCenter?: boolean;
}

export interface Draft {
  readonly type: ShapeType;
  /** What there is so far, with the loose end. */
  points(): readonly Point[];
  /** How many points stay where they are. */
  settled(): number;
  move(to: Point, how: How): void;
  /** Set a point; true when that completes the shape. */
  press(at: Point, how: How): boolean;
  /** Take back the last point; false when that was the first. */
  back(): boolean;
  /** The outline, as complete as it is. */
  outline(how: How): readonly Point[];
}

export function beginDraft(type: ShapeType, at: Point, size: Size): Draft {
  return { rect: boxDraft, polygon: polygonDraft, freehand: lineDraft }[type](clampPoint(at, size), size);
}

function boxDraft(start: Point, size: Size): Draft {
  let box = boxBetween(start, start);
  const move = (to: Point, how: How) => {
    box = boxFrom(start, clampPoint(to, size), how, size);
  };
  return {
    type: "rect",
    points: () => cornersOf(box),
    settled: () => 0,
    move,
    press(at, how) {
      move(at, how);
      return true;
    },
    back: () => false,
    outline: () => cornersOf(box),
  };
}

/** The box from a corner, or from its middle, to a point; a square one if so wished. Never beyond the picture. */
export function boxFrom(start: Point, to: Point, how: Pick<How, "square" | "fromCenter">, size: Size): Box {
  const rooms = roomsFor(start, to, how.fromCenter === true, size);
  let [width, height] = [to[0] - start[0], to[1] - start[1]].map((way, axis) =>
    Math.sign(way) * Math.min(Math.abs(way), rooms[axis]!),
  ) as [number, number];
  if (how.square === true) {
    const side = Math.min(Math.max(Math.abs(width), Math.abs(height)), ...rooms);
    [width, height] = [side * (Math.sign(width) || 1), side * (Math.sign(height) || 1)];
  }
  const opposite: Point = how.fromCenter === true ? [start[0] - width, start[1] - height] : start;
  return boxBetween(opposite, [start[0] + width, start[1] + height]);
}

/** How far it may go, across and down. */
function roomsFor(start: Point, to: Point, fromCenter: boolean, size: Size): readonly [number, number] {
  const along = (from: number, end: number, length: number) => {
    if (fromCenter) return Math.min(from, length - from);
    return end < from ? from : length - from;
  };
  return [along(start[0], to[0], size.width), along(start[1], to[1], size.height)];
}

function polygonDraft(start: Point, size: Size): Draft {
  let points: readonly Point[] = [start];
  let loose: Point | null = null;
  return {
    type: "polygon",
    points: () => (loose === null ? points : [...points, loose]),
    settled: () => points.length,
    move(to) {
      loose = clampPoint(to, size);
    },
    press(at, how) {
      const point = clampPoint(at, size);
      const isAt = (other: Point) => distance(point, other) <= how.reach * how.pixel;
      loose = null;
      if (points.length >= 3 && (isAt(points[0]!) || isAt(points.at(-1)!))) return true;
      if (!isAt(points.at(-1)!)) points = [...points, point];
      return false;
    },
    back() {
      points = points.slice(0, -1);
      return points.length > 0;
    },
    outline: () => points,
  };
}

/** Closer points than this, on the screen, are one. */
const STEP_PX = 1.5;
/** How far the simpler line may be from the drawn one, on the screen. */
const TOLERANCE_PX = 0.9;

function lineDraft(start: Point, size: Size): Draft {
  const points: Point[] = [start];
  const move = (to: Point, how: How) => {
    const point = clampPoint(to, size);
    if (distance(point, points.at(-1)!) >= STEP_PX * how.pixel) points.push(point);
  };
  return {
    type: "freehand",
    points: () => points,
    settled: () => points.length,
    move,
    press(at, how) {
      move(at, how);
      return true;
    },
    back: () => false,
    outline: (how) => simplifiedOutline(points, TOLERANCE_PX * how.pixel),
  };
}
