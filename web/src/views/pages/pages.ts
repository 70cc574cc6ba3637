/** Several tasks in one: each page is a task with a view of its own. */

import { type Answer, type Changes, type Conclusion, type Task, isRecord, textOf } from "../../types";
import { viewHere } from "../registry";
import type { Settings, View } from "../view";

export interface Page {
  readonly viewId: string;
  readonly task: Task;
  readonly settings: Settings;
  /** Its own label; that of the whole task is shown by the card. */
  readonly heading: string | null;
}

/** The pages of a task, or null when they are not a list of objects with a view each. */
export function pagesOf(task: Task, settings: Settings): readonly Page[] | null {
  const given = task["pages"];
  if (!Array.isArray(given) || given.length === 0) return null;
  const usual = textOf(task, "page_view_id") ?? textOf(settings.config, "page_view_id");
  const pages = given.map((page: unknown, place) => (isRecord(page) ? pageOf(page, place, task, settings, usual) : null));
  return pages.every((page) => page !== null) ? pages : null;
}

function pageOf(page: Readonly<Record<string, unknown>>, place: number, task: Task, settings: Settings, usual: string | null): Page | null {
  const viewId = textOf(page, "view_id") ?? textOf(page, "_view_id") ?? usual;
  if (viewId === null || viewId === "pages") return null;
  const label = textOf(page, "label");
  const own = isRecord(page["config"]) ? page["config"] : {};
  return {
    viewId,
    task: { ...page, _task_hash: task._task_hash + place },
    settings: { ...settings, nested: false, label: label ?? settings.label, config: { ...settings.config, ...own } },
    heading: label === settings.label ? null : label,
  };
}

/** The view of a page, if it is here and can show it. */
export function viewOf({ viewId, task, settings }: Page): View | null {
  const view = viewHere(viewId);
  return view !== null && view.problem(task, settings) === null ? view : null;
}

/** The task's pages with changes of one of them. */
export function withPage(pages: unknown, place: number, changes: Changes): readonly unknown[] {
  const list: readonly unknown[] = Array.isArray(pages) ? pages : [];
  return list.map((page, at) => (at === place && isRecord(page) ? { ...page, ...changes } : page));
}

/** Why the pages cannot be answered together yet: the place of the page that stops it. */
export function stoppedAt(pages: readonly Page[], given: Answer, seen: ReadonlySet<number>, all: boolean): number | null {
  if (given !== "accept") return null;
  const unseen = pages.findIndex((_, place) => !seen.has(place));
  if (all && unseen >= 0) return unseen;
  const stops = pages.findIndex((page) => isOpen(page) || "stopped" in (conclude(page, given) ?? {}));
  return stops < 0 ? null : stops;
}

/** Whether its view asks which of two, and was not answered yet: accepting the whole says nothing about that. */
export function isOpen(page: Page): boolean {
  return viewOf(page)?.answerWords !== undefined && page.task["answer"] === undefined;
}

/** An answer given on a page, as changes of that page; null where it is an answer to the whole. */
export function answerOfPage(page: Page, given: Answer): Changes | null {
  if (viewOf(page)?.answerWords === undefined) return null;
  const conclusion = conclude(page, given) ?? { answer: given, changes: {} };
  return "stopped" in conclusion ? null : { ...conclusion.changes, answer: conclusion.answer };
}

/** What each page's view concludes from the answer to the whole goes into its page. */
export function concludePages(task: Task, pages: readonly Page[], given: Answer): Conclusion {
  let list: unknown = task["pages"];
  pages.forEach((page, place) => {
    const conclusion = conclude(page, given);
    if (conclusion === null || "stopped" in conclusion || viewOf(page)?.answerWords !== undefined) return;
    if (Object.keys(conclusion.changes).length > 0) list = withPage(list, place, conclusion.changes);
  });
  return { answer: given, changes: list === task["pages"] ? {} : { pages: list } };
}

function conclude(page: Page, given: Answer): Conclusion | null {
  return viewOf(page)?.conclude?.(page.task, page.settings, given) ?? null;
}

/** Which pages of which tasks were shown while this page of the browser is open. */
const shown = new Map<number, Set<number>>();

export function seenPages(taskHash: number): ReadonlySet<number> {
  return shown.get(taskHash) ?? new Set();
}

export function see(taskHash: number, place: number): void {
  shown.set(taskHash, new Set([...seenPages(taskHash), place]));
}
