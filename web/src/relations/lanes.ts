/** Lanes for stretches of a line: each gets the lowest in which it has room, the shorter ones first. */

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The lane of each stretch, 0 is the lowest. A stretch that lies within another one gets a lower lane. */
export function assignLanes(stretches: readonly Stretch[], room: number): readonly number[] {
  const lanes: Stretch[][] = [];
  const result = new Array<number>(stretches.length).fill(0);
  const order = stretches.map((_, place) => place).sort((one, other) => long(stretches[one]!) - long(stretches[other]!) || one - other);
  for (const place of order) {
    const stretch = stretches[place]!;
    const free = lanes.findIndex((taken) => taken.every((other) => other.to + room <= stretch.from || stretch.to + room <= other.from));
    const lane = free < 0 ? lanes.length : free;
    (lanes[lane] ??= []).push(stretch);
    result[place] = lane;
  }
  return result;
}

function long(stretch: Stretch): number {
  return stretch.to - stretch.from;
}

/** The place nearest to `wanted` between `least` and `most` where a label of this width covers none of the points. */
export function clearPlace(wanted: number, least: number, most: number, width: number, points: readonly number[], room: number): number {
  const covers = (left: number) => points.some((point) => point > left - room && point < left + width + room);
  if (most <= least || !covers(wanted)) return wanted;
  const beside = points.flatMap((point) => [point + room, point - room - width]).filter((left) => left >= least && left <= most);
  const clear = beside.filter((left) => !covers(left));
  return clear.reduce<number | null>((best, left) => (best !== null && Math.abs(best - wanted) <= Math.abs(left - wanted) ? best : left), null) ?? wanted;
}
