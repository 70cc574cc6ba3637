import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Refusal, Unreachable } from "../src/http/api";
import { makeEventId } from "../src/http/event_id";
import { type Outbox, openOutbox } from "../src/state/outbox";
import { openStorage } from "../src/state/storage";
import type { Answer, AnswerEvent, Counts, Task } from "../src/types";

const COUNTS: Counts = { progress: { value: null, kind: null }, total: 0, session_total: 0 };

/** A server that stores each event once, and can be away or refuse. */
function createServer() {
  const stored = new Map<string, AnswerEvent>();
  const server = {
    stored,
    batches: [] as number[],
    undone: [] as number[],
    trouble: null as ((answers: readonly AnswerEvent[]) => Error | null) | null,
    loseReply: false,
    async giveAnswers(_session: string | null, answers: readonly AnswerEvent[]): Promise<Counts> {
      const error = server.trouble?.(answers) ?? null;
      if (error !== null) throw error;
      server.batches.push(answers.length);
      answers.forEach((event) => stored.set(event._event_id, event));
      if (server.loseReply) throw new Unreachable(null);
      return COUNTS;
    },
    async undo(_session: string | null, taskHash: number): Promise<Counts & { task: Task }> {
      const error = server.trouble?.([]) ?? null;
      if (error !== null) throw error;
      server.undone.push(taskHash);
      return { ...COUNTS, task: { _task_hash: taskHash } };
    },
  };
  return server;
}

let server: ReturnType<typeof createServer>;
let database = 0;
let refusals: [number, string][];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  server = createServer();
  database += 1;
  refusals = [];
});

afterEach(() => vi.useRealTimers());

const reopen = async (scope = "here"): Promise<Outbox> =>
  openOutbox({
    storage: await openStorage(`test-${database}`),
    api: server,
    scope,
    sessionId: null,
    onSent: () => undefined,
    onRefused: (_item, status, message) => refusals.push([status, message]),
  });

async function give(outbox: Outbox, hash: number, answer: Answer = "accept"): Promise<void> {
  const eventId = makeEventId();
  const body = { _task_hash: hash, _event_id: eventId, answer, _seconds: 1 };
  await outbox.add({ kind: "answer", eventId, task: { _task_hash: hash }, answer, changes: {}, body });
}

const hashes = () => [...server.stored.values()].map((event) => event._task_hash);
const away = () => new Unreachable(null);

test("a single answer goes after a short idle time", async () => {
  const outbox = await reopen();
  await give(outbox, 1);
  expect(hashes()).toEqual([]);
  await vi.advanceTimersByTimeAsync(750);
  await outbox.flush();
  expect(hashes()).toEqual([1]);
  expect(outbox.state().waiting).toEqual([]);
});

test("a few answers go at once, in one batch, in order", async () => {
  const outbox = await reopen();
  for (const hash of [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]) await give(outbox, hash);
  await vi.advanceTimersByTimeAsync(1);
  await outbox.flush();
  expect(hashes()).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
  expect(server.batches).toEqual([10]);
});

test("of who works steadily the server hears once in ten seconds", async () => {
  const outbox = await reopen();
  await give(outbox, 1);
  await vi.advanceTimersByTimeAsync(750);
  for (const hash of [2, 3]) await give(outbox, hash);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(hashes()).toEqual([1]);
  await vi.advanceTimersByTimeAsync(8_100);
  await vi.waitFor(() => expect(hashes()).toEqual([1, 2, 3]));
  expect(server.batches).toEqual([1, 2]);
});

test("answers survive a closed tab, with the same ids and in order", async () => {
  server.trouble = away;
  const first = await reopen();
  for (const hash of [3, 1, 2]) await give(first, hash);
  const ids = first.state().waiting.map((item) => item.eventId);
  server.trouble = null;
  const second = await reopen();
  expect(second.state().waiting.map((item) => item.eventId)).toEqual(ids);
  await second.flush();
  expect(hashes()).toEqual([3, 1, 2]);
  expect((await reopen()).state().waiting).toEqual([]);
});

