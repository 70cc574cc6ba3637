import { expect, test } from "vitest";
import { type Geometry, partsOf, tokenBeyond, tokenNear } from "../src/relations/geometry";
import { assignLanes, clearPlace } from "../src/relations/lanes";
import { type Layout, layOut } from "../src/relations/layout";
import { rounded } from "../src/relations/path";
import { stackRows } from "../src/relations/sizes";
import type { Relation } from "../src/relations/task";

const WORD_PX = 50;
const SIZES = { labelWidth: () => 60, margin: 40 };

/** Words of one width, so many in a row. */
function geometryOf(count: number, inRow = count): Geometry {
  const tokens = Array.from({ length: count }, (_, token) => {
    const left = (token % inRow) * WORD_PX;
    return [{ row: Math.floor(token / inRow), left, right: left + WORD_PX - 8 }];
  });
  const rowCount = Math.ceil(count / inRow);
  return { tokens, rowCount, width: inRow * WORD_PX, rowStarts: Array.from({ length: rowCount }, (_, row) => row * inRow) };
}

function relationsOf(...pairs: readonly (readonly [number, number])[]): readonly Relation[] {
  return pairs.map(([head, child], place) => ({
    place,
    key: String(place),
    head: { first: head, last: head },
    child: { first: child, last: child },
    label: "x",
    color: undefined,
  }));
}

function random(seed: number): () => number {
  let state = seed;
  return () => ((state = (state * 48271) % 2147483647), state / 2147483647);
}

function many(count: number, tokens: number, seed: number): readonly Relation[] {
  const next = random(seed);
  const pairs = Array.from({ length: count }, () => {
    const head = Math.floor(next() * tokens);
    const child = Math.min(tokens - 1, Math.max(0, head + Math.round((next() - 0.5) * 24)));
    return [head, child === head ? (head + 1) % tokens : child] as const;
  });
  return relationsOf(...pairs);
}

function overlaps(layout: Layout): number {
  const labels = layout.arcs.map((arc) => arc.label);
  const meet = (one: (typeof labels)[0], other: (typeof labels)[0]) =>
    one.row === other.row && one.lane === other.lane && one.x < other.x + other.width && other.x < one.x + one.width;
  return labels.flatMap((one, place) => labels.slice(place + 1).filter((other) => meet(one, other))).length;
}

test("stretches that overlap get lanes of their own, inner ones lie lower", () => {
  expect(assignLanes([{ from: 0, to: 100 }, { from: 20, to: 40 }, { from: 50, to: 70 }, { from: 30, to: 60 }], 5)).toEqual([2, 0, 0, 1]);
});

test("a label moves to where no leg is behind it, and stays where there is no such place", () => {
  expect(clearPlace(40, 0, 80, 20, [50], 4)).toBe(54);
  expect(clearPlace(40, 0, 80, 20, [], 4)).toBe(40);
  expect(clearPlace(40, 38, 42, 20, [50], 4)).toBe(40);
});

test("arcs of one word leave it side by side and do not cross there", () => {
  const { arcs } = layOut(relationsOf([2, 4], [2, 8], [2, 0], [2, 1]), geometryOf(10), SIZES);
  const leave = arcs.map((arc) => arc.head.x);
  const [near, far, left, nearLeft] = leave as [number, number, number, number];
  expect([nearLeft, left, far, near]).toEqual([...leave].sort((one, other) => one - other));
  expect(new Set(leave).size).toBe(4);
});

test("an arc over rows runs through the margin on the shorter way", () => {
  const geometry = geometryOf(20, 10);
  const [left, right] = layOut(relationsOf([1, 11], [9, 18]), geometry, SIZES).arcs;
  expect(left!.pieces.map((piece) => piece.row)).toEqual([0, 1]);
  expect(left!.pieces[0]!.to).toBeLessThan(0);
  expect(left!.pieces[0]!.to).toBeGreaterThan(-SIZES.margin);
  expect(right!.pieces[0]!.to).toBeGreaterThan(geometry.width);
  expect(right!.pieces[1]!.from).toBe(right!.pieces[0]!.to);
});

