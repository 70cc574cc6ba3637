/** A task with relations, read: its tokens, its spans, its relations, and what of them cannot be drawn. */

import { harmlessStyle } from "../parts/content";
import { type Offsets, offsetsOf } from "../text/offsets";
import { type Task, isRecord } from "../types";

export type Entry = Readonly<Record<string, unknown>>;

export interface Token {
  readonly text: string;
  /** Offsets in code points, as Python counts. */
  readonly start: number;
  readonly end: number;
  readonly disabled: boolean;
  /** Nothing but white space: shown, but nobody relates it. */
  readonly blank: boolean;
  readonly style: Readonly<Record<string, string>> | null;
  /** What stands between it and the next token. */
  readonly gap: string;
}

/** What a relation can have as an end: a token, or all tokens of a span; both numbers included. */
export interface Node {
  readonly first: number;
  readonly last: number;
}

export interface Span extends Node {
  /** Its place in the task's list. */
  readonly place: number;
  readonly label: string;
  readonly color: unknown;
}

export interface Relation {
  /** Its place in the task's list. */
  readonly place: number;
  /** The same relation has the same key while others come and go. */
  readonly key: string;
  readonly head: Node;
  readonly child: Node;
  readonly label: string;
  readonly color: unknown;
}

export interface Reading {
  readonly tokens: readonly Token[];
  readonly spans: readonly Span[];
  readonly relations: readonly Relation[];
  /** Entries that name tokens that are not there; they stay in the data. */
  readonly lost: { readonly spans: readonly Entry[]; readonly relations: readonly Entry[] };
}

const NO_TOKENS: readonly Token[] = [];

/** The tokens of a task; a number is the place of the first that cannot be used, null means there is no list. */
export function tokensOf(task: Task): readonly Token[] | number | null {
  const given: unknown = task["tokens"];
  if (!Array.isArray(given)) return null;
  const bad = given.findIndex((token) => !isRecord(token) || typeof token["text"] !== "string" || !hasOffsets(token));
  if (bad >= 0) return bad;
  const whole = typeof task["text"] === "string" ? offsetsOf(task["text"]) : null;
  return given.map((token, place) => readToken(token, given[place + 1], whole));
}

function hasOffsets(entry: Entry): boolean {
  return Number.isInteger(entry["start"]) && Number.isInteger(entry["end"]);
}

function readToken(token: Entry, next: Entry | undefined, whole: Offsets | null): Token {
  const text = token["text"] as string;
  const [start, end] = [token["start"] as number, token["end"] as number];
  const disabled = token["disabled"] === true;
  const style = isRecord(token["style"]) ? harmlessStyle(token["style"]) : null;
  return { text, start, end, disabled, blank: text.trim() === "", style, gap: gapAfter(token, next, whole) };
}

/** The text between two tokens; where there is no text, what the tokens say about white space. */
function gapAfter(token: Entry, next: Entry | undefined, whole: Offsets | null): string {
  if (next === undefined) return "";
  const [end, start] = [token["end"] as number, next["start"] as number];
  const between = whole?.slice(end, start) ?? "";
  if (between !== "") return between;
  return token["ws"] === true || (token["ws"] === undefined && start > end) ? " " : "";
}

export function readTask(task: Task, tokens = usableTokens(task)): Reading {
  const spans = readSpans(entriesOf(task, "spans"), tokens);
  const relations = readRelations(entriesOf(task, "relations"), tokens, spans.read);
  return { tokens, spans: spans.read, relations: relations.read, lost: { spans: spans.lost, relations: relations.lost } };
}

/** The tokens, none where they cannot be used. */
export function usableTokens(task: Task): readonly Token[] {
  const found = tokensOf(task);
  return found === null || typeof found === "number" ? NO_TOKENS : found;
}

/** A list of a task, whatever is in it. */
export function entriesOf(task: Task, key: string): readonly unknown[] {
  const given = task[key];
  return Array.isArray(given) ? given : [];
}

interface Sorted<One> {
  readonly read: readonly One[];
  readonly lost: readonly Entry[];
}

