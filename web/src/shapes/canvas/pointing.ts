/** What pointers do on the canvas: a click selects, a drag draws, or changes what is selected. */

import type { How } from "../drafts";
import { boundsOf } from "../geometry";
import { type Handle, frameOf, handleAt } from "../handles";
import type { Point, Shape, Size } from "../shape";
import { boxOnScreen, toPicture } from "./camera";
import type { Drawing } from "./drawing";
import { type Bench, moving, pulling } from "./edits";
import { shapesAt } from "./hits";
import type { Gesture, Press } from "./pointers";
import type { Scene } from "./scene";

interface Reaches {
  readonly drag: number;
  readonly handle: number;
  readonly line: number;
  readonly point: number;
}

/** In pixels of the screen. */
const MOUSE: Reaches = { drag: 4, handle: 10, line: 5, point: 8 };
const TOUCH: Reaches = { drag: 8, handle: 22, line: 12, point: 16 };

export interface Pointing {
  begin(press: Press): Gesture | null;
  hover(press: Press | null): void;
}

interface PointingOptions {
  readonly fromCenter: boolean;
  readonly onHover: (id: string | null) => void;
  readonly setCursor: (cursor: string) => void;
}

export function createPointing(scene: Scene, drawing: Drawing, options: PointingOptions): Pointing {
  const { editor } = scene;
  const pixel = () => 1 / scene.camera().scale;
  const benchFor = (size: Size): Bench => ({ editor, size, fromCenter: options.fromCenter, pixel, show: scene.setLive });
  const onPicture = (press: Press): Point => toPicture(scene.camera(), press.at);

  function how(press: Press): How {
    const reach = reaches(press).point;
    return { pixel: pixel(), reach, square: press.shift, fromCenter: press.alt !== options.fromCenter };
  }

  function begin(press: Press): Gesture | null {
    const size = scene.size();
    if (size === null) return null;
    scene.setCrosshair(null);
    if (drawing.draft() !== null) return drawingOn(() => undefined);
    const shape = scene.selected();
    const handle = shape === null ? null : handleUnder(press);
    return shape !== null && handle !== null ? pulling(benchFor(size), shape, handle, press) : undecided(press, size);
  }

  /** Move the loose end of what is drawn; letting go sets it. */
  function drawingOn(cancel: () => void): Gesture {
    return {
      move: follow,
      end(press) {
        drawing.press(onPicture(press), how(press));
        scene.setCloses(false);
        scene.redraw();
      },
      cancel,
    };
  }

  function follow(press: Press): void {
    drawing.move(onPicture(press), how(press));
    scene.setCloses(drawing.closes(onPicture(press), how(press)));
    scene.redraw();
  }

  /** A press that may become a click, a new shape, or a move of the shape it holds. */
  function undecided(from: Press, size: Size): Gesture {
    let decided: Gesture | null = null;
    return {
      move(press) {
        const far = Math.hypot(press.at[0] - from.at[0], press.at[1] - from.at[1]);
        if (decided === null && far >= reaches(press).drag) decided = dragged(from, size);
        decided?.move(press);
      },
      end: (press) => (decided === null ? click(from) : decided.end(press)),
      cancel: () => decided?.cancel(),
    };
  }

  function dragged(from: Press, size: Size): Gesture {
    const held = heldBy(from);
    if (held !== null) {
      editor.select(held.id);
      return moving(benchFor(size), held, from, () => undefined);
    }
    drawing.begin(onPicture(from));
    return drawingOn(() => {
      drawing.cancel();
      scene.redraw();
    });
  }

  /** The shape that a drag from here moves: one taken by its name, or the selected one. */
  function heldBy(press: Press): Shape | null {
    const named = scene.nameAt(press.at);
    if (named !== null) return editor.find(named);
    const shape = scene.selected();
    return shape !== null && isOn(shape, press) ? shape : null;
  }

  function isOn(shape: Shape, press: Press): boolean {
    const { left, top, right, bottom } = frameOf(boxOnScreen(scene.camera(), boundsOf(shape.points)));
    const [x, y] = press.at;
    const inFrame = x >= left && x <= right && y >= top && y <= bottom;
    return (shape.type === "rect" && inFrame) || under(press, [shape]).length > 0;
  }

  function under(press: Press, shapes = scene.seen()): readonly string[] {
    return shapesAt(shapes, onPicture(press), reaches(press).line * pixel());
  }

  function handleUnder(press: Press): Handle | null {
    return handleAt(scene.handles(), press.at, reaches(press).handle);
  }

  /** Select what is there, and what lies below it the next time; where nothing is, let go or begin to draw. */
  function click(press: Press): void {
    const named = scene.nameAt(press.at);
    const found = named === null ? under(press) : [named];
    const { selected, mode } = editor.state();
    if (found.length > 0) {
      const place = selected === null ? -1 : found.indexOf(selected);
      return editor.select(found[(place + 1) % found.length]!);
    }
    if (selected !== null) return editor.select(null);
    // A tap beside everything is mostly a mistake; with a mouse two clicks make a box.
    if (mode === "polygon" || (mode === "rect" && !press.touch)) drawing.begin(onPicture(press));
    scene.redraw();
  }

  function hover(press: Press | null): void {
    const draws = drawing.draft() !== null;
    if (press !== null && draws) follow(press);
    const idle = press === null || draws ? null : press;
    const handle = idle === null ? null : handleUnder(idle);
    const held = idle === null || handle !== null ? null : heldBy(idle);
    const found = idle === null || handle !== null ? null : (held?.id ?? under(idle)[0] ?? null);
    scene.hover(found);
    options.onHover(found);
    options.setCursor(handle !== null ? cursorOf(handle) : held !== null ? "move" : "");
    const box = editor.state().mode === "rect" && handle === null && held === null;
    scene.showGuides(press !== null && box ? press.at : null);
  }

  return { begin, hover };
}

function reaches(press: Press): Reaches {
  return press.touch ? TOUCH : MOUSE;
}

function cursorOf(handle: Handle): string {
  if (handle.kind !== "side") return "pointer";
  if (handle.across === 0) return "ns-resize";
  if (handle.down === 0) return "ew-resize";
  return handle.across === handle.down ? "nwse-resize" : "nesw-resize";
}
