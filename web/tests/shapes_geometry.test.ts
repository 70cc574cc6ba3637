import { describe, expect, test } from "vitest";
import { bounded, fitted, toPicture, toScreen, zoomed } from "../src/shapes/canvas/camera";
import { shapesAt } from "../src/shapes/canvas/hits";
import { placeOf, readable } from "../src/shapes/canvas/name_places";
import { type How, beginDraft, boxFrom } from "../src/shapes/drafts";
import { areaOf, boundsOf, clipped, cornersOf, isInside, movedInside, nearestSide } from "../src/shapes/geometry";
import { handleAt, handlesOf, resized } from "../src/shapes/handles";
import type { Point, Shape } from "../src/shapes/shape";
import { simplified, simplifiedOutline } from "../src/shapes/simplify";

const SIZE = { width: 800, height: 600 };
const ROOM = { width: 500, height: 400 };
const HOW: How = { pixel: 1, reach: 8 };
const box = (left: number, top: number, right: number, bottom: number) => ({ left, top, right, bottom });
const shape = (id: string, points: readonly Point[], type: Shape["type"] = "polygon"): Shape => ({
  id,
  type,
  points,
  label: "A",
  color: "red",
  given: undefined,
  movedHere: false,
  labelledHere: false,
});

/** Numbers that look random and are the same each time. */
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ; ) yield (state = (state * 16807) % 2147483647) / 2147483647;
}
const some = (count: number, seed = 7): readonly Point[] => {
  const source = numbers(seed);
  const next = () => source.next().value as number;
  return Array.from({ length: count }, (): Point => [next() * 1200 - 200, next() * 900 - 150]);
};

describe("clipping", () => {
  test("a box beyond the edge is cut to a box", () => {
    expect(clipped(cornersOf(box(-10, 20, 50, 700)), SIZE)).toEqual(cornersOf(box(0, 20, 50, 600)));
  });

  test("what is inside stays the same list, what is outside has no points", () => {
    const inside: readonly Point[] = [[1, 1], [9, 1], [5, 9]];
    expect(clipped(inside, SIZE)).toBe(inside);
    expect(clipped([[900, 0], [950, 0], [950, 50]], SIZE)).toEqual([]);
  });

  test("whatever is cut ends at the edge and does not grow", () => {
    for (let seed = 1; seed < 200; seed += 1) {
      const points = some(3, seed);
      const cut = clipped(points, SIZE);
      if (cut.length === 0) continue;
      const { left, top, right, bottom } = boundsOf(cut);
      expect(Math.min(left, top)).toBeGreaterThanOrEqual(0);
      expect(right).toBeLessThanOrEqual(800 + 1e-9);
      expect(bottom).toBeLessThanOrEqual(600 + 1e-9);
      expect(areaOf(cut)).toBeLessThanOrEqual(areaOf(points) + 1e-6);
    }
  });
});

describe("moving and resizing", () => {
  test("a shape stops at the edge and keeps its form", () => {
    const points = cornersOf(box(700, 10, 760, 50));
    expect(movedInside(points, [100, -50], SIZE)).toEqual(cornersOf(box(740, 0, 800, 40)));
  });

  test.each([
    ["right side", [1, 0], [10, 99], {}, box(100, 100, 310, 200)],
    ["upper left corner", [-1, -1], [-10, 20], {}, box(90, 120, 300, 200)],
    ["over the other side", [1, 1], [-250, 0], {}, box(50, 100, 100, 200)],
    ["from the middle", [1, 0], [10, 0], { fromCenter: true }, box(90, 100, 310, 200)],
    ["with its form", [1, 1], [100, 0], { square: true }, box(100, 100, 400, 250)],
    ["to the edge", [1, 1], [900, 900], {}, box(100, 100, 800, 600)],
  ] as const)("%s", (_name, sides, by, how, expected) => {
    expect(resized(box(100, 100, 300, 200), sides, by, how, SIZE)).toEqual(expected);
  });

  test("small boxes have their handles around them, large ones on their sides too", () => {
    const small = handlesOf(shape("a", [], "rect"), cornersOf(box(100, 100, 104, 104)));
    expect(small.map(({ at }) => at)).toEqual([[87, 87], [117, 117], [117, 87], [87, 117]]);
    expect(handlesOf(shape("a", [], "rect"), cornersOf(box(0, 0, 200, 200)))).toHaveLength(8);
  });

  test("an outline has its points and the middles of long sides; those that stand on each other are one", () => {
    const handles = handlesOf(shape("a", []), [[0, 0], [100, 0], [101, 1], [100, 100]]);
    expect(handles.map((handle) => (handle.kind === "side" ? "side" : `${handle.kind}${handle.place}`))).toEqual(["corner0", "corner1", "corner3", "middle0", "middle2", "middle3"]);
    expect(handleAt(handles, [49, 3], 10)).toMatchObject({ kind: "middle", place: 0 });
    expect(handleAt(handles, [30, 3], 10)).toBeNull();
  });
});

