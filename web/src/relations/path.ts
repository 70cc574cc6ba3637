/** Arcs as paths of SVG. */

import type { Arc } from "./layout";

export interface Heights {
  /** Where arcs end, over the text of a row. */
  readonly foot: (row: number) => number;
  /** The line of a lane over a row. */
  readonly lane: (row: number, lane: number) => number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

const CORNER_PX = 8;
const ARROW_PX = 7;
const ARROW_HALF_PX = 4;

/** The line of an arc, from the head to the child; an arrow takes the last of it. */
export function arcPath(arc: Arc, heights: Heights, arrow: boolean): string {
  const { head, child } = arc;
  const along = arc.pieces.flatMap(({ row, lane, from, to }) => {
    const y = heights.lane(row, lane);
    return [{ x: from, y }, { x: to, y }];
  });
  const end = heights.foot(child.row) - (arrow ? ARROW_PX - 1 : 0);
  return rounded([{ x: head.x, y: heights.foot(head.row) }, ...along, { x: child.x, y: end }]);
}

/** The arrow's head, on the child. */
export function arrowPath(arc: Arc, heights: Heights): string {
  const { x, row } = arc.child;
  const y = heights.foot(row);
  return `M${px(x)} ${px(y)}l${-ARROW_HALF_PX} ${-ARROW_PX}h${2 * ARROW_HALF_PX}z`;
}

/** A line through points with round corners. */
export function rounded(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  const parts = [`M${px(first.x)} ${px(first.y)}`];
  rest.forEach((point, at) => {
    const [before, after] = [points[at]!, rest[at + 1]];
    if (after === undefined) return parts.push(`L${px(point.x)} ${px(point.y)}`);
    const corner = Math.min(CORNER_PX, distance(before, point) / 2, distance(point, after) / 2);
    const [from, to] = [towards(point, before, corner), towards(point, after, corner)];
    return parts.push(`L${px(from.x)} ${px(from.y)}Q${px(point.x)} ${px(point.y)} ${px(to.x)} ${px(to.y)}`);
  });
  return parts.join("");
}

/** A light curve between two points, for an arc that is not there yet. */
export function previewPath(from: Point, to: Point): string {
  const up = Math.min(from.y, to.y) - Math.min(60, 16 + Math.abs(to.x - from.x) / 5);
  return `M${px(from.x)} ${px(from.y)}C${px(from.x)} ${px(up)} ${px(to.x)} ${px(up)} ${px(to.x)} ${px(to.y)}`;
}

function distance(one: Point, other: Point): number {
  return Math.abs(one.x - other.x) + Math.abs(one.y - other.y);
}

/** The point so far from one point on the way to another; lines run across or down. */
function towards(from: Point, to: Point, far: number): Point {
  const whole = distance(from, to);
  const share = whole === 0 ? 0 : far / whole;
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
