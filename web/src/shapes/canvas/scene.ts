/** What is on the canvas: the picture where the camera has it, the shapes on top. Painted at most once a frame. */

import type { Editor, EditorState } from "../editor";
import { type Box, boundsOf, clampPoint } from "../geometry";
import { type Handle, handlesOf } from "../handles";
import { type Point, type Shape, type Size, isShown } from "../shape";
import { type ActiveView, createActiveLayer } from "./active_layer";
import { type Camera, bounded, boxOnScreen, bringing, fitted, isCrisp, isSameCamera, panned, toPicture, toScreen, zoomed } from "./camera";
import type { Drawing } from "./drawing";
import type { Live } from "./edits";
import { createElements } from "./elements";
import { createTags } from "./name_tags";
import { createSheet } from "./sheet";

export interface SceneOptions {
  readonly fontPx: number;
  readonly strokePx: number;
  /** Fingers need larger handles. */
  readonly coarse: boolean;
  readonly onZoom: (scale: number) => void;
}

const LOWER_EDGE_PX = 84;

export type Scene = ReturnType<typeof createScene>;

export function createScene(root: HTMLElement, editor: Editor, drawing: Drawing, options: SceneOptions) {
  const elements = createElements(root);
  const tags = createTags(root, options.fontPx);
  const sheet = createSheet(elements.sheet, tags, options.strokePx);
  const active = createActiveLayer(elements, tags, options.coarse ? 1.5 : 1);
  /** The shapes on the sheet: all that can be seen but the selected one. */
  let others: readonly Shape[] = [];
  let hovered: string | null = null;
  let size: Size | null = null;
  let room: Size = { width: 1, height: 1 };
  let camera: Camera = { scale: 1, x: 0, y: 0 };
  let live: Live | null = null;
  let crosshair: Point | null = null;
  let closes = false;
  let namesShown = true;
  let handles: readonly Handle[] = [];
  const stale = { camera: false, sheet: false };
  let frame = 0;

  function redraw(): void {
    if (frame === 0) frame = requestAnimationFrame(paint);
  }

  function paint(): void {
    frame = 0;
    if (size === null) return;
    if (stale.camera) paintPicture(size);
    if (stale.camera || stale.sheet) sheet.paint(others, { camera, room, visible: visible(), namesShown });
    stale.camera = stale.sheet = false;
    active.show(activeView(), camera, visible());
  }

  function paintPicture(picture: Size): void {
    const { style, classList } = elements.picture;
    style.width = `${picture.width * camera.scale}px`;
    style.height = `${picture.height * camera.scale}px`;
    style.transform = `translate(${camera.x}px, ${camera.y}px)`;
    classList.toggle("pf-crisp", isCrisp(camera.scale));
    options.onZoom(camera.scale);
  }

  /** The part of the picture that can be seen, on the screen. */
  function visible(): Box {
    const { width, height } = size ?? { width: 0, height: 0 };
    const box = boxOnScreen(camera, { left: 0, top: 0, right: width, bottom: height });
    return {
      left: Math.max(box.left, 0),
      top: Math.max(box.top, 0),
      right: Math.min(box.right, room.width),
      bottom: Math.min(box.bottom, room.height),
    };
  }

  function activeView(): ActiveView {
    const draft = drawing.draft();
    const shape = draft === null ? selected() : null;
    const points = live?.points ?? shape?.points ?? [];
    handles = shape === null ? [] : handlesOf(shape, points.map((point) => toScreen(camera, point)));
    const { corner, label } = editor.state();
    const underPointer = others.find(({ id }) => id === hovered) ?? null;
    const common = { handles, corner, crosshair, namesShown, hovered: live === null ? underPointer : null };
    if (draft === null) {
      const measures = live?.resizes === true ? measuresOf(points) : null;
      return { ...common, drawing: null, shape: shape === null ? null : { ...shape, points, measures } };
    }
    const drawn = draft.points();
    const measures = draft.type === "rect" ? measuresOf(drawn) : null;
    return {
      ...common,
      drawing: { settled: draft.settled(), closes },
      shape: { points: drawn, type: draft.type, label, color: editor.colorOf(label), measures },
    };
  }

  /** The selected shape, if it can be seen. */
  function selected(): Shape | null {
    const shape = editor.selected();
    return shape !== null && size !== null && isShown(shape, size) ? shape : null;
  }

  /** The shapes that can be seen. */
  function seen({ shapes: all, hidden }: EditorState): readonly Shape[] {
    const picture = size;
    return picture === null ? [] : all.filter((shape) => isShown(shape, picture) && !hidden.has(shape.id));
  }

  function show(state: EditorState): void {
    const now = seen(state);
    root.dataset["shown"] = String(now.length);
    others = now.filter((shape) => shape.id !== state.selected);
    stale.sheet = true;
    redraw();
  }

  function look(next: Camera): void {
    if (isSameCamera(next, camera)) return;
    camera = next;
    stale.camera = true;
    redraw();
  }

  function isFitted(): boolean {
    return size === null || isSameCamera(camera, fitted(size, room));
  }

  function measureRoom(): void {
    const { clientWidth: width, clientHeight: height } = root;
    if (width === 0 || (width === room.width && height === room.height)) return;
    const wasFitted = isFitted();
    room = { width, height };
    if (size === null) return;
    look(wasFitted ? fitted(size, room) : bounded(camera, size, room));
  }

  const observer = new ResizeObserver(measureRoom);
  observer.observe(root);

  return {
    editor,
    camera: () => camera,
    size: () => size,
    handles: () => handles,
    selected,
    seen: () => seen(editor.state()),
    nameAt: (at: Point) => sheet.nameAt(at),
    show,
    redraw,
    isFitted,
    setPicture(element: HTMLImageElement, natural: Size) {
      elements.picture.replaceChildren(element);
      size = natural;
      room = { width: root.clientWidth, height: root.clientHeight };
      camera = fitted(size, room);
      stale.camera = true;
      show(editor.state());
    },
    setNames(shown: boolean) {
      if (shown === namesShown) return;
      namesShown = shown;
      show(editor.state());
    },
    setLive(now: Live | null) {
      live = now;
      redraw();
    },
    setCloses(now: boolean) {
      closes = now;
    },
    hover(id: string | null) {
      if (id === hovered) return;
      hovered = id;
      redraw();
    },
    pan: (by: Point) => size !== null && look(panned(camera, by, size, room)),
    /** Enlarge around a point of the screen, or around the middle. */
    zoom(factor: number, at: Point = [room.width / 2, room.height / 2]) {
      if (size !== null) look(zoomed(camera, factor, at, size, room));
    },
    fit: () => size !== null && look(fitted(size, room)),
    crosshair: () => crosshair,
    /** Put the crosshair of the keys somewhere, in view; null takes it away. */
    setCrosshair(at: Point | null) {
      if (at === null && crosshair === null) return;
      crosshair = at;
      if (at !== null && size !== null) look(bringing(camera, at, size, room));
      redraw();
    },
    /** The middle of what is in view, on a whole pixel. */
    center(): Point {
      const { left, top, right, bottom } = visible();
      const [x, y] = toPicture(camera, [(left + right) / 2, (top + bottom) / 2]);
      return [Math.round(x), Math.round(y)];
    },
    /** Bring a shape into view. */
    reveal(id: string) {
      const picture = size;
      const shape = editor.find(id);
      if (shape === null || shape.points.length === 0 || picture === null || isFitted()) return;
      const box = boundsOf(shape.points);
      const corners: readonly Point[] = [
        [box.right, box.bottom],
        [box.left, box.top],
      ];
      look(corners.reduce((now, corner) => bringing(now, clampPoint(corner, picture), picture, room), camera));
    },
    /** Whether a shape lies at the lower edge, where bars would cover it. */
    isLow({ points }: Shape): boolean {
      if (points.length === 0) return false;
      const { top, bottom } = boxOnScreen(camera, boundsOf(points));
      return bottom > room.height - LOWER_EDGE_PX && top > LOWER_EDGE_PX;
    },
    showGuides(at: Point | null) {
      elements.guides.forEach((guide) => (guide.style.visibility = at === null ? "hidden" : "visible"));
      if (at === null) return;
      elements.guides[0].style.transform = `translateY(${at[1]}px)`;
      elements.guides[1].style.transform = `translateX(${at[0]}px)`;
    },
    destroy() {
      observer.disconnect();
      if (frame !== 0) cancelAnimationFrame(frame);
    },
  };
}

function measuresOf(points: readonly Point[]): string {
  const { left, top, right, bottom } = boundsOf(points);
  return `${Math.round(right - left)} × ${Math.round(bottom - top)}`;
}
