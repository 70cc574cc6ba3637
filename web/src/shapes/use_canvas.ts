import type { RefObject } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import type { Announcer } from "./announcer";
import { type Canvas, createCanvas } from "./canvas/canvas";
import type { Editor } from "./editor";
import { remembered } from "./remembered";
import type { DrawSettings } from "./settings";
import { say } from "./words";

interface Places {
  readonly root: RefObject<HTMLDivElement | null>;
  /** The list of the shapes, if it is open. */
  readonly rows: RefObject<HTMLDivElement | null>;
  readonly zoomText: RefObject<HTMLSpanElement | null>;
}

const HOVERED = "pf-shape-row-hovered";

/** The canvas in its element, and how many points the polygon has that is being drawn with clicks. */
export function useCanvas({ root, rows, zoomText }: Places, editor: Editor, settings: DrawSettings, announcer: Announcer) {
  const [canvas, setCanvas] = useState<Canvas | null>(null);
  const [draftPoints, setDraftPoints] = useState(0);
  useLayoutEffect(() => {
    const element = root.current!;
    const made = createCanvas(element, editor, {
      fontPx: settings.fontPx,
      strokePx: settings.strokePx,
      fromCenter: settings.fromCenter,
      onZoom(scale) {
        if (zoomText.current !== null) zoomText.current.textContent = `${Math.round(scale * 100)}%`;
      },
      onHover(id) {
        rows.current?.querySelector(`.${HOVERED}`)?.classList.remove(HOVERED);
        if (id !== null) rows.current?.querySelector(`[data-row="${CSS.escape(id)}"]`)?.classList.add(HOVERED);
      },
      onComplaint: (complaint) => announcer.sentence(say()[complaint]),
      onDraft: (draft) => setDraftPoints(draft?.type === "polygon" ? draft.settled() : 0),
    });
    setCanvas(made);
    if (remembered.focused === true) element.focus({ preventScroll: true });
    return () => {
      remembered.focused = document.activeElement === element;
      made.destroy();
    };
  }, []);
  return { canvas, draftPoints };
}
