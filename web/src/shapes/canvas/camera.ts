/** Where the picture is on the screen: `screen = picture * scale + (x, y)`. */

import { type Box, clamp } from "../geometry";
import type { Point, Size } from "../shape";

export interface Camera {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** Room around a fitted picture, so that its edges can be taken hold of. */
const MARGIN_PX = 14;
const CRISP_ABOVE = 2;
/** How large one pixel of the picture gets. */
const LARGEST_PIXEL_PX = 48;
/** The picture can be pushed until its edge is this far inside the canvas. */
const SLACK = 0.35;

/** The whole picture as large as there is room for; one that is enlarged a lot, by a whole factor. */
export function fitted(size: Size, room: Size): Camera {
  const inner = { width: Math.max(room.width - 2 * MARGIN_PX, 1), height: Math.max(room.height - 2 * MARGIN_PX, 1) };
  const scale = Math.min(inner.width / size.width, inner.height / size.height);
  return centred(isCrisp(scale) ? Math.floor(scale) : scale, size, room);
}

/** Whether pixels of the picture are shown as squares. */
export function isCrisp(scale: number): boolean {
  return scale > CRISP_ABOVE;
}

function centred(scale: number, size: Size, room: Size): Camera {
  return {
    scale,
    x: Math.round((room.width - size.width * scale) / 2),
    y: Math.round((room.height - size.height * scale) / 2),
  };
}

/** Enlarge by a factor; what is under `at` stays there. */
export function zoomed(camera: Camera, factor: number, at: Point, size: Size, room: Size): Camera {
  const least = fitted(size, room).scale;
  const scale = clamp(camera.scale * factor, least, Math.max(LARGEST_PIXEL_PX, least));
  const change = scale / camera.scale;
  const moved = { scale, x: at[0] - (at[0] - camera.x) * change, y: at[1] - (at[1] - camera.y) * change };
  return scale === least ? centred(scale, size, room) : bounded(moved, size, room);
}

export function panned(camera: Camera, by: Point, size: Size, room: Size): Camera {
  return bounded({ ...camera, x: camera.x + by[0], y: camera.y + by[1] }, size, room);
}

/** The camera that is nearest and still shows enough of the picture. */
export function bounded(camera: Camera, size: Size, room: Size): Camera {
  return {
    scale: camera.scale,
    x: boundedAlong(camera.x, size.width * camera.scale, room.width),
    y: boundedAlong(camera.y, size.height * camera.scale, room.height),
  };
}

/** Around the middle there is always some play, so that enlarging can begin anywhere. */
function boundedAlong(start: number, length: number, room: number): number {
  const play = Math.max(0, (length - room) / 2 + room * SLACK);
  const middle = (room - length) / 2;
  return clamp(start, middle - play, middle + play);
}

/** Moved by as little as brings a point into view. */
export function bringing(camera: Camera, point: Point, size: Size, room: Size): Camera {
  const [x, y] = toScreen(camera, point);
  const inset = 24;
  const dx = clamp(x, inset, room.width - inset) - x;
  const dy = clamp(y, inset, room.height - inset) - y;
  return dx === 0 && dy === 0 ? camera : panned(camera, [dx, dy], size, room);
}

export function toScreen(camera: Camera, [x, y]: Point): Point {
  return [x * camera.scale + camera.x, y * camera.scale + camera.y];
}

export function toPicture(camera: Camera, [x, y]: Point): Point {
  return [(x - camera.x) / camera.scale, (y - camera.y) / camera.scale];
}

export function isSameCamera(one: Camera, other: Camera): boolean {
  return one.scale === other.scale && one.x === other.x && one.y === other.y;
}

export function boxOnScreen({ scale, x, y }: Camera, { left, top, right, bottom }: Box): Box {
  return { left: left * scale + x, top: top * scale + y, right: right * scale + x, bottom: bottom * scale + y };
}