describe("drawing", () => {
  test("a box from its middle, a square one, never beyond the picture", () => {
    expect(boxFrom([100, 100], [150, 120], { fromCenter: true }, SIZE)).toEqual(box(50, 80, 150, 120));
    expect(boxFrom([100, 100], [150, 120], { square: true }, SIZE)).toEqual(box(100, 100, 150, 150));
    expect(boxFrom([780, 100], [790, 300], { square: true }, SIZE)).toEqual(box(780, 100, 800, 120));
    expect(boxFrom([10, 100], [300, 110], { fromCenter: true }, SIZE)).toEqual(box(0, 90, 20, 110));
  });

  test("a polygon is closed at its first or last point, and its points can be taken back", () => {
    const draft = beginDraft("polygon", [0, 0], SIZE);
    expect([[100, 0], [100, 100], [0, 900]].map(([x, y]) => draft.press([x!, y!], HOW))).toEqual([false, false, false]);
    expect(draft.back()).toBe(true);
    expect(draft.press([3, 4], HOW)).toBe(true);
    expect(draft.outline(HOW)).toEqual([[0, 0], [100, 0], [100, 100]]);
    expect(draft.press([101, 102], HOW)).toBe(true);
    expect([draft.back(), draft.back(), draft.back()]).toEqual([true, true, false]);
  });

  test("a line by hand keeps few points, none of the others far away", () => {
    const circle = Array.from({ length: 400 }, (_, step): Point => [400 + 200 * Math.cos(step / 63.5), 300 + 200 * Math.sin(step / 63.5)]);
    const draft = beginDraft("freehand", circle[0]!, SIZE);
    circle.slice(1).forEach((point) => draft.move(point, HOW));
    const outline = draft.outline(HOW);
    expect(outline.length).toBeLessThan(60);
    for (const point of circle) expect(nearestSide(outline, point).distance).toBeLessThan(1);
  });

  test("simplifying keeps the ends, corners, and what is short", () => {
    expect(simplified([[0, 0], [5, 0.1], [10, 0], [10, 10]], 1)).toEqual([[0, 0], [10, 0], [10, 10]]);
    expect(simplifiedOutline([[0, 0], [10, 0], [10, 10], [0, 10], [0, 0.5]], 1)).toEqual([[0, 0], [10, 0], [10, 10], [0, 10]]);
    expect(simplified([[0, 0]], 1)).toEqual([[0, 0]]);
    expect(simplified(some(20_000), 1e-9)).toHaveLength(20_000);
  });
});

describe("the camera", () => {
  test("a picture is fitted in the middle; a tiny one by a whole factor", () => {
    expect(fitted(SIZE, ROOM).scale).toBeCloseTo(472 / 800);
    expect(fitted({ width: 28, height: 28 }, ROOM)).toEqual({ scale: 13, x: 68, y: 18 });
  });

  test("what is under the pointer stays there, and places on screen and picture are the same", () => {
    const start = fitted(SIZE, ROOM);
    const at: Point = [300, 120];
    let camera = start;
    for (const factor of [1.2, 1.5, 3, 0.9]) camera = zoomed(camera, factor, at, SIZE, ROOM);
    expect(toPicture(camera, at)[0]).toBeCloseTo(toPicture(start, at)[0]);
    expect(toScreen(camera, toPicture(camera, [17, 23]))[1]).toBeCloseTo(23);
    expect(zoomed(camera, 1e-9, at, SIZE, ROOM)).toEqual(start);
    expect(zoomed(camera, 1e9, at, SIZE, ROOM).scale).toBe(48);
  });

  test("a picture cannot be lost from sight", () => {
    const { x, y } = bounded({ scale: 2, x: 1e6, y: -1e6 }, SIZE, ROOM);
    expect(x).toBeLessThan(ROOM.width / 2);
    expect(y + SIZE.height * 2).toBeGreaterThan(ROOM.height / 2);
  });
});

describe("what is under the pointer", () => {
  const large = shape("large", cornersOf(box(0, 0, 200, 200)));
  const small = shape("small", cornersOf(box(50, 50, 60, 60)));

  test("small shapes come before large ones, whatever lies on top", () => {
    expect(shapesAt([small, large], [55, 55], 5)).toEqual(["small", "large"]);
    expect(shapesAt([small, large], [150, 55], 5)).toEqual(["large"]);
    expect(shapesAt([small, large], [204, 55], 5)).toEqual(["large"]);
    expect(shapesAt([small, large], [206, 55], 5)).toEqual([]);
  });

  test("inside is even-odd", () => {
    const star: readonly Point[] = [[0, 0], [10, 10], [10, 0], [0, 10]];
    expect([isInside(star, [9, 5]), isInside(star, [5, 9])]).toEqual([true, false]);
  });
});

describe("names", () => {
  const view = box(0, 0, 500, 400);
  const name = { width: 60, height: 20 };

  test.each([
    ["above the shape", box(100, 100, 300, 200), 0, [99, 80]],
    ["with room for handles", box(100, 100, 300, 200), 9, [99, 71]],
    ["inside at the upper edge", box(100, 5, 300, 200), 0, [99, 5]],
    ["inside, away from the handles", box(100, 5, 300, 200), 9, [108, 14]],
    ["below a flat shape at the upper edge", box(100, 5, 300, 15), 9, [99, 24]],
    ["in view at the right edge", box(480, 100, 600, 200), 0, [440, 80]],
    ["in view while the shape is", box(-300, -300, 900, 900), 0, [0, 0]],
  ])("a name stands %s", (_name, bounds, lift, [left, top]) => {
    expect(placeOf(bounds, name, view, lift)).toMatchObject({ left, top });
  });

  test("a shape out of view has none", () => {
    expect(placeOf(box(600, 0, 700, 50), name, view)).toBeNull();
  });

  test("names under names are left out", () => {
    const at = (left: number) => ({ left, top: 0, ...name });
    expect(readable([at(0), at(10), null, at(40), at(90)])).toEqual([true, false, false, true, true]);
  });
});
