/** The recipe's own part of the page: its styles and scripts, what they can call, and what they hear. */

import { Refusal } from "../http/api";
import type { Notices } from "../state/notices";
import type { Done, Session } from "../state/session";
import type { Project, Task } from "../types";
import { words } from "../words";
import { type BrowserApi, createBrowserApi } from "./browser_api";
import { announce } from "./events";
import { loadScripts, loadStyles } from "./load";

declare global {
  interface Window {
    prodigy?: BrowserApi;
  }
}

interface RecipePageOptions {
  readonly session: Session;
  readonly notices: Notices;
  readonly callEvent: (name: string, payload: unknown) => Promise<unknown>;
}

export interface RecipePage {
  /** Colours, measures and styles, before anything is shown. */
  meet(project: Project): Promise<void>;
  /** A task is on the page, or what is on the page has changed. */
  shown(task: Task): void;
  done(done: Done): void;
  /** There are no more tasks. */
  ended(): void;
}

const STYLES_AT_MOST_MS = 800;

export function createRecipePage({ session, notices, callEvent }: RecipePageOptions): RecipePage {
  let project: Project | null = null;
  let started = false;
  let mounted = false;
  let hasEnded = false;
  let scriptsFailed = false;
  /** Errors that the annotator has read already. */
  const said = new WeakSet<Error>();

  const broken = (url: string) => notices.add({ tone: "bad", text: words.recipeFileMissing(url), taskHash: null });

  async function meet(met: Project): Promise<void> {
    project = met;
    window.prodigy = createBrowserApi({ session, project: met, call });
    await Promise.all([dress(met.custom_theme), loadStyles(met.styles ?? [], broken, STYLES_AT_MOST_MS)]);
  }

  /** The recipe's colours; without them the page looks as always. */
  async function dress(theme: Project["custom_theme"] | undefined): Promise<void> {
    if (Object.keys(theme ?? {}).length === 0) return;
    try {
      (await import("./custom_theme")).applyCustomTheme(theme);
    } catch (error) {
      console.warn("prodflow: the colours of the recipe did not arrive", error);
    }
  }

  async function call(name: string, payload: unknown): Promise<unknown> {
    const taskHash = session.state().desk.current?.task._task_hash ?? null;
    try {
      return await callEvent(name, payload);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const text = error instanceof Refusal ? message : words.eventFailed(name, message);
      notices.add({ tone: "bad", text, taskHash });
      const failure = new Error(message, { cause: error });
      said.add(failure);
      throw failure;
    }
  }

  /** Scripts come when there is something on the page to work with; what they listen to comes after them. */
  async function start(): Promise<void> {
    started = true;
    addEventListener("error", (event) => isLate(event.message) || blame(event.message, event.filename));
    addEventListener("unhandledrejection", (event) => {
      const { reason } = event;
      if (!(reason instanceof Error)) return;
      if (said.has(reason)) event.preventDefault();
      else blame(reason.message, reason.stack ?? "");
    });
    await loadScripts(project?.scripts ?? [], broken);
    mounted = true;
    const task = window.prodigy?.content ?? null;
    if (task !== null) announce("prodigymount", { task });
    if (hasEnded) announce("prodigyend", {});
  }

  /** What a browser says when elements that are watched change their size twice in a frame: nobody's error. */
  function isLate(message: string): boolean {
    return message.startsWith("ResizeObserver loop");
  }

  /** An error of the recipe's scripts is said once; the page goes on. */
  function blame(message: string, where: string): void {
    if (scriptsFailed || project === null || !isOfRecipe(where)) return;
    scriptsFailed = true;
    notices.add({ tone: "bad", text: words.scriptFailed(message), taskHash: null });
  }

  /** The app's own code is in assets/; a handler in a template is of the page itself. */
  function isOfRecipe(where: string): boolean {
    const scripts = project?.scripts ?? [];
    if (where === "") return scripts.some((url) => /^https?:/.test(url));
    return scripts.some((url) => where.includes(url)) || where === location.href.split("#")[0];
  }

  return {
    meet,
    shown(task) {
      hasEnded = false;
      if (!started) void start();
      else if (mounted) announce("prodigyupdate", { task });
    },
    done({ kind, answer, task }) {
      if (kind === "answer") announce("prodigyanswer", { answer, task });
      else announce("prodigyundo", { task });
    },
    ended() {
      if (hasEnded) return;
      hasEnded = true;
      if (!started) void start();
      else if (mounted) announce("prodigyend", {});
    },
  };
}
