/** What is worked on: the selected shape with its handles, or the one that is being drawn. */

import { type Box, boundsOf } from "../geometry";
import { type Handle, frameOf } from "../handles";
import type { Point, Shape, ShapeType } from "../shape";
import { type Camera, toScreen } from "./camera";
import { type CanvasElements, set, svg } from "./elements";
import { type Measure, boxOnScreen, paintName, putName } from "./name_layer";
import { placeOf } from "./name_places";
import { pathOf } from "./shape_layer";

export interface ActiveShape {
  readonly points: readonly Point[];
  readonly type: ShapeType;
  readonly label: string | null;
  readonly color: string;
  /** Width and height in words, while they change. */
  readonly measures: string | null;
}

export interface ActiveView {
  readonly shape: ActiveShape | null;
  readonly handles: readonly Handle[];
  /** The chosen corner of an outline. */
  readonly corner: number | null;
  /** Of a polygon that is being drawn: how many points are set, and whether the pointer would close it. */
  readonly drawing: { readonly settled: number; readonly closes: boolean } | null;
  /** Where keys draw, on the picture. */
  readonly crosshair: Point | null;
  readonly namesShown: boolean;
}

export interface ActiveLayer {
  show(view: ActiveView, camera: Camera, visible: Box): void;
}

const HANDLE_PX = { side: 10, corner: 10, middle: 7 } as const;
const CROSSHAIR_PX = 14;

export function createActiveLayer({ active: root, activeName }: CanvasElements, measure: Measure, handleScale: number): ActiveLayer {
  const halo = svg("path", "pf-canvas-halo");
  const line = svg("path", "pf-canvas-line");
  const frame = svg("rect", "pf-canvas-frame");
  const crosshair = svg("path", "pf-canvas-crosshair");
  const handles = svg("g", "pf-canvas-handles");
  root.append(halo, line, frame, handles, crosshair);
  let named = "";

  /** The selected shape stands still in most frames: lines and handles are those of before, with new places. */
  function showHandles(view: ActiveView, camera: Camera): void {
    const wanted = view.drawing === null ? view.handles : vertices(view, camera);
    while (handles.childElementCount > wanted.length) handles.lastElementChild!.remove();
    while (handles.childElementCount < wanted.length) handles.append(svg("rect", ""));
    wanted.forEach((handle, place) => {
      const size = HANDLE_PX[handle.kind] * (handle.kind === "middle" ? 1 : handleScale);
      const chosen = handle.kind === "corner" && handle.place === view.corner;
      const closing = handle.kind === "corner" && handle.place === 0 && view.drawing?.closes === true;
      const grown = chosen || closing ? size * 1.4 : size;
      set(handles.children[place]!, {
        class: `pf-canvas-handle pf-canvas-handle-${handle.kind}${chosen || closing ? " pf-canvas-handle-chosen" : ""}`,
        x: handle.at[0] - grown / 2,
        y: handle.at[1] - grown / 2,
        width: grown,
        height: grown,
        rx: handle.kind === "side" ? 2 : grown / 2,
      });
    });
  }

  function vertices({ shape, drawing }: ActiveView, camera: Camera): readonly Handle[] {
    if (shape === null || drawing === null || shape.type !== "polygon") return [];
    return shape.points.slice(0, drawing.settled).map((point, place) => ({ kind: "corner", place, at: toScreen(camera, point) }));
  }

  function showFrame(shape: ActiveShape | null, isDrawn: boolean, camera: Camera): void {
    const bounds = shape === null ? null : boxOnScreen(camera, boundsOf(shape.points));
    const around = bounds === null ? null : frameOf(bounds);
    const needed = bounds !== null && around !== null && !isDrawn && shape?.type === "rect" && (around.left < bounds.left || around.top < bounds.top);
    frame.style.display = needed ? "" : "none";
    if (needed) set(frame, { x: around.left, y: around.top, width: around.right - around.left, height: around.bottom - around.top });
  }

  function showName({ shape, namesShown, drawing }: ActiveView, camera: Camera, visible: Box): void {
    const words = shape === null ? "" : [namesShown ? shape.label : null, shape.measures].filter((word) => word !== null).join("  ");
    if (shape === null || words === "") return putName(activeName, null);
    const look = `${words} ${shape.color}`;
    if (look !== named) paintName(activeName, words, shape.color);
    named = look;
    const bounds = boxOnScreen(camera, boundsOf(shape.points));
    const lift = drawing === null ? 9 * handleScale : 5;
    putName(activeName, placeOf(drawing === null && shape.type === "rect" ? frameOf(bounds) : bounds, measure(words), visible, lift));
  }

  return {
    show(view, camera, visible) {
      const { shape, drawing } = view;
      const open = drawing !== null && shape?.type !== "rect";
      const path = shape === null ? "" : pathOf(shape.points.map((point) => toScreen(camera, point)), !open);
      [halo, line].forEach((element) => element.setAttribute("d", path));
      root.classList.toggle("pf-canvas-drawing", drawing !== null);
      if (shape !== null) root.style.setProperty("--shape", shape.color);
      showHandles(view, camera);
      showFrame(shape, drawing !== null, camera);
      showName(view, camera, visible);
      crosshair.setAttribute("d", view.crosshair === null ? "" : crossAt(toScreen(camera, view.crosshair)));
    },
  };
}

function crossAt([x, y]: Point): string {
  const [inner, outer] = [4, CROSSHAIR_PX];
  return `M${x - outer} ${y}H${x - inner}M${x + inner} ${y}H${x + outer}M${x} ${y - outer}V${y - inner}M${x} ${y + inner}V${y + outer}M${x} ${y}h.01`;
}

/** How a selected shape is shown. */
export function activeShape(shape: Shape, points: readonly Point[], measures: string | null): ActiveShape {
  return { points, type: shape.type, label: shape.label, color: shape.color, measures };
}
