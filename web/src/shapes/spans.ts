/** Between the `spans` of a task and shapes. What is not understood stays as it is. */

import { type Label, colorOf, safeColor } from "../parts/labels";
import { isRecord } from "../types";
import { boundsOf, cornersOf, isUprightBox } from "./geometry";
import { type Point, SHAPE_TYPES, type Shape, type ShapeType } from "./shape";

type Span = Readonly<Record<string, unknown>>;

/** Read the spans of a task, in any of their forms: points, or x, y, width, height; with or without id and type. */
export function readSpans(spans: unknown, labels: readonly Label[], newId: () => string): readonly Shape[] {
  if (!Array.isArray(spans)) return [];
  const taken = new Set<string>();
  return (spans as readonly unknown[]).map((given) => {
    const shape = readSpan(isRecord(given) ? given : {}, given, labels);
    const own = shape.id !== "" && !taken.has(shape.id) ? shape.id : newId();
    taken.add(own);
    return { ...shape, id: own };
  });
}

function readSpan(span: Span, given: unknown, labels: readonly Label[]): Shape {
  const label = typeof span["label"] === "string" && span["label"] !== "" ? span["label"] : null;
  const points = pointsOf(span);
  const type = typeOf(span["type"], points);
  return {
    id: typeof span["id"] === "string" || typeof span["id"] === "number" ? String(span["id"]) : "",
    type,
    label,
    color: safeColor(span["color"]) ?? colorOf(labels, label ?? ""),
    points: type === "rect" && points.length > 0 ? cornersOf(boundsOf(points)) : points,
    given,
    movedHere: false,
    labelledHere: false,
  };
}

function pointsOf(span: Span): readonly Point[] {
  const given = span["points"];
  if (Array.isArray(given) && given.length > 0) {
    return given.length >= 2 && given.every(isPoint) ? given.map((point): Point => [point[0], point[1]]) : [];
  }
  const [x, y, width, height] = ["x", "y", "width", "height"].map((key) => span[key]);
  if (!isNumber(x) || !isNumber(y) || !isNumber(width) || !isNumber(height)) return [];
  return cornersOf(
    boundsOf([
      [x, y],
      [x + width, y + height],
    ]),
  );
}

/** The type it has, or the one that its points have: a box that stands askew is a polygon, whatever it is called. */
function typeOf(given: unknown, points: readonly Point[]): ShapeType {
  const named = SHAPE_TYPES.find((type) => type === given);
  const canBeBox = points.length === 2 || isUprightBox(points);
  if (named === undefined) return canBeBox || points.length === 0 ? "rect" : "polygon";
  return named === "rect" && points.length > 0 && !canBeBox ? "polygon" : named;
}

/** The spans of a task: those drawn or changed here written anew, the others as they came, with the keys they lack. */
export function writeSpans(shapes: readonly Shape[]): readonly unknown[] {
  return shapes.map(writeSpan);
}

function writeSpan(shape: Shape): unknown {
  const { given } = shape;
  if (shape.points.length === 0 && !shape.labelledHere) return given;
  const before: Span = isRecord(given) ? given : {};
  const full: Span = {
    id: shape.id,
    ...(shape.label !== null && { label: shape.label }),
    color: shape.color,
    ...(shape.points.length > 0 && { type: shape.type, ...measuresOf(shape, shape.movedHere ? round : exact) }),
  };
  const kept = Object.fromEntries(Object.entries(before).filter(([, value]) => value !== null && value !== undefined));
  const span: Span = { ...before, ...full, ...without(kept, shape) };
  return span;
}

/** The keys of a span that came and stay as they are: those that were not changed here. */
function without(kept: Span, shape: Shape): Span {
  const changed = new Set<string>();
  if (typeof kept["id"] !== "string" && typeof kept["id"] !== "number") changed.add("id");
  else if (String(kept["id"]) !== shape.id) changed.add("id");
  if (shape.labelledHere) ["label", "color"].forEach((key) => changed.add(key));
  if (shape.movedHere) ["type", "points", "x", "y", "width", "height", "center"].forEach((key) => changed.add(key));
  if (Array.isArray(kept["points"]) && kept["points"].length === 0) changed.add("points");
  return Object.fromEntries(Object.entries(kept).filter(([key]) => !changed.has(key)));
}

function measuresOf(shape: Shape, tidy: (value: number) => number): Span {
  const points = shape.points.map(([x, y]) => [tidy(x), tidy(y)]);
  if (shape.type !== "rect") return { points };
  const box = boundsOf(shape.points);
  const [left, top, right, bottom] = [tidy(box.left), tidy(box.top), tidy(box.right), tidy(box.bottom)];
  return {
    points,
    x: left,
    y: top,
    width: plain(right - left),
    height: plain(bottom - top),
    center: [plain((left + right) / 2), plain((top + bottom) / 2)],
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function exact(value: number): number {
  return value;
}

/** Without the dust of binary fractions: 109.1, not 109.10000000000001. */
function plain(value: number): number {
  return Number(value.toFixed(6));
}

function isPoint(value: unknown): value is readonly [number, number] {
  return Array.isArray(value) && value.length >= 2 && isNumber(value[0]) && isNumber(value[1]);
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
