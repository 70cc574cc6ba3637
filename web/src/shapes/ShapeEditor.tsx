import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { LabelBar } from "../parts/LabelBar";
import { spanWithId, useSelectedSpan } from "../recipe/events";
import type { ViewProps } from "../views/view";
import { ShapeList } from "./ShapeList";
import { Stage } from "./Stage";
import { Toolbar } from "./Toolbar";
import { flawsIn } from "./editor";
import { remembered } from "./remembered";
import { type DrawSettings, drawSettings } from "./settings";
import { useCanvas } from "./use_canvas";
import { useCanvasKeys } from "./use_canvas_keys";
import { useEditor } from "./use_editor";
import "./shapes.css";

const ROOM_FOR_LIST = "(min-width: 1100px)";

/** Draw and change shapes on a picture. This shell draws bars and lists; the canvas draws itself. */
export function ShapeEditor({ task, settings, change }: ViewProps) {
  const drawn = useMemo(() => drawSettings(settings.config), []);
  const { editor, state, said, announcer } = useEditor(drawn, task["spans"], change);
  const [namesShown, setNames] = useState(remembered.namesShown ?? drawn.namesShown);
  const [listOpen, setList] = useState(remembered.listOpen ?? matchMedia(ROOM_FOR_LIST).matches);
  const root = useRef<HTMLDivElement>(null);
  const rows = useRef<HTMLDivElement>(null);
  const zoomText = useRef<HTMLSpanElement>(null);
  const { canvas, draftPoints } = useCanvas({ root, rows, zoomText }, editor, drawn, announcer);
  const flaws = useMemo(() => flawsIn(state), [state.shapes, state.size]);
  useLayoutEffect(() => canvas?.show(state), [canvas, state]);
  useLayoutEffect(() => canvas?.scene.setNames(namesShown), [canvas, namesShown]);
  const toggleNames = () => setNames((remembered.namesShown = !namesShown));
  const toggleList = () => setList((remembered.listOpen = !listOpen));
  useCanvasKeys(canvas, editor, { root, modes: drawn.modes, toggleNames, onCrosshair: announcer.crosshair });
  const selected = editor.selected();
  useSelectedSpan(spanWithId(task["spans"], state.selected));
  const whole = useOwnTouches();

  return (
    <div class="pf-draw" data-list={listOpen} ref={whole} style={looks(drawn)}>
      <LabelBar labels={drawn.labels} chosen={selected === null ? state.label : selected.label} choose={editor.relabel} />
      <Toolbar
        modes={drawn.modes}
        mode={state.mode}
        editor={editor}
        scene={canvas?.scene ?? null}
        listOpen={listOpen}
        toggleList={toggleList}
        count={state.shapes.length}
        zoomText={zoomText}
      />
      <Stage {...{ task, change, editor, state, flaws, canvas, root, draftPoints, mistakes: drawn.mistakes }} />
      <div class="pf-draw-side" ref={rows} hidden={!listOpen}>
        {listOpen && (
          <ShapeList
            editor={editor}
            state={state}
            flaws={flaws}
            namesShown={namesShown}
            toggleNames={toggleNames}
            close={toggleList}
            hover={(id) => canvas?.scene.hover(id)}
            reveal={(id) => canvas?.scene.reveal(id)}
            focusCanvas={() => root.current?.focus()}
          />
        )}
      </div>
      <p class="pf-hidden" role="status" aria-live="polite">
        {said}
      </p>
    </div>
  );
}

/** Touches here draw and scroll; the card is not swiped away by them. */
function useOwnTouches() {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const keep = (event: PointerEvent) => event.pointerType === "touch" && event.stopPropagation();
    element.current!.addEventListener("pointerdown", keep);
    return () => element.current?.removeEventListener("pointerdown", keep);
  }, []);
  return element;
}

function looks({ darkened, strokePx, fontPx }: DrawSettings): Record<string, string | number> {
  return { "--darkened": darkened, "--stroke": `${strokePx}px`, "--name-size": `${fontPx}px` };
}
