/** Answers of before, from the server's history and from the outbox, as they lie on the desk. */

import type { AnsweredTask, Task } from "../types";
import { isRecord } from "../types";
import type { Answered } from "./desk";
import type { Stored } from "./storage";

/** An answer of the server's history: the task as it was asked, and what the annotator changed. */
export function answeredOf(found: AnsweredTask): Answered {
  const { _changed, _asked, answer, _timestamp, ...rest } = found;
  const keys = Array.isArray(_changed) ? _changed.filter((key): key is string => typeof key === "string") : [];
  const changes = Object.fromEntries(keys.map((key) => [key, found[key]]));
  const task = Object.fromEntries(Object.entries(rest).filter(([key]) => !keys.includes(key)));
  return {
    task: { ...task, ...(isRecord(_asked) ? _asked : {}), _task_hash: found._task_hash } as Task,
    changes,
    answer,
    atMs: (_timestamp ?? 0) * 1000,
  };
}

/** Those the server has, newest first, with those that still wait here on top. */
export function withWaiting(answered: readonly Answered[], waiting: readonly Stored[]): readonly Answered[] {
  let all = answered;
  for (const item of waiting) {
    all = all.filter((entry) => entry.task._task_hash !== item.task._task_hash);
    if (item.kind === "answer") {
      all = [{ task: item.task, changes: item.changes, answer: item.answer, atMs: item.order / 1000 }, ...all];
    }
  }
  return all;
}

/** How many answers the server will count once it has what waits here; less than 0 where answers are taken back. */
export function countUnsent(waiting: readonly Stored[], onServer: ReadonlySet<number>): number {
  const latest = new Map(waiting.map((item) => [item.task._task_hash, item.kind === "answer"]));
  let count = 0;
  for (const [hash, answered] of latest) count += Number(answered) - Number(onServer.has(hash));
  return count;
}
