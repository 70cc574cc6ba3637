/** The tokens of a task, as they come in JSON: `{"text", "start", "end", "id", "ws"?, "disabled"?, "style"?}`. */

import { harmlessStyle } from "../parts/content";
import { isRecord } from "../types";
import { type Offsets, lastAtMost } from "./offsets";

export interface Token {
  /** What spans name it by; its number in the list where it does not say. */
  readonly id: number;
  /** In code points. */
  readonly start: number;
  readonly end: number;
  /** In UTF-16 units. */
  readonly from: number;
  readonly to: number;
  readonly kind: "word" | "space" | "newline";
  readonly disabled: boolean;
  readonly style: Readonly<Record<string, string>> | null;
}

/** A token as it is written into a task. */
export interface WrittenToken {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly id: number;
  readonly ws: boolean;
}

/** Why tokens cannot be used: which one, and what is wrong with it. */
export interface TokenFault {
  readonly kind: "list" | "token" | "outside" | "order";
  readonly place: number;
}

/** The tokens that cover a part of the text, in its order; null when there are none; or what is wrong with them. */
export function readTokens(value: unknown, text: string, offsets: Offsets): readonly Token[] | TokenFault | null {
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value)) return { kind: "list", place: 0 };
  const tokens: Token[] = [];
  for (const [place, one] of (value as readonly unknown[]).entries()) {
    const token = readToken(one, place, text, offsets);
    if ("place" in token) return token;
    if (token.start === token.end) continue; // such as the [CLS] of a model: there is nothing of it in the text
    if (token.start < (tokens.at(-1)?.end ?? 0)) return { kind: "order", place };
    tokens.push(token);
  }
  return tokens.length === 0 && text.trim() !== "" ? null : tokens;
}

function readToken(value: unknown, place: number, text: string, offsets: Offsets): Token | TokenFault {
  if (!isRecord(value)) return { kind: "token", place };
  const { start, end, id } = value;
  if (!isPlace(start) || !isPlace(end) || end < start) return { kind: "token", place };
  if (end > offsets.length) return { kind: "outside", place };
  const from = offsets.toUnit(start);
  const to = offsets.toUnit(end);
  const style = harmlessStyle(value["style"]);
  return {
    id: typeof id === "number" ? id : place,
    start,
    end,
    from,
    to,
    kind: kindOf(text.slice(from, to)),
    disabled: value["disabled"] === true,
    style: Object.keys(style).length === 0 ? null : style,
  };
}

function kindOf(shown: string): Token["kind"] {
  if (/\S/.test(shown)) return "word";
  return /[\r\n]/.test(shown) ? "newline" : "space";
}

function isPlace(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

/** A token for each code point, spaces too, as Python's `add_tokens(use_chars=True)` makes them. */
export function characterTokens(text: string): readonly WrittenToken[] {
  return Array.from(text, (character, place) => ({ text: character, start: place, end: place + 1, id: place, ws: false }));
}

/** Words and signs as the browser knows to divide them; what is between them belongs to none. */
export function wordTokens(text: string, offsets: Offsets): readonly WrittenToken[] {
  return wordsOf(text).map(([from, word], id) => {
    const start = offsets.toPoint(from);
    const to = from + word.length;
    return { text: word, start, end: offsets.toPoint(to), id, ws: text[to] === " " };
  });
}

function wordsOf(text: string): readonly (readonly [from: number, word: string])[] {
  const found =
    typeof Intl.Segmenter === "function"
      ? Array.from(new Intl.Segmenter(undefined, { granularity: "word" }).segment(text), (one) => [one.index, one.segment] as const)
      : Array.from(text.matchAll(/[\p{L}\p{N}\p{M}_]+|\S/gu), (one) => [one.index, one[0]] as const);
  return found.filter(([, word]) => /\S/.test(word));
}

/** The word around a place of the text, from and to, in units. */
export function wordAround(text: string, unit: number): readonly [from: number, to: number] {
  if (typeof Intl.Segmenter === "function") {
    const found = new Intl.Segmenter(undefined, { granularity: "word" }).segment(text).containing(unit);
    if (found !== undefined) return [found.index, found.index + found.segment.length];
  }
  const before = /[\p{L}\p{N}\p{M}_]*$/u.exec(text.slice(0, unit))?.[0].length ?? 0;
  const after = /^[\p{L}\p{N}\p{M}_]*/u.exec(text.slice(unit))?.[0].length ?? 0;
  return [unit - before, unit + Math.max(after, 1)];
}

/** The place in the list of the token that covers a unit; of the one before it where none does; -1 before the first. */
export function tokenAt(tokens: readonly Token[], unit: number): number {
  if (tokens.length === 0 || tokens[0]!.from > unit) return -1;
  let low = 0;
  let high = tokens.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (tokens[middle]!.from <= unit) low = middle;
    else high = middle - 1;
  }
  return low;
}

const MAY_JOIN = /[\p{M}\u200d\ufe0e\ufe0f\u1100-\u11ff\p{Emoji_Modifier}\p{Regional_Indicator}]/u;

/** Tokens that go on with what people see as one sign, such as an accent or the parts of an emoji: the place of each in
 * the list. They are never parted from the token before them. */
export function joinedTokens(tokens: readonly Token[], text: string): ReadonlySet<number> {
  const asked = tokens.flatMap((token, place) => {
    const before = tokens[place - 1];
    if (before === undefined || before.to !== token.from) return [];
    return MAY_JOIN.test(text.slice(Math.max(before.from, token.from - 2), Math.min(token.to, token.from + 2))) ? [place] : [];
  });
  if (asked.length === 0) return new Set();
  const starts = signStarts(text);
  return new Set(asked.filter((place) => starts[lastAtMost(starts, tokens[place]!.from)] !== tokens[place]!.from));
}

function signStarts(text: string): readonly number[] {
  if (typeof Intl.Segmenter === "function") {
    return Array.from(new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text), (sign) => sign.index);
  }
  const signs = text.matchAll(/(?:\p{Regional_Indicator}{2}|[^](?:[\p{M}\ufe0e\ufe0f\p{Emoji_Modifier}]|\u200d[^])*)/gu);
  return Array.from(signs, (sign) => sign.index);
}
