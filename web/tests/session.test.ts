import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Api, Refusal, Unreachable } from "../src/http/api";
import { createSession } from "../src/state/session";
import { createMemoryStorage } from "../src/state/storage";
import type { AnswerEvent, Counts, Project, Task } from "../src/types";

const PROJECT = { dataset: "set", view_id: "text", session_id: null, batch_size: 4 } as unknown as Project;

/** A server with tasks 1 to `count`. */
function createServer(count: number) {
  const answers = new Map<number, AnswerEvent>();
  const state = { away: false, asked: 0, answers };
  const counts = (): Counts => ({
    progress: { value: null, kind: null },
    total: 100 + answers.size,
    session_total: answers.size,
  });
  const reach = () => {
    if (state.away) throw new Unreachable(null);
  };
  const open = (): Task[] =>
    Array.from({ length: count }, (_, index) => ({ _task_hash: index + 1 })).filter((task) => !answers.has(task._task_hash));
  const api: Api = {
    project: async () => (reach(), PROJECT),
    questions: async () => {
      reach();
      state.asked += 1;
      const tasks = open().slice(0, 4);
      return { ...counts(), tasks, done_reason: tasks.length === 0 ? "all is answered" : null };
    },
    giveAnswers: async (_session, events) => {
      reach();
      events.forEach((event) => answers.set(event._task_hash, event));
      return counts();
    },
    undo: async (_session, hash) => {
      reach();
      if (!answers.delete(hash)) throw new Refusal(404, "nothing to undo", null);
      return { ...counts(), task: { _task_hash: hash } };
    },
    callEvent: async () => null,
    history: async () => (reach(), [...answers.values()].map((event) => ({ ...event })).reverse()),
  };
  return { ...state, state, api };
}

let server: ReturnType<typeof createServer>;

async function begin(count = 10, storage = createMemoryStorage()) {
  server = createServer(count);
  return beginOn(storage);
}

async function beginOn(storage = createMemoryStorage()) {
  const session = createSession({ api: server.api, storage, place: "/", sessionName: null });
  session.subscribe(() => undefined);
  await session.start();
  return session;
}

const open = (session: Awaited<ReturnType<typeof begin>>) => session.state().desk.current?.task._task_hash ?? null;

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => vi.useRealTimers());

test("answers are counted before the server has them, and once when it has", async () => {
  const session = await begin();
  await session.answer("accept");
  expect(session.state()).toMatchObject({ total: 101, sessionTotal: 1 });
  session.tryNow();
  await vi.advanceTimersByTimeAsync(10);
  expect(server.answers.size).toBe(1);
  expect(session.state()).toMatchObject({ total: 101, sessionTotal: 1 });
});

test("every task comes once, from the first to the last, and then the server says why there is no more", async () => {
  const session = await begin(10);
  const seen: (number | null)[] = [];
  for (let turn = 0; turn < 10; turn += 1) {
    seen.push(open(session));
    await session.answer("accept");
    await vi.advanceTimersByTimeAsync(20);
  }
  await vi.advanceTimersByTimeAsync(12_000);
  expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(server.answers.size).toBe(10);
  expect(session.state().doneReason).toBe("all is answered");
});

test("undo before sending tells the server nothing; undo after it does", async () => {
  const session = await begin();
  await session.answer("accept");
  await session.undo();
  await vi.advanceTimersByTimeAsync(12_000);
  expect(server.answers.size).toBe(0);
  expect(open(session)).toBe(1);

  await session.answer("reject");
  await vi.advanceTimersByTimeAsync(12_000);
  expect(server.answers.size).toBe(1);
  await session.undo();
  expect(session.state()).toMatchObject({ total: 100, sessionTotal: 0 });
  await vi.advanceTimersByTimeAsync(12_000);
  expect(server.answers.size).toBe(0);
  expect(session.state()).toMatchObject({ total: 100, sessionTotal: 0 });
});

test("undo, then another answer: the server has the last word of the annotator", async () => {
  const session = await begin();
  await session.answer("accept");
  await vi.advanceTimersByTimeAsync(12_000);
  await session.undo();
  await session.answer("reject");
  await vi.advanceTimersByTimeAsync(12_000);
  expect(server.answers.get(1)?.answer).toBe("reject");
});

