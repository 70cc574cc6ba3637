/** What a pointer takes hold of on the waveform, and what dragging it does. */

import { type Edge, type Region, type Times, between, moved, withEdge } from "./spans";

export type Grip =
  | { readonly kind: "edge"; readonly id: string; readonly edge: Edge }
  | { readonly kind: "body"; readonly id: string }
  | { readonly kind: "empty" };

const EMPTY: Grip = { kind: "empty" };

/** What is at a moment. An edge within `reach` comes first, of the selected region before the others; then the
 * selected region; then the shortest one, so that a region inside another can be reached. */
export function gripAt(regions: readonly Region[], selected: string | null, at: number, reach: number): Grip {
  const near = regions.filter((region) => at >= region.start - reach && at <= region.end + reach);
  near.sort((one, other) => Number(other.id === selected) - Number(one.id === selected) || lengthOf(one) - lengthOf(other));
  for (const region of near) {
    const edge = nearEdge(region, at, reach);
    if (edge !== null) return { kind: "edge", id: region.id, edge };
  }
  const found = near.find((region) => at >= region.start && at <= region.end);
  return found === undefined ? EMPTY : { kind: "body", id: found.id };
}

function nearEdge(region: Region, at: number, reach: number): Edge | null {
  const [toStart, toEnd] = [Math.abs(at - region.start), Math.abs(at - region.end)];
  if (Math.min(toStart, toEnd) > reach) return null;
  // In the middle of a short region there is room to take hold of all of it.
  if (at > region.start && at < region.end && Math.min(toStart, toEnd) > lengthOf(region) / 3) return null;
  return toStart < toEnd ? "start" : "end";
}

function lengthOf(region: Region): number {
  return region.end - region.start;
}

export interface Dragged extends Times {
  /** Null for a region that is being drawn. */
  readonly id: string | null;
}

/** Where the region is while a pointer goes from one moment to another. Only the selected one moves as a whole: over
 * another, a new one is drawn. */
export function dragged(
  grip: Grip,
  regions: readonly Region[],
  selected: string | null,
  from: number,
  to: number,
  duration: number,
): Dragged {
  const region = grip.kind === "empty" ? undefined : regions.find((one) => one.id === grip.id);
  if (region === undefined || grip.kind === "empty") return { id: null, ...between(from, to, duration) };
  if (grip.kind === "edge") return { id: region.id, ...withEdge(region, grip.edge, region[grip.edge] + to - from, duration) };
  if (region.id === selected) return { id: region.id, ...moved(region, to - from, duration) };
  return { id: null, ...between(from, to, duration) };
}
