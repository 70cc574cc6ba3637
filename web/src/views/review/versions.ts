/** What several annotators made of one task. */

import { type Answer, ANSWERS, type Changes, type Task, isRecord, textOf } from "../../types";
import { optionsOf } from "../../parts/content";
import type { Settings } from "../view";

export interface Version {
  readonly place: number;
  readonly answer: Answer | null;
  /** Sessions that gave this version. */
  readonly sessions: readonly string[];
  readonly isDefault: boolean;
  /** What was made: the keys that are taken over when this version is picked. */
  readonly made: Changes;
}

export interface Votes {
  readonly answer: Answer;
  readonly sessions: readonly string[];
}

/** Keys of a version that are not an annotator's work. */
const GIVEN = new Set([
  "text", "image", "html", "audio", "video", "input", "tokens", "meta", "options", "path", "config", "answer", "sessions",
  "default", "view_id", "versions", "flagged",
]);
/** Views in which nothing is made: there are only votes. */
const BINARY = new Set([
  "text", "html", "image", "classification", "ner", "spans", "pos", "dep", "diff", "audio", "video", "llm_io", "compare",
]);

export function viewUnderReview(task: Task, settings: Settings): string | null {
  // As a page or block, its own "view_id" says "review".
  const ids = [textOf(task, "view_id"), textOf(task, "review_view_id"), textOf(settings.config, "review_view_id")];
  return ids.find((id) => id !== null && id !== "review") ?? null;
}

/** The versions of a task, or null when they are not a list of objects. */
export function versionsOf(task: Task): readonly Version[] | null {
  const given = task["versions"];
  if (!Array.isArray(given) || given.length === 0 || !given.every(isRecord)) return null;
  const records = given as readonly Readonly<Record<string, unknown>>[];
  const keys = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const made = keys.filter((key) => !key.startsWith("_") && !GIVEN.has(key));
  return records.map((record, place) => ({
    place,
    answer: ANSWERS.find((answer) => answer === record["answer"]) ?? null,
    sessions: sessionsOf(record),
    isDefault: record["default"] === true,
    made: Object.fromEntries(made.map((key) => [key, record[key] ?? nothingLike(records.map((other) => other[key]))])),
  }));
}

/** Where the versions differ in nothing but the answer, there is nothing to pick. */
export function isBinary(viewId: string, versions: readonly Version[]): boolean {
  return BINARY.has(viewId) && versions.every((version) => same(version.made, versions[0]!.made));
}

/** Who said what, most first. */
export function votesOf(versions: readonly Version[]): readonly Votes[] {
  const votes = ANSWERS.map((answer) => {
    const sessions = versions.filter((version) => version.answer === answer).flatMap((version) => version.sessions);
    return { answer, sessions };
  });
  return votes.filter(({ sessions }) => sessions.length > 0).sort((one, other) => other.sessions.length - one.sessions.length);
}

/** The version to begin with: the default, else the one that most gave. */
export function firstOf(versions: readonly Version[]): Version {
  const most = [...versions].sort((one, other) => other.sessions.length - one.sessions.length)[0]!;
  return versions.find((version) => version.isDefault) ?? most;
}

/** The place of the version that the task is like now; -1 when the reviewer made another. */
export function pickedPlace(task: Task, versions: readonly Version[]): number {
  return versions.findIndex(({ made }) => Object.entries(made).every(([key, value]) => same(task[key] ?? nothingLike([value]), value)));
}

/** The task as the view under review gets it. */
export function taskUnderReview(task: Task): Task {
  const { versions: _versions, view_id: _viewId, ...rest } = task;
  return { ...rest, _task_hash: task._task_hash };
}

/** The names in sessions, without the dataset before them. */
export function namesOf(versions: readonly Version[]): ReadonlyMap<string, string> {
  const all = [...new Set(versions.flatMap((version) => version.sessions))];
  const shared = all.length < 2 ? "" : all.reduce(commonStart);
  const cut = shared.lastIndexOf("-") + 1;
  return new Map(all.map((session) => [session, session.slice(cut) || session]));
}

export interface Words {
  readonly nothing: string;
  readonly items: (count: number) => string;
}

/** What was made, in a few words. */
export function summaryOf(made: Changes, task: Task, words: Words): string {
  const parts = Object.entries(made).map(([key, value]) => {
    if (key === "accept") return picks(value, task);
    if (typeof value === "string" || typeof value === "number") return String(value);
    return Array.isArray(value) ? counted(value, words) : "";
  });
  return parts.filter((part) => part !== "").join(" · ") || words.nothing;
}

function picks(value: unknown, task: Task): string {
  const ids = Array.isArray(value) ? (value as unknown[]) : [];
  const options = optionsOf(task) ?? [];
  const texts = ids.map((id) => {
    const content = options.find((option) => option.id === id)?.content;
    return content?.kind === "text" ? content.text : String(id);
  });
  return texts.join(", ");
}

function counted(items: readonly unknown[], words: Words): string {
  const counts = new Map<string, number>();
  for (const item of items) {
    const label = isRecord(item) ? textOf(item, "label") : null;
    if (label !== null) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  if (items.length === 0) return "";
  return counts.size === 0 ? words.items(items.length) : [...counts].map(([label, count]) => `${count} × ${label}`).join(", ");
}

function sessionsOf(record: Readonly<Record<string, unknown>>): readonly string[] {
  const given = record["sessions"];
  if (Array.isArray(given)) return given.map(String);
  const one = textOf(record, "_session_id") ?? textOf(record, "_annotator_id");
  return one === null ? [] : [one];
}

function nothingLike(values: readonly unknown[]): unknown {
  const sample = values.find((value) => value !== undefined && value !== null);
  return Array.isArray(sample) ? [] : typeof sample === "string" ? "" : null;
}

function same(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, place) => same(item, other[place]));
  }
  if (!isRecord(one) || !isRecord(other)) return false;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => same(one[key], other[key]));
}

function commonStart(one: string, other: string): string {
  let length = 0;
  while (length < Math.min(one.length, other.length) && one[length] === other[length]) length += 1;
  return one.slice(0, length);
}
