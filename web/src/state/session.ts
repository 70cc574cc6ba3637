/** One annotator at work: fetches tasks, keeps the desk, hands answers to the outbox. Knows nothing of the screen. */

import { type Api, Refusal, Unreachable } from "../http/api";
import { makeEventId } from "../http/event_id";
import type { Answer, AnsweredTask, Changes, Conclusion, Counts, Progress, Project, Task } from "../types";
import * as desks from "./desk";
import { type Outbox, type OutboxState, openOutbox } from "./outbox";
import type { Storage, Stored } from "./storage";
import { createStopwatch } from "./stopwatch";
import { createSubject } from "./subscriber";

export interface Trouble {
  readonly kind: "link" | "forbidden" | "network" | "server";
  readonly message: string;
}

export interface SessionState {
  readonly project: Project | null;
  readonly desk: desks.Desk;
  readonly progress: Progress;
  /** Answers in the dataset, those in the outbox included. */
  readonly total: number;
  readonly sessionTotal: number;
  /** Why there is nothing more, in the server's words; null while there may be. */
  readonly doneReason: string | null;
  /** The last reply brought no task that is not here already. */
  readonly empty: boolean;
  readonly outbox: OutboxState | null;
  /** Why the page cannot work, or cannot get tasks right now. */
  readonly trouble: Trouble | null;
  /** The last answer that the server refused, until the annotator has seen it. */
  readonly refusal: { readonly taskHash: number; readonly message: string } | null;
}

export interface SessionOptions {
  readonly api: Api;
  readonly storage: Storage;
  /** Names the server in the browser's storage: the address of the page. */
  readonly place: string;
  readonly sessionName: string | null;
  /** Fetches what tasks are shown with, before they are on the desk. */
  readonly prepare?: (tasks: readonly Task[], project: Project) => Promise<void>;
  /** The changes with which a task starts, such as the options picked before. */
  readonly initialChanges?: (task: Task, project: Project) => Changes;
  /** What an answer means for a task, where its view has a say. */
  readonly conclude?: (task: Task, project: Project, given: Answer) => Conclusion | null;
}

const HISTORY_LIMIT = 50;
const FIRST_ASK_AGAIN_MS = 500;
const LONGEST_ASK_AGAIN_MS = 15_000;
/** Keys of an answered task that no annotator made. */
const NOT_MADE = new Set(["answer", "config", "meta", "path", "image", "audio", "video", "tokens", "options", "versions"]);

export type Session = ReturnType<typeof createSession>;

