import { useEffect, useState } from "preact/hooks";
import { fetchSanitiser } from "../html/sanitiser";
import { type Open, seen } from "../state/desk";
import type { Keymap } from "../state/keymap";
import type { Project } from "../types";
import { guarded } from "../views/guarded";
import { viewHere } from "../views/registry";
import { type KeyRow, settingsOf } from "../views/view";
import { words } from "../words";
import { useApp } from "./context";

type Chunk = typeof import("./dialog_chunk");
let here: Chunk | null = null;

/** Not needed for the first task: fetched once it is on the page, to be there when it is asked for. */
async function fetchChunk(): Promise<Chunk> {
  here ??= await import("./dialog_chunk");
  return here;
}

interface DialogsProps {
  readonly project: Project;
  readonly keymap: Keymap;
  readonly current: Open | null;
}

/** The dialog that is open, if one is. */
export function Dialogs({ project, keymap, current }: DialogsProps) {
  const { dialog, notices } = useApp();
  const [, redraw] = useState(0);
  const wanted = dialog.value;
  useEffect(() => {
    if (here !== null) return;
    if (wanted === null) return fetchWhenIdle();
    fetchChunk().then(
      () => redraw((count) => count + 1),
      () => {
        dialog.value = null;
        notices.add({ tone: "bad", text: words.networkTitle, taskHash: null });
      },
    );
  }, [wanted]);
  if (here === null || wanted === null) return null;
  if (wanted === "kept") return <here.Kept />;
  return <here.Help project={project} keymap={keymap} rows={viewKeys(project, current)} />;
}

function fetchWhenIdle(): void {
  const fetchQuietly = () => void Promise.allSettled([fetchChunk(), fetchSanitiser()]);
  if ("requestIdleCallback" in window) requestIdleCallback(fetchQuietly, { timeout: 5000 });
  else setTimeout(fetchQuietly, 1000);
}

/** What the keys of the open task's view do, and of those inside it. */
function viewKeys(project: Project, current: Open | null): readonly KeyRow[] {
  if (current === null) return [];
  const task = seen(current);
  const settings = settingsOf(project, task);
  const view = viewHere(task._view_id ?? project.view_id);
  return guarded<readonly KeyRow[]>([], () => view?.keys?.(task, settings));
}
