import { expect, test } from "vitest";
import { lastAtMost, offsetsOf } from "../src/text/offsets";

// Name, text, its length in Python: `len(text)`.
const TEXTS: readonly (readonly [string, string, number])[] = [
  ["nothing", "", 0],
  ["plain letters", "Apple Inc.", 10],
  ["an emoji of two units", "a\u{1f600}b", 3],
  ["a family: three emoji and two joiners", "x\u{1f468}\u200d\u{1f469}\u200d\u{1f467}y", 7],
  ["a letter and its combining accent", "cafe\u0301", 5],
  ["Arabic, right to left", "\u0645\u0631\u062d\u0628\u0627", 5],
  ["Hebrew with points", "\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd", 7],
  ["two flags", "\u{1f1e9}\u{1f1ea}\u{1f1eb}\u{1f1f7}", 4],
  ["half a pair", "a\ud83db", 3],
  ["the other half, and a whole one", "\ude00\u{1f600}", 2],
  ["letters above the first plane", "\u{1d4d7}\u{1d4f2}!", 3],
];

test.each(TEXTS)("%s: the length, and each code point, are Python's", (_name, text, length) => {
  const offsets = offsetsOf(text);
  const points = Array.from(text);
  expect(points.length).toBe(length);
  expect(offsets.length).toBe(length);
  points.forEach((point, place) => expect(offsets.slice(place, place + 1)).toBe(point));
});

test.each(TEXTS)("%s: there and back is the same place", (_name, text, length) => {
  const offsets = offsetsOf(text);
  for (let point = 0; point <= length; point += 1) expect(offsets.toPoint(offsets.toUnit(point))).toBe(point);
});

test("a place in the middle of a pair is that before it", () => {
  expect(offsetsOf("a\u{1f600}b").toPoint(2)).toBe(1);
});

test("places outside the text go to its ends", () => {
  for (const text of ["abc", "a\u{1f600}c"]) {
    const offsets = offsetsOf(text);
    expect([offsets.toUnit(-2), offsets.toUnit(99)]).toEqual([0, text.length]);
    expect([offsets.toPoint(-2), offsets.toPoint(99)]).toEqual([0, 3]);
    expect(offsets.slice(1, 99)).toBe(text.slice(1));
  }
});

test("a search finds the last number that is not above the value", () => {
  expect([0, 1, 4, 5, 9, 99].map((value) => lastAtMost([1, 5, 9], value))).toEqual([0, 0, 0, 1, 2, 2]);
});
