/** Regions of a recording: what the task has under `audio_spans`, and how it is edited. Unknown keys are kept. */

import { safeColor } from "../parts/labels";
import { isRecord } from "../types";
import { roundMs } from "./time";

export type Span = Readonly<Record<string, unknown>>;

/** A span as it is shown. */
export interface Region {
  readonly id: string;
  readonly start: number;
  readonly end: number;
  readonly label: string | null;
  readonly color: string | null;
}

export interface Times {
  readonly start: number;
  readonly end: number;
}

export type Edge = "start" | "end";

export const SHORTEST_S = 0.001;
/** Decoders disagree about the last samples: this much past the end is no mistake of anybody. */
const END_TOLERANCE_S = 0.1;

/** The spans of a task, each with an id. What is no span stays in the list as it is. */
export function withIds(value: unknown, makeId: () => string): readonly unknown[] {
  if (!Array.isArray(value)) return [];
  const seen = new Set<string>();
  return value.map((span: unknown) => {
    if (regionOf(span, "") === null) return span;
    const id = idOf(span as Span);
    if (id !== null && !seen.has(id)) return seen.add(id), span;
    const made = makeId();
    seen.add(made);
    return { ...(span as Span), id: made };
  });
}

/** The regions in the order of time, and how many entries are none. */
export function regionsOf(value: unknown): { readonly regions: readonly Region[]; readonly unreadable: number } {
  if (value === undefined || value === null) return { regions: [], unreadable: 0 };
  if (!Array.isArray(value)) return { regions: [], unreadable: 1 };
  const found = value.map((span: unknown, place) => regionOf(span, `#${place}`));
  const regions = found.filter((region): region is Region => region !== null);
  regions.sort((one, other) => one.start - other.start || one.end - other.end);
  return { regions, unreadable: found.length - regions.length };
}

function regionOf(span: unknown, id: string): Region | null {
  if (!isRecord(span)) return null;
  const { start, end, label, color } = span;
  if (typeof start !== "number" || typeof end !== "number" || !Number.isFinite(start) || !Number.isFinite(end)) return null;
  return {
    id: idOf(span) ?? id,
    start: Math.max(0, Math.min(start, end)),
    end: Math.max(0, start, end),
    label: typeof label === "string" && label !== "" ? label : null,
    color: safeColor(color),
  };
}

function idOf(span: Span): string | null {
  const { id } = span;
  return typeof id === "string" && id !== "" ? id : typeof id === "number" ? String(id) : null;
}

/** How many regions lie past the end, or reach over it. */
export function beyond(regions: readonly Region[], duration: number): number {
  return regions.filter((region) => region.end > duration + END_TOLERANCE_S).length;
}

/** Keys of one span changed. Its times are brought into the recording, as with every edit. */
export function edited(
  spans: readonly unknown[],
  id: string,
  change: (region: Region) => Span,
  duration: number,
): readonly unknown[] {
  return spans.map((span, place) => {
    const region = regionOf(span, `#${place}`);
    return region?.id === id ? { ...(span as Span), ...clipped(region, duration), ...change(region) } : span;
  });
}

export function without(spans: readonly unknown[], id: string): readonly unknown[] {
  return spans.filter((span, place) => regionOf(span, `#${place}`)?.id !== id);
}

/** Times inside the recording, in whole milliseconds, at least one of them long where there is room. */
export function clipped(times: Times, duration: number): Times {
  const last = Math.floor(duration * 1000 + 1e-6) / 1000;
  const start = Math.min(roundMs(Math.max(0, times.start)), Math.max(0, last - SHORTEST_S));
  return { start, end: Math.min(Math.max(roundMs(times.end), roundMs(start + SHORTEST_S)), last) };
}

/** From one moment to another, whichever comes first. */
export function between(one: number, other: number, duration: number): Times {
  return clipped({ start: Math.min(one, other), end: Math.max(one, other) }, duration);
}

/** Shifted as a whole; it keeps its length and stops at the ends of the recording. */
export function moved(times: Times, by: number, duration: number): Times {
  const { start, end } = clipped(times, duration);
  const least = Math.min(Math.max(by, -start), Math.max(0, duration - end));
  const first = roundMs(start + least);
  return clipped({ start: first, end: roundMs(first + (end - start)) }, duration);
}

/** One edge put elsewhere; it stops at the other. */
export function withEdge(times: Times, edge: Edge, at: number, duration: number): Times {
  const { start, end } = clipped(times, duration);
  if (edge === "start") return clipped({ start: Math.min(at, end - SHORTEST_S), end }, duration);
  return clipped({ start, end: Math.max(at, start + SHORTEST_S) }, duration);
}

/** In which row of names each region stands, so that the names of overlapping ones do not cover each other. */
export function lanesOf(regions: readonly Region[]): ReadonlyMap<string, number> {
  const ends: number[] = [];
  const lanes = new Map<string, number>();
  for (const region of regions) {
    const free = ends.findIndex((end) => end <= region.start);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = region.end;
    lanes.set(region.id, lane);
  }
  return lanes;
}