test("without a network the tasks at hand are answered, and all arrive when it is back", async () => {
  const session = await begin();
  server.state.away = true;
  for (const _ of [1, 2, 3, 4]) await session.answer("accept");
  await vi.advanceTimersByTimeAsync(12_000);
  expect(session.state().outbox).toMatchObject({ trouble: "network" });
  expect(session.state().outbox?.waiting).toHaveLength(4);
  server.state.away = false;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.answers.size).toBe(4);
  expect(open(session)).toBe(5);
});

test("a reload with answers unsent goes on after them", async () => {
  const storage = createMemoryStorage();
  const session = await begin(10, storage);
  await session.answer("accept");
  await session.answer("reject");
  const again = await beginOn(storage);
  expect(open(again)).toBe(3);
  expect(again.state().desk.answered.map((entry) => entry.task._task_hash)).toEqual([2, 1]);
  await vi.advanceTimersByTimeAsync(12_000);
  expect([...server.answers.values()].map((event) => event.answer)).toEqual(["accept", "reject"]);
});

test("an invalid link is said and not tried again", async () => {
  server = createServer(1);
  const project = vi.fn(async () => {
    throw new Refusal(401, "no", null);
  });
  server.api.project = project;
  const session = await beginOn();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(session.state().trouble?.kind).toBe("link");
  expect(project).toHaveBeenCalledTimes(1);
});

test("a task that is being stored while the server is asked for more does not come back", async () => {
  const storage = createMemoryStorage();
  const session = await begin(3, storage);
  const { put } = storage;
  const { questions } = server.api;
  let stored = () => {};
  let reply = () => {};
  server.api.questions = async (sessionId) => {
    const found = await questions(sessionId);
    await new Promise<void>((resolve) => (reply = resolve));
    return found;
  };

  await session.answer("accept");
  storage.put = (items) => new Promise<void>((resolve) => (stored = () => resolve(put(items))));
  const second = session.answer("reject");
  await vi.advanceTimersByTimeAsync(5);
  stored();
  await second;
  await vi.advanceTimersByTimeAsync(5);
  reply();
  await vi.advanceTimersByTimeAsync(5);

  expect(open(session)).toBe(3);
  expect(session.state().desk.answered.map((entry) => entry.task._task_hash)).toEqual([2, 1]);
});

test("changes of a task travel with its answer", async () => {
  const session = await begin();
  await session.change({ accept: ["a"], flagged: true });
  await session.answer("accept");
  await vi.advanceTimersByTimeAsync(12_000);
  expect(server.answers.get(1)).toMatchObject({ accept: ["a"], flagged: true, answer: "accept" });
});

test("what was begun comes back after a reload, until it is answered or starts over", async () => {
  const storage = createMemoryStorage();
  const session = await begin(10, storage);
  await session.change({ spans: [1] });
  session.hide();

  const again = await beginOn(storage);
  expect(again.state().desk.current).toMatchObject({ changes: { spans: [1] }, restored: true });
  await again.startOver();
  expect(again.state().desk.current).toMatchObject({ changes: {}, restored: false });
  expect(await storage.drafts.all()).toEqual([]);

  await again.change({ spans: [2] });
  await again.answer("accept");
  await vi.advanceTimersByTimeAsync(12_000);
  expect(server.answers.get(1)).toMatchObject({ spans: [2] });
  expect(await storage.drafts.all()).toEqual([]);
});

test("after a reload and an undo, the next answer has everything that the first one changed", async () => {
  const storage = createMemoryStorage();
  const session = await begin(10, storage);
  await session.change({ spans: [1], comment: "so" });
  await session.answer("accept");
  await vi.advanceTimersByTimeAsync(12_000);
  const { history } = server.api;
  server.api.history = async (...given) =>
    (await history(...given)).map((task) => ({ ...task, text: "a", _changed: ["spans", "comment"], _asked: { spans: [] } }));

  const again = await beginOn(storage);
  await again.undo();
  again.hide();
  const third = await beginOn(storage);
  expect(third.state().desk.current).toMatchObject({ task: { _task_hash: 1 }, changes: { spans: [1], comment: "so" } });
  await third.answer("reject");
  await vi.advanceTimersByTimeAsync(12_000);
  expect(server.answers.get(1)).toMatchObject({ answer: "reject", spans: [1], comment: "so" });
});