test("a lost network is tried again, ever more slowly, until it is back", async () => {
  const tries = vi.fn(away);
  server.trouble = tries;
  const outbox = await reopen();
  await give(outbox, 1);
  expect(await outbox.flush()).toBe(false);
  expect(outbox.state()).toMatchObject({ trouble: "network", sending: false });
  await vi.advanceTimersByTimeAsync(1_000);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(tries).toHaveBeenCalledTimes(3);
  server.trouble = null;
  await vi.advanceTimersByTimeAsync(4_000);
  await outbox.flush();
  expect(hashes()).toEqual([1]);
  expect(outbox.state()).toMatchObject({ trouble: null, waiting: [] });
});

test("a lost reply stores nothing twice", async () => {
  server.loseReply = true;
  const outbox = await reopen();
  await give(outbox, 1);
  await outbox.flush();
  server.loseReply = false;
  await outbox.flush();
  expect(server.batches).toEqual([1, 1]);
  expect(server.stored.size).toBe(1);
});

test("an answer that has not left is taken back without the server hearing of it", async () => {
  const outbox = await reopen();
  await give(outbox, 1);
  await give(outbox, 2);
  expect(await outbox.takeBack(1)).toEqual({ taken: 1, left: false });
  await outbox.flush();
  expect(hashes()).toEqual([2]);
});

test("answer, undo, answer reach the server in this order", async () => {
  const order: string[] = [];
  const outbox = await reopen();
  const { giveAnswers, undo } = server;
  server.giveAnswers = (session, answers) => (order.push(`answers ${answers.length}`), giveAnswers(session, answers));
  server.undo = (session, hash) => (order.push("undo"), undo(session, hash));
  await give(outbox, 1);
  await outbox.add({ kind: "undo", eventId: makeEventId(), task: { _task_hash: 1 } });
  await give(outbox, 1, "reject");
  await outbox.flush();
  expect(order).toEqual(["answers 1", "undo", "answers 1"]);
});

test("a refused answer is kept with its message, and the others arrive", async () => {
  server.trouble = (answers) => {
    const index = answers.findIndex((event) => event._task_hash === 2);
    return index < 0 ? null : new Refusal(422, "pick one", `$.answers[${index}]`);
  };
  const outbox = await reopen();
  for (const hash of [1, 2, 3]) await give(outbox, hash);
  await outbox.flush();
  expect(hashes()).toEqual([1, 3]);
  expect(refusals).toEqual([[422, "pick one"]]);
  const again = await reopen();
  expect(again.state().refused.map((item) => item.refused)).toEqual([{ status: 422, message: "pick one" }]);
});

test("a refusal that names no answer is narrowed down to the one that causes it", async () => {
  server.trouble = (answers) => (answers.some((event) => event._task_hash === 2) ? new Refusal(400, "bad", null) : null);
  const outbox = await reopen();
  for (const hash of [1, 2, 3]) await give(outbox, hash);
  await outbox.flush();
  expect(hashes()).toEqual([1, 3]);
  expect(outbox.state().refused.map((item) => item.task._task_hash)).toEqual([2]);
});

test("answering a refused task again replaces what was refused", async () => {
  server.trouble = () => new Refusal(422, "pick one", "$.answers[0]");
  const outbox = await reopen();
  await give(outbox, 1);
  await outbox.flush();
  server.trouble = null;
  await give(outbox, 1, "reject");
  await outbox.flush();
  expect(outbox.state().refused).toEqual([]);
  expect([...server.stored.values()].map((event) => event.answer)).toEqual(["reject"]);
});

test("an expired link keeps the answers waiting", async () => {
  server.trouble = () => new Refusal(401, "expired", null);
  const outbox = await reopen();
  await give(outbox, 1);
  await outbox.flush();
  expect(outbox.state()).toMatchObject({ trouble: "link", refused: [] });
  expect(outbox.state().waiting).toHaveLength(1);
});

test("answers of another dataset are shown, not sent", async () => {
  server.trouble = away;
  const other = await reopen("there");
  await give(other, 1);
  server.trouble = null;
  const outbox = await reopen("here");
  await outbox.flush();
  expect(hashes()).toEqual([]);
  expect(outbox.state().elsewhere).toHaveLength(1);
});
