import { expect, test } from "vitest";
import { type Look, PLAIN, makeDocument } from "../src/spans/document";
import { type Spans, add, relabel, remove, resize, withinNeighbours } from "../src/spans/edit";
import { laneCount, lanesOf } from "../src/spans/lanes";
import { marksAt, marksReader } from "../src/spans/marks";
import { beforeToken, onToken, rangeBetween, standAt, stepFrom } from "../src/spans/select";
import { offsetsOf } from "../src/text/offsets";
import { characterTokens, readTokens, wordTokens } from "../src/text/tokens";

const NO_NEWLINES = { newlines: false };
const NER = { overlap: false, single: false };
const OVERLAP = { overlap: true, single: false };
const POS = { overlap: false, single: true };

function documentOf(text: string, given?: unknown, look: Look = PLAIN) {
  const offsets = offsetsOf(text);
  const tokens = readTokens(given ?? wordTokens(text, offsets), text, offsets);
  if (tokens === null || "kind" in tokens) throw new Error(`bad tokens ${JSON.stringify(tokens)}`);
  return makeDocument(text, tokens, look);
}

/** An editor of one text: each act on the spans as the acts before left them. */
function editorOf(document: ReturnType<typeof documentOf>, rules = NER, begin: Spans = []) {
  const read = marksReader(document);
  let spans = begin;
  return {
    spans: () => spans,
    marks: () => read(spans).marks,
    add: (first: number, last: number, label: string) => (spans = add(document, read(spans).marks, spans, { first, last }, label, rules)),
  };
}

const APPLE = "Apple and Google in Paris";

test("a new span has offsets and tokens, the last one included", () => {
  const editor = editorOf(documentOf(APPLE));
  expect(editor.add(2, 4, "X")).toEqual([{ start: 10, end: 25, token_start: 2, token_end: 4, label: "X" }]);
});

test("new spans stand in the order of the text, and those that are there stay the very same", () => {
  const given = { start: 10, end: 16, token_start: 2, token_end: 2, label: "ORG", score: 0.5 };
  const editor = editorOf(documentOf(APPLE), NER, [given]);
  editor.add(4, 4, "GPE");
  editor.add(0, 0, "ORG");
  expect(editor.spans().map((span) => (span as typeof given).start)).toEqual([0, 10, 20]);
  expect(editor.spans()[1]).toBe(given);
});

test("without overlap a new span takes the place of those it touches", () => {
  const editor = editorOf(documentOf(APPLE));
  editor.add(0, 0, "ORG");
  editor.add(2, 2, "ORG");
  editor.add(4, 4, "GPE");
  editor.add(0, 2, "GROUP");
  expect(editor.marks().map((mark) => [mark.first, mark.last, mark.label])).toEqual([[0, 2, "GROUP"], [4, 4, "GPE"]]);
});

test("the same tokens again change the label, and keep what else the span says", () => {
  const given = { start: 0, end: 5, token_start: 0, token_end: 0, label: "ORG", pattern: 7 };
  const editor = editorOf(documentOf(APPLE), NER, [given]);
  expect(editor.add(0, 0, "FRUIT")).toEqual([{ ...given, label: "FRUIT" }]);
});

test("with overlap spans nest, and one range may have two labels but none twice", () => {
  const editor = editorOf(documentOf(APPLE), OVERLAP);
  editor.add(0, 2, "A");
  editor.add(0, 0, "B");
  editor.add(0, 0, "C");
  const before = editor.spans();
  expect(editor.add(0, 0, "C")).toBe(before);
  expect(editor.marks().map((mark) => mark.label)).toEqual(["A", "B", "C"]);
  expect(marksAt(editor.marks(), 0).map((mark) => mark.label)).toEqual(["B", "C", "A"]);
});

test("a label for several tokens is one for each where each has its own", () => {
  const editor = editorOf(documentOf(APPLE), POS);
  editor.add(1, 1, "X");
  editor.add(0, 2, "NOUN");
  expect(editor.marks().map((mark) => [mark.first, mark.last, mark.label])).toEqual([[0, 0, "NOUN"], [1, 1, "NOUN"], [2, 2, "NOUN"]]);
});

