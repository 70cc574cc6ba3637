import type { RefObject } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { useApp } from "../frame/context";
import { commandOf, keymapOf } from "../state/keymap";
import { useKeys } from "../views/keys";
import type { Canvas } from "./canvas/canvas";
import { createKeys } from "./canvas/keys";
import type { Editor } from "./editor";
import type { ShapeType } from "./shape";

interface KeysSetup {
  readonly root: RefObject<HTMLDivElement | null>;
  readonly modes: readonly ShapeType[];
  readonly toggleNames: () => void;
  readonly onCrosshair: (at: readonly [number, number]) => void;
}

const ANSWERS = ["accept", "reject", "ignore"];

/** Connect the page's keys with the canvas. */
export function useCanvasKeys(canvas: Canvas | null, editor: Editor, setup: KeysSetup): void {
  const { state } = useApp();
  const keymap = useMemo(() => keymapOf(state.value.project?.keymap ?? {}), []);
  const latest = useRef(setup);
  latest.current = setup;
  const onKey = useMemo(() => {
    const toggleNames = () => latest.current.toggleNames();
    return canvas === null ? null : createKeys(canvas, editor, { modes: setup.modes, toggleNames });
  }, [canvas]);
  const holdsSpace = useSpace(canvas);
  useAnswerButtons(canvas);

  useKeys((name, event) => {
    if (canvas === null || onKey === null) return false;
    if (name === "space") return holdsSpace(event);
    const { activeElement } = document;
    const focused = activeElement === setup.root.current;
    const command = commandOf(keymap, name);
    const before = canvas.scene.crosshair();
    const used = onKey(name, event, { focused, free: focused || activeElement === document.body, wanted: command !== null });
    const after = canvas.scene.crosshair();
    if (after !== null && after !== before) setup.onCrosshair(after);
    if (!used && command !== null && ANSWERS.includes(command)) canvas.finish();
    return used;
  });
}

/** The space bar, held over an enlarged picture, moves it; pressed and let go it means what it means to the page. */
function useSpace(canvas: Canvas | null): (event: KeyboardEvent) => boolean {
  const held = useRef(false);
  const replayed = useRef(false);
  useEffect(() => {
    const release = () => {
      held.current = false;
      return canvas?.setHand(false) ?? false;
    };
    const onUp = (event: KeyboardEvent) => {
      if (event.key !== " " || !held.current) return;
      const panned = release();
      if (panned) return;
      replayed.current = true;
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: " ", code: "Space", bubbles: true, cancelable: true }));
      replayed.current = false;
    };
    document.addEventListener("keyup", onUp);
    addEventListener("blur", release);
    return () => {
      document.removeEventListener("keyup", onUp);
      removeEventListener("blur", release);
    };
  }, [canvas]);
  return (event) => {
    if (canvas === null || replayed.current) return false;
    if (held.current) return true;
    if (event.repeat || canvas.scene.isFitted() || !canvas.isHovered()) return false;
    held.current = true;
    canvas.setHand(true);
    return true;
  };
}

/** An answer takes a polygon along that is still open. */
function useAnswerButtons(canvas: Canvas | null): void {
  useEffect(() => {
    const onDown = (event: Event) => {
      if (event.target instanceof Element && event.target.closest(".pf-actions") !== null) canvas?.finish();
    };
    document.addEventListener("pointerdown", onDown, true);
    return () => document.removeEventListener("pointerdown", onDown, true);
  }, [canvas]);
}
