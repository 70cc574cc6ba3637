/** From where a gesture began and where it is to the tokens that it selects.
 *
 * A position is a number: 2 * i + 1 on token i, 2 * i between that token and the one before it.
 */

import type { Document } from "./document";
import type { TokenRange } from "./edit";

export interface Selectable {
  /** Whether tokens that are newlines may be marked. */
  readonly newlines: boolean;
}

export const onToken = (place: number) => 2 * place + 1;
export const beforeToken = (place: number) => 2 * place;

/** The whole tokens between two positions, or null when there is none that may be marked. */
export function rangeBetween(document: Document, anchor: number, focus: number, allowed: Selectable): TokenRange | null {
  const { tokens } = document;
  let first = Math.max(0, Math.floor(Math.min(anchor, focus) / 2));
  let last = Math.min(tokens.length - 1, Math.ceil(Math.max(anchor, focus) / 2) - 1);
  if (first > last) return null;
  const reached = withoutDisabled(document, { first, last }, anchor > focus);
  if (reached === null) return null;
  ({ first, last } = trimmed(document, reached, allowed));
  if (first > last) return null;
  while (document.joined.has(first)) first -= 1;
  while (document.joined.has(last + 1)) last += 1;
  return { first, last };
}

/** A selection goes no further than the first token that may not be in it, seen from where it began. */
function withoutDisabled({ tokens }: Document, range: TokenRange, backwards: boolean): TokenRange | null {
  const step = backwards ? -1 : 1;
  const [begin, end] = backwards ? [range.last, range.first] : [range.first, range.last];
  let from = begin;
  while (from !== end + step && tokens[from]!.disabled) from += step;
  if (from === end + step) return null;
  let to = from;
  while (to !== end && !tokens[to + step]!.disabled) to += step;
  return backwards ? { first: to, last: from } : { first: from, last: to };
}

/** Without newlines and spaces at its ends; spaces alone are what somebody wanted. */
function trimmed({ tokens }: Document, range: TokenRange, allowed: Selectable): TokenRange {
  const outer = shrink(range, (place) => tokens[place]!.kind === "newline" && !allowed.newlines);
  const inner = shrink(outer, (place) => tokens[place]!.kind === "space" || (tokens[place]!.kind === "newline" && !allowed.newlines));
  return inner.first > inner.last ? outer : inner;
}

function shrink(range: TokenRange, isOut: (place: number) => boolean): TokenRange {
  let { first, last } = range;
  while (first <= last && isOut(first)) first += 1;
  while (last >= first && isOut(last)) last -= 1;
  return { first, last };
}

/** The next token that a cursor may stand on, or the same one at the end of the text. */
export function stepFrom(document: Document, place: number, step: 1 | -1, allowed: Selectable): number {
  const { tokens, joined } = document;
  for (let next = place + step; next >= 0 && next < tokens.length; next += step) {
    const { disabled, kind } = tokens[next]!;
    if (!disabled && !joined.has(next) && (kind !== "newline" || allowed.newlines)) return next;
  }
  return place;
}

/** The nearest token to one that a cursor may stand on, forwards first, but for a newline on its line; -1 where there is
 * none. */
export function standAt(document: Document, place: number, allowed: Selectable): number {
  const onwards = (step: 1 | -1) => {
    const next = stepFrom(document, place - step, step, allowed);
    return next === place - step ? -1 : next;
  };
  const step = document.tokens[place]?.kind === "newline" ? -1 : 1;
  const found = onwards(step);
  return found >= 0 ? found : onwards(step === 1 ? -1 : 1);
}
