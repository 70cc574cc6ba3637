/** Marked areas of a picture, in pixels of the original. */

import { type Task, isRecord } from "../types";
import { type Label, PALETTE, colorOf, safeColor } from "./labels";

export interface Shape {
  readonly label: string | null;
  readonly color: string;
  readonly points: readonly (readonly [number, number])[];
}

/** The shapes of a task in their own colours, in those of the recipe's labels, or in the palette's. */
export function shapesOf(task: Task, labels: readonly Label[] = []): readonly Shape[] {
  const spans = task["spans"];
  if (!Array.isArray(spans)) return [];
  const colors = new Map<string, string>();
  return (spans as readonly unknown[]).flatMap((span) => {
    if (!isRecord(span)) return [];
    const points = pointsOf(span);
    if (points === null) return [];
    const label = typeof span["label"] === "string" && span["label"] !== "" ? span["label"] : null;
    const name = label ?? "";
    const next = labels.length > 0 ? colorOf(labels, name) : PALETTE[colors.size % PALETTE.length]!;
    const color = colors.get(name) ?? next;
    colors.set(name, color);
    return [{ label, points, color: safeColor(span["color"]) ?? color }];
  });
}

function pointsOf(span: Readonly<Record<string, unknown>>): Shape["points"] | null {
  const given = span["points"];
  if (Array.isArray(given)) {
    const points = given.filter(isPoint);
    if (points.length < 2 || points.length !== given.length) return null;
    // Two points are opposite corners of a box.
    const [[left, top], [right, bottom]] = [points[0]!, points[1]!];
    return points.length > 2 ? points : [[left, top], [left, bottom], [right, bottom], [right, top]];
  }
  const [x, y, width, height] = ["x", "y", "width", "height"].map((key) => span[key]);
  if (!isNumber(x) || !isNumber(y) || !isNumber(width) || !isNumber(height)) return null;
  return [
    [x, y],
    [x, y + height],
    [x + width, y + height],
    [x + width, y],
  ];
}

function isPoint(value: unknown): value is readonly [number, number] {
  return Array.isArray(value) && value.length === 2 && isNumber(value[0]) && isNumber(value[1]);
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
