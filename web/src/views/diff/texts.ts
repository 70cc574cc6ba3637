/** The two texts of a task: how it was and how it is to be. */

import { type Task, isRecord, textOf } from "../../types";

export interface Texts {
  readonly before: string;
  readonly after: string;
  /** What both are about. */
  readonly about: string | null;
}

/** From `removed` and `added`, or from `reject` and `accept`; null when there is neither pair. */
export function textsOf(task: Task): Texts | null {
  const before = wordsAt(task, "removed") ?? wordsAt(task, "reject");
  const after = wordsAt(task, "added") ?? wordsAt(task, "accept");
  if (before === null && after === null) return null;
  return { before: before ?? "", after: after ?? "", about: textOf(task, "text") };
}

function wordsAt(task: Task, key: string): string | null {
  const value = task[key];
  if (typeof value === "string") return value;
  if (isRecord(value) && typeof value["text"] === "string") return value["text"];
  return null;
}
