/** All shapes that nobody works on right now, with their names, painted on one canvas: hundreds cost no more than a few. */

import { inkOn } from "../../text/tints";
import { type Box, boundsOf } from "../geometry";
import type { Point, Shape, Size } from "../shape";
import { type Camera, boxOnScreen } from "./camera";
import { type NameBox, placeOf, readable } from "./name_places";
import type { Tags } from "./name_tags";

export interface Sheet {
  /** Paint these as the camera sees them. */
  paint(shapes: readonly Shape[], view: SheetView): void;
  /** The shape whose name is at a point of the screen, the one on top first. */
  nameAt(point: Point): string | null;
}

export interface SheetView {
  readonly camera: Camera;
  readonly room: Size;
  /** The part of the picture that can be seen, on the screen. */
  readonly visible: Box;
  readonly namesShown: boolean;
}

interface Named {
  readonly shape: Shape;
  readonly place: NameBox;
}

const HALO = "rgb(255 255 255 / 78%)";
const FILL_ALPHA = 0.1;
const OUTSIDE_PX = 60;

export function createSheet(canvas: HTMLCanvasElement, tags: Tags, strokePx: number): Sheet {
  const pen = canvas.getContext("2d");
  const boxes = new WeakMap<readonly Point[], Box>();
  let named: readonly Named[] = [];

  function boundsFor(shape: Shape): Box {
    let box = boxes.get(shape.points);
    if (box === undefined) boxes.set(shape.points, (box = boundsOf(shape.points)));
    return box;
  }

  function clear(pen: CanvasRenderingContext2D, room: Size): void {
    const ratio = devicePixelRatio;
    const [width, height] = [Math.round(room.width * ratio), Math.round(room.height * ratio)];
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, room.width, room.height);
    pen.lineJoin = "round";
  }

  function outline(pen: CanvasRenderingContext2D, shape: Shape, camera: Camera): void {
    const paint = shape.type === "rect" ? boxPainter(pen, boxOnScreen(camera, boundsFor(shape))) : pathPainter(pen, shape.points, camera);
    pen.strokeStyle = HALO;
    pen.lineWidth = strokePx;
    paint.stroke();
    pen.globalAlpha = FILL_ALPHA;
    pen.fillStyle = shape.color;
    paint.fill();
    pen.globalAlpha = 1;
    pen.strokeStyle = shape.color;
    pen.lineWidth = strokePx * 0.6;
    paint.stroke();
  }

  function placeNames(shapes: readonly Shape[], { camera, visible }: SheetView): readonly Named[] {
    const places = shapes.map((shape) => {
      return shape.label === null ? null : placeOf(boxOnScreen(camera, boundsFor(shape)), tags.of(shape.label), visible);
    });
    const fits = readable(places);
    return shapes.flatMap((shape, index) => (fits[index] === true ? [{ shape, place: places[index]! }] : []));
  }

  function name(pen: CanvasRenderingContext2D, { shape, place }: Named): void {
    const [left, top] = [Math.round(place.left), Math.round(place.top)];
    pen.fillStyle = shape.color;
    pen.beginPath();
    pen.roundRect(left, top, place.width, place.height, 4);
    pen.fill();
    pen.fillStyle = inkOn(shape.color);
    pen.fillText(tags.of(shape.label!).text, left + 6, top + place.height / 2 + 1);
  }

  return {
    paint(shapes, view) {
      named = view.namesShown ? placeNames(shapes, view) : [];
      if (pen === null) return;
      clear(pen, view.room);
      for (const shape of shapes) if (isNear(boxOnScreen(view.camera, boundsFor(shape)), view.room)) outline(pen, shape, view.camera);
      pen.font = tags.font;
      pen.textBaseline = "middle";
      named.forEach((one) => name(pen, one));
    },
    nameAt([x, y]) {
      const found = named.findLast(({ place }) => {
        return x >= place.left && x <= place.left + place.width && y >= place.top && y <= place.top + place.height;
      });
      return found?.shape.id ?? null;
    },
  };
}

interface Painter {
  stroke(): void;
  fill(): void;
}

/** Boxes have a way of their own, which is quicker. */
function boxPainter(pen: CanvasRenderingContext2D, { left, top, right, bottom }: Box): Painter {
  return {
    stroke: () => pen.strokeRect(left, top, right - left, bottom - top),
    fill: () => pen.fillRect(left, top, right - left, bottom - top),
  };
}

function pathPainter(pen: CanvasRenderingContext2D, points: readonly Point[], camera: Camera): Painter {
  pen.beginPath();
  for (const [x, y] of points) pen.lineTo(x * camera.scale + camera.x, y * camera.scale + camera.y);
  pen.closePath();
  return { stroke: () => pen.stroke(), fill: () => pen.fill("evenodd") };
}

function isNear({ left, top, right, bottom }: Box, room: Size): boolean {
  return right > -OUTSIDE_PX && left < room.width + OUTSIDE_PX && bottom > -OUTSIDE_PX && top < room.height + OUTSIDE_PX;
}
