/** The sanitiser is large and most tasks are no HTML: it is fetched when one is, or once the first task is shown. */

import { type Task, isRecord } from "../types";

export type Sanitise = (html: string) => string;

let here: Sanitise | null = null;

export function sanitiserHere(): Sanitise | null {
  return here;
}

export async function fetchSanitiser(): Promise<void> {
  here ??= (await import("./sanitise")).sanitise;
}

/** Whether a task shows HTML of its own, or in its options. */
export function hasHtml(task: Task): boolean {
  const options: readonly unknown[] = Array.isArray(task["options"]) ? task["options"] : [];
  return [task, ...options].some((value) => isRecord(value) && typeof value["html"] === "string");
}
