/** From a task and the recipe's settings to what the editor works on. Both are foreign JSON. */

import { type Label, labelsOf } from "../parts/labels";
import { offsetsOf } from "../text/offsets";
import { type Token, type WrittenToken, characterTokens, readTokens, wordTokens } from "../text/tokens";
import { type Changes, type Task, isRecord } from "../types";
import type { Config, Settings } from "../views/view";
import { type Document, type Look, makeDocument } from "./document";
import type { Rules } from "./edit";
import { marksReader } from "./marks";
import type { Style } from "./painter";
import type { Selectable } from "./select";
import { say } from "./words";

/** What sets the six views apart. */
export interface Kind {
  readonly id: string;
  readonly isManual: boolean;
  readonly style: Style;
  readonly rules: Rules;
}

/** Lists of tokens that were made here, because the task had none. */
const madeHere = new WeakSet<object>();

/** Whether a task's tokens are words that this browser found. */
export function hasMadeTokens(task: Task, kind: Kind): boolean {
  const { tokens } = task;
  return kind.isManual && (typeof tokens !== "object" || tokens === null || madeHere.has(tokens));
}

/** Why a task cannot be shown at all, or null. */
export function problemOf(task: Task, kind: Kind): string | null {
  const { text, spans } = task;
  if (typeof text !== "string") return say().noText;
  if (spans !== undefined && spans !== null && !Array.isArray(spans)) return say().noSpanList;
  const tokens = readOnce(task["tokens"], text);
  return kind.isManual && tokens !== null && "kind" in tokens ? say().fault(tokens) : null;
}

type Read = ReturnType<typeof readTokens>;

const known = new WeakMap<object, { readonly text: string; readonly read: Read }>();

/** Read a list of tokens once: whether a task has a problem is asked again and again. */
function readOnce(value: unknown, text: string): Read {
  if (typeof value !== "object" || value === null) return readTokens(value, text, offsetsOf(text));
  const found = known.get(value);
  if (found !== undefined && found.text === text) return found.read;
  const read = readTokens(value, text, offsetsOf(text));
  known.set(value, { text, read });
  return read;
}

/** The tokens to work with, and those to write into the task because it came without. */
function tokensOf(task: Task, text: string, config: Config, kind: Kind): { read: Exclude<Read, null>; made: readonly WrittenToken[] | null } {
  const given = readOnce(task["tokens"], text);
  if (!kind.isManual) return { read: tokensToShow(given, task, text, kind), made: null };
  const byCharacter = config["ner_manual_highlight_chars"] === true;
  if (given !== null && ("kind" in given || !byCharacter || isByCharacter(given))) return { read: given, made: null };
  const made = byCharacter ? characterTokens(text) : wordTokens(text, offsetsOf(text));
  madeHere.add(made);
  return { read: readOnce(made, text) ?? [], made };
}

/** A view that only shows needs no tokens; where each is a column, spans stand in for those that are missing. */
function tokensToShow(given: Read, task: Task, text: string, kind: Kind): readonly Token[] {
  if (given !== null && !("kind" in given)) return given;
  if (kind.style !== "columns" || !Array.isArray(task["spans"])) return [];
  const spans = (task["spans"] as readonly unknown[]).filter(isRecord).map(({ start, end }) => ({ start, end }));
  const read = readTokens(spans, text, offsetsOf(text));
  return read === null || "kind" in read ? [] : read;
}

function isByCharacter(tokens: readonly Token[]): boolean {
  return tokens.every((token) => token.end === token.start + 1);
}

export interface Reading {
  readonly document: Document;
  /** To be written into the answer, so that the tokens of its spans mean something. */
  readonly made: readonly WrittenToken[] | null;
}

export function readTask(task: Task, config: Config, kind: Kind): Reading {
  const text = typeof task["text"] === "string" ? task["text"] : "";
  const { read, made } = tokensOf(task, text, config, kind);
  const tokens = "kind" in read ? [] : read;
  return { document: makeDocument(text, tokens, lookOf(config, kind)), made };
}

function lookOf(config: Config, kind: Kind): Look {
  return {
    columns: kind.style === "columns",
    gaps: config["honor_token_whitespace"] === false,
    signs: kind.isManual && config["hide_newlines"] !== true,
    joinsLines: config["hide_true_newline_tokens"] === true,
  };
}

/** What of the configuration changes the reading of a task: read it anew when this does. */
export function readingKey(config: Config): string {
  const keys = ["ner_manual_highlight_chars", "honor_token_whitespace", "hide_newlines", "hide_true_newline_tokens"];
  return keys.map((key) => String(config[key])).join();
}

export function selectableOf(config: Config): Selectable {
  return { newlines: config["allow_newline_highlight"] === true };
}

/** An answer of a manual view always says which spans there are, and which tokens they count. */
export function initialChanges(task: Task, settings: Settings, kind: Kind): Changes {
  if (!kind.isManual || problemOf(task, kind) !== null) return {};
  const { document, made } = readTask(task, settings.config, kind);
  const spans = Array.isArray(task["spans"]) ? (task["spans"] as readonly unknown[]) : [];
  if (made === null) return { spans };
  return { tokens: made, spans: withTokens(document, spans) };
}

/** Spans with the numbers of the tokens that were made for them. */
function withTokens(document: Document, spans: readonly unknown[]): readonly unknown[] {
  const { marks } = marksReader(document)(spans);
  const found = new Map(marks.filter((mark) => mark.fits).map((mark) => [mark.span as unknown, mark]));
  return spans.map((span) => {
    const mark = found.get(span);
    if (mark === undefined || !isRecord(span)) return span;
    const { tokens } = document;
    return { ...span, token_start: tokens[mark.first]!.id, token_end: tokens[mark.last]!.id };
  });
}

/** The recipe's labels; where it has none, the one that the task asks about. */
export function labelsFor(settings: Settings): readonly Label[] {
  const labels = labelsOf(settings.config);
  return labels.length > 0 || settings.label === null ? labels : labelsOf({ ...settings.config, labels: [settings.label] });
}
