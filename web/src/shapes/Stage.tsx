import type { RefObject } from "preact";
import { useLayoutEffect, useMemo } from "preact/hooks";
import { nameOf } from "../parts/Body";
import { BrokenPicture } from "../parts/Picture";
import { usePicture } from "../parts/use_picture";
import { type Changes, type Task, textOf } from "../types";
import { words } from "../words";
import { Notices } from "./Notices";
import { SelectionBar } from "./SelectionBar";
import type { Canvas } from "./canvas/canvas";
import type { Editor, EditorState } from "./editor";
import { isSameSize, sizeOfPicture, toldSize } from "./picture_size";
import type { Mistake } from "./settings";
import type { Flaw } from "./shape";
import { say } from "./words";

interface StageProps {
  readonly task: Task;
  readonly change: (changes: Changes) => void;
  readonly editor: Editor;
  readonly state: EditorState;
  readonly flaws: ReadonlyMap<string, Flaw>;
  readonly canvas: Canvas | null;
  readonly root: RefObject<HTMLDivElement | null>;
  readonly draftPoints: number;
  readonly mistakes: readonly Mistake[];
}

/** The canvas and what lies over it. */
export function Stage({ task, change, editor, state, flaws, canvas, root, draftPoints, mistakes }: StageProps) {
  const { picture, take, retry } = usePicture(textOf(task, "image") ?? "");
  const ready = picture.status === "ready" ? picture.element : null;
  const told = useMemo(() => toldSize(task), []);

  useLayoutEffect(() => {
    const element = ready === null ? null : take();
    if (ready === null || element === null || canvas === null) return;
    const size = sizeOfPicture(ready, told);
    element.alt = words.pictureOf;
    editor.setSize(size);
    canvas.scene.setPicture(element, size);
    // The answer always says what its points refer to, and that there are none.
    const missing = Array.isArray(task["spans"]) ? {} : { spans: [] };
    if (!isSameSize(told, size) || "spans" in missing) change({ ...size, ...missing });
  }, [canvas, ready]);

  const selected = editor.selected();
  const isDrawing = draftPoints > 0;
  return (
    <div class="pf-draw-stage">
      <div
        class="pf-canvas"
        ref={root}
        tabIndex={0}
        role="application"
        aria-label={say().canvas(state.shapes.length)}
        aria-describedby="pf-draw-instructions"
      />
      <p class="pf-hidden" id="pf-draw-instructions">
        {say().instructions}
      </p>
      {picture.status === "loading" && (
        <p class="pf-draw-over pf-picture-loading" role="status">
          {words.loading}
        </p>
      )}
      {picture.status === "broken" && (
        <div class="pf-draw-over">
          <BrokenPicture name={nameOf(task)} onRetry={retry} />
        </div>
      )}
      {state.size !== null && (
        <Notices
          shapes={state.shapes}
          flaws={flaws}
          mistakes={mistakes}
          told={told === null || isSameSize(told, state.size) ? null : told}
          size={state.size}
        />
      )}
      {canvas !== null && (selected !== null || isDrawing) && (
        <SelectionBar
          what={isDrawing ? "draft" : state.corner === null ? "shape" : "corner"}
          atTop={selected !== null && canvas.scene.isLow(selected)}
          canFinish={draftPoints >= 3}
          finish={canvas.finish}
          giveUp={canvas.giveUp}
          duplicate={canvas.duplicate}
          remove={editor.removeSelected}
          release={() => editor.select(null)}
        />
      )}
    </div>
  );
}
