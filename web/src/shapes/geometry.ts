/** Points, boxes and outlines. */

import type { Point, Size } from "./shape";

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export function boundsOf(points: readonly Point[]): Box {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) {
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  return { left, top, right, bottom };
}

/** The corners in the order of the data: top left, bottom left, bottom right, top right. */
export function cornersOf({ left, top, right, bottom }: Box): readonly Point[] {
  return [
    [left, top],
    [left, bottom],
    [right, bottom],
    [right, top],
  ];
}

/** The box between two opposite corners. */
export function boxBetween(one: Point, other: Point): Box {
  return boundsOf([one, other]);
}

/** Whether four points are the corners of an upright box, in any order. */
export function isUprightBox(points: readonly Point[]): boolean {
  if (points.length !== 4) return false;
  const box = boundsOf(points);
  return cornersOf(box).every(([x, y]) => points.some((point) => near(point[0], x) && near(point[1], y)));
}

function near(one: number, other: number): boolean {
  return Math.abs(one - other) <= 1e-6 * Math.max(1, Math.abs(one));
}

export function distance(one: Point, other: Point): number {
  return Math.hypot(one[0] - other[0], one[1] - other[1]);
}

export function middle(one: Point, other: Point): Point {
  return [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2];
}

/** The area inside an outline that does not cross itself. */
export function areaOf(points: readonly Point[]): number {
  let sum = 0;
  points.forEach(([x, y], place) => {
    const [nextX, nextY] = points[(place + 1) % points.length]!;
    sum += x * nextY - nextX * y;
  });
  return Math.abs(sum) / 2;
}

/** The triangles from the first point, each counted as positive: zero only when all points are on one line. */
export function areaOfTriangles(points: readonly Point[]): number {
  const [first] = points;
  if (first === undefined) return 0;
  let sum = 0;
  for (let place = 1; place + 1 < points.length; place += 1) {
    const [[ax, ay], [bx, by]] = [points[place]!, points[place + 1]!];
    sum += Math.abs((ax - first[0]) * (by - first[1]) - (bx - first[0]) * (ay - first[1])) / 2;
  }
  return sum;
}

/** Whether a point is inside an outline (even-odd). */
export function isInside(points: readonly Point[], [x, y]: Point): boolean {
  let inside = false;
  let before = points.at(-1);
  for (const point of points) {
    const [[ax, ay], [bx, by]] = [before!, point];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    before = point;
  }
  return inside;
}

/** How far a point is from a closed outline, and after which of its points the nearest side begins. */
export function nearestSide(points: readonly Point[], at: Point): { readonly distance: number; readonly after: number } {
  let best = { distance: Infinity, after: 0 };
  points.forEach((start, after) => {
    const away = distanceToSegment(at, start, points[(after + 1) % points.length]!);
    if (away < best.distance) best = { distance: away, after };
  });
  return best;
}

export function distanceToSegment(at: Point, start: Point, end: Point): number {
  const [dx, dy] = [end[0] - start[0], end[1] - start[1]];
  const squared = dx * dx + dy * dy;
  const share = squared === 0 ? 0 : ((at[0] - start[0]) * dx + (at[1] - start[1]) * dy) / squared;
  const kept = Math.min(Math.max(share, 0), 1);
  return distance(at, [start[0] + kept * dx, start[1] + kept * dy]);
}

export function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), Math.max(least, most));
}

export function clampPoint([x, y]: Point, size: Size): Point {
  return [clamp(x, 0, size.width), clamp(y, 0, size.height)];
}

/** Moved by as much of a way as keeps all of it inside the picture. */
export function movedInside(points: readonly Point[], [dx, dy]: Point, size: Size): readonly Point[] {
  const box = boundsOf(points);
  const x = clamp(dx, -box.left, size.width - box.right);
  const y = clamp(dy, -box.top, size.height - box.bottom);
  return points.map((point) => [point[0] + x, point[1] + y]);
}

/** Stretched so that what filled one box fills another. */
export function stretched(points: readonly Point[], from: Box, to: Box): readonly Point[] {
  const along = (value: number, low: number, high: number, newLow: number, newHigh: number) =>
    high === low ? newLow : newLow + ((value - low) / (high - low)) * (newHigh - newLow);
  return points.map(([x, y]) => [
    along(x, from.left, from.right, to.left, to.right),
    along(y, from.top, from.bottom, to.top, to.bottom),
  ]);
}

/** The part of an outline that is inside the picture; no points when there is none. */
export function clipped(points: readonly Point[], size: Size): readonly Point[] {
  const box = boundsOf(points);
  const whole = box.left >= 0 && box.top >= 0 && box.right <= size.width && box.bottom <= size.height;
  if (whole) return points;
  if (isUprightBox(points)) return cornersOf(boundsOf(points.map((point) => clampPoint(point, size))));
  const sides: readonly (readonly [axis: 0 | 1, limit: number, keeps: 1 | -1])[] = [
    [0, 0, 1],
    [0, size.width, -1],
    [1, 0, 1],
    [1, size.height, -1],
  ];
  return sides.reduce((kept, [axis, limit, keeps]) => clippedAt(kept, axis, limit, keeps), points);
}

function clippedAt(points: readonly Point[], axis: 0 | 1, limit: number, keeps: 1 | -1): readonly Point[] {
  const kept: Point[] = [];
  const isIn = (point: Point) => (point[axis] - limit) * keeps >= 0;
  points.forEach((point, place) => {
    const before = points.at(place - 1)!;
    if (isIn(point) !== isIn(before)) {
      const share = (limit - before[axis]) / (point[axis] - before[axis]);
      const other = before[1 - axis]! + share * (point[1 - axis]! - before[1 - axis]!);
      kept.push(axis === 0 ? [limit, other] : [other, limit]);
    }
    if (isIn(point)) kept.push(point);
  });
  return kept;
}
