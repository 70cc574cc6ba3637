/** One annotator at work: fetches tasks, keeps the desk, hands answers to the outbox. Knows nothing of the screen. */

import type { Api } from "../http/api";
import { makeEventId } from "../http/event_id";
import type { Answer, Changes, Conclusion, Counts, Progress, Project, Task } from "../types";
import * as desks from "./desk";
import { type Drafts, openDrafts } from "./drafts";
import { answeredOf, countUnsent, withWaiting } from "./former";
import { type Outbox, type OutboxState, openOutbox } from "./outbox";
import type { Storage, Stored } from "./storage";
import { createStopwatch } from "./stopwatch";
import { createSubject } from "./subscriber";
import type { Tabs } from "./tabs";
import { type Trouble, isFinal, troubleOf } from "./trouble";

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
  /** The other tabs of this browser with the same scope. */
  readonly openTabs?: (scope: string) => Tabs;
  /** Makes the page ready for a project before anything of it is shown. */
  readonly meet?: (project: Project) => Promise<void>;
  /** Fetches what tasks are shown with, before they are on the desk. */
  readonly prepare?: (tasks: readonly Task[], project: Project) => Promise<void>;
  /** The changes with which a task starts, such as the options picked before. */
  readonly initialChanges?: (task: Task, project: Project) => Changes;
  /** Hears what the annotator did. */
  readonly onDone?: (done: Done) => void;
  /** What an answer means for a task, where its view has a say. */
  readonly conclude?: (task: Task, project: Project, given: Answer) => Conclusion | null;
}

/** An answer given or taken back, with the task as it was then. */
export type Done = { readonly kind: "answer" | "undo"; readonly answer: Answer; readonly task: Task };

