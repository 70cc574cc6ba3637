import { distance, distanceToSegment } from "./geometry";
import type { Point } from "./shape";

/** Fewer points for a line drawn by hand, none of the others further than `tolerance` from what is left
 * (Ramer, Douglas and Peucker), with a stack of its own: long lines are no deeper than short ones. */
export function simplified(points: readonly Point[], tolerance: number): readonly Point[] {
  if (points.length < 3) return points;
  const kept = new Set([0, points.length - 1]);
  const open: [number, number][] = [[0, points.length - 1]];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    const [first, last] = part;
    const [place, away] = furthest(points, first, last);
    if (away <= tolerance) continue;
    kept.add(place);
    open.push([first, place], [place, last]);
  }
  return points.filter((_, place) => kept.has(place));
}

/** The same for a closed line, whose first and last point may be one. */
export function simplifiedOutline(points: readonly Point[], tolerance: number): readonly Point[] {
  const line = simplified(points, tolerance);
  const [first, last] = [line[0], line.at(-1)];
  const closes = line.length > 3 && first !== undefined && last !== undefined && distance(first, last) <= tolerance;
  return closes ? line.slice(0, -1) : line;
}

function furthest(points: readonly Point[], first: number, last: number): readonly [number, number] {
  let best: readonly [number, number] = [first, 0];
  for (let place = first + 1; place < last; place += 1) {
    const away = distanceToSegment(points[place]!, points[first]!, points[last]!);
    if (away > best[1]) best = [place, away];
  }
  return best;
}