function readSpans(entries: readonly unknown[], tokens: readonly Token[]): Sorted<Span> {
  const read: Span[] = [];
  const lost: Entry[] = [];
  entries.forEach((entry, place) => {
    const node = isRecord(entry) ? nodeOfSpan(entry, tokens) : null;
    if (node === null || !isRecord(entry)) lost.push(isRecord(entry) ? entry : {});
    else read.push({ ...node, place, label: labelOf(entry), color: entry["color"] });
  });
  return { read, lost };
}

/** The tokens of a span: those that it names, or else those that its offsets touch. */
export function nodeOfSpan(entry: Entry, tokens: readonly Token[]): Node | null {
  const named = namedNode(entry, tokens.length);
  if (named !== null || entry["token_start"] !== undefined) return named;
  if (!hasOffsets(entry)) return null;
  const [start, end] = [entry["start"] as number, entry["end"] as number];
  const first = tokens.findIndex((token) => token.end > start);
  const last = tokens.findLastIndex((token) => token.start < end);
  return first < 0 || last < first ? null : { first, last };
}

function namedNode(entry: unknown, count: number): Node | null {
  if (!isRecord(entry)) return null;
  const [first, last] = [entry["token_start"], entry["token_end"]];
  const fits = isToken(first, count) && isToken(last, count) && first <= last;
  return fits ? { first, last } : null;
}

function isToken(value: unknown, count: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < count;
}

function readRelations(entries: readonly unknown[], tokens: readonly Token[], spans: readonly Span[]): Sorted<Relation> {
  const read: Relation[] = [];
  const lost: Entry[] = [];
  const seen = new Map<string, number>();
  entries.forEach((entry, place) => {
    const found = isRecord(entry) ? endsOf(entry, tokens.length, spans) : null;
    if (found === null || !isRecord(entry)) return lost.push(isRecord(entry) ? entry : {});
    const label = labelOf(entry);
    const name = `${nodeKey(found.head)} ${nodeKey(found.child)} ${label}`;
    const times = seen.get(name) ?? 0;
    seen.set(name, times + 1);
    return read.push({ ...found, place, key: `${name} ${times}`, label, color: entry["color"] });
  });
  return { read, lost };
}

type Ends = Pick<Relation, "head" | "child">;

function endsOf(entry: Entry, count: number, spans: readonly Span[]): Ends | null {
  const head = endOf(entry["head"], entry["head_span"], count, spans);
  const child = endOf(entry["child"], entry["child_span"], count, spans);
  return head === null || child === null ? null : { head, child };
}

/** An end is the number of the last token of its span; the span beside it says which, if there is one. */
function endOf(number: unknown, named: unknown, count: number, spans: readonly Span[]): Node | null {
  if (!isToken(number, count)) return null;
  const node = namedNode(named, count);
  if (node !== null && node.first <= number && number <= node.last) return node;
  return spans.find((span) => span.last === number) ?? nodeAt(number, spans);
}

/** What is picked at a token: the shortest span that it is in, or the token alone. */
export function nodeAt(token: number, spans: readonly Span[]): Node {
  const around = spans.filter((span) => span.first <= token && token <= span.last);
  const best = around.reduce<Span | null>((short, span) => (short !== null && length(short) <= length(span) ? short : span), null);
  return best === null ? { first: token, last: token } : { first: best.first, last: best.last };
}

function length(node: Node): number {
  return node.last - node.first;
}

export function nodeKey({ first, last }: Node): string {
  return `${first}-${last}`;
}

export function isSameNode(one: Node | null, other: Node | null): boolean {
  return one !== null && other !== null && one.first === other.first && one.last === other.last;
}

/** The words of a node, as they stand in the text. */
export function nodeText(node: Node, tokens: readonly Token[]): string {
  const inside = tokens.slice(node.first, node.last + 1);
  const whole = inside.map((token, place) => token.text + (place < inside.length - 1 ? token.gap : "")).join("");
  return whole.replace(/\s+/g, " ").trim();
}

function labelOf(entry: Entry): string {
  const label = entry["label"];
  return typeof label === "string" || typeof label === "number" ? String(label) : "";
}
