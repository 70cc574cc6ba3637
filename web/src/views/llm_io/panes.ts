/** What went into a language model and what came out of it. */

import { type Task, isRecord } from "../../types";

export type PaneName = "prompt" | "response";

export interface Pane {
  readonly name: PaneName;
  readonly text: string;
}

/** The panes that the task has, or null when it has none. */
export function panesOf(task: Task): readonly Pane[] | null {
  const llm = task["llm"];
  if (!isRecord(llm)) return null;
  const panes = (["prompt", "response"] as const).flatMap((name) => {
    const text = written(llm[name]);
    return text === null ? [] : [{ name, text }];
  });
  return panes.length === 0 ? null : panes;
}

/** A text as it is, several below each other, anything else as JSON. */
function written(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value.join("\n\n");
  return JSON.stringify(value, null, 2);
}