const HISTORY_LIMIT = 50;
const JUDGED_AT_MOST_MS = 800;
const FIRST_ASK_AGAIN_MS = 500;
const LONGEST_ASK_AGAIN_MS = 15_000;
/** So much more seldom while nobody looks. */
const HIDDEN_TIMES = 8;

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
  /** Tasks answered in another tab, which may not have sent that yet. */
  const answeredElsewhere = new Set<number>();
  let served: Counts = { progress: { value: null, kind: null }, total: 0, session_total: 0 };
  let outbox: Outbox | null = null;
  let drafts: Drafts | null = null;
  let tabs: Tabs | null = null;
  let isHidden = false;
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
      drafts ??= await openDrafts(storage.drafts, scope);
      tabs ??= options.openTabs?.(scope) ?? null;
      tabs?.hear(answeredInOtherTab);
      await options.meet?.(project);
      patch({ project, trouble: null });
      outbox.subscribe(onOutbox);
      await Promise.all([restore(project), refill()]);
    } catch (error) {
      fail(error, start);
    }
  }

  /** The answers of before: those the server has, and on top those that still wait here. */
  async function restore(project: Project): Promise<void> {
    // Those that wait now: they may be sent before the history is here, and it may not have them yet.
    const waiting = outbox?.state().waiting ?? [];
    const answers = await api.history(project.session_id, historySize(project) ?? HISTORY_LIMIT);
    const entries = answers.map(answeredOf);
    entries.forEach((entry) => onServer.add(entry.task._task_hash));
    setDesk(desks.remember(state().desk, withWaiting(entries, waiting)));
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
      const leftOut = new Set([...unsent, ...answeredMeanwhile, ...answeredElsewhere]);
      const after = desks.receive(before, found.tasks, leftOut, (task) => begin(task, project));
      const more = after !== before;
      if (more) setDesk(after);
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
    return here <= Math.max(2, Math.ceil((project?.batch_size ?? 10) / 3));
  }

  function later(again: () => Promise<void>): void {
    clearTimeout(timer);
    const delayMs = Math.min(FIRST_ASK_AGAIN_MS * 1.6 ** (fruitless - 1), LONGEST_ASK_AGAIN_MS);
    timer = setTimeout(() => void again(), isHidden ? delayMs * HIDDEN_TIMES : delayMs);
  }

  function fail(error: unknown, again: () => Promise<void>): void {
    const trouble = troubleOf(error);
    patch({ trouble });
    if (isFinal(trouble)) return;
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

  /** Answer the task that is open now: a second press while the first is being stored means the same task, not the next. */
  const answer = (wanted: Answer): Promise<void> => {
    const meant = state().desk.current?.task._task_hash;
    return act(async () => {
      if (state().desk.current?.task._task_hash !== meant) return;
      const found = concluded(wanted);
      const { project } = state();
      if (found === null || outbox === null || project === null) return;
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
      if (state().refusal?.taskHash === hash) patch({ refusal: null });
      // The next task waits until this browser has the answer: what is shown as saved is saved.
      await outbox.add({ kind: "answer", eventId, task, answer: given, changes, body });
      if (project.validates === true && (await isRefused(outbox, hash))) return;
      setDesk(desks.answer(state().desk, given, Date.now(), historySize(project)));
      options.onDone?.({ kind: "answer", answer: given, task: { ...desks.seen(current), answer: given } });
      drafts?.forget(hash);
      tabs?.tellAnswered(hash);
      // When the last reply brought nothing, it is asked again after a while, or when nothing is left here.
      if (fruitless === 0 || state().desk.current === null) void refill();
    });
  };

  /** What was answered in another tab need not be answered here, unless something was made of it here. */
  function answeredInOtherTab(taskHash: number): void {
    void act(() => {
      answeredElsewhere.add(taskHash);
      setDesk(desks.drop(state().desk, taskHash));
      void refill();
    });
  }

  /** Where the recipe looks at answers, hear it before the task is left; a slow one may object later. */
  async function isRefused(from: Outbox, hash: number): Promise<boolean> {
    await Promise.race([from.flush(), new Promise((resolve) => setTimeout(resolve, JUDGED_AT_MOST_MS))]);
    return state().refusal?.taskHash === hash;
  }

  const undo = (): Promise<void> =>
    act(async () => {
      const [last] = state().desk.answered;
      if (last === undefined || outbox === null) return;
      const hash = last.task._task_hash;
      const { left } = await outbox.takeBack(hash);
      if (left || onServer.has(hash)) {
        await outbox.add({ kind: "undo", eventId: makeEventId(), task: last.task });
      }
      if (Object.keys(last.changes).length > 0) drafts?.keep(hash, last.changes);
      setDesk(desks.undo(state().desk));
      options.onDone?.({ kind: "undo", answer: last.answer, task: desks.seen(last) });
    });

  /** Change keys of the open task; with its hash, only as long as it is that task which is open. */
  const change = (changes: Changes, taskHash?: number): Promise<void> =>
    act(() => {
      const before = state().desk;
      if (taskHash !== undefined && before.current?.task._task_hash !== taskHash) return;
      const after = desks.change(before, changes);
      if (after === before || after.current === null) return;
      drafts?.keep(after.current.task._task_hash, after.current.changes);
      setDesk(after);
    });

  /** Forget what was made of the open task, in this visit and before. */
  const startOver = (): Promise<void> =>
    act(() => {
      const { desk, project } = state();
      if (desk.current === null || project === null) return;
      const { task } = desk.current;
      drafts?.forget(task._task_hash);
      setDesk(desks.startOver(desk, options.initialChanges?.(task, project) ?? {}));
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
    const unsent = countUnsent(sent.waiting, onServer);
    const total = Math.max(0, served.total + unsent);
    return { total, sessionTotal: Math.max(0, served.session_total + unsent), progress: served.progress };
  }

  function onRefused(item: Stored, status: number, message: string): void {
    if (item.kind === "undo") return;
    const hash = item.task._task_hash;
    drafts?.keep(hash, item.changes);
    if (status !== 422) return;
    patch({ refusal: { taskHash: hash, message } });
    setDesk(desks.sendBack(state().desk, item.task, item.changes, message));
  }

  /** A task as it comes onto the desk: with the draft of an earlier visit, if there is one. */
  function begin(task: Task, project: Project): desks.Open {
    const draft = drafts?.find(task._task_hash) ?? null;
    const initial = options.initialChanges?.(task, project) ?? {};
    const changes = { ...initial, ...draft };
    return { ...desks.openTask(task, changes), restored: JSON.stringify(changes) !== JSON.stringify(initial) };
  }

  return {
    state,
    subscribe: subject.subscribe,
    start,
    answer,
    undo,
    change,
    startOver,
    reopen: (taskHash: number) =>
      act(() => setDesk(desks.reopen(state().desk, taskHash, drafts?.find(taskHash) ?? null))),
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
    /** Send what waits without waiting for more. */
    save: () => outbox?.flush(),
    /** The page was hidden: keep and send what waits, and stop the clock. */
    hide(): void {
      isHidden = true;
      watch.pause();
      void drafts?.save();
      void outbox?.flush();
    },
    show(): void {
      isHidden = false;
      watch.resume();
      if (fruitless > 0) this.tryNow();
    },
  };
}

/** How many answers the recipe wants in the history. */
function historySize(project: Project): number | undefined {
  const wanted = project.config?.["history_size"] ?? project.config?.["history_length"];
  return typeof wanted === "number" && wanted >= 1 ? Math.min(Math.floor(wanted), 1000) : undefined;
}
