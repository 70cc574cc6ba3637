import type { Task } from "../../types";
import { words } from "../../words";
import { contentOf, optionsOf } from "../../parts/content";
import type { View } from "../view";
import { Choice } from "./Choice";
import { picked } from "./pick";
import { say } from "./words";

/** `{"text" | "image" | "html" | "label", "options"}`: pick one or several; the answer has `"accept": [ids]`. */
export const choice: View = {
  id: "choice",
  Content: Choice,
  problem: (task) => (optionsOf(task) === null ? words.noOptions : null),
  pictures: (task) => [task, ...optionTasks(task)].flatMap((value) => urlOf(value)),
  initialChanges: (task) => ({ accept: picked(task) }),
  keys: (task) => [
    [words.keyRows.pick, ["1", "2", "…", "0"]],
    ...((optionsOf(task)?.length ?? 0) > 20 ? [[say().findKey, ["/"]] as const] : []),
  ],
};

function optionTasks(task: Task): Task[] {
  return Array.isArray(task["options"]) ? (task["options"] as Task[]).filter((value) => typeof value === "object") : [];
}

function urlOf(value: Readonly<Record<string, unknown>> | null): string[] {
  const content = value === null ? null : contentOf(value);
  return content?.kind === "image" ? [content.url] : [];
}
