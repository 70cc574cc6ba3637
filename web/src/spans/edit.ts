/** What an annotator does to the list of spans. Each function returns a new list; spans that are not meant stay as they are. */

import type { Document } from "./document";
import { type Mark, type Span, inText } from "./marks";

/** Tokens by their places in the list, the last included. */
export interface TokenRange {
  readonly first: number;
  readonly last: number;
}

export type Spans = readonly unknown[];

export interface Rules {
  /** Whether spans may share tokens. */
  readonly overlap: boolean;
  /** Whether each token gets a span of its own. */
  readonly single: boolean;
}

/** Mark tokens with a label. Where spans may not overlap, those in the way go. */
export function add(document: Document, marks: readonly Mark[], spans: Spans, range: TokenRange, label: string, rules: Rules): Spans {
  if (rules.single && range.first < range.last) {
    let all = spans;
    for (let place = range.first; place <= range.last; place += 1) {
      const { disabled, kind } = document.tokens[place]!;
      if (!disabled && kind === "word") all = add(document, marks, all, { first: place, last: place }, label, rules);
    }
    return all;
  }
  const here = marks.filter((mark) => sharesTokens(mark, range));
  if (here.some((mark) => isAt(mark, range) && mark.label === label && spans.includes(mark.span))) return spans;
  const same = rules.overlap ? undefined : here.find((mark) => isAt(mark, range) && mark.fits);
  const inTheWay = rules.overlap ? [] : here.filter((mark) => mark !== same).map((mark) => mark.span);
  const left = spans.filter((span) => !inTheWay.includes(span as Span));
  return same === undefined ? inserted(document, marks, left, { ...at(document, range), label }) : relabel(left, same.span, label);
}

export function relabel(spans: Spans, span: Span, label: string): Spans {
  return spans.map((one) => (one === span && span["label"] !== label ? { ...span, label } : one));
}

export function remove(spans: Spans, span: Span): Spans {
  return spans.filter((one) => one !== span);
}

/** Give a span other tokens; its other keys stay. */
export function resize(document: Document, spans: Spans, mark: Mark, range: TokenRange): { readonly spans: Spans; readonly span: Span } {
  const { text } = mark.span;
  const place = at(document, range);
  const told = text === document.text.slice(mark.from, mark.to) ? { text: document.offsets.slice(place.start, place.end) } : {};
  const span: Span = { ...mark.span, ...place, ...told };
  return { spans: spans.map((one) => (one === mark.span ? span : one)), span };
}

/** How far a span may reach: where spans may not overlap, it stops at its neighbours. */
export function withinNeighbours(marks: readonly Mark[], mark: Mark, range: TokenRange, rules: Rules): TokenRange {
  if (rules.overlap) return range;
  const others = marks.filter((other) => other !== mark && other.first >= 0);
  const first = Math.max(range.first, ...others.filter((other) => other.last < mark.first).map((other) => other.last + 1));
  const last = Math.min(range.last, ...others.filter((other) => other.first > mark.last).map((other) => other.first - 1));
  return { first: Math.min(first, last), last: Math.max(first, last) };
}

function at({ tokens }: Document, { first, last }: TokenRange) {
  const [one, other] = [tokens[first]!, tokens[last]!];
  return { start: one.start, end: other.end, token_start: one.id, token_end: other.id };
}

function isAt(mark: Mark, range: TokenRange): boolean {
  return mark.first === range.first && mark.last === range.last;
}

export function sharesTokens(mark: Mark, range: TokenRange): boolean {
  return mark.first >= 0 && mark.first <= range.last && mark.last >= range.first;
}

/** Put a span before the first that comes after it in the text. */
function inserted(document: Document, marks: readonly Mark[], spans: Spans, span: Span & { start: number; end: number }): Spans {
  const mine = { from: document.offsets.toUnit(span.start), to: document.offsets.toUnit(span.end) };
  const places = new Map(marks.map((mark) => [mark.span as unknown, mark]));
  const next = spans.findIndex((one) => {
    const mark = places.get(one);
    return mark !== undefined && inText(mark, mine) > 0;
  });
  return next < 0 ? [...spans, span] : [...spans.slice(0, next), span, ...spans.slice(next)];
}
