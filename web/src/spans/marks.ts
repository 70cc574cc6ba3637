/** The spans of a task as marks on its text, and those that cannot be. */

import { isRecord } from "../types";
import { type Token, tokenAt } from "../text/tokens";
import type { Document } from "./document";

/** A span as it is in the task; keys that are not known are kept. */
export type Span = Readonly<Record<string, unknown>>;

export interface Mark {
  readonly span: Span;
  /** In UTF-16 units. */
  readonly from: number;
  readonly to: number;
  /** The places in the list of the tokens that it touches; the last included. -1 where there are none. */
  readonly first: number;
  readonly last: number;
  readonly label: string | null;
  /** Whether it starts and ends with a token, where there are any. */
  readonly fits: boolean;
}

/** A span that cannot be shown in the text, and why. */
export interface Misfit {
  readonly span: unknown;
  readonly kind: "none" | "outside" | "empty";
}

export interface Marks {
  /** In the order of the text, longer ones first. */
  readonly marks: readonly Mark[];
  readonly misfits: readonly Misfit[];
}

/** The spans of a list as it is in a task. Remembers what it read, so that the same span is the same mark. */
export function marksReader(document: Document): (spans: unknown) => Marks {
  const known = new WeakMap<object, Mark | Misfit>();
  const placeOfId = new Map(document.tokens.map((token, place) => [token.id, place]));
  const read = (span: unknown): Mark | Misfit => {
    if (!isRecord(span)) return { span, kind: "none" };
    const found = known.get(span) ?? readMark(document, placeOfId, span);
    known.set(span, found);
    return found;
  };
  return (spans) => {
    const all = Array.isArray(spans) ? (spans as readonly unknown[]).map(read) : [];
    const marks = all.filter((one): one is Mark => "from" in one).sort(inText);
    return { marks, misfits: all.filter((one): one is Misfit => "kind" in one) };
  };
}

export function inText(one: Pick<Mark, "from" | "to">, other: Pick<Mark, "from" | "to">): number {
  return one.from - other.from || other.to - one.to;
}

function readMark(document: Document, placeOfId: ReadonlyMap<number, number>, span: Span): Mark | Misfit {
  const { tokens, offsets } = document;
  const start = placeOf(span["start"]) ?? tokens[placeOfId.get(span["token_start"] as number) ?? -1]?.start;
  const end = placeOf(span["end"]) ?? tokens[placeOfId.get(span["token_end"] as number) ?? -1]?.end;
  if (start === undefined || end === undefined) return { span, kind: "none" };
  if (start < 0 || start > end || end > offsets.length) return { span, kind: "outside" };
  if (start === end) return { span, kind: "empty" };
  const from = offsets.toUnit(start);
  const to = offsets.toUnit(end);
  const [first, last] = tokensOf(tokens, from, to);
  const fits = tokens.length === 0 || (tokens[first]?.from === from && tokens[last]?.to === to);
  const label = typeof span["label"] === "string" && span["label"] !== "" ? span["label"] : null;
  return { span, from, to, first, last, label, fits };
}

function placeOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isInteger(value) ? value : undefined;
}

/** The tokens that share a unit with a part of the text. */
function tokensOf(tokens: readonly Token[], from: number, to: number): readonly [first: number, last: number] {
  const last = tokenAt(tokens, to - 1);
  let first = Math.max(0, tokenAt(tokens, from));
  if ((tokens[first]?.to ?? to) <= from) first += 1;
  return first > last ? [-1, -1] : [first, last];
}

/** The marks that have a part between two places, in their order. */
export function marksBetween(marks: readonly Mark[], from: number, to: number): readonly Mark[] {
  return marks.filter((mark) => mark.from < to && mark.to > from);
}

/** The marks that a token is in, the innermost first. */
export function marksAt(marks: readonly Mark[], token: number): readonly Mark[] {
  return marks.filter((mark) => mark.first <= token && token <= mark.last).sort((one, other) => one.to - one.from - (other.to - other.from));
}
