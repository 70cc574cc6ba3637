/** What an annotator does to relations and spans: pure functions from the task's lists to new lists. */

import { isRecord } from "../types";
import { type Entry, type Node, type Reading, type Relation, type Span, type Token, isSameNode, nodeKey } from "./task";

/** The task's two lists as they are in the data, with all that is in them. */
export interface Lists {
  readonly spans: readonly unknown[];
  readonly relations: readonly unknown[];
}

/** Why something was not done, or null for what there is nothing to say about. */
export type Refusal = { readonly refused: "self" | "disabled" | "nothing" } | { readonly refused: "there"; readonly key: string };

export type Outcome = (Lists & { readonly relationsLost: number; readonly spansMerged: number }) | Refusal;

export function isRefusal(outcome: Outcome): outcome is Refusal {
  return "refused" in outcome;
}

interface Named {
  readonly name: string;
  readonly color: string | null;
}

function done(lists: Lists, relationsLost = 0, spansMerged = 0): Outcome {
  return { ...lists, relationsLost, spansMerged };
}

export function addRelation(lists: Lists, reading: Reading, head: Node, child: Node, label: Named): Outcome {
  if (isSameNode(head, child)) return { refused: "self" };
  const there = findRelation(reading, head, child, label.name);
  if (there !== undefined) return { refused: "there", key: there.key };
  const color = label.color === null ? {} : { color: label.color };
  const relation = { ...ends(reading, head, child), label: label.name, ...color };
  return done({ ...lists, relations: [...lists.relations, relation] });
}

function findRelation(reading: Reading, head: Node, child: Node, label: string): Relation | undefined {
  return reading.relations.find((one) => one.label === label && isSameNode(one.head, head) && isSameNode(one.child, child));
}

/** Both ends as they are stored: the last token of each, and its span beside it. */
function ends({ tokens, spans }: Pick<Reading, "tokens" | "spans">, head: Node, child: Node): Entry {
  const spanOf = (node: Node) => spanEntry(node, tokens, spans.find((span) => isSameNode(span, node))?.label ?? null);
  return { head: head.last, child: child.last, head_span: spanOf(head), child_span: spanOf(child) };
}

function spanEntry({ first, last }: Node, tokens: readonly Token[], label: string | null): Entry {
  return { start: tokens[first]!.start, end: tokens[last]!.end, token_start: first, token_end: last, label };
}

export function removeRelation(lists: Lists, relation: Relation): Outcome {
  return done({ ...lists, relations: lists.relations.filter((_, place) => place !== relation.place) });
}

export function relabelRelation(lists: Lists, reading: Reading, relation: Relation, label: Named): Outcome {
  if (relation.label === label.name) return { refused: "nothing" };
  const there = findRelation(reading, relation.head, relation.child, label.name);
  if (there !== undefined) return { refused: "there", key: there.key };
  const changed = (entry: Entry) => ({ ...entry, label: label.name, ...("color" in entry && label.color !== null && { color: label.color }) });
  return done({ ...lists, relations: changeAt(lists.relations, relation.place, changed) });
}

/** The head becomes the child and the child the head. */
export function turnRelation(lists: Lists, reading: Reading, relation: Relation): Outcome {
  const there = findRelation(reading, relation.child, relation.head, relation.label);
  if (there !== undefined) return { refused: "there", key: there.key };
  const turned = (entry: Entry) => ({ ...entry, ...ends(reading, relation.child, relation.head) });
  return done({ ...lists, relations: changeAt(lists.relations, relation.place, turned) });
}

function changeAt(entries: readonly unknown[], place: number, change: (entry: Entry) => Entry): readonly unknown[] {
  return entries.map((entry, at) => (at === place && isRecord(entry) ? change(entry) : entry));
}

/** Make tokens a span. Spans that they touch become one with it, and their relations go with them. */
export function addSpan(lists: Lists, reading: Reading, wanted: Node, label: Named): Outcome {
  const trimmed = trim(wanted, reading.tokens);
  if (trimmed === null) return { refused: "disabled" };
  const { node, touched } = grown(trimmed, reading.spans);
  if (reading.tokens.slice(node.first, node.last + 1).some((token) => token.disabled)) return { refused: "disabled" };
  const [only] = touched;
  if (only !== undefined && touched.length === 1 && isSameNode(only, node)) {
    return only.label === label.name ? { refused: "nothing" } : relabelSpan(lists, reading, only, label);
  }
  const entry = only === undefined ? { type: "span" } : entryAt(lists.spans, only.place);
  const color = "color" in entry && label.color !== null ? { color: label.color } : {};
  const words = "text" in entry ? { text: textOf(node, reading.tokens) } : {};
  const made = { ...entry, ...words, ...spanEntry(node, reading.tokens, label.name), ...color };
  const gone = new Set(touched.map((span) => span.place));
  const kept = lists.spans.filter((_, place) => !gone.has(place));
  const moved = absorb(lists.relations, reading, node, label.name);
  return done({ spans: inOrder(kept, made), relations: moved.relations }, moved.lost, touched.length);
}

