import { expect, test } from "vitest";
import { hasMadeTokens, initialChanges, labelsFor, problemOf, readTask } from "../src/spans/read";
import type { Kind } from "../src/spans/read";
import type { Task } from "../src/types";
import { ner, nerManual } from "../src/spans/view";

const MANUAL: Kind = { id: "ner_manual", isManual: true, style: "fill", rules: { overlap: false, single: false } };
const SHOWN: Kind = { ...MANUAL, id: "ner", isManual: false };
const settings = (config = {}) => ({ label: null, config });
const task = (more: object): Task => ({ _task_hash: 1, ...more });

test("tokens and spans of an answer are those of the task, and spans are never left out", () => {
  const tokens = [{ text: "Hi", start: 0, end: 2, id: 0 }];
  expect(initialChanges(task({ text: "Hi", tokens }), settings(), MANUAL)).toEqual({ spans: [] });
  const spans = [{ start: 0, end: 2, label: "X", score: 1 }, "odd"];
  expect(initialChanges(task({ text: "Hi", tokens, spans }), settings(), MANUAL)).toEqual({ spans });
  expect(initialChanges(task({ text: "Hi", spans }), settings(), SHOWN)).toEqual({});
});

test("a task without tokens gets those that the browser finds, and its spans their numbers", () => {
  const spans = [{ start: 6, end: 10, label: "X" }, { start: 7, end: 8, label: "PART" }];
  const changes = initialChanges(task({ text: "Hello Anna", spans }), settings(), MANUAL) as unknown as Task;
  expect(changes["tokens"]).toEqual([
    { text: "Hello", start: 0, end: 5, id: 0, ws: true },
    { text: "Anna", start: 6, end: 10, id: 1, ws: false },
  ]);
  expect(changes["spans"]).toEqual([{ ...spans[0], token_start: 1, token_end: 1 }, spans[1]]);
  expect(hasMadeTokens(task({ text: "Hello Anna", ...changes }), MANUAL)).toBe(true);
});

test("characters are tokens where the recipe says so, even if the task came with words", () => {
  const config = { ner_manual_highlight_chars: true };
  const words = [{ text: "Hi", start: 0, end: 2, id: 0 }];
  const changes = initialChanges(task({ text: "Hi", tokens: words }), settings(config), MANUAL);
  expect(changes["tokens"]).toMatchObject([{ text: "H" }, { text: "i" }]);
  const characters = changes["tokens"];
  expect(initialChanges(task({ text: "Hi", tokens: characters }), settings(config), MANUAL)).toEqual({ spans: [] });
});

test.each([
  ["no text", {}, "This view needs “text”."],
  ["a text that is a number", { text: 5 }, "This view needs “text”."],
  ["spans that are no list", { text: "a", spans: {} }, "“spans” must be a list."],
  ["tokens that do not fit", { text: "a", tokens: [{ start: 0, end: 4 }] }, "token 0 ends outside the text"],
])("%s is a problem, in words", (_name, given, words) => {
  expect(problemOf(task(given), MANUAL)).toContain(words);
});

test("tokens that do not fit are no problem where they are not needed", () => {
  const given = task({ text: "a", tokens: [{ start: 0, end: 4 }], spans: [{ start: 0, end: 1 }] });
  expect(problemOf(given, SHOWN)).toBeNull();
  expect(readTask(given, {}, SHOWN).document.tokens).toEqual([]);
});

test("tags without tokens are columns of their own", () => {
  const pos: Kind = { ...SHOWN, style: "columns" };
  const given = task({ text: "Hi Ann", spans: [{ start: 0, end: 2, label: "INTJ" }, { start: 3, end: 6, label: "PROPN" }] });
  expect(readTask(given, {}, pos).document.tokens.map((token) => token.start)).toEqual([0, 3]);
});

test("without a list of labels, the label that the task asks about is the one to give", () => {
  expect(labelsFor({ label: "ORG", config: {} }).map((label) => label.name)).toEqual(["ORG"]);
  expect(labelsFor({ label: "ORG", config: { labels: ["A", "B"] } }).map((label) => label.name)).toEqual(["A", "B"]);
});

test("only the manual views take keys", () => {
  expect(ner.keys?.(task({}), settings())).toEqual([]);
  expect(nerManual.keys?.(task({}), settings())?.length).toBeGreaterThan(5);
});
