/** Measures of the drawing in CSS pixels, for a mouse and for fingers. */

import { useEffect, useMemo, useState } from "preact/hooks";
import type { Heights } from "./path";

export interface Measures {
  /** The height of a lane. */
  readonly lane: number;
  /** Between the lowest lane and the text. */
  readonly foot: number;
  /** The height of a word's box, and of it over the baseline. */
  readonly text: number;
  readonly ascent: number;
  /** Under the text, where the labels of spans are. */
  readonly below: number;
  /** Beside the text, for arcs from row to row. */
  readonly margin: number;
}

const FINE = { lane: 27, foot: 8, text: 30, ascent: 21, margin: 44 };
const COARSE = { lane: 32, foot: 10, text: 34, ascent: 23, margin: 28 };
const WITH_LABELS_PX = 24;
const WITHOUT_LABELS_PX = 8;

export function useMeasures(withSpans: boolean): Measures {
  const coarse = useMedia("(pointer: coarse)");
  return useMemo(() => ({ ...(coarse ? COARSE : FINE), below: withSpans ? WITH_LABELS_PX : WITHOUT_LABELS_PX }), [coarse, withSpans]);
}

export function useMedia(query: string): boolean {
  const list = useMemo(() => matchMedia(query), [query]);
  const [matches, setMatches] = useState(list.matches);
  useEffect(() => {
    const follow = () => setMatches(list.matches);
    list.addEventListener("change", follow);
    return () => list.removeEventListener("change", follow);
  }, [list]);
  return matches;
}

export interface Rows extends Heights {
  /** The height of each row with its lanes. */
  readonly heights: readonly number[];
  /** Where the words' boxes of a row begin. */
  readonly text: (row: number) => number;
  /** The row at a height: that whose words or space under them are there. */
  readonly at: (y: number) => number | null;
  readonly height: number;
}

/** The rows one under the other, each with room for its lanes. */
export function stackRows(lanesPx: readonly number[], measures: Measures): Rows {
  const { foot, text, below, lane } = measures;
  const heights = lanesPx.map((px) => px + foot + text + below);
  const tops: number[] = [];
  heights.reduce((top, height) => (tops.push(top), top + height), 0);
  const textTop = (row: number) => (tops[row] ?? 0) + (lanesPx[row] ?? 0) + foot;
  return {
    heights,
    text: textTop,
    foot: (row) => textTop(row) - 1,
    lane: (row, place) => textTop(row) - foot - lane * (place + 0.5),
    at(y) {
      const row = tops.findIndex((top, place) => y >= textTop(place) - foot && y < top + heights[place]!);
      return row < 0 ? null : row;
    },
    height: heights.reduce((sum, height) => sum + height, 0),
  };
}

const LEAST_LANES = 2;
const MOST_LANES = 7;
const USED_SHARE = 0.92;

/** How much room over each row is kept free for arcs to come, so that they do not push the text about. */
export function reservedPx(rowCount: number, room: number, measures: Measures): number {
  const { lane, foot, text, below } = measures;
  const each = (room * USED_SHARE) / Math.max(1, rowCount) - foot - text - below;
  return Math.round(Math.max(LEAST_LANES * lane, Math.min(MOST_LANES * lane, each)));
}