test("spans that are not spans stay in the data whatever is done to the others", () => {
  const odd = [{ start: 90, end: 99, label: "FAR" }, "text", null, { label: "NOWHERE" }, { start: 3, end: 3 }, { start: -1, end: 2 }];
  const editor = editorOf(documentOf(APPLE), NER, odd);
  editor.add(0, 0, "ORG");
  expect(editor.spans()).toEqual([...odd, { start: 0, end: 5, token_start: 0, token_end: 0, label: "ORG" }]);
  const { misfits } = marksReader(documentOf(APPLE))(editor.spans());
  expect(misfits.map((one) => one.kind)).toEqual(["outside", "none", "none", "none", "empty", "outside"]);
});

test("a span inside of tokens is shown where it is and does not fit", () => {
  const [mark] = marksReader(documentOf(APPLE))([{ start: 2, end: 12, label: "ODD" }]).marks;
  expect(mark).toMatchObject({ from: 2, to: 12, first: 0, last: 2, fits: false });
});

test("a span may be given by its tokens alone, by their ids", () => {
  const tokens = [{ text: "Apple", start: 0, end: 5, id: 7 }, { text: "and", start: 6, end: 9, id: 8 }];
  const [mark] = marksReader(documentOf(APPLE, tokens))([{ token_start: 7, token_end: 8, label: "X" }]).marks;
  expect(mark).toMatchObject({ from: 0, to: 9, first: 0, last: 1, fits: true });
  const editor = editorOf(documentOf(APPLE, tokens));
  expect(editor.add(1, 1, "Y")).toMatchObject([{ token_start: 8, token_end: 8 }]);
});

test("other tokens, another label, none: a span keeps its other keys, and its text follows", () => {
  const document = documentOf(APPLE);
  const given = { start: 0, end: 5, label: "ORG", text: "Apple", score: 1 };
  const { marks } = marksReader(document)([given]);
  const { spans, span } = resize(document, [given], marks[0]!, { first: 0, last: 1 });
  expect(spans).toEqual([{ ...given, end: 9, token_start: 0, token_end: 1, text: "Apple and" }]);
  expect(relabel(spans, span, "X")).toEqual([{ ...span, label: "X" }]);
  expect(remove(spans, span)).toEqual([]);
});

test("a span grows only to its neighbours where spans may not overlap", () => {
  const editor = editorOf(documentOf(APPLE));
  editor.add(0, 0, "A");
  editor.add(2, 2, "B");
  editor.add(4, 4, "C");
  const [, middle] = editor.marks();
  expect(withinNeighbours(editor.marks(), middle!, { first: 0, last: 4 }, NER)).toEqual({ first: 1, last: 3 });
  expect(withinNeighbours(editor.marks(), middle!, { first: 0, last: 4 }, OVERLAP)).toEqual({ first: 0, last: 4 });
});

test("a selection snaps to whole tokens, from either side and from the gaps between them", () => {
  const document = documentOf(APPLE);
  const select = (anchor: number, focus: number) => rangeBetween(document, anchor, focus, NO_NEWLINES);
  expect(select(onToken(1), onToken(3))).toEqual({ first: 1, last: 3 });
  expect(select(onToken(3), onToken(1))).toEqual({ first: 1, last: 3 });
  expect(select(beforeToken(1), onToken(2))).toEqual({ first: 1, last: 2 });
  expect(select(beforeToken(3), onToken(1))).toEqual({ first: 1, last: 2 });
  expect(select(beforeToken(2), beforeToken(2))).toBeNull();
  expect(select(beforeToken(0), beforeToken(5))).toEqual({ first: 0, last: 4 });
});

test("newlines and spaces are not at the ends of a selection, unless they may be or are all of it", () => {
  const text = "a\n b \n";
  const given = [[0, 1], [1, 2], [2, 3], [3, 4], [4, 5], [5, 6]].map(([start, end]) => ({ start, end }));
  const document = documentOf(text, given);
  const select = (first: number, last: number, newlines = false) => rangeBetween(document, onToken(first), onToken(last), { newlines });
  expect(select(0, 5)).toEqual({ first: 0, last: 3 });
  expect(select(1, 5)).toEqual({ first: 3, last: 3 });
  expect(select(1, 1)).toBeNull();
  expect(select(2, 2)).toEqual({ first: 2, last: 2 });
  expect(select(1, 5, true)).toEqual({ first: 1, last: 5 });
  expect([stepFrom(document, 0, 1, { newlines: false }), stepFrom(document, 0, 1, { newlines: true })]).toEqual([2, 1]);
});

