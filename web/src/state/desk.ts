/** The tasks on the annotator's desk: one open, some ahead, the answered ones behind. Pure functions on plain values. */

import type { Answer, Changes, Task } from "../types";

export interface Open {
  readonly task: Task;
  /** Keys that differ from the task as it was sent, such as the options picked. */
  readonly changes: Changes;
  /** The answer it has already, when it was opened from the history. */
  readonly former: Answer | null;
  /** Why the server did not take the last answer to it. */
  readonly problem: string | null;
  /** The changes are a draft of before: from another visit, or from a look at an answered task. */
  readonly restored: boolean;
  /** How often an answer was stopped because something is missing; the view says what. */
  readonly stopped?: number;
}

export interface Answered {
  readonly task: Task;
  readonly changes: Changes;
  readonly answer: Answer;
  readonly atMs: number;
}

export interface Desk {
  readonly current: Open | null;
  readonly ahead: readonly Open[];
  /** Newest first, each task once. */
  readonly answered: readonly Answered[];
}

export const EMPTY_DESK: Desk = { current: null, ahead: [], answered: [] };

/** The history keeps so many; the server has all of them. */
export const KEPT_ANSWERED = 300;

export function openTask(task: Task, changes: Changes = {}): Open {
  return { task, changes, former: null, problem: null, restored: false };
}

/** The task as the annotator sees it: as sent, with the changes on top. */
export function seen(entry: { readonly task: Task; readonly changes: Changes }): Task {
  return { ...entry.task, ...entry.changes, _task_hash: entry.task._task_hash };
}

/** Put new tasks behind those ahead, except those on the desk and those in `leftOut`. An answered task that the server
 * hands out again is open again. `begin` says with what changes a task starts. */
export function receive(
  desk: Desk,
  tasks: readonly Task[],
  leftOut: ReadonlySet<number>,
  begin: (task: Task) => Open = openTask,
): Desk {
  const here = new Set([...openHashes(desk), ...leftOut]);
  const fresh: Open[] = [];
  for (const task of tasks) {
    if (here.has(task._task_hash)) continue;
    here.add(task._task_hash);
    fresh.push(begin(task));
  }
  if (fresh.length === 0) return desk;
  const answered = desk.answered.filter((entry) => !fresh.some((open) => isSame(open.task, entry.task)));
  return next({ ...desk, answered, ahead: [...desk.ahead, ...fresh] });
}

/** Change keys of the open task. */
export function change(desk: Desk, changes: Changes): Desk {
  if (desk.current === null) return desk;
  const now = seen(desk.current);
  if (Object.entries(changes).every(([key, value]) => Object.is(now[key], value))) return desk;
  return { ...desk, current: { ...desk.current, changes: { ...desk.current.changes, ...changes } } };
}

/** Let the open task start over with the changes it began with. */
export function startOver(desk: Desk, changes: Changes): Desk {
  return desk.current === null ? desk : { ...desk, current: { ...desk.current, changes, restored: false } };
}

/** The open task cannot be answered yet. */
export function stop(desk: Desk): Desk {
  if (desk.current === null) return desk;
  return { ...desk, current: { ...desk.current, stopped: (desk.current.stopped ?? 0) + 1 } };
}

/** Move the open task to the answered ones (a changed answer keeps its place there) and open the next. */
export function answer(desk: Desk, given: Answer, atMs: number, kept = KEPT_ANSWERED): Desk {
  if (desk.current === null) return desk;
  const entry: Answered = { task: desk.current.task, changes: desk.current.changes, answer: given, atMs };
  const place = desk.answered.findIndex((other) => isSame(other.task, entry.task));
  const answered = place < 0 ? [entry, ...desk.answered].slice(0, kept) : desk.answered.with(place, entry);
  return next({ ...desk, answered, current: null });
}

/** Put answers of before behind those given since; tasks that are open stay open. */
export function remember(desk: Desk, former: readonly Answered[]): Desk {
  const here = new Set([...openHashes(desk), ...desk.answered.map((entry) => entry.task._task_hash)]);
  return { ...desk, answered: [...desk.answered, ...former.filter((entry) => !here.has(entry.task._task_hash))] };
}

/** Open the newest answered task again, without its answer; its changes stay as a draft. */
export function undo(desk: Desk): Desk {
  const [last, ...answered] = desk.answered;
  if (last === undefined) return desk;
  return { ...putAside(desk), current: openTask(last.task, last.changes), answered };
}

/** Open an answered task to look at it or to change its answer; the one that was open waits.
 * `draft` is what was made of it at an earlier look and not answered. */
export function reopen(desk: Desk, taskHash: number, draft: Changes | null = null): Desk {
  const found = desk.answered.find((entry) => entry.task._task_hash === taskHash);
  if (found === undefined || desk.current?.task._task_hash === taskHash) return desk;
  const open = { ...openTask(found.task, draft ?? found.changes), former: found.answer, restored: draft !== null };
  return { ...putAside(desk), current: open };
}

/** Leave out a task that needs no answer any more; the open one only if nothing was made of it. */
export function drop(desk: Desk, taskHash: number): Desk {
  const { current } = desk;
  const ahead = desk.ahead.filter((open) => open.task._task_hash !== taskHash);
  const isOpen = current?.task._task_hash === taskHash && current.former === null && Object.keys(current.changes).length === 0;
  return isOpen ? next({ ...desk, ahead, current: null }) : { ...desk, ahead };
}

/** Leave a task opened from the history as it is and go on. */
export function leave(desk: Desk): Desk {
  return desk.current === null || desk.current.former === null ? desk : next({ ...desk, current: null });
}

/** Bring back a task whose answer was refused: it comes next, with the reason. */
export function sendBack(desk: Desk, task: Task, changes: Changes, problem: string): Desk {
  const open: Open = { ...openTask(task, changes), problem };
  const answered = desk.answered.filter((entry) => !isSame(entry.task, task));
  if (desk.current !== null && isSame(desk.current.task, task)) {
    return { ...desk, answered, current: { ...desk.current, former: null, problem } };
  }
  const ahead = [open, ...desk.ahead.filter((other) => !isSame(other.task, task))];
  return next({ ...desk, answered, ahead });
}

/** Open the task that comes next now; the one that was open waits behind it. */
export function openFirst(desk: Desk, taskHash: number): Desk {
  const wanted = desk.ahead.find((open) => open.task._task_hash === taskHash);
  if (wanted === undefined) return desk;
  const rest = { ...desk, ahead: desk.ahead.filter((open) => open !== wanted) };
  return { ...putAside(rest), current: wanted };
}

function openHashes(desk: Desk): number[] {
  const open = desk.current === null ? desk.ahead : [desk.current, ...desk.ahead];
  return open.map((entry) => entry.task._task_hash);
}

function next(desk: Desk): Desk {
  const [first, ...ahead] = desk.ahead;
  return desk.current !== null || first === undefined ? desk : { ...desk, current: first, ahead };
}

/** The open task goes back to the front, unless it is answered already and so was only looked at. */
function putAside(desk: Desk): Desk {
  const { current, ahead } = desk;
  if (current === null || current.former !== null) return { ...desk, current: null };
  return { ...desk, current: null, ahead: [current, ...ahead] };
}

function isSame(one: Task, other: Task): boolean {
  return one._task_hash === other._task_hash;
}
