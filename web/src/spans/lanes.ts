/** Which lane below the text each mark gets, so that no two meet: neither their lines nor their labels.
 *
 * Counted in units of the text, not pixels: a mark keeps its lane whatever the width of the page.
 */

import { type Mark, inText } from "./marks";

export type Lanes = ReadonlyMap<Mark, number>;

/** Lanes for marks; `reach` tells how far to the right of its start the label of one goes, in units. */
export function lanesOf(marks: readonly Mark[], reach: (mark: Mark) => number): Lanes {
  const lanes = new Map<Mark, number>();
  /** Where each lane is free again. */
  const ends: number[] = [];
  for (const mark of [...marks].sort(inText)) {
    let lane = ends.findIndex((end) => end <= mark.from);
    if (lane < 0) lane = ends.length;
    ends[lane] = Math.max(mark.to, mark.from + reach(mark));
    lanes.set(mark, lane);
  }
  return lanes;
}

/** How many lanes the marks of a part of the text need. */
export function laneCount(marks: readonly Mark[], lanes: Lanes): number {
  return marks.reduce((most, mark) => Math.max(most, (lanes.get(mark) ?? 0) + 1), 0);
}
