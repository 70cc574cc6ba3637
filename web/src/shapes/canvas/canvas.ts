/** The drawing surface: plain elements and pointers. Preact draws nothing while a pointer moves. */

import type { Draft } from "../drafts";
import type { Editor } from "../editor";
import { type Complaint, createDrawing } from "./drawing";
import { createPointing } from "./pointing";
import { listenToPointers } from "./pointers";
import { createScene } from "./scene";
import "./canvas.css";

export interface CanvasOptions {
  readonly fontPx: number;
  readonly strokePx: number;
  readonly fromCenter: boolean;
  readonly onZoom: (scale: number) => void;
  readonly onHover: (id: string | null) => void;
  readonly onComplaint: (complaint: Complaint) => void;
  readonly onDraft: (draft: Draft | null) => void;
}

/** How far from the original its copy lies, on the screen. */
const DUPLICATE_PX = 12;

export type Canvas = ReturnType<typeof createCanvas>;

export function createCanvas(root: HTMLElement, editor: Editor, options: CanvasOptions) {
  const drawing = createDrawing(editor, options);
  const coarse = matchMedia("(pointer: coarse)").matches;
  const scene = createScene(root, editor, drawing, { ...options, coarse });
  const setCursor = (cursor: string) => (root.style.cursor = cursor);
  const pointing = createPointing(scene, drawing, { ...options, setCursor });
  let hovered = false;
  let hand = false;
  let handMoved = false;
  const pointers = listenToPointers(root, {
    begin: pointing.begin,
    hover(press) {
      hovered = press !== null;
      pointing.hover(hand ? null : press);
    },
    pan(by) {
      handMoved = true;
      scene.pan(by);
    },
    zoom: (factor, at) => scene.zoom(factor, at),
    pans: () => hand,
  });
  return {
    scene,
    drawing,
    show: scene.show,
    /** Whether a mouse is over it. */
    isHovered: () => hovered,
    /** Let a pressed pointer move the picture, or no more; tells whether it did. */
    setHand(held: boolean): boolean {
      if (held) handMoved = false;
      if (held) pointing.hover(null);
      hand = held;
      root.classList.toggle("pf-canvas-hand", held);
      return handMoved;
    },
    /** Drop a drag; false when there is none. */
    dropDrag: pointers.cancel,
    /** Finish what can be finished of a shape that is being drawn, before the answer is given. */
    finish() {
      const draft = drawing.draft();
      if (draft?.type === "polygon" && draft.settled() >= 3) drawing.finish({ pixel: 1 / scene.camera().scale, reach: 0 });
      else drawing.cancel();
      scene.redraw();
    },
    giveUp() {
      drawing.cancel();
      scene.redraw();
    },
    duplicate(): boolean {
      const away = DUPLICATE_PX / scene.camera().scale;
      return editor.duplicate([away, away]);
    },
    destroy() {
      pointers.stop();
      scene.destroy();
    },
  };
}
