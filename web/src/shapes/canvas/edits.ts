/** Gestures that change the selected shape: move it, pull a side, a corner, or the middle between two. */

import type { Editor } from "../editor";
import { boundsOf, clampPoint, clipped, cornersOf, movedInside } from "../geometry";
import { type Handle, resized } from "../handles";
import type { Point, Shape, Size } from "../shape";
import type { Gesture, Press } from "./pointers";

/** The selected shape while it is being changed. */
export interface Live {
  readonly points: readonly Point[];
  readonly resizes: boolean;
}

export interface Bench {
  readonly editor: Editor;
  readonly size: Size;
  readonly fromCenter: boolean;
  /** The picture's pixels in one of the screen. */
  readonly pixel: () => number;
  readonly show: (live: Live | null) => void;
}

/** Change the shape as the pointer moves; what it has become is kept when the pointer is let go. */
function editing(
  bench: Bench,
  shape: Shape,
  from: Press,
  change: (by: Point, press: Press) => Live,
  clicked: (press: Press) => void,
): Gesture {
  let live: Live | null = null;
  return {
    move(press) {
      const [dx, dy] = [press.at[0] - from.at[0], press.at[1] - from.at[1]];
      if (live === null && Math.hypot(dx, dy) < (press.touch ? 6 : 2)) return;
      live = change([dx * bench.pixel(), dy * bench.pixel()], press);
      bench.show(live);
    },
    end(press) {
      bench.show(null);
      if (live === null) clicked(press);
      else bench.editor.reshape(shape.id, live.points);
    },
    cancel: () => bench.show(null),
  };
}

export function moving(bench: Bench, shape: Shape, from: Press, clicked: (press: Press) => void): Gesture {
  const { size } = bench;
  const points = clipped(shape.points, size);
  const change = ([dx, dy]: Point, press: Press): Live => {
    const along: Point = press.shift ? (Math.abs(dx) > Math.abs(dy) ? [dx, 0] : [0, dy]) : [dx, dy];
    return { points: movedInside(points, along, size), resizes: false };
  };
  return editing(bench, shape, from, change, clicked);
}

export function pulling(bench: Bench, shape: Shape, handle: Handle, from: Press): Gesture {
  const { editor, size } = bench;
  if (handle.kind === "side") {
    const box = boundsOf(clipped(shape.points, size));
    const sides = [handle.across, handle.down] as const;
    const change = (by: Point, press: Press): Live => {
      const how = { square: press.shift, fromCenter: press.alt !== bench.fromCenter };
      return { points: cornersOf(resized(box, sides, by, how, size)), resizes: true };
    };
    return editing(bench, shape, from, change, () => undefined);
  }
  const { place } = handle;
  const isNew = handle.kind === "middle";
  const start = isNew ? midpoint(shape.points, place) : shape.points[place]!;
  const points = isNew ? shape.points.toSpliced(place + 1, 0, start) : shape.points;
  const at = isNew ? place + 1 : place;
  const change = ([dx, dy]: Point): Live => ({
    points: points.with(at, clampPoint([start[0] + dx, start[1] + dy], size)),
    resizes: false,
  });
  const clicked = (press: Press) => {
    if (isNew) return editor.addCorner(place);
    editor.select(shape.id, place);
    if (press.alt) editor.removeSelected();
  };
  return editing(bench, shape, from, change, clicked);
}

function midpoint(points: readonly Point[], place: number): Point {
  const [one, other] = [points[place]!, points[(place + 1) % points.length]!];
  return [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2];
}
