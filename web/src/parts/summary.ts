/** A task in a few words and a small picture, whatever its view. */

import { type Changes, type Task, isRecord, textOf } from "../types";
import { words } from "../words";
import { nameOf } from "./Body";
import { contentOf, optionsOf } from "./content";
import { type Shape, shapesOf } from "./shapes";

export interface Summary {
  readonly title: string;
  /** The address of a picture, where the task has one. */
  readonly picture: string | null;
  /** What is marked on the picture. */
  readonly shapes: readonly Shape[];
  readonly media: "audio" | "video" | null;
}

interface Entry {
  readonly task: Task;
  readonly changes: Changes;
}

const LONGEST_TITLE = 90;
const DEEPEST = 4;
/** Where a text is looked for first. */
const TEXT_KEYS = ["text", "html", "question", "prompt", "input", "title", "label"];
const NOT_CONTENT = ["meta", "config", "options", "tokens", "spans", "accept"];

const known = new WeakMap<object, Summary>();

/** What the history shows of an answered task; asked again, the same. */
export function summaryOf(entry: Entry): Summary {
  const found = known.get(entry);
  if (found !== undefined) return found;
  const task: Task = { ...entry.task, ...entry.changes, _task_hash: entry.task._task_hash };
  const media = (["audio", "video"] as const).find((kind) => typeof task[kind] === "string") ?? null;
  const picture = first(task, (value) => textOf(value, "image"));
  const shapes = picture === null || picture !== textOf(task, "image") ? [] : shapesOf(task);
  const summary = { title: titleOf(task, media, picture).slice(0, LONGEST_TITLE), picture, shapes, media };
  known.set(entry, summary);
  return summary;
}

function titleOf(task: Task, media: Summary["media"], picture: string | null): string {
  const chosen = chosenOptions(task).join(", ");
  if (chosen !== "") return chosen;
  const own = ownText(task);
  if (own !== null) return own;
  if (media !== null) return shortFile(nameOf(task), textOf(task, media) ?? "", words[media]);
  if (picture !== null) {
    const label = textOf(task, "label");
    if (label !== null) return label;
    if (typeof task["image"] === "string") return shortFile(nameOf(task), picture, words.image);
  }
  const inside = first(task, ownText);
  if (inside !== null) return inside;
  if (picture === null) return contentOf(task)?.kind === "html" ? words.html : words.noText;
  return shortFile(first(task, fileOf) ?? picture, picture, words.image);
}

function chosenOptions(task: Task): readonly string[] {
  const accept: readonly unknown[] = Array.isArray(task["accept"]) ? task["accept"] : [];
  const options = (optionsOf(task) ?? []).filter((option) => accept.includes(option.id));
  return options.map((option) => (option.content?.kind === "text" ? option.content.text : String(option.id)));
}

/** The first text that a record has itself. */
function ownText(value: Readonly<Record<string, unknown>>): string | null {
  const content = contentOf(value);
  for (const key of content?.kind === "image" ? ["text", "html"] : TEXT_KEYS) {
    const found = textOf(value, key);
    const text = found === null ? "" : key === "html" ? plain(found) : found.trim();
    if (text !== "") return text;
  }
  return null;
}

function fileOf(value: Readonly<Record<string, unknown>>): string | null {
  return isRecord(value["meta"]) ? textOf(value["meta"], "file") : null;
}

/** The first that `find` finds in a record or in those inside it, the outer ones first. */
function first<Found>(value: Readonly<Record<string, unknown>>, find: (value: Readonly<Record<string, unknown>>) => Found | null): Found | null {
  let level: readonly Readonly<Record<string, unknown>>[] = [value];
  for (let depth = 0; depth < DEEPEST && level.length > 0; depth += 1) {
    for (const record of level) {
      const found = find(record);
      if (found !== null) return found;
    }
    level = level.flatMap((record) => inside(record));
  }
  return null;
}

function inside(record: Readonly<Record<string, unknown>>): readonly Readonly<Record<string, unknown>>[] {
  const entries = Object.entries(record).filter(([key]) => !key.startsWith("_") && !NOT_CONTENT.includes(key));
  return entries.flatMap(([, value]) => (Array.isArray(value) ? value.slice(0, 20) : [value])).filter(isRecord);
}

function plain(html: string): string {
  // A space before each tag keeps the words of neighbouring blocks apart.
  const text = new DOMParser().parseFromString(html.replaceAll("<", " <"), "text/html").body.textContent ?? "";
  return text.replace(/\s+/g, " ").trim();
}

function shortFile(name: string, url: string, kind: string): string {
  // An opaque address says nothing to people.
  if (name === "" || (name === url && !/\.\w{2,5}$/.test(url))) return kind;
  return name.startsWith("data:") ? kind : (name.split("/").at(-1) ?? name);
}
