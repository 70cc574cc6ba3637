/** Which version is shown as A and which as B, and what choosing one of them means. */

import { type Answer, type Conclusion, type Task, isRecord, textOf } from "../../types";

export type Side = "A" | "B";
export type Version = "accept" | "reject";
export type Mapping = Readonly<Record<Side, Version>>;

export const SIDES: readonly Side[] = ["A", "B"];

/** The mapping of the task; else one drawn by its hash: by chance over the tasks, the same for each. */
export function mappingOf(task: Task): Mapping {
  const given = task["mapping"];
  if (isRecord(given)) {
    if (given["A"] === "accept" && given["B"] === "reject") return { A: "accept", B: "reject" };
    if (given["A"] === "reject" && given["B"] === "accept") return { A: "reject", B: "accept" };
  }
  return drawn(task._task_hash) ? { A: "accept", B: "reject" } : { A: "reject", B: "accept" };
}

/** What stands on a side. */
export function contentOn(task: Task, side: Side): Readonly<Record<string, unknown>> {
  const value = task[mappingOf(task)[side]];
  if (isRecord(value)) return value;
  return typeof value === "string" ? { text: value } : {};
}

export function hasBoth(task: Task): boolean {
  return SIDES.every((side) => Object.keys(contentOn(task, side)).length > 0);
}

/** What both sides are about. */
export function inputOf(task: Task): Task | null {
  const value = task["input"];
  if (isRecord(value)) return { ...value, _task_hash: task._task_hash };
  return typeof value === "string" && value !== "" ? { text: value, _task_hash: task._task_hash } : null;
}

export function chosenOf(task: Task): Side | null {
  return SIDES.find((side) => side === task["chosen"]) ?? null;
}

/** What a version is called where the comparison is not blind. */
export function nameOn(task: Task, side: Side): string {
  const content = contentOn(task, side);
  return textOf(content, "name") ?? textOf(content, "model") ?? mappingOf(task)[side];
}

/** Accept means that A is better, reject that B is; stored is whether the better one is the version `accept`. */
export function concludeSide(task: Task, given: Answer): Conclusion {
  const mapping = mappingOf(task);
  if (given === "ignore") {
    return { answer: given, changes: "chosen" in task ? { mapping, chosen: null } : { mapping } };
  }
  const chosen: Side = given === "accept" ? "A" : "B";
  return { answer: mapping[chosen], changes: { mapping, chosen } };
}

/** One bit of a hash, stirred so that also neighbouring numbers fall on both sides. */
function drawn(hash: number): boolean {
  const low = hash | 0;
  const high = Math.floor(hash / 2 ** 32) | 0;
  let bits = Math.imul(low ^ (low >>> 15) ^ Math.imul(high, 0x85ebca6b), 0x2c1b3c6d);
  bits = Math.imul(bits ^ (bits >>> 12), 0x297a2d39);
  return ((bits >>> 17) & 1) === 1;
}
