import { expect, test } from "vitest";
import { offsetsOf } from "../src/text/offsets";
import { inkOn, luminance } from "../src/text/tints";
import { characterTokens, joinedTokens, readTokens, tokenAt, wordAround, wordTokens } from "../src/text/tokens";

const read = (value: unknown, text: string) => readTokens(value, text, offsetsOf(text));

test("tokens are at units of the JavaScript text, whatever stands before them", () => {
  const text = "\u{1f600}\u{1f600} ok";
  expect(read([{ text: "ok", start: 3, end: 5, id: 4, disabled: true }], text)).toMatchObject([
    { id: 4, start: 3, end: 5, from: 5, to: 7, kind: "word", disabled: true, style: null },
  ]);
});

test.each([
  ["no list", {}, { kind: "list", place: 0 }],
  ["a token that is a text", ["a"], { kind: "token", place: 0 }],
  ["a token without an end", [{ start: 0 }], { kind: "token", place: 0 }],
  ["a token that ends before it starts", [{ start: 0, end: 1 }, { start: 3, end: 2 }], { kind: "token", place: 1 }],
  ["a token outside the text", [{ start: 0, end: 9 }], { kind: "outside", place: 0 }],
  ["a token on another", [{ start: 0, end: 2 }, { start: 1, end: 3 }], { kind: "order", place: 1 }],
])("%s is named", (_name, value, fault) => {
  expect(read(value, "abc")).toEqual(fault);
});

test("tokens of no text, as models add, are passed over, and the others keep their ids", () => {
  const tokens = [{ text: "[CLS]", start: 0, end: 0, id: 0 }, { start: 0, end: 3, id: 1 }, { text: "[SEP]", start: 0, end: 0, id: 2 }];
  expect(read(tokens, "abc")).toMatchObject([{ id: 1 }]);
});

test("no tokens at all is not the same as a fault", () => {
  expect([read(undefined, "a"), read(null, "a"), read([], "a"), read([], "")]).toEqual([null, null, null, []]);
});

test("only harmless styles are taken over", () => {
  expect(read([{ start: 0, end: 1, style: { color: "red", position: "fixed" } }], "a")).toMatchObject([{ style: { color: "red" } }]);
});

test("each code point is a token, as Python makes them", () => {
  expect(characterTokens("a \u{1f600}")).toEqual([
    { text: "a", start: 0, end: 1, id: 0, ws: false },
    { text: " ", start: 1, end: 2, id: 1, ws: false },
    { text: "\u{1f600}", start: 2, end: 3, id: 2, ws: false },
  ]);
});

test("words and signs are found, with offsets in code points", () => {
  const text = "\u{1f600} Hello, world";
  expect(wordTokens(text, offsetsOf(text)).map(({ text: word, start, end, ws }) => [word, start, end, ws])).toEqual([
    ["\u{1f600}", 0, 1, true],
    ["Hello", 2, 7, false],
    [",", 7, 8, true],
    ["world", 9, 14, false],
  ]);
});

test("the word around a place", () => {
  expect([wordAround("one two", 5), wordAround("one two", 0)]).toEqual([[4, 7], [0, 3]]);
});

test("a place in a gap belongs to the token before", () => {
  const tokens = read([{ start: 1, end: 2 }, { start: 4, end: 5 }], "abcdef");
  if (tokens === null || "kind" in tokens) throw new Error("no tokens");
  expect([0, 1, 3, 4, 5].map((unit) => tokenAt(tokens, unit))).toEqual([-1, 0, 0, 1, 1]);
});

test("plain letters are never joined", () => {
  const tokens = read(characterTokens("Hello שלום"), "Hello שלום");
  if (tokens === null || "kind" in tokens) throw new Error("no tokens");
  expect(joinedTokens(tokens, "Hello שלום").size).toBe(0);
});

test("the ink on a label has a contrast of 4.5 or more, be the label light or dark", () => {
  const contrast = (one: number, other: number) => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  const rgb = (hex: string) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as [number, number, number];
  for (const color of ["#ffffff", "#000000", "#f1c40f", "#7fffd4", "#808080", "#777777", "#b3261e", "#1d5fbf", "#ff0000", "#00ff00"]) {
    expect(contrast(luminance(rgb(color)), luminance(rgb(inkOn(color))))).toBeGreaterThanOrEqual(4.5);
  }
});
