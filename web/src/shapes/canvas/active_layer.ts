/** What is worked on, on top of all: the selected shape with its handles, the one being drawn, the one under the pointer. */

import { type Box, boundsOf } from "../geometry";
import { type Handle, frameOf } from "../handles";
import type { Point, Shape, ShapeType } from "../shape";
import { type Camera, boxOnScreen, toScreen } from "./camera";
import { type CanvasElements, set, svg } from "./elements";
import { placeOf } from "./name_places";
import { type Tags, createTagElement } from "./name_tags";

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
  readonly hovered: Shape | null;
  readonly handles: readonly Handle[];
  /** The chosen corner of an outline. */
  readonly corner: number | null;
  /** Of a shape that is being drawn: how many points are set, and whether the pointer would close it. */
  readonly drawing: { readonly settled: number; readonly closes: boolean } | null;
  /** Where keys draw, on the picture. */
  readonly crosshair: Point | null;
  readonly namesShown: boolean;
}

export interface ActiveLayer {
  show(view: ActiveView, camera: Camera, visible: Box): void;
}

const HANDLE_PX = { side: 10, corner: 10, middle: 7 } as const;
const LIFT_PX = 9;
const CROSSHAIR_PX = 14;

export function createActiveLayer(elements: CanvasElements, tags: Tags, handleScale: number): ActiveLayer {
  const { active: root } = elements;
  const hoveredLines = linesOf("pf-canvas-hovered");
  const lines = linesOf("pf-canvas-selected");
  const frame = svg("rect", "pf-canvas-frame");
  const crosshair = [svg("path", "pf-canvas-crosshair-edge"), svg("path", "pf-canvas-crosshair")];
  const handles = svg("g", "pf-canvas-handles");
  root.append(hoveredLines.group, lines.group, frame, handles, ...crosshair);
  const name = createTagElement(elements.activeName);
  const hoveredName = createTagElement(elements.hoveredName);

  function showHandles(view: ActiveView, camera: Camera): void {
    const wanted = view.drawing === null ? view.handles : vertices(view, camera);
    while (handles.childElementCount > wanted.length) handles.lastElementChild!.remove();
    while (handles.childElementCount < wanted.length) handles.append(svg("rect", ""));
    wanted.forEach((handle, place) => showHandle(handles.children[place]!, handle, view));
  }

  function showHandle(element: Element, handle: Handle, view: ActiveView): void {
    const chosen = handle.kind === "corner" && handle.place === view.corner;
    const closing = handle.kind === "corner" && handle.place === 0 && view.drawing?.closes === true;
    const size = HANDLE_PX[handle.kind] * (handle.kind === "middle" ? 1 : handleScale) * (chosen || closing ? 1.4 : 1);
    set(element, {
      class: `pf-canvas-handle pf-canvas-handle-${handle.kind}${chosen || closing ? " pf-canvas-handle-chosen" : ""}`,
      x: handle.at[0] - size / 2,
      y: handle.at[1] - size / 2,
      width: size,
      height: size,
      rx: handle.kind === "side" ? 2 : size / 2,
    });
  }

  /** Small boxes have their handles outside: a frame shows where. */
  function showFrame({ shape, drawing }: ActiveView, camera: Camera): void {
    const bounds = shape?.type === "rect" && drawing === null ? boxOnScreen(camera, boundsOf(shape.points)) : null;
    const around = bounds === null ? null : frameOf(bounds);
    const needed = around !== null && bounds !== null && (around.left < bounds.left || around.top < bounds.top);
    const { left, top, right, bottom } = needed ? around : { left: 0, top: 0, right: 0, bottom: 0 };
    set(frame, { x: left, y: top, width: right - left, height: bottom - top });
  }

  function showName({ shape, namesShown, drawing }: ActiveView, camera: Camera, visible: Box): void {
    const words = [namesShown ? shape?.label : null, shape?.measures].filter((word) => word != null).join("  ");
    if (shape === null || words === "") return name.hide();
    const bounds = boxOnScreen(camera, boundsOf(shape.points));
    const isSelected = drawing === null;
    const around = isSelected && shape.type === "rect" ? frameOf(bounds) : bounds;
    name.show(tags.of(words), shape.color, placeOf(around, tags.of(words), visible, isSelected ? LIFT_PX * handleScale : 5));
  }

  function showHovered({ hovered }: ActiveView, camera: Camera, visible: Box): void {
    hoveredLines.show(hovered === null ? "" : pathOf(hovered.points, camera, true), hovered?.color ?? "");
    if (hovered === null || hovered.label === null) return hoveredName.hide();
    const tag = tags.of(hovered.label);
    hoveredName.show(tag, hovered.color, placeOf(boxOnScreen(camera, boundsOf(hovered.points)), tag, visible));
  }

  return {
    show(view, camera, visible) {
      const { shape, drawing } = view;
      const closed = drawing === null || shape?.type === "rect";
      lines.show(shape === null ? "" : pathOf(shape.points, camera, closed), shape?.color ?? "");
      if (shape !== null) handles.style.setProperty("--shape", shape.color);
      showHandles(view, camera);
      showFrame(view, camera);
      showName(view, camera, visible);
      showHovered(view, camera, visible);
      const cross = view.crosshair === null ? "" : crossAt(toScreen(camera, view.crosshair));
      crosshair.forEach((path) => set(path, { d: cross }));
    },
  };
}

/** A line in a colour with a light edge on both sides. */
function linesOf(className: string) {
  const group = svg("g", className);
  const paths = [svg("path", "pf-canvas-halo"), svg("path", "pf-canvas-line")];
  group.append(...paths);
  let painted = "";
  return {
    group,
    show(path: string, color: string) {
      paths.forEach((element) => set(element, { d: path }));
      if (color !== painted && color !== "") group.style.setProperty("--shape", color);
      painted = color;
    },
  };
}

/** The points of a polygon that are set already. */
function vertices({ shape, drawing }: ActiveView, camera: Camera): readonly Handle[] {
  if (shape === null || drawing === null || shape.type !== "polygon") return [];
  return shape.points.slice(0, drawing.settled).map((point, place) => ({ kind: "corner", place, at: toScreen(camera, point) }));
}

function pathOf(points: readonly Point[], camera: Camera, closed: boolean): string {
  if (points.length === 0) return "";
  const places = points.map((point) => toScreen(camera, point).map((value) => value.toFixed(2)).join(" "));
  return `M${places.join("L")}${closed ? "Z" : ""}`;
}

function crossAt([x, y]: Point): string {
  const [inner, outer] = [4, CROSSHAIR_PX];
  const lines = `M${x - outer} ${y}H${x - inner}M${x + inner} ${y}H${x + outer}M${x} ${y - outer}V${y - inner}M${x} ${y + inner}V${y + outer}`;
  return `${lines}M${x} ${y}h.01`;
}
