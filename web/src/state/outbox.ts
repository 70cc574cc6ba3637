/** Answers on their way to the server.
 *
 * Each is on its way to the browser's disk before the next task is shown, is sent in small batches, in order, and removed
 * only when the server has said that it is stored. The same event id goes out on every try, so a lost reply stores nothing
 * twice.
 */

import { type Api, Refusal, Unreachable, answerIndex } from "../http/api";
import type { Counts } from "../types";
import type { Storage, Stored, StoredAnswer } from "./storage";
import { createSubject } from "./subscriber";

export interface OutboxState {
  /** Waiting or on the way, in order. */
  readonly waiting: readonly Stored[];
  /** Not taken by the server; kept until the annotator decides. */
  readonly refused: readonly Stored[];
  /** Waiting for another dataset or session that was open in this browser. */
  readonly elsewhere: readonly Stored[];
  readonly sending: boolean;
  /** Why the last try did not get through, while it is being tried again. */
  readonly trouble: "network" | "server" | "link" | "annotator" | "dataset" | null;
  readonly durable: boolean;
}

export interface OutboxOptions {
  readonly storage: Storage;
  readonly api: Pick<Api, "giveAnswers" | "undo">;
  readonly scope: string;
  readonly sessionId: string | null;
  /** The server has these; with its counts now, where it said them. */
  readonly onSent: (items: readonly Stored[], counts: Counts | null) => void;
  /** The server will never take this one as it is. */
  readonly onRefused: (item: Stored, status: number, message: string) => void;
}

export type Draft = Pick<StoredAnswer, "kind" | "eventId" | "task" | "answer" | "changes" | "body"> | UndoDraft;
type UndoDraft = { readonly kind: "undo"; readonly eventId: string; readonly task: Stored["task"] };

const ENOUGH_TO_SEND = 10;
const IDLE_MS = 700;
/** Of who works steadily the server hears this often; before each question for more tasks anyhow. */
const HOLD_MS = 10_000;
const MOST_IN_A_BATCH = 20;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

export type Outbox = Awaited<ReturnType<typeof openOutbox>>;