test.each([1, 2, 3, 4])("labels never lie on top of each other, in one row or in many (%i)", (seed) => {
  const relations = many(100, 200, seed);
  expect(overlaps(layOut(relations, geometryOf(200), SIZES))).toBe(0);
  expect(overlaps(layOut(relations, geometryOf(200, 12), SIZES))).toBe(0);
});

test("labels stay within the text, also those wider than their arc", () => {
  const geometry = geometryOf(20, 5);
  const { arcs } = layOut(relationsOf([0, 1], [3, 4], [5, 14]), geometry, { ...SIZES, labelWidth: () => 120 });
  for (const { label } of arcs) {
    expect(label.x).toBeGreaterThanOrEqual(0);
    expect(label.x + label.width).toBeLessThanOrEqual(geometry.width);
  }
});

test("a relation of a word with itself, as in foreign data, is drawn too", () => {
  const [loop] = layOut(relationsOf([1, 1]), geometryOf(3), SIZES).arcs;
  expect(Math.abs(loop!.head.x - loop!.child.x)).toBeGreaterThanOrEqual(5);
});

test("1,000 words with 500 relations are laid out before one notices, on a busy machine too", () => {
  const relations = many(500, 1000, 7);
  const geometry = geometryOf(1000);
  let layout = layOut(relations, geometry, SIZES);
  const times = Array.from({ length: 5 }, () => {
    const began = performance.now();
    layout = layOut(relations, geometry, SIZES);
    return performance.now() - began;
  });
  expect(Math.min(...times)).toBeLessThan(500);
  expect(layout.arcs).toHaveLength(500);
  expect(overlaps(layout)).toBe(0);
});

test("a node of several words is one part in each row", () => {
  const geometry = geometryOf(20, 10);
  expect(partsOf(geometry, { first: 8, last: 11 })).toEqual([
    { row: 0, left: 400, right: 492 },
    { row: 1, left: 0, right: 92 },
  ]);
});

test("the word nearest to a point of its row is found, and the one above or below", () => {
  const geometry = geometryOf(20, 10);
  expect(tokenNear(geometry, 1, 146, 10)).toBe(12);
  expect(tokenNear(geometry, 1, 900, 10)).toBeNull();
  expect(tokenBeyond(geometry, { first: 3, last: 3 }, 1)).toBe(13);
  expect(tokenBeyond(geometry, { first: 3, last: 3 }, -1)).toBeNull();
});

test("each row has its lanes over its text, and points find their row", () => {
  const measures = { lane: 20, foot: 8, text: 30, ascent: 20, below: 12, margin: 40 };
  const rows = stackRows([40, 100], measures);
  expect(rows.heights).toEqual([90, 150]);
  expect([rows.text(0), rows.text(1)]).toEqual([48, 198]);
  expect(rows.lane(1, 0)).toBe(180);
  expect([rows.at(20), rows.at(60), rows.at(120), rows.at(235)]).toEqual([null, 0, null, 1]);
});

test("corners are round, and never rounder than there is room", () => {
  expect(rounded([{ x: 0, y: 20 }, { x: 0, y: 0 }, { x: 100, y: 0 }])).toBe("M0 20L0 8Q0 0 8 0L100 0");
  expect(rounded([{ x: 0, y: 20 }, { x: 0, y: 0 }, { x: 6, y: 0 }])).toBe("M0 20L0 3Q0 0 3 0L6 0");
});

test("a label may move on its own stretch of the lane only", () => {
  for (const { label } of layOut(many(60, 100, 5), geometryOf(100, 15), SIZES).arcs) {
    expect(label.from).toBeLessThanOrEqual(label.x);
    expect(label.to).toBeGreaterThanOrEqual(label.x + label.width);
    expect(label.from).toBeGreaterThanOrEqual(0);
    expect(label.to).toBeLessThanOrEqual(15 * WORD_PX);
  }
});
