import { expect, test } from "vitest";
import { answerOf } from "../src/frame/swipe";
import { answerIndex } from "../src/http/api";
import { makeEventId } from "../src/http/event_id";
import { optionsOf } from "../src/parts/content";
import { fit } from "../src/parts/fit";
import { shapesOf } from "../src/parts/shapes";
import { commandOf, keyName, keymapOf } from "../src/state/keymap";
import { createStopwatch } from "../src/state/stopwatch";
import { numberKey, pick } from "../src/views/choice/pick";

test("event ids are UUIDs of version 7, all different, in the order of time", () => {
  const ids = Array.from({ length: 1000 }, (_, index) => makeEventId(1_700_000_000_000 + index));
  expect(new Set(ids).size).toBe(1000);
  expect([...ids].sort()).toEqual(ids);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

const ROOM = { width: 800, height: 600 };

test.each([
  ["28 x 28 is enlarged by a whole factor, crisp", { width: 28, height: 28 }, { width: 560, height: 560, crisp: true }],
  ["a large picture is fitted", { width: 4000, height: 2000 }, { width: 800, height: 400, crisp: false }],
  ["a picture that is large enough stays as it is", { width: 640, height: 480 }, { width: 640, height: 480, crisp: false }],
  ["a middling one is enlarged smoothly", { width: 400, height: 200 }, { width: 560, height: 280, crisp: false }],
  ["a picture without a size gets the room", { width: 0, height: 0 }, { width: 800, height: 600, crisp: false }],
])("%s", (_name, natural, expected) => {
  expect(fit(natural, ROOM)).toEqual(expected);
});

test("keys are named with their modifiers, and Command counts as Control", () => {
  const key = (name: string, more = {}) => keyName({ key: name, ctrlKey: false, metaKey: false, altKey: false, ...more });
  expect(key("A")).toBe("a");
  expect(key(" ")).toBe("space");
  expect(key("z", { metaKey: true })).toBe("ctrl+z");
});

test("a recipe's keys replace the defaults, the others stay", () => {
  const keymap = keymapOf({ accept: ["1", "cmd+enter"], ignore: [" "] });
  expect(commandOf(keymap, "1")).toBe("accept");
  expect(commandOf(keymap, "ctrl+enter")).toBe("accept");
  expect(commandOf(keymap, "a")).toBeNull();
  expect(commandOf(keymap, "space")).toBe("ignore");
  expect(commandOf(keymap, "ctrl+z")).toBe("undo");
});

test("number keys pick the options, 0 the tenth", () => {
  expect(["1", "9", "0", "a"].map(numberKey)).toEqual([0, 8, 9, -1]);
});

test("one of many replaces, several gather, picking again lets go", () => {
  expect(pick([1], 2, "single")).toEqual([2]);
  expect(pick([1], 2, "multiple")).toEqual([1, 2]);
  expect(pick([1, 2], 1, "multiple")).toEqual([2]);
  expect(pick([1], 1, "single")).toEqual([]);
});

test("swipes are answers only when they are far and clear enough", () => {
  expect(answerOf(120, -10)).toBe("accept");
  expect(answerOf(-120, 10)).toBe("reject");
  expect(answerOf(10, -140)).toBe("ignore");
  expect(answerOf(60, 0)).toBeNull();
});

test("hidden time does not count", () => {
  let now = 0;
  const watch = createStopwatch(() => now);
  now = 1000;
  watch.pause();
  now = 61_000;
  watch.resume();
  now = 62_000;
  expect(watch.seconds()).toBe(2);
});

test("shapes come from points or from a box, and what is neither is left out", () => {
  const spans = [
    { label: "A", points: [[0, 0], [0, 5], [5, 5]] },
    { label: "B", x: 1, y: 2, width: 3, height: 4 },
    { label: "C", points: "nothing" },
    { label: "A", points: [[1, 1], [2, 2]], color: "red;} body{display:none" },
  ];
  const shapes = shapesOf({ _task_hash: 1, spans });
  expect(shapes.map((shape) => shape.label)).toEqual(["A", "B", "A"]);
  expect(shapes[1]?.points).toEqual([[1, 2], [1, 6], [4, 6], [4, 2]]);
  expect(shapes[2]?.color).toBe(shapes[0]?.color);
});

test("options need ids, and their styles are harmless ones", () => {
  expect(optionsOf({ _task_hash: 1, options: [{ text: "no id" }] })).toBeNull();
  const style = { color: "red", position: "fixed" };
  expect(optionsOf({ _task_hash: 1, options: [{ id: 1, text: "a", style }] })?.[0]?.style).toEqual({ color: "red" });
});

test("the path of an error names the answer", () => {
  expect([answerIndex("$.answers[12].answer"), answerIndex("$.session_id"), answerIndex(null)]).toEqual([12, null, null]);
});
