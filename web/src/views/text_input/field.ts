/** What a text field is, from block, task or configuration. Foreign JSON: no type is trusted. */

import { type Answer, type Conclusion, type Task, isRecord, textOf } from "../../types";
import type { Settings } from "../view";

export interface Field {
  /** The key of the task that holds what was typed. */
  readonly id: string;
  readonly label: string | null;
  readonly placeholder: string;
  readonly rows: number;
  readonly autofocus: boolean;
  readonly required: boolean;
  readonly suggestions: readonly string[];
}

const MOST_ROWS = 30;
const MOST_SUGGESTIONS = 40;
/** Keys with a meaning of their own, which a person must not write. */
const TAKEN = new Set(["answer", "config", "path", "image", "audio", "video", "flagged"]);

export function fieldOf(task: Task, settings: Settings): Field {
  const setting = (name: string): unknown => task[name] ?? settings.config[name];
  const text = (name: string): string | null => textOf({ [name]: setting(name) }, name);
  const rows = Number(setting("field_rows") ?? 1);
  return {
    id: text("field_id") ?? "user_input",
    label: text("field_label"),
    placeholder: text("field_placeholder") ?? "",
    rows: Number.isFinite(rows) ? Math.min(Math.max(1, Math.round(rows)), MOST_ROWS) : 1,
    autofocus: setting("field_autofocus") === true,
    required: setting("field_required") === true,
    suggestions: suggestionsOf(setting("field_suggestions")),
  };
}

/** Whether what is typed may be stored under this key. */
export function isFree(id: string): boolean {
  return !id.startsWith("_") && !TAKEN.has(id);
}

/** What is in the field now. */
export function valueOf(task: Task, id: string): string {
  const value = task[id];
  if (Array.isArray(value) || isRecord(value)) return JSON.stringify(value);
  return value === undefined || value === null ? "" : String(value);
}

/** Accepting needs what is required; rejecting and ignoring do not. */
export function concludeField(task: Task, field: Field, given: Answer): Conclusion | null {
  const missing = given === "accept" && field.required && valueOf(task, field.id).trim() === "";
  return missing ? { stopped: field.id } : null;
}

/** The suggestions that fit what was typed: those that begin with it first. */
export function matching(suggestions: readonly string[], typed: string): readonly string[] {
  const wanted = typed.trim().toLowerCase();
  const begin = suggestions.filter((text) => text.toLowerCase().startsWith(wanted));
  const hold = suggestions.filter((text) => !begin.includes(text) && text.toLowerCase().includes(wanted));
  const found = [...begin, ...hold].slice(0, MOST_SUGGESTIONS);
  return found.length === 1 && found[0] === typed ? [] : found;
}

function suggestionsOf(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  const texts = value.map((item: unknown) => (isRecord(item) ? textOf(item, "text") : textOf({ item }, "item")));
  return [...new Set(texts.filter((text): text is string => text !== null))];
}
