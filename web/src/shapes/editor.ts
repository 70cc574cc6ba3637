/** The shapes of one picture and what can be done to them. Knows nothing of the screen. */

import { type Label, colorOf } from "../parts/labels";
import type { Steps } from "../parts/steps";
import { createSubject } from "../state/subscriber";
import { areaOfTriangles, boundsOf, clampPoint, clipped, cornersOf, middle, movedInside } from "./geometry";
import { type Flaw, type Point, type Shape, type ShapeType, type Size, flawOf, isShown } from "./shape";
import { readSpans, writeSpans } from "./spans";

export interface EditorState {
  /** Of the picture, once it is here. */
  readonly size: Size | null;
  readonly shapes: readonly Shape[];
  readonly selected: string | null;
  /** The point of the selected outline that keys move. */
  readonly corner: number | null;
  readonly hidden: ReadonlySet<string>;
  readonly mode: ShapeType;
  /** The label of what is drawn next. */
  readonly label: string;
}

/** What was done, for those who cannot see it. */
export type Deed =
  | { readonly kind: "drawn" | "removed" | "selected" | "moved" | "relabelled" | "duplicated"; readonly shape: Shape }
  | { readonly kind: "released" | "back" | "forth" };

interface EditorOptions {
  readonly labels: readonly Label[];
  readonly steps: Steps<readonly Shape[]>;
  readonly mode: ShapeType;
  readonly label: string;
  /** Hand the spans to the task. */
  readonly onSpans: (spans: readonly unknown[]) => void;
  readonly onDeed: (deed: Deed) => void;
  readonly newId?: () => string;
}

export type Editor = ReturnType<typeof createEditor>;

