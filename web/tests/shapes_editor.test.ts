import { expect, test } from "vitest";
import { labelsOf } from "../src/parts/labels";
import type { Steps } from "../src/parts/steps";
import { type Deed, createEditor } from "../src/shapes/editor";
import { boundsOf, cornersOf } from "../src/shapes/geometry";
import { drawSettings } from "../src/shapes/settings";
import type { Shape } from "../src/shapes/shape";

/** As the page has them, without a component. */
function steps(): Steps<readonly Shape[]> {
  const [past, future]: [(readonly Shape[])[], (readonly Shape[])[]] = [[], []];
  const take = (from: typeof past, to: typeof past, now: readonly Shape[]) => {
    const value = from.pop();
    if (value === undefined) return null;
    to.push(now);
    return value;
  };
  return {
    before: (value) => void (past.push(value), (future.length = 0)),
    back: (now) => take(past, future, now),
    forth: (now) => take(future, past, now),
  };
}

function open(spans: unknown = []) {
  const sent: (readonly unknown[])[] = [];
  const deeds: Deed["kind"][] = [];
  let count = 0;
  const labels = labelsOf({ labels: ["A", "B"] });
  const editor = createEditor({
    labels,
    steps: steps(),
    mode: "rect",
    label: "A",
    onSpans: (spans) => sent.push(spans),
    onDeed: ({ kind }) => deeds.push(kind),
    newId: () => `id-${(count += 1)}`,
  });
  editor.adopt(spans);
  editor.setSize({ width: 100, height: 80 });
  const box = (left: number, top: number, right: number, bottom: number) => cornersOf({ left, top, right, bottom });
  return { editor, sent, deeds, box, ids: () => editor.state().shapes.map(({ id }) => id) };
}

const GIVEN = [{ label: "A", x: 10, y: 10, width: 20, height: 20, score: 1 }, { label: "B", x: 50, y: 10, width: 20, height: 20 }];

test("steps are taken back and done again; the first of all is the task as it came", () => {
  const { editor, sent, box } = open(GIVEN);
  editor.add("rect", box(0, 0, 5, 5));
  editor.select("id-1");
  editor.relabel("B");
  expect(sent.at(-1)).toMatchObject([{ label: "B" }, {}, {}]);
  expect([editor.back(), editor.back(), editor.back()]).toEqual([true, true, false]);
  expect(sent.at(-1)).toBe(GIVEN);
  expect([editor.forth(), editor.forth(), editor.forth()]).toEqual([true, true, false]);
  expect(sent.at(-1)).toHaveLength(3);
});

test("a key that is held down is one step", () => {
  const { editor } = open(GIVEN);
  editor.select("id-1");
  [false, true, true, true].forEach((repeat) => editor.move([1, 0], repeat));
  expect(boundsOf(editor.selected()!.points).left).toBe(14);
  editor.back();
  expect(boundsOf(editor.selected()!.points).left).toBe(10);
});

test("spans that come back from the task are no news, those of others are", () => {
  const { editor, sent, box, ids } = open(GIVEN);
  editor.add("rect", box(0, 0, 5, 5));
  editor.add("rect", box(0, 0, 9, 9));
  const before = editor.state().shapes;
  editor.adopt(sent[0]);
  editor.adopt(sent[1]);
  expect(editor.state().shapes).toBe(before);
  editor.select(ids()[3]!);
  editor.adopt([GIVEN[0]]);
  expect([editor.state().shapes.length, editor.state().selected]).toEqual([1, null]);
});

test("what has no area is not added", () => {
  const { editor, sent, box } = open();
  expect(editor.add("rect", box(10, 10, 10, 50))).toBe(false);
  expect(editor.add("polygon", [[200, 0], [300, 0], [300, 90]])).toBe(false);
  expect(sent).toEqual([]);
});