/** Without the white space and the disabled tokens at its sides; null when nothing is left. */
function trim({ first, last }: Node, tokens: readonly Token[]): Node | null {
  const free = (place: number) => !tokens[place]!.disabled && !tokens[place]!.blank;
  let [from, to] = [first, last];
  while (from <= to && !free(from)) from += 1;
  while (to >= from && !free(to)) to -= 1;
  return from > to ? null : { first: from, last: to };
}

/** The node with all spans that it touches, and those that these touch. */
function grown(node: Node, spans: readonly Span[]): { readonly node: Node; readonly touched: readonly Span[] } {
  const touched = spans.filter((span) => span.first <= node.last && node.first <= span.last);
  const first = Math.min(node.first, ...touched.map((span) => span.first));
  const last = Math.max(node.last, ...touched.map((span) => span.last));
  return first === node.first && last === node.last ? { node, touched } : grown({ first, last }, spans);
}

/** Ends inside a new span become that span; what then relates it to itself, or is there twice, goes. */
function absorb(relations: readonly unknown[], reading: Reading, node: Node, label: string) {
  const inside = (end: Node) => node.first <= end.first && end.last <= node.last;
  const spans = [{ ...node, place: -1, label, color: undefined }, ...reading.spans];
  const byPlace = new Map(reading.relations.map((relation) => [relation.place, relation]));
  const there = new Set(reading.relations.filter((one) => !inside(one.head) && !inside(one.child)).map(nameOf));
  let lost = 0;
  const kept = relations.flatMap((entry, place) => {
    const relation = byPlace.get(place);
    if (relation === undefined || !isRecord(entry)) return [entry];
    const [head, child] = [inside(relation.head) ? node : relation.head, inside(relation.child) ? node : relation.child];
    if (head === relation.head && child === relation.child) return [entry];
    const name = nameOf({ head, child, label: relation.label });
    const goes = isSameNode(head, child) || there.has(name);
    lost += Number(goes);
    there.add(name);
    return goes ? [] : [{ ...entry, ...ends({ tokens: reading.tokens, spans }, head, child) }];
  });
  return { relations: kept, lost };
}

function nameOf({ head, child, label }: Pick<Relation, "head" | "child" | "label">): string {
  return `${nodeKey(head)} ${nodeKey(child)} ${label}`;
}

/** Remove a span and the relations that have it as an end. */
export function removeSpan(lists: Lists, reading: Reading, span: Span): Outcome {
  const doubled = reading.spans.some((other) => other.place !== span.place && isSameNode(other, span));
  const ofIt = (one: Relation) => isSameNode(one.head, span) || isSameNode(one.child, span);
  const gone = new Set(doubled ? [] : reading.relations.filter(ofIt).map((one) => one.place));
  return done(
    {
      spans: lists.spans.filter((_, place) => place !== span.place),
      relations: lists.relations.filter((_, place) => !gone.has(place)),
    },
    gone.size,
  );
}

/** Relations that have the span as an end say its label too. */
export function relabelSpan(lists: Lists, reading: Reading, span: Span, label: Named): Outcome {
  if (span.label === label.name) return { refused: "nothing" };
  const relabelled = (entry: Entry) => ({ ...entry, label: label.name, ...("color" in entry && label.color !== null && { color: label.color }) });
  const byPlace = new Map(reading.relations.map((relation) => [relation.place, relation]));
  const relations = lists.relations.map((entry, place) => {
    const relation = byPlace.get(place);
    if (relation === undefined || !isRecord(entry)) return entry;
    const head = isSameNode(relation.head, span) ? sideWith(entry, "head_span", label.name) : {};
    const child = isSameNode(relation.child, span) ? sideWith(entry, "child_span", label.name) : {};
    return { ...entry, ...head, ...child };
  });
  return done({ spans: changeAt(lists.spans, span.place, relabelled), relations });
}

function sideWith(entry: Entry, key: "head_span" | "child_span", label: string): Entry {
  const side = entry[key];
  return isRecord(side) ? { [key]: { ...side, label } } : {};
}

/** The list with a span where it belongs by its start. */
function inOrder(spans: readonly unknown[], made: Entry): readonly unknown[] {
  const start = made["start"] as number;
  const at = spans.findIndex((span) => isRecord(span) && typeof span["start"] === "number" && span["start"] > start);
  return at < 0 ? [...spans, made] : [...spans.slice(0, at), made, ...spans.slice(at)];
}

function entryAt(entries: readonly unknown[], place: number): Entry {
  const entry = entries[place];
  return isRecord(entry) ? entry : {};
}

function textOf({ first, last }: Node, tokens: readonly Token[]): string {
  return tokens.slice(first, last + 1).map((token, place) => token.text + (first + place < last ? token.gap : "")).join("");
}