export function createSession(options: SessionOptions) {
  const { api, storage, place, sessionName } = options;
  const subject = createSubject<SessionState>({
    project: null,
    desk: desks.EMPTY_DESK,
    progress: { value: null, kind: null },
    total: 0,
    sessionTotal: 0,
    doneReason: null,
    empty: false,
    outbox: null,
    trouble: null,
    refusal: null,
  });
  const watch = createStopwatch();
  /** Tasks that the server has an answer of, as far as this page knows. */
  const onServer = new Set<number>();
  /** Tasks answered while a question for more is on its way: its reply may still have them as open. */
  const answeredMeanwhile = new Set<number>();
  let served: Counts = { progress: { value: null, kind: null }, total: 0, session_total: 0 };
  let outbox: Outbox | null = null;
  let queue: Promise<unknown> = Promise.resolve();
  let refilling: Promise<void> | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let fruitless = 0;

  const state = subject.get;
  const patch = (changes: Partial<SessionState>) => subject.set({ ...state(), ...changes });

  function setDesk(desk: desks.Desk): void {
    const before = state().desk.current?.task._task_hash;
    patch({ desk });
    if (desk.current?.task._task_hash !== before) watch.start();
  }

  async function start(): Promise<void> {
    try {
      const project = await api.project(sessionName);
      const scope = `${place} ${project.dataset} ${project.session_id ?? ""}`;
      outbox ??= await openOutbox({
        storage,
        api,
        scope,
        sessionId: project.session_id,
        onSent,
        onRefused,
      });
      patch({ project, trouble: null });
      outbox.subscribe(onOutbox);
      await restore(project);
      await refill();
    } catch (error) {
      fail(error, start);
    }
  }

  /** The answers of before: those the server has, and on top those that still wait here. */
  async function restore(project: Project): Promise<void> {
    const answers = await api.history(project.session_id, HISTORY_LIMIT);
    const entries = answers.map(answeredOf);
    entries.forEach((entry) => onServer.add(entry.task._task_hash));
    let answered: readonly desks.Answered[] = entries;
    for (const item of outbox?.state().waiting ?? []) {
      answered = answered.filter((entry) => entry.task._task_hash !== item.task._task_hash);
      if (item.kind === "answer") answered = [enteredOf(item), ...answered];
    }
    setDesk({ ...state().desk, answered });
  }

  /** Ask for tasks if few are left. What waits in the outbox goes first, so that the model may learn from it. */
  function refill(): Promise<void> {
    refilling ??= ask().finally(() => {
      refilling = null;
    });
    return refilling;
  }

  async function ask(): Promise<void> {
    const { project } = state();
    if (project === null || outbox === null || !isLow()) return;
    clearTimeout(timer);
    try {
      if (outbox.state().waiting.length > 0) await outbox.flush();
      const unsent = await unsentNow(outbox);
      const found = await api.questions(project.session_id);
      onCounts(found);
      await options.prepare?.(found.tasks, project);
      const before = state().desk;
      const after = desks.receive(before, found.tasks, new Set([...unsent, ...answeredMeanwhile]));
      const more = after !== before;
      if (more) setDesk(withInitialChanges(after, project));
      patch({ doneReason: found.done_reason, empty: !more, trouble: null });
      fruitless = more ? 0 : fruitless + 1;
      if (!more) later(refill);
    } catch (error) {
      fail(error, refill);
    }
  }

  /** Tasks that the server does not know to be answered; asked between two actions, never in the middle of one. */
  async function unsentNow(from: Outbox): Promise<readonly number[]> {
    let unsent: readonly number[] = [];
    await act(() => {
      answeredMeanwhile.clear();
      unsent = from.state().waiting.map((item) => item.task._task_hash);
    });
    return unsent;
  }

  function isLow(): boolean {
    const { desk, project } = state();
    const here = desk.ahead.length + (desk.current === null ? 0 : 1);
    return here <= Math.max(2, Math.ceil((project?.batch_size ?? 10) / 2));
  }

  function later(again: () => Promise<void>): void {
    clearTimeout(timer);
    const delayMs = Math.min(FIRST_ASK_AGAIN_MS * 1.6 ** (fruitless - 1), LONGEST_ASK_AGAIN_MS);
    timer = setTimeout(() => void again(), delayMs);
  }

  function fail(error: unknown, again: () => Promise<void>): void {
    const trouble = troubleOf(error);
    patch({ trouble });
    if (trouble.kind === "link" || trouble.kind === "forbidden") return;
    fruitless += 1;
    later(again);
  }

  /** Actions run one after another, each on the desk that the one before it left. */
  function act(action: () => Promise<void> | void): Promise<void> {
    const run = queue.then(action);
    queue = run.catch(() => undefined);
    return run;
  }

  /** The open task with what its view concludes from an answer; null when the view stops it. */
  function concluded(given: Answer): { readonly open: desks.Open; readonly answer: Answer } | null {
    const { desk, project } = state();
    if (desk.current === null || project === null) return null;
    const conclusion = options.conclude?.(desks.seen(desk.current), project, given) ?? { answer: given, changes: {} };
    if ("stopped" in conclusion) {
      setDesk(desks.stop(desk));
      return null;
    }
    const after = desks.change(desk, conclusion.changes);
    if (Object.keys(conclusion.changes).length > 0) setDesk(after);
    return after.current && { open: after.current, answer: conclusion.answer };
  }

  const answer = (wanted: Answer): Promise<void> =>
    act(async () => {
      const found = concluded(wanted);
      if (found === null || outbox === null) return;
      const { open: current, answer: given } = found;
      const hash = current.task._task_hash;
      const eventId = makeEventId();
      const body = {
        ...current.changes,
        _task_hash: hash,
        answer: given,
        _event_id: eventId,
        _seconds: watch.seconds(),
      };
      const { task, changes } = current;
      answeredMeanwhile.add(hash);
      await outbox.add({ kind: "answer", eventId, task, answer: given, changes, body });
      const { refusal } = state();
      if (refusal?.taskHash === hash) patch({ refusal: null });
      setDesk(desks.answer(state().desk, given, Date.now()));
      void refill();
    });

  const undo = (): Promise<void> =>
    act(async () => {
      const [last] = state().desk.answered;
      if (last === undefined || outbox === null) return;
      const hash = last.task._task_hash;
      const { left } = await outbox.takeBack(hash);
      if (left || onServer.has(hash)) {
        await outbox.add({ kind: "undo", eventId: makeEventId(), task: last.task });
      }
      setDesk(desks.undo(state().desk));
    });

  function onOutbox(sent: OutboxState): void {
    patch({ outbox: sent, ...countsWith(sent) });
  }

  function onSent(items: readonly Stored[], counts: Counts | null): void {
    for (const item of items) {
      if (item.kind === "answer") onServer.add(item.task._task_hash);
      else onServer.delete(item.task._task_hash);
    }
    if (counts !== null) onCounts(counts);
  }

  function onCounts(counts: Counts): void {
    served = counts;
    const sent = outbox?.state() ?? null;
    if (sent !== null) patch(countsWith(sent));
  }

  /** The server's counts and what it will count once the outbox has arrived. */
  function countsWith(sent: OutboxState): Pick<SessionState, "total" | "sessionTotal" | "progress"> {
    let unsent = 0;
    const news = new Map<number, boolean>();
    for (const item of sent.waiting) news.set(item.task._task_hash, item.kind === "answer");
    for (const [hash, answered] of news) unsent += Number(answered) - Number(onServer.has(hash));
    const total = Math.max(0, served.total + unsent);
    return { total, sessionTotal: Math.max(0, served.session_total + unsent), progress: served.progress };
  }

  function onRefused(item: Stored, status: number, message: string): void {
    if (item.kind === "undo") return;
    const hash = item.task._task_hash;
    if (status !== 422) return;
    patch({ refusal: { taskHash: hash, message } });
    setDesk(desks.sendBack(state().desk, item.task, item.changes, message));
  }

  function withInitialChanges(desk: desks.Desk, project: Project): desks.Desk {
    const { initialChanges } = options;
    if (initialChanges === undefined) return desk;
    const begin = (open: desks.Open): desks.Open => ({
      ...open,
      changes: { ...initialChanges(open.task, project), ...open.changes },
    });
    return { ...desk, current: desk.current && begin(desk.current), ahead: desk.ahead.map(begin) };
  }

  return {
    state,
    subscribe: subject.subscribe,
    start,
    answer,
    undo,
    /** Change keys of the open task; with its hash, only as long as it is that task which is open. */
    change: (changes: Changes, taskHash?: number) =>
      act(() => {
        const { desk } = state();
        if (taskHash === undefined || desk.current?.task._task_hash === taskHash) setDesk(desks.change(desk, changes));
      }),
    reopen: (taskHash: number) => act(() => setDesk(desks.reopen(state().desk, taskHash))),
    leave: () => act(() => setDesk(desks.leave(state().desk))),
    openRefused: () =>
      act(() => {
        const { refusal } = state();
        if (refusal !== null) setDesk(desks.openFirst(state().desk, refusal.taskHash));
      }),
    dismissRefusal: () => patch({ refusal: null }),
    retryRefused: () => outbox?.retryRefused(),
    discard: (items: readonly Stored[]) => outbox?.discard(items),
    /** Try everything again now: the network is back, or somebody asks for it. */
    tryNow(): void {
      fruitless = 0;
      void outbox?.flush();
      void (state().project === null ? start() : refill());
    },
    /** The page was hidden: send what waits, and stop the clock. */
    hide(): void {
      watch.pause();
      void outbox?.flush();
    },
    show(): void {
      watch.resume();
    },
  };
}

function troubleOf(error: unknown): Trouble {
  if (error instanceof Refusal && error.status === 401) return { kind: "link", message: error.message };
  if (error instanceof Refusal && error.status === 403) return { kind: "forbidden", message: error.message };
  if (error instanceof Unreachable) return { kind: "network", message: error.message };
  return { kind: "server", message: error instanceof Error ? error.message : String(error) };
}

function answeredOf(found: AnsweredTask): desks.Answered {
  // The server joins an answer with the task as it was asked: what was made must go along when the answer changes.
  const made = Object.entries(found).filter(([key]) => !key.startsWith("_") && !NOT_MADE.has(key));
  const changes = Object.fromEntries(made);
  return { task: found, changes, answer: found.answer, atMs: (found._timestamp ?? 0) * 1000 };
}

function enteredOf(item: Stored & { readonly kind: "answer" }): desks.Answered {
  return { task: item.task, changes: item.changes, answer: item.answer, atMs: item.order / 1000 };
}