test("a selection stops at tokens that are switched off, seen from where it began", () => {
  const tokens = wordTokens(APPLE, offsetsOf(APPLE)).map((token) => ({ ...token, disabled: token.id === 2 }));
  const document = documentOf(APPLE, tokens);
  const select = (first: number, last: number) => rangeBetween(document, onToken(first), onToken(last), NO_NEWLINES);
  expect(select(0, 4)).toEqual({ first: 0, last: 1 });
  expect(select(4, 0)).toEqual({ first: 3, last: 4 });
  expect(select(2, 4)).toEqual({ first: 3, last: 4 });
  expect(select(2, 2)).toBeNull();
  expect(stepFrom(document, 1, 1, NO_NEWLINES)).toBe(3);
  expect(standAt(document, 2, NO_NEWLINES)).toBe(3);
});

test("characters that make one sign are never parted: accents, emoji of several, flags", () => {
  const text = "e\u0301\u{1f468}\u200d\u{1f469}\u{1f1e9}\u{1f1ea}x";
  const document = documentOf(text, characterTokens(text));
  expect(document.tokens.length).toBe(8);
  expect([...document.joined]).toEqual([1, 3, 4, 6]);
  expect(rangeBetween(document, onToken(1), onToken(3), NO_NEWLINES)).toEqual({ first: 0, last: 4 });
  const editor = editorOf(document);
  expect(editor.add(2, 4, "FAMILY")).toEqual([{ start: 2, end: 5, token_start: 2, token_end: 4, label: "FAMILY" }]);
});

test("the text is cut into blocks at its line breaks, with each unit in one block", () => {
  const document = documentOf("one two\n\nthree\r\nfour");
  expect(document.blocks.map((block) => [block.from, block.to, block.blankLines])).toEqual([[0, 9, 1], [9, 16, 0], [16, 20, 0]]);
  expect(document.blocks.map((block) => [block.firstToken, block.endToken])).toEqual([[0, 2], [2, 3], [3, 4]]);
  expect(document.blocks.map((block) => block.pieces.map((piece) => piece.shown).join(""))).toEqual(["one two", "three", "four"]);
});

test("newlines that are tokens have a sign if they shall, or break no line", () => {
  const tokens = [{ start: 0, end: 3 }, { start: 3, end: 5 }, { start: 5, end: 8 }];
  const signs = documentOf("one\n\ntwo", tokens, { ...PLAIN, signs: true });
  expect(signs.blocks[0]?.pieces.map((piece) => [piece.kind, piece.shown])).toEqual([["text", "one"], ["newline", "↵↵"]]);
  const joined = documentOf("one\n\ntwo", tokens, { ...PLAIN, joinsLines: true });
  expect(joined.blocks.length).toBe(1);
  expect(joined.blocks[0]?.pieces.map((piece) => piece.shown)).toEqual(["one", "  ", "two"]);
});

test("an empty text is one empty block", () => {
  expect(makeDocument("", [], PLAIN).blocks).toMatchObject([{ from: 0, to: 0, pieces: [] }]);
});

test("lanes: marks that meet get their own, and so do labels that would", () => {
  const document = documentOf("a b c d e f");
  const spans = [
    { start: 0, end: 11, label: "WHOLE" },
    { start: 0, end: 3, label: "PART" },
    { start: 2, end: 5, label: "NEXT" },
    { start: 6, end: 7, label: "AFTER" },
  ];
  const { marks } = marksReader(document)(spans);
  const names = (reach: number) => Object.fromEntries([...lanesOf(marks, () => reach)].map(([mark, lane]) => [mark.label, lane]));
  expect(names(0)).toEqual({ WHOLE: 0, PART: 1, NEXT: 2, AFTER: 1 });
  expect(names(7)).toEqual({ WHOLE: 0, PART: 1, NEXT: 2, AFTER: 3 });
  expect(laneCount(marks.slice(0, 2), lanesOf(marks, () => 0))).toBe(2);
});

test("a long paragraph is laid out in pieces that end between words and together are the text", () => {
  const text = "Donaudampfschiff fährt, ".repeat(200) + "x".repeat(2_000);
  const [block] = documentOf(text).blocks;
  const pieces = block!.pieces;
  expect(pieces.map((piece) => piece.shown).join("")).toBe(text);
  expect(pieces.length).toBeGreaterThan(8);
  expect(pieces.slice(0, -1).every((piece) => piece.shown.endsWith(" "))).toBe(true);
});