test("a look at an answered task that is left keeps what was begun there", async () => {
  const session = await begin();
  await session.change({ spans: [1] });
  await session.answer("accept");
  await session.reopen(1);
  await session.change({ spans: [1, 2] });
  await session.leave();
  await session.reopen(1);
  expect(session.state().desk.current).toMatchObject({ former: "accept", restored: true, changes: { spans: [1, 2] } });
  await session.startOver();
  expect(session.state().desk.current).toMatchObject({ former: "accept", restored: false, changes: {} });
});

test("where the recipe looks at answers, its objection comes before the task is left", async () => {
  server = createServer(10);
  server.api.project = async () => ({ ...PROJECT, validates: true });
  const { giveAnswers } = server.api;
  server.api.giveAnswers = async (session, events) => {
    if (events.some((event) => event.answer === "reject")) throw new Refusal(422, "no rejections", "$.answers[0]");
    return giveAnswers(session, events);
  };
  const session = await beginOn();
  await session.change({ comment: "so" });
  await session.answer("reject");
  expect(session.state().desk.current).toMatchObject({ problem: "no rejections", changes: { comment: "so" } });
  await session.answer("accept");
  expect(open(session)).toBe(2);
  expect(server.answers.get(1)).toMatchObject({ answer: "accept", comment: "so" });
  expect(session.state().refusal).toBeNull();
});

test("a recipe that takes its time to look at answers does not hold up the work", async () => {
  server = createServer(10);
  server.api.project = async () => ({ ...PROJECT, validates: true });
  server.api.giveAnswers = () => new Promise(() => undefined);
  const session = await beginOn();
  const answered = session.answer("accept");
  await vi.advanceTimersByTimeAsync(1_000);
  await answered;
  expect(open(session)).toBe(2);
});

test("the first task does not wait for the history", async () => {
  server = createServer(10);
  let reply = (_: readonly []) => {};
  server.api.history = () => new Promise((resolve) => (reply = resolve));
  const session = createSession({ api: server.api, storage: createMemoryStorage(), place: "/", sessionName: null });
  const started = session.start();
  await vi.advanceTimersByTimeAsync(10);
  expect(open(session)).toBe(1);
  await session.answer("accept");
  reply([]);
  await started;
  expect(session.state().desk.answered.map((entry) => entry.task._task_hash)).toEqual([1]);
});

test("the next task is shown once the answer is on the disk", async () => {
  const storage = createMemoryStorage();
  const session = await begin(10, storage);
  let written = (): void => undefined;
  storage.put = () => new Promise((resolve) => (written = resolve));
  void session.answer("accept");
  await vi.advanceTimersByTimeAsync(1);
  expect(open(session)).toBe(1);
  written();
  await vi.advanceTimersByTimeAsync(1);
  expect(open(session)).toBe(2);
});

test("a second press while the answer is being stored does not answer a task that nobody has seen", async () => {
  const storage = createMemoryStorage();
  const session = await begin(10, storage);
  const put = storage.put;
  storage.put = async (items) => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    await put(items);
  };
  const presses = [session.answer("accept"), session.answer("accept"), session.answer("reject")];
  await vi.advanceTimersByTimeAsync(500);
  await Promise.all(presses);
  expect(open(session)).toBe(2);
  expect(session.state().desk.answered).toHaveLength(1);
});

/** Tabs of one browser: each hears the others. */
function createTabs() {
  const hears: ((taskHash: number) => void)[] = [];
  return () => {
    let own: ((taskHash: number) => void) | null = null;
    return {
      tellAnswered: (taskHash: number) => hears.forEach((hear) => hear !== own && hear(taskHash)),
      hear: (answered: (taskHash: number) => void) => void hears.push((own = answered)),
    };
  };
}

test("what is answered in one tab is not asked again in another one of the same person", async () => {
  server = createServer(6);
  const openTabs = createTabs();
  const openOne = async () => {
    const session = createSession({ api: server.api, storage: createMemoryStorage(), place: "/", sessionName: null, openTabs });
    session.subscribe(() => undefined);
    await session.start();
    return session;
  };
  const [one, other] = [await openOne(), await openOne()];
  expect([open(one), open(other)]).toEqual([1, 1]);
  await one.answer("accept");
  await vi.advanceTimersByTimeAsync(1);
  expect([open(one), open(other)]).toEqual([2, 2]);
  await other.change({ note: "begun here" });
  await one.answer("accept");
  await vi.advanceTimersByTimeAsync(1);
  expect([open(one), open(other)]).toEqual([3, 2]);
});
