/** Where the names of shapes go: above a shape, inside where the picture ends, in view as long as the shape is. */

import { type Box, clamp } from "../geometry";

export interface NameBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The place of a name, or null when its shape is out of view.
 *
 * `bounds` are those of the shape and `view` the part of the picture that can be seen, on the screen; `lift` keeps a
 * distance to the handles of the shape.
 */
export function placeOf(bounds: Box, name: { width: number; height: number }, view: Box, lift = 0): NameBox | null {
  const away = bounds.right < view.left || bounds.left > view.right || bounds.bottom < view.top || bounds.top > view.bottom;
  if (away) return null;
  const { width, height } = name;
  const left = clamp(bounds.left - 1, view.left, view.right - width);
  const above = bounds.top - height - lift;
  if (above >= view.top) return { left, top: above, width, height };
  const below = bounds.bottom + lift;
  const fitsInside = bounds.bottom - Math.max(bounds.top, view.top) >= height + 2 * lift;
  if (!fitsInside && below + height <= view.bottom) return { left, top: below, width, height };
  const inside = Math.max(bounds.top, view.top) + lift;
  return { left: clamp(left + lift, view.left, view.right - width), top: Math.min(inside, view.bottom - height), width, height };
}

const CELL_PX = 96;
/** More cells than any screen has across. */
const CELLS_ACROSS = 1024;

/** Which of the names can be read: those that lie half under an earlier one are left out. */
export function readable(boxes: readonly (NameBox | null)[]): readonly boolean[] {
  const cells = new Map<number, NameBox[]>();
  return boxes.map((box) => {
    if (box === null) return false;
    const keys = cellsOf(box);
    const most = box.width * box.height * 0.5;
    if (keys.some((key) => cells.get(key)?.some((other) => overlap(box, other) > most))) return false;
    for (const key of keys) {
      const others = cells.get(key);
      if (others === undefined) cells.set(key, [box]);
      else others.push(box);
    }
    return true;
  });
}

function cellsOf({ left, top, width, height }: NameBox): readonly number[] {
  const keys: number[] = [];
  for (let x = Math.floor(left / CELL_PX); x <= Math.floor((left + width) / CELL_PX); x += 1) {
    for (let y = Math.floor(top / CELL_PX); y <= Math.floor((top + height) / CELL_PX); y += 1) keys.push(y * CELLS_ACROSS + x);
  }
  return keys;
}

function overlap(one: NameBox, other: NameBox): number {
  const across = Math.min(one.left + one.width, other.left + other.width) - Math.max(one.left, other.left);
  const down = Math.min(one.top + one.height, other.top + other.height) - Math.max(one.top, other.top);
  return Math.max(across, 0) * Math.max(down, 0);
}