test("walking goes around, or ends; hidden shapes and those out of the picture are passed by", () => {
  const { editor, ids } = open([...GIVEN, { x: 500, y: 0, width: 5, height: 5 }, "x", { x: 80, y: 60, width: 5, height: 5 }]);
  const [first, second, , , last] = ids();
  editor.toggleHidden(second!);
  expect([editor.walk(-1, true), editor.state().selected]).toEqual([true, last]);
  expect([editor.walk(1, false), editor.state().selected]).toEqual([false, last]);
  expect([editor.walk(1, true), editor.state().selected]).toEqual([true, first]);
});

test("a copy lies beside, in the picture, and has nothing of what is known about the first alone", () => {
  const { editor, sent } = open([{ label: "A", x: 80, y: 60, width: 20, height: 20, score: 1 }]);
  editor.select("id-1");
  editor.duplicate([10, 10]);
  const [, copy] = sent.at(-1) as Record<string, unknown>[];
  expect(copy).toMatchObject({ x: 70, y: 50, width: 20, label: "A" });
  expect(copy).not.toHaveProperty("score");
  expect(editor.state().selected).toBe(copy!["id"]);
});

test("points of an outline come and go, but three stay", () => {
  const { editor } = open([{ points: [[0, 0], [40, 0], [40, 40]] }]);
  editor.select("id-1", 0);
  editor.addCorner(0);
  expect([editor.selected()!.points, editor.state().corner]).toEqual([[[0, 0], [20, 0], [40, 0], [40, 40]], 1]);
  editor.move([0, 5]);
  expect(editor.selected()!.points[1]).toEqual([20, 5]);
  editor.removeSelected();
  expect(editor.selected()!.points).toHaveLength(3);
  editor.select("id-1", 1);
  editor.removeSelected();
  expect(editor.state().shapes).toEqual([]);
});

test("a shape beyond the edge is cut by a move, not by a new label", () => {
  const { editor, sent } = open([{ label: "A", x: 90, y: 0, width: 20, height: 20 }]);
  editor.select("id-1");
  editor.relabel("B");
  expect(sent.at(-1)).toMatchObject([{ x: 90, width: 20, label: "B" }]);
  editor.move([-1, 0]);
  expect(sent.at(-1)).toMatchObject([{ x: 89, width: 10, label: "B" }]);
});

test("without a picture nothing is drawn or moved", () => {
  const { editor, sent, box } = open(GIVEN);
  const blind = createEditor({ labels: [], steps: steps(), mode: "rect", label: "", onSpans: (spans) => sent.push(spans), onDeed: () => undefined });
  blind.adopt(GIVEN);
  blind.select(blind.state().shapes[0]!.id);
  blind.move([1, 1]);
  expect([blind.add("rect", box(0, 0, 5, 5)), blind.walk(1, true), sent]).toEqual([false, false, []]);
  expect(blind.state().shapes[0]!.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(editor.state().shapes).toHaveLength(2);
});

test("settings out of range are brought in, unknown ones are told", () => {
  const settings = drawSettings({
    labels: ["A", "", 7, "B"],
    keymap_by_label: { A: "q", B: "Q" },
    image_manual_modes: ["polygon", "circle"],
    image_manual_stroke_width: "thick",
    image_manual_font_size: 9999,
    darken_image: -1,
    image_manual_show_labels: false,
  });
  expect(settings).toMatchObject({ modes: ["polygon"], strokePx: 4, fontPx: 40, darkened: 0, namesShown: false, fromCenter: false });
  expect(settings.mistakes).toEqual([
    { kind: "keyTwice", key: "q", first: "A", second: "B" },
    { kind: "noName", count: 2 },
    { kind: "unknownModes", names: ["circle"] },
  ]);
  expect(drawSettings({ labels: ["A"] })).toMatchObject({ modes: ["rect", "polygon", "freehand"], namesShown: true, mistakes: [] });
  expect(drawSettings({ labels: ["A"], image_manual_modes: ["no"] }).modes).toHaveLength(3);
});