export function createEditor({ labels, steps, onSpans, onDeed, newId = makeId, ...start }: EditorOptions) {
  const subject = createSubject<EditorState>({
    size: null,
    shapes: [],
    selected: null,
    corner: null,
    hidden: new Set(),
    mode: start.mode,
    label: start.label,
  });
  /** Spans handed to the task that have not come back yet, oldest first. */
  let onTheirWay: (readonly unknown[])[] = [];
  let adopted: unknown = NOTHING_YET;
  /** The spans that shapes were read from: taking back every step leaves the task as it was. */
  const spansOf = new WeakMap<readonly Shape[], readonly unknown[]>();

  const state = subject.get;
  const patch = (changes: Partial<EditorState>) => subject.set({ ...state(), ...changes });
  const find = (id: string | null) => state().shapes.find((shape) => shape.id === id) ?? null;
  const selected = () => find(state().selected);

  /** Take over the spans of the task, unless they are those that were written here. */
  function adopt(spans: unknown): void {
    if (spans === adopted) return;
    adopted = spans;
    const place = onTheirWay.findIndex((sent) => sent === spans);
    onTheirWay = place < 0 ? [] : onTheirWay.slice(place + 1);
    if (place >= 0) return;
    const shapes = readSpans(spans, labels, newId);
    spansOf.set(shapes, Array.isArray(spans) ? spans : []);
    patch({ shapes, ...stillThere(shapes) });
  }

  function stillThere(shapes: readonly Shape[]): Partial<EditorState> {
    const found = shapes.find((shape) => shape.id === state().selected);
    const corner = state().corner;
    const fits = corner !== null && found !== undefined && corner < found.points.length;
    return { selected: found?.id ?? null, corner: fits ? corner : null };
  }

  /** Show and hand on; a step of its own, unless it goes on with the one before. */
  function commit(shapes: readonly Shape[], goesOn = false): void {
    if (!goesOn) steps.before(state().shapes);
    show(shapes);
  }

  function show(shapes: readonly Shape[]): void {
    const spans = spansOf.get(shapes) ?? writeSpans(shapes);
    onTheirWay.push(spans);
    patch({ shapes, ...stillThere(shapes) });
    onSpans(spans);
  }

  function replace(changed: Shape, goesOn = false): void {
    commit(state().shapes.map((shape) => (shape.id === changed.id ? changed : shape)), goesOn);
  }

  function select(id: string | null, corner: number | null = null): void {
    const before = state().selected;
    if (id === before && corner === state().corner) return;
    patch({ selected: id, corner });
    const shape = find(id);
    if (shape !== null) onDeed({ kind: "selected", shape });
    else if (before !== null) onDeed({ kind: "released" });
  }

  /** Select the next or the former of the shapes to be seen; false after the last. */
  function walk(by: 1 | -1, around: boolean): boolean {
    const { shapes, selected, size, hidden } = state();
    const open = size === null ? [] : shapes.filter((shape) => isShown(shape, size) && !hidden.has(shape.id));
    const place = open.findIndex((shape) => shape.id === selected);
    const next = place < 0 ? (by > 0 ? 0 : open.length - 1) : place + by;
    const found = around ? open.at(next % open.length) : open[next];
    if (found !== undefined) select(found.id);
    return found !== undefined;
  }

  /** Add a shape; false when the outline has no area inside the picture. */
  function add(type: ShapeType, outline: readonly Point[], label = state().label): boolean {
    const { size, shapes } = state();
    const points = size === null ? [] : clipped(outline, size);
    if (points.length < 3 || areaOfTriangles(points) < SMALLEST_AREA) return false;
    const shape: Shape = { ...DRAWN, id: newId(), type, label, color: colorOf(labels, label), points };
    commit([...shapes, shape]);
    onDeed({ kind: "drawn", shape });
    return true;
  }

  /** Give a shape another outline, cut at the edge of the picture. */
  function reshape(id: string, outline: readonly Point[], goesOn = false): void {
    const shape = find(id);
    const { size } = state();
    const points = size === null ? [] : clipped(outline, size);
    if (shape === null || points.length === 0) return;
    // Where corners were cut off, the others have new numbers.
    if (points.length !== outline.length) patch({ corner: null });
    const upright = shape.type === "rect" ? cornersOf(boundsOf(points)) : points;
    const changed = { ...shape, points: upright, movedHere: true };
    replace(changed, goesOn);
    onDeed({ kind: "moved", shape: changed });
  }

  function move(by: Point, goesOn = false): void {
    const shape = selected();
    const { corner, size } = state();
    if (shape === null || size === null) return;
    const inside = clipped(shape.points, size);
    if (inside.length === 0) return;
    if (corner === null || shape.type === "rect") return reshape(shape.id, movedInside(inside, by, size), goesOn);
    const [x, y] = shape.points[corner]!;
    reshape(shape.id, shape.points.with(corner, clampPoint([x + by[0], y + by[1]], size)), goesOn);
  }

  /** Give the selected shape this label, if one is selected; else what is drawn next. */
  function relabel(label: string): void {
    const shape = selected();
    if (shape === null) return patch({ label });
    if (shape.label === label) return;
    const changed = { ...shape, label, color: colorOf(labels, label), labelledHere: true };
    replace(changed);
    onDeed({ kind: "relabelled", shape: changed });
  }

  function remove(id: string): void {
    const shape = find(id);
    if (shape === null) return;
    commit(state().shapes.filter((other) => other.id !== id));
    onDeed({ kind: "removed", shape });
  }

  /** Delete the selected point of an outline that has more than three, else the selected shape. */
  function removeSelected(): boolean {
    const shape = selected();
    if (shape === null) return false;
    const { corner } = state();
    if (corner !== null && shape.type !== "rect" && shape.points.length > 3) removeCorner(shape, corner);
    else remove(shape.id);
    return true;
  }

  function removeCorner(shape: Shape, corner: number): void {
    const points = shape.points.toSpliced(corner, 1);
    patch({ corner: null });
    reshape(shape.id, points);
  }

  /** Put a new point behind one of the selected outline: half way to the next. */
  function addCorner(after: number): void {
    const shape = selected();
    if (shape === null || shape.type === "rect") return;
    const [one, other] = [shape.points[after]!, shape.points[(after + 1) % shape.points.length]!];
    reshape(shape.id, shape.points.toSpliced(after + 1, 0, middle(one, other)));
    patch({ corner: after + 1 });
  }

  /** A copy beside the selected shape, with nothing of what is known about that one alone. */
  function duplicate(by: Point): boolean {
    const shape = selected();
    const { size, shapes } = state();
    const inside = shape === null || size === null ? [] : clipped(shape.points, size);
    if (shape === null || size === null || inside.length === 0) return false;
    const there = movedInside(inside, by, size);
    const points = isSame(there, inside) ? movedInside(inside, [-by[0], -by[1]], size) : there;
    const { type, label, color } = shape;
    const copy: Shape = { ...DRAWN, id: newId(), type, label, color, points };
    commit([...shapes, copy]);
    patch({ selected: copy.id, corner: null });
    onDeed({ kind: "duplicated", shape: copy });
    return true;
  }

  function toggleHidden(id: string): void {
    const hidden = new Set(state().hidden);
    if (!hidden.delete(id)) hidden.add(id);
    patch({ hidden, ...(state().selected === id && hidden.has(id) && { selected: null, corner: null }) });
  }

  function back(): boolean {
    const shapes = steps.back(state().shapes);
    if (shapes !== null) show(shapes);
    if (shapes !== null) onDeed({ kind: "back" });
    return shapes !== null;
  }

  function forth(): boolean {
    const shapes = steps.forth(state().shapes);
    if (shapes !== null) show(shapes);
    if (shapes !== null) onDeed({ kind: "forth" });
    return shapes !== null;
  }

  return {
    state,
    subscribe: subject.subscribe,
    find,
    selected,
    colorOf: (label: string) => colorOf(labels, label),
    adopt,
    setSize: (size: Size) => patch({ size }),
    setMode: (mode: ShapeType) => patch({ mode }),
    select,
    walk,
    add,
    reshape,
    move,
    relabel,
    remove,
    removeSelected,
    addCorner,
    duplicate,
    toggleHidden,
    showAll: () => patch({ hidden: new Set() }),
    back,
    forth,
  };
}

const NOTHING_YET = Symbol("nothing yet");
/** In square pixels of the original. */
const SMALLEST_AREA = 0.25;
const DRAWN = { given: undefined, movedHere: true, labelledHere: true };

function isSame(one: readonly Point[], other: readonly Point[]): boolean {
  return one.every(([x, y], place) => x === other[place]?.[0] && y === other[place]?.[1]);
}

/** A random UUID; also on plain http, where browsers have no `crypto.randomUUID`. */
function makeId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

/** The shapes that need a word, by what is wrong with them. */
export function flawsIn({ shapes, size }: Pick<EditorState, "shapes" | "size">): ReadonlyMap<string, Flaw> {
  const flaws = new Map<string, Flaw>();
  for (const shape of size === null ? [] : shapes) {
    const flaw = flawOf(shape, size!);
    if (flaw !== null) flaws.set(shape.id, flaw);
  }
  return flaws;
}
