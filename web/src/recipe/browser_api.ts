/** `window.prodigy`: what a recipe's scripts can read and do. */

import type { Open } from "../state/desk";
import { seen } from "../state/desk";
import type { Session } from "../state/session";
import { ANSWERS, type Answer, type Changes, type Project, type Task, isRecord } from "../types";
import { settingsOf } from "../views/view";

export interface BrowserApi {
  /** The id of the view of the open task. */
  readonly viewId: string;
  /** The recipe's configuration, with the open task's own on top. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly theme: Readonly<Record<string, unknown>>;
  /** The open task with the annotator's changes: a copy, to be changed by `update`. */
  readonly content: Task | null;
  /** Set keys of the open task; `callback` is called with the task when it is changed. */
  update(changes: Changes, callback?: (task: Task | null) => void): Promise<Task | null>;
  answer(answer: Answer): Promise<void>;
  undo(): Promise<void>;
  /** Call an event hook of the recipe; fails with the server's words. */
  event(name: string, payload?: unknown): Promise<unknown>;
  /** The open task as it came. */
  resetContent(): Promise<void>;
  addEventListener(name: string, listener: EventListener): void;
  removeEventListener(name: string, listener: EventListener): void;
}

interface BrowserApiOptions {
  readonly session: Session;
  readonly project: Project;
  readonly call: (name: string, payload: unknown) => Promise<unknown>;
}

/** Keys that say which task it is: an update has them where it has the whole task. */
const FIXED = ["_task_hash", "_input_hash", "_view_id", "_session_id", "_annotator_id", "_timestamp", "answer", "config"];

export function createBrowserApi({ session, project, call }: BrowserApiOptions): BrowserApi {
  let copied: { readonly of: Open; readonly task: Task } | null = null;

  function content(): Task | null {
    const { current } = session.state().desk;
    if (current === null) return null;
    if (copied?.of !== current) copied = { of: current, task: structuredClone(seen(current)) };
    return copied.task;
  }

  return Object.freeze({
    get viewId() {
      return content()?._view_id ?? project.view_id;
    },
    get config() {
      const task = content();
      return { ...project, ...(task === null ? project.config : settingsOf(project, task).config) };
    },
    get theme() {
      return { ...project.custom_theme };
    },
    get content() {
      return content();
    },
    async update(changes: Changes, callback?: (task: Task | null) => void) {
      const fresh = changesOf(changes, session.state().desk.current);
      if (Object.keys(fresh).length > 0) await session.change(fresh);
      callback?.(content());
      return content();
    },
    async answer(answer: Answer) {
      if (!ANSWERS.includes(answer)) throw new TypeError(`prodigy.answer: "${String(answer)}" is none of ${ANSWERS.join(", ")}`);
      await session.answer(answer);
    },
    undo: () => session.undo(),
    event: (name: string, payload: unknown = {}) => call(name, payload),
    resetContent: () => session.startOver(),
    addEventListener: (name: string, listener: EventListener) => document.addEventListener(name, listener),
    removeEventListener: (name: string, listener: EventListener) => document.removeEventListener(name, listener),
  });
}

/** What an update changes of a task, as plain JSON; nothing for values that are there already. */
export function changesOf(update: unknown, open: Open | null): Changes {
  if (!isRecord(update)) throw new TypeError("prodigy.update: it takes an object of keys and values");
  if (open === null) return {};
  const now = seen(open);
  const pairs = Object.entries(update).flatMap(([key, value]) => {
    const text = value === undefined || FIXED.includes(key) ? undefined : JSON.stringify(value);
    return text === undefined || text === JSON.stringify(now[key]) ? [] : [[key, JSON.parse(text) as unknown]];
  });
  return Object.fromEntries(pairs);
}
