import { expect, test } from "vitest";
import * as desks from "../src/state/desk";
import type { Task } from "../src/types";

const task = (hash: number): Task => ({ _task_hash: hash, text: `task ${hash}` });
const none: ReadonlySet<number> = new Set();
const deskOf = (...hashes: number[]) => desks.receive(desks.EMPTY_DESK, hashes.map(task), none);
const hashes = (desk: desks.Desk) => ({
  open: desk.current?.task._task_hash ?? null,
  ahead: desk.ahead.map((open) => open.task._task_hash),
  answered: desk.answered.map((entry) => entry.task._task_hash),
});

test("the first task opens and the others wait in order", () => {
  expect(hashes(deskOf(1, 2, 3))).toEqual({ open: 1, ahead: [2, 3], answered: [] });
});

test("a task comes once, however often it is sent", () => {
  const desk = desks.receive(deskOf(1, 2), [task(1), task(2), task(3), task(3)], new Set([4]));
  expect(hashes(desks.receive(desk, [task(4)], new Set([4])))).toEqual({ open: 1, ahead: [2, 3], answered: [] });
});

test("nothing new leaves the very same desk", () => {
  const desk = deskOf(1);
  expect(desks.receive(desk, [task(1)], none)).toBe(desk);
});

test("an answer opens the next task and keeps the changes", () => {
  const desk = desks.answer(desks.change(deskOf(1, 2), { accept: [3] }), "accept", 5);
  expect(hashes(desk)).toEqual({ open: 2, ahead: [], answered: [1] });
  expect(desk.answered[0]).toMatchObject({ answer: "accept", changes: { accept: [3] }, atMs: 5 });
});

test("undo opens the last one with its changes, and the open one waits", () => {
  const before = desks.change(deskOf(1, 2, 3), { flagged: true });
  const desk = desks.undo(desks.answer(before, "reject", 0));
  expect(hashes(desk)).toEqual({ open: 1, ahead: [2, 3], answered: [] });
  expect(desks.seen(desk.current!)).toMatchObject({ flagged: true });
  expect(desk.current?.former).toBeNull();
});

test("undo without answers changes nothing", () => {
  const desk = deskOf(1);
  expect(desks.undo(desk)).toBe(desk);
});

test("a changed answer from the history keeps its place, and the open task comes back", () => {
  const three = ["accept", "reject", "ignore"].reduce(
    (desk, given) => desks.answer(desk, given as "accept", 0),
    deskOf(1, 2, 3, 4),
  );
  const looking = desks.reopen(three, 2);
  expect(looking.current).toMatchObject({ former: "reject" });
  const desk = desks.answer(looking, "accept", 9);
  expect(hashes(desk)).toEqual({ open: 4, ahead: [], answered: [3, 2, 1] });
  expect(desk.answered.map((entry) => entry.answer)).toEqual(["ignore", "accept", "accept"]);
});

test("leaving the history changes nothing, even after jumping around in it", () => {
  const desk = desks.answer(desks.answer(deskOf(1, 2, 3), "accept", 0), "accept", 0);
  const back = desks.leave(desks.reopen(desks.reopen(desk, 1), 2));
  expect(back).toEqual(desk);
});

test("undo while looking at the history forgets only the look", () => {
  const desk = desks.answer(desks.answer(deskOf(1, 2, 3), "accept", 0), "accept", 0);
  expect(hashes(desks.undo(desks.reopen(desk, 1)))).toEqual({ open: 2, ahead: [3], answered: [1] });
});

test("a refused answer comes next, with its reason", () => {
  const desk = desks.sendBack(desks.answer(deskOf(1, 2, 3), "accept", 0), task(1), { accept: [] }, "pick one");
  expect(hashes(desk)).toEqual({ open: 2, ahead: [1, 3], answered: [] });
  const opened = desks.openFirst(desk, 1);
  expect(hashes(opened)).toEqual({ open: 1, ahead: [2, 3], answered: [] });
  expect(opened.current?.problem).toBe("pick one");
});

test("a refused answer opens at once when nothing else is open", () => {
  const desk = desks.sendBack(desks.answer(deskOf(1), "accept", 0), task(1), {}, "no");
  expect(hashes(desk)).toEqual({ open: 1, ahead: [], answered: [] });
});

test("an answered task that the server hands out again is open again", () => {
  const desk = desks.receive(desks.answer(deskOf(1), "accept", 0), [task(1)], none);
  expect(hashes(desk)).toEqual({ open: 1, ahead: [], answered: [] });
});

test("a history that comes late goes behind the answers given since, and closes nothing that is open", () => {
  const desk = desks.answer(deskOf(1, 2), "accept", 9);
  const former = [1, 2, 7, 8].map((hash) => ({ task: task(hash), changes: {}, answer: "reject" as const, atMs: 1 }));
  const all = desks.remember(desk, former);
  expect(hashes(all)).toEqual({ open: 2, ahead: [], answered: [1, 7, 8] });
  expect(all.answered[0]?.answer).toBe("accept");
});
