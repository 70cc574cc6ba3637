/** Everything that pointers do, by keys. */

import type { Editor } from "../editor";
import { boundsOf, clampPoint, clipped, cornersOf, stretched } from "../geometry";
import { resized } from "../handles";
import type { Point, ShapeType } from "../shape";
import type { Canvas } from "./canvas";

export interface KeyPlace {
  /** Whether the canvas has the focus. */
  readonly focused: boolean;
  /** Whether nothing else has it. */
  readonly free: boolean;
  /** Whether the page has a use of its own for this key. */
  readonly wanted: boolean;
}

const ARROWS: Readonly<Record<string, Point>> = {
  arrowleft: [-1, 0],
  arrowright: [1, 0],
  arrowup: [0, -1],
  arrowdown: [0, 1],
};
const MODE_KEYS: Readonly<Record<string, ShapeType>> = { r: "rect", p: "polygon", h: "freehand" };
/** How far the crosshair goes at once, on the screen. */
const STRIDE_PX = 8;
const LONG_STRIDE_PX = 48;
const ZOOM_STEP = 1.25;

type Command = (event: KeyboardEvent) => boolean;

export interface KeysOptions {
  readonly modes: readonly ShapeType[];
  readonly toggleNames: () => void;
}

export function createKeys(canvas: Canvas, editor: Editor, options: KeysOptions) {
  const { scene, drawing } = canvas;
  /** Set by escape: the next tab leaves the canvas. */
  let leaving = false;

  function onKey(name: string, event: KeyboardEvent, place: KeyPlace): boolean {
    if (scene.size() === null) return false;
    if (name === "escape" && canvas.dropDrag()) return true;
    if (drawing.draft() !== null) return onDraftKey(name, event);
    if (editor.state().selected !== null && onSelectedKey(name, event)) return true;
    if (stepKey(name, event) || (place.focused && tabKey(name, event))) return true;
    if (place.wanted) return false;
    return (place.free && crosshairKey(name, event)) || plainKey(name);
  }

  /** While a shape is drawn. */
  function onDraftKey(name: string, event: KeyboardEvent): boolean {
    const byKeys = scene.crosshair();
    if (name === "escape") drawing.cancel();
    else if (name === "backspace" || name === "delete" || (name === "ctrl+z" && !event.shiftKey)) drawing.back();
    else if (name === "enter" && byKeys === null) drawing.finish(how());
    else if (!crosshairKey(name, event)) return plainKey(name);
    scene.redraw();
    return true;
  }

  function onSelectedKey(name: string, event: KeyboardEvent): boolean {
    leaving = false;
    const arrow = ARROWS[name.replace(/^(ctrl\+)?(alt\+)?/, "")];
    if (arrow !== undefined) return arrowKey(name, arrow, event);
    const commands: Readonly<Record<string, Command>> = {
      escape: letGo,
      backspace: (pressed) => pressed.repeat || editor.removeSelected(),
      delete: (pressed) => pressed.repeat || editor.removeSelected(),
      "ctrl+d": () => canvas.duplicate(),
      v: (pressed) => chooseCorner(pressed.shiftKey ? -1 : 1),
      n: () => splitSide(),
    };
    return commands[name]?.(event) ?? false;
  }

  /** First the chosen corner, then the shape. */
  function letGo(): boolean {
    const { selected, corner } = editor.state();
    editor.select(corner === null ? null : selected);
    leaving = corner === null;
    return true;
  }

  function arrowKey(name: string, [x, y]: Point, event: KeyboardEvent): boolean {
    const step = event.shiftKey ? 10 : 1;
    const by: Point = [x * step, y * step];
    // A key that is held down is one step to take back.
    if (name.includes("+")) stretch(by, name.includes("alt+") ? 1 : -1, event.repeat);
    else editor.move(by, event.repeat);
    return true;
  }

  /** Move the right and lower sides, or the left and upper ones. */
  function stretch(by: Point, side: 1 | -1, goesOn: boolean): void {
    const shape = editor.selected();
    const size = scene.size();
    if (shape === null || size === null) return;
    const points = clipped(shape.points, size);
    if (points.length === 0) return;
    const before = boundsOf(points);
    const after = resized(before, [side, side], by, {}, size);
    if (after.right - after.left < 1 || after.bottom - after.top < 1) return;
    editor.reshape(shape.id, shape.type === "rect" ? cornersOf(after) : stretched(points, before, after), goesOn);
  }

  function chooseCorner(by: 1 | -1): boolean {
    const shape = editor.selected();
    if (shape === null || shape.type === "rect") return false;
    const { length } = shape.points;
    const from = editor.state().corner ?? (by > 0 ? -1 : length);
    editor.select(shape.id, (from + by + length) % length);
    return true;
  }

  function splitSide(): boolean {
    const { corner } = editor.state();
    if (corner === null) return false;
    editor.addCorner(corner);
    return true;
  }

  /** Walk through the shapes with tab and leave at the end; with brackets go around. */
  function tabKey(name: string, event: KeyboardEvent): boolean {
    if (name !== "tab") return false;
    const walked = !leaving && editor.walk(event.shiftKey ? -1 : 1, false);
    if (walked) reveal();
    else editor.select(null);
    leaving = false;
    return walked;
  }

  function reveal(): void {
    const { selected } = editor.state();
    if (selected !== null) scene.reveal(selected);
    scene.setCrosshair(null);
  }

  function stepKey(name: string, event: KeyboardEvent): boolean {
    if (name === "ctrl+z") return event.shiftKey ? editor.forth() : editor.back();
    if (name === "ctrl+y") return editor.forth();
    if (name !== "[" && name !== "]") return false;
    const walked = editor.walk(name === "]" ? 1 : -1, true);
    if (walked) reveal();
    return walked;
  }

  /** Arrows move the crosshair, enter sets a point there. */
  function crosshairKey(name: string, event: KeyboardEvent): boolean {
    const arrow = ARROWS[name.replace(/^(ctrl\+)?(alt\+)?/, "")];
    const now = scene.crosshair();
    if (name === "enter") return now === null ? showCrosshair() : pressHere(now);
    if (name === "escape" && now !== null) {
      scene.setCrosshair(null);
      return true;
    }
    if (arrow === undefined) return false;
    if (now === null) return showCrosshair();
    const stride = Math.max(1, Math.round((event.shiftKey ? LONG_STRIDE_PX : STRIDE_PX) / scene.camera().scale));
    const step = name.includes("+") ? 1 : stride;
    const at = clampPoint([now[0] + arrow[0] * step, now[1] + arrow[1] * step], scene.size()!);
    drawing.move(at, how());
    scene.setCrosshair(at);
    return true;
  }

  function showCrosshair(): boolean {
    editor.select(null);
    const draft = drawing.draft();
    const last = draft === null ? null : (draft.points()[Math.max(draft.settled() - 1, 0)] ?? null);
    scene.setCrosshair(last ?? scene.center());
    return true;
  }

  function pressHere(at: Point): boolean {
    if (drawing.draft() === null) drawing.begin(at);
    else drawing.press(at, how());
    scene.redraw();
    return true;
  }

  function plainKey(name: string): boolean {
    const mode = MODE_KEYS[name];
    if (mode !== undefined && options.modes.includes(mode)) return drawing.draft() === null && setMode(mode);
    const commands: Readonly<Record<string, () => void>> = {
      "+": () => scene.zoom(ZOOM_STEP),
      "=": () => scene.zoom(ZOOM_STEP),
      "-": () => scene.zoom(1 / ZOOM_STEP),
      "0": () => scene.fit(),
      l: options.toggleNames,
    };
    commands[name]?.();
    return name in commands;
  }

  function setMode(mode: ShapeType): boolean {
    editor.setMode(mode);
    scene.redraw();
    return true;
  }

  function how() {
    return { pixel: 1 / scene.camera().scale, reach: 0 };
  }

  return onKey;
}
