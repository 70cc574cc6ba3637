import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { useSteps } from "../parts/steps";
import type { Changes } from "../types";
import { createAnnouncer } from "./announcer";
import { type EditorState, createEditor } from "./editor";
import { remembered } from "./remembered";
import type { DrawSettings } from "./settings";
import type { Shape } from "./shape";

/** The editor of one task, its state, and what it tells to screen readers. */
export function useEditor({ labels, modes }: DrawSettings, spans: unknown, change: (changes: Changes) => void) {
  const steps = useSteps<readonly Shape[]>();
  const [said, tell] = useState("");
  const latest = useRef(change);
  latest.current = change;
  const { editor, announcer } = useMemo(() => {
    const announcer = createAnnouncer(tell);
    const label = labels.find(({ name }) => name === remembered.label) ?? labels[0];
    const editor = createEditor({
      labels,
      steps,
      mode: modes.find((mode) => mode === remembered.mode) ?? modes[0]!,
      label: label?.name ?? "",
      onSpans: (changed) => latest.current({ spans: changed }),
      onDeed: announcer.deed,
    });
    editor.adopt(spans);
    return { editor, announcer };
  }, []);
  const [state, setState] = useState(editor.state);
  useLayoutEffect(
    () =>
      editor.subscribe((next: EditorState) => {
        Object.assign(remembered, { mode: next.mode, label: next.label });
        setState(next);
      }),
    [],
  );
  // The task may be changed from outside, by the recipe's own script.
  useLayoutEffect(() => editor.adopt(spans), [spans]);
  useEffect(() => announcer.stop, []);
  return { editor, state, said, announcer };
}
