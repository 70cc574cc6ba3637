/** What the page asks about the editor: whether a task fits, and which keys there are. */

import { keysOf } from "../parts/content";
import type { Task } from "../types";
import type { KeyRow, Settings } from "../views/view";
import { optionsOf } from "./options";
import { readTask, tokensOf } from "./task";
import { say } from "./words";

export function problemOf(viewId: string, task: Task): string | null {
  const tokens = tokensOf(task);
  if (tokens === null) return say().noTokens(viewId, keysOf(task));
  return typeof tokens === "number" ? say().badToken(tokens) : null;
}

export function keyRows(task: Task, settings: Settings): readonly KeyRow[] {
  const { keys, labels, spanLabels, wrapToggle } = optionsOf(settings.config, readTask(task));
  const words = say().keys;
  const labelKeys = labels.flatMap((label) => label.key ?? []);
  const spans: readonly KeyRow[] = [
    [words.mode, [keys.mode]],
    [words.pickSpan, ["enter", "enter"]],
    [words.grow, [keys.grow]],
  ];
  return [
    [words.move, ["arrowleft", "arrowright", "arrowup", "arrowdown"]],
    [words.pick, ["enter", "enter"]],
    [words.keep, ["shift+enter"]],
    [words.labels, labelKeys.length > 4 ? [...labelKeys.slice(0, 2), "…", labelKeys.at(-1)!] : labelKeys],
    ...(spanLabels.length > 0 ? spans : []),
    [words.arcs, ["tab", "arrowleft", "arrowright"]],
    [words.turn, [keys.turn]],
    [words.remove, ["delete", "backspace"]],
    ...(wrapToggle ? ([[words.wrap, [keys.wrap]]] as const) : []),
    [words.back, ["escape"]],
    [words.undo, ["ctrl+z", "ctrl+shift+z"]],
  ];
}