export async function openOutbox(options: OutboxOptions) {
  const { storage, api, scope, sessionId } = options;
  const stored = [...(await storage.all())].sort((one, other) => one.order - other.order);
  const mine = stored.filter((item) => item.scope === scope);
  const subject = createSubject<OutboxState>({
    waiting: mine.filter((item) => item.refused === null),
    refused: mine.filter((item) => item.refused !== null),
    elsewhere: stored.filter((item) => item.scope !== scope),
    sending: false,
    trouble: null,
    durable: storage.durable,
  });
  const inFlight = new Set<string>();
  let lastOrder = stored.at(-1)?.order ?? 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let round: Promise<boolean> | null = null;
  let failures = 0;
  let sentAtMs = -HOLD_MS;
  let batchLimit = MOST_IN_A_BATCH;

  const patch = (changes: Partial<OutboxState>) => subject.set({ ...subject.get(), ...changes });

  /** Store an event; it is safe when the promise resolves. */
  async function add(draft: Draft): Promise<void> {
    lastOrder = Math.max(lastOrder + 1, Date.now() * 1000);
    const item: Stored = { ...draft, scope, order: lastOrder, refused: null };
    await keep([item]);
    const superseded = subject.get().refused.filter((other) => other.task._task_hash === item.task._task_hash);
    const refused = subject.get().refused.filter((other) => !superseded.includes(other));
    patch({ waiting: [...subject.get().waiting, item], refused });
    if (superseded.length > 0) await forget(superseded);
    schedule(sendable().length >= ENOUGH_TO_SEND ? 0 : Math.max(IDLE_MS, sentAtMs + HOLD_MS - performance.now()));
  }

  /** Take back every event of a task that has not left yet; says whether the server may know of one that has. */
  async function takeBack(taskHash: number): Promise<{ readonly taken: number; readonly left: boolean }> {
    const ofTask = subject.get().waiting.filter((item) => item.task._task_hash === taskHash);
    const back = ofTask.filter((item) => !inFlight.has(item.eventId));
    patch({ waiting: subject.get().waiting.filter((item) => !back.includes(item)) });
    await forget(back);
    return { taken: back.length, left: back.length < ofTask.length };
  }

  /** Send what waits, now; true when nothing waits any more. */
  async function flush(): Promise<boolean> {
    clearTimeout(timer);
    round ??= sendAll().finally(() => {
      round = null;
    });
    return round;
  }

  async function sendAll(): Promise<boolean> {
    while (sendable().length > 0) {
      const batch = nextBatch(sendable(), batchLimit);
      batch.forEach((item) => inFlight.add(item.eventId));
      patch({ sending: true });
      try {
        const counts = await post(batch);
        failures = 0;
        await settle(batch, counts);
      } catch (error) {
        if (!(await recover(batch, error))) return false;
      } finally {
        batch.forEach((item) => inFlight.delete(item.eventId));
        patch({ sending: false });
      }
    }
    return true;
  }

  function post(batch: readonly Stored[]): Promise<Counts> {
    const [first] = batch;
    if (first !== undefined && first.kind === "undo") {
      return api.undo(sessionId, first.task._task_hash, first.eventId);
    }
    return api.giveAnswers(
      sessionId,
      batch.flatMap((item) => (item.kind === "answer" ? [item.body] : [])),
    );
  }

  /** After a failed try; true when the next batch may be tried at once. */
  async function recover(batch: readonly Stored[], error: unknown): Promise<boolean> {
    if (error instanceof Unreachable || (error instanceof Refusal && error.mayPass)) {
      failures += 1;
      patch({ trouble: error instanceof Unreachable ? "network" : "server" });
      schedule(Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS));
      return false;
    }
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 401) {
      patch({ trouble: "link" }); // nothing is wrong with the answers: they go when the page is opened with a link that works
      return false;
    }
    if (error.mistakenPage !== null) {
      patch({ trouble: error.mistakenPage }); // they are of somebody else, or of elsewhere, and wait for their turn
      schedule(LONGEST_RETRY_MS);
      return false;
    }
    const index = answerIndex(error.path);
    const culprit = batch.length === 1 ? batch[0] : index === null ? undefined : batch[index];
    if (culprit === undefined) {
      // The whole batch was refused and nobody says for which answer: send them one by one to find out.
      batchLimit = 1;
      return true;
    }
    await refuse(culprit, error);
    return true;
  }

  async function refuse(item: Stored, error: Refusal): Promise<void> {
    patch({ trouble: null });
    if (item.kind === "undo" && error.status === 404) {
      await settle([item], null); // an earlier try got through, or there is nothing to take back: the task is open either way
      return;
    }
    const kept: Stored = { ...item, refused: { status: error.status, message: error.message } };
    await keep([kept]);
    const state = subject.get();
    patch({ waiting: state.waiting.filter((other) => other !== item), refused: [...state.refused, kept] });
    options.onRefused(kept, error.status, error.message);
  }

  async function settle(batch: readonly Stored[], counts: Counts | null): Promise<void> {
    const sent = new Set(batch.map((item) => item.eventId));
    sentAtMs = performance.now();
    await forget(batch);
    patch({ trouble: null, waiting: subject.get().waiting.filter((item) => !sent.has(item.eventId)) });
    if (subject.get().waiting.length === 0) batchLimit = MOST_IN_A_BATCH;
    options.onSent(batch, counts);
  }

  async function keep(items: readonly Stored[]): Promise<void> {
    try {
      await storage.put(items);
    } catch (error) {
      // Full or forbidden disk: the answers still wait in this tab, and the page says so.
      console.warn("prodflow: this browser did not keep an answer", error);
      patch({ durable: false });
    }
  }

  async function forget(items: readonly Stored[]): Promise<void> {
    if (items.length === 0) return;
    try {
      await storage.remove(items.map((item) => item.eventId));
    } catch (error) {
      // It would be sent once more after a reload, with the same id: harmless.
      console.warn("prodflow: this browser did not forget a sent answer", error);
    }
  }

  function sendable(): readonly Stored[] {
    return subject.get().waiting;
  }

  function schedule(delayMs: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => void flush(), delayMs);
  }

  /** Try refused answers once more, as they are. */
  async function retryRefused(): Promise<void> {
    const again = subject.get().refused.map((item) => ({ ...item, refused: null }));
    await keep(again);
    patch({ refused: [], waiting: [...again, ...subject.get().waiting] });
    await flush();
  }

  /** Throw away answers that the annotator has decided not to keep. */
  async function discard(items: readonly Stored[]): Promise<void> {
    await forget(items);
    const { refused, elsewhere } = subject.get();
    patch({
      refused: refused.filter((item) => !items.includes(item)),
      elsewhere: elsewhere.filter((item) => !items.includes(item)),
    });
  }

  return {
    state: subject.get,
    subscribe: subject.subscribe,
    add,
    takeBack,
    flush,
    retryRefused,
    discard,
  };
}

/** Answers travel together; an undo travels alone, after what came before it. */
function nextBatch(waiting: readonly Stored[], limit: number): readonly Stored[] {
  const firstUndo = waiting.findIndex((item) => item.kind === "undo");
  if (firstUndo === 0) return waiting.slice(0, 1);
  return waiting.slice(0, Math.min(firstUndo < 0 ? waiting.length : firstUndo, limit));
}
