import { describe, expect, test } from "vitest";
import { labelsOf } from "../src/parts/labels";
import { type Shape, flawOf } from "../src/shapes/shape";
import { readSpans, writeSpans } from "../src/shapes/spans";

const LABELS = labelsOf({ labels: ["CELL", "NUCLEUS"], custom_theme: { labels: { NUCLEUS: "#00ff00" } } });
const SIZE = { width: 800, height: 600 };
const CORNERS = [[10, 20], [10, 60], [40, 60], [40, 20]];

let made = 0;
const read = (...spans: readonly unknown[]) => readSpans(spans, LABELS, () => `new-${(made += 1)}`);
const moved = (shape: Shape, points: Shape["points"]): Shape => ({ ...shape, points, movedHere: true });

describe("the forms in which a shape comes", () => {
  test.each([
    ["corners of a box", { points: CORNERS }, "rect", CORNERS],
    ["corners in another order", { points: [[40, 60], [40, 20], [10, 20], [10, 60]] }, "rect", CORNERS],
    ["two opposite corners", { points: [[40, 60], [10, 20]] }, "rect", CORNERS],
    ["four measures", { x: 10, y: 20, width: 30, height: 40 }, "rect", CORNERS],
    ["measures to the left and up", { x: 40, y: 60, width: -30, height: -40 }, "rect", CORNERS],
    ["three points", { points: [[1, 1], [9, 1], [5, 9]] }, "polygon", [[1, 1], [9, 1], [5, 9]]],
    ["a line by hand", { type: "freehand", points: CORNERS }, "freehand", CORNERS],
    ["a box that stands askew", { type: "rect", points: [[5, 0], [9, 4], [5, 8], [1, 4]] }, "polygon", [[5, 0], [9, 4], [5, 8], [1, 4]]],
    ["an unknown type", { type: "circle", points: CORNERS }, "rect", CORNERS],
  ])("%s", (_name, span, type, points) => {
    const [shape] = read({ label: "CELL", ...span });
    expect([shape!.type, shape!.points]).toEqual([type, points]);
  });

  test.each([[null], ["text"], [{}], [{ points: [] }], [{ points: [[1, "2"]] }], [{ points: [[1, NaN], [2, 3]] }], [{ x: 1, y: 2 }], [{ start: 0, end: 3 }]])(
    "%j is not understood, listed as such and written as it came",
    (span) => {
      const shapes = read(span);
      expect(flawOf(shapes[0]!, SIZE)).toBe("unreadable");
      expect(writeSpans(shapes)[0]).toBe(span);
    },
  );

  test("what is no list has no shapes", () => {
    expect([undefined, null, "x", { 0: CORNERS }].map((spans) => readSpans(spans, LABELS, () => ""))).toEqual([[], [], [], []]);
  });
});

describe("what is written", () => {
  test("a new box has every measure, tidy to a tenth of a pixel", () => {
    const [given] = read({ points: CORNERS });
    const box: Shape = { ...moved(given!, [[47.4999, 171.44], [47.4999, 238.81], [156.6, 238.81], [156.6, 171.44]]), given: undefined, label: "CELL", labelledHere: true };
    expect(writeSpans([{ ...box, id: "a" }])).toEqual([
      {
        id: "a",
        label: "CELL",
        color: box.color,
        type: "rect",
        points: [[47.5, 171.4], [47.5, 238.8], [156.6, 238.8], [156.6, 171.4]],
        x: 47.5,
        y: 171.4,
        width: 109.1,
        height: 67.4,
        center: [102.05, 205.1],
      },
    ]);
  });

  test("a shape that was not touched keeps all it has, and gets what it lacks", () => {
    const given = { id: 7, label: "CELL", x: 10.123, y: 20, width: 30, height: 40, color: "teal", score: 0.5, nested: { a: [1] } };
    const [span] = writeSpans(read(given)) as [Record<string, unknown>];
    expect(span).toMatchObject(given);
    expect([span["type"], span["points"]]).toEqual(["rect", [[10.123, 20], [10.123, 60], [40.123, 60], [40.123, 20]]]);
  });

  test("a moved shape loses its old measures but not what is known about it", () => {
    const [shape] = read({ id: "a", label: "CELL", points: CORNERS, x: 10, center: [0, 0], score: 0.5 });
    const [span] = writeSpans([moved(shape!, CORNERS.map(([x, y]): [number, number] => [x! + 5, y!]))]) as [Record<string, unknown>];
    expect(span).toMatchObject({ id: "a", score: 0.5, x: 15, width: 30, center: [30, 40], points: [[15, 20], [15, 60], [45, 60], [45, 20]] });
  });

  test("a shape with a new label gets its colour", () => {
    const [shape] = read({ label: "CELL", color: "teal", points: CORNERS });
    const [span] = writeSpans([{ ...shape!, label: "NUCLEUS", color: "#00ff00", labelledHere: true }]);
    expect(span).toMatchObject({ label: "NUCLEUS", color: "#00ff00", points: CORNERS });
  });

  test("no two shapes have one id", () => {
    const spans = writeSpans(read({ id: "a", points: CORNERS }, { id: "a", points: CORNERS }, { points: CORNERS }, { id: "", points: CORNERS }));
    const ids = spans.map((span) => (span as { id: string }).id);
    expect(ids[0]).toBe("a");
    expect(new Set(ids).size).toBe(4);
  });
});

test("colours that are no colours are not used", () => {
  const [bad, own, labelled] = read({ label: "CELL", color: "red;background:url(x)", points: CORNERS }, { color: "rgb(1, 2, 3)", points: CORNERS }, { label: "NUCLEUS", points: CORNERS });
  expect([bad!.color, own!.color, labelled!.color]).toEqual([LABELS[0]!.color, "rgb(1, 2, 3)", "#00ff00"]);
});

test.each([
  ["inside", { x: 10, y: 10, width: 5, height: 5 }, null],
  ["all of the picture", { x: 0, y: 0, width: 800, height: 600 }, null],
  ["beyond it by dust", { x: -0.05, y: 0, width: 10, height: 10 }, null],
  ["beyond its edge", { x: 790, y: 0, width: 20, height: 10 }, "partly"],
  ["around it", { x: -10, y: -10, width: 900, height: 900 }, "partly"],
  ["beside it", { x: 900, y: 0, width: 20, height: 10 }, "outside"],
  ["touching it from outside", { x: 800, y: 0, width: 20, height: 10 }, "outside"],
  ["without width", { x: 10, y: 10, width: 0, height: 50 }, "flat"],
  ["on its edge without width", { x: 800, y: 10, width: 0, height: 50 }, "flat"],
  ["points on a line", { points: [[0, 0], [10, 10], [20, 20]] }, "flat"],
  ["a bow tie has area", { points: [[0, 0], [10, 10], [10, 0], [0, 10]], type: "polygon" }, null],
])("a shape %s is %s", (_name, span, flaw) => {
  expect(flawOf(read(span)[0]!, SIZE)).toBe(flaw);
});
