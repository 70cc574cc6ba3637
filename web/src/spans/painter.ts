/** Draws marks on the blocks of the text that are in view: all that is read from the layout first, then all that is
 * written. Blocks whose marks are as they were stay as they are. */

import { type Document, blockAt } from "./document";
import type { TokenRange } from "./edit";
import type { Geometry } from "./geometry";
import type { Lanes } from "./lanes";
import type { Mark, Span } from "./marks";
import { type BlockPlan, type Tint, planBlock } from "./plan";
import { drawMarks, drawPick } from "./draw";

export type Style = "fill" | "lanes" | "columns";

export interface Picture {
  readonly marks: readonly Mark[];
  readonly lanes: Lanes;
  readonly selected: Span | null;
}

/** What is being picked: tokens, and the one that the cursor is on. */
export interface Pick {
  readonly range: TokenRange | null;
  readonly cursor: number;
  /** The colour of the span that it will be. */
  readonly color: string | null;
}

interface Painted {
  readonly marks: readonly Mark[];
  readonly selected: Span | null;
  /** The part that was drawn, where a block is much higher than the window. */
  readonly from: number;
  readonly to: number;
}

interface PainterOptions {
  readonly document: Document;
  readonly geometry: Geometry;
  readonly root: HTMLElement;
  readonly style: Style;
  readonly canEdit: boolean;
  readonly tintOf: (mark: Mark) => Tint;
}

export type Painter = ReturnType<typeof createPainter>;

const AHEAD_PX = 500;
const NOTHING: Pick = { range: null, cursor: -1, color: null };

export function createPainter({ document, geometry, root, style, canEdit, tintOf }: PainterOptions) {
  const { blocks, tokens } = document;
  const owners = new WeakMap<Element, Mark>();
  const painted = new Map<number, Painted>();
  let picture: Picture = { marks: [], lanes: new Map(), selected: null };
  let marksOf = new Map<number, Mark[]>();
  let pick = NOTHING;
  let picked: Element[] = [];
  let width = root.clientWidth;

  /** The blocks in view and a little around them. */
  function inView(): readonly [first: number, last: number] {
    return [geometry.blockAtY(-AHEAD_PX), geometry.blockAtY(innerHeight + AHEAD_PX)];
  }

  /** Draw what is in view and is not drawn yet, or not so. */
  function update(): void {
    const [first, last] = inView();
    const plans: BlockPlan[] = [];
    for (let place = first; place <= last; place += 1) {
      const marks = marksOf.get(place) ?? [];
      const before = painted.get(place);
      if (marks.length === 0 && (before === undefined || before.marks.length === 0)) continue;
      const [from, to] = partInView(place);
      if (before !== undefined && isSame(before, marks, picture.selected) && before.from <= from && before.to >= to) continue;
      const shown = marks.filter((mark) => mark.from < to && mark.to > from);
      const { lanes, selected } = picture;
      plans.push(planBlock({ place, marks: shown, geometry, block: blocks[place]!, tintOf, lanes, selected }));
      painted.set(place, { marks, selected: selectedIn(marks), from, to });
    }
    for (const plan of plans) drawMarks(geometry.element(plan.place), { plan, style, canEdit, owners });
  }

  /** All of a block, or as much of a high one as is in view. */
  function partInView(place: number): readonly [from: number, to: number] {
    const block = blocks[place]!;
    const { top, bottom } = geometry.element(place).getBoundingClientRect();
    if (bottom - top < 4 * innerHeight) return [block.from, block.to];
    const before = painted.get(place);
    const [from, to] = geometry.unitsBetween(place, -AHEAD_PX, innerHeight + AHEAD_PX);
    if (before !== undefined && before.from <= from && before.to >= to) return [from, to];
    return geometry.unitsBetween(place, -innerHeight - AHEAD_PX, 2 * innerHeight + AHEAD_PX);
  }

  function selectedIn(marks: readonly Mark[]): Span | null {
    return marks.some((mark) => mark.span === picture.selected) ? picture.selected : null;
  }

  function isSame(before: Painted, marks: readonly Mark[], selected: Span | null): boolean {
    const now = marks.some((mark) => mark.span === selected) ? selected : null;
    return before.selected === now && before.marks.length === marks.length && before.marks.every((mark, place) => mark === marks[place]);
  }

  function show(next: Picture): void {
    const lanesBefore = picture.lanes;
    picture = next;
    marksOf = byBlock(document, next.marks);
    for (const [place, before] of painted) {
      if (before.marks.some((mark) => lanesBefore.get(mark) !== next.lanes.get(mark))) painted.delete(place);
    }
    update();
    drawPicked();
  }

  function showPick(next: Pick): void {
    const { range, cursor, color } = next;
    if (range?.first === pick.range?.first && range?.last === pick.range?.last && cursor === pick.cursor && color === pick.color) return;
    pick = next;
    drawPicked();
  }

  function drawPicked(): void {
    for (const element of picked) element.remove();
    picked = [];
    if (pick.range === null && pick.cursor < 0) return;
    const [first, last] = inView();
    const boxes = (range: TokenRange) => boxesInView(tokens[range.first]!.from, tokens[range.last]!.to, first, last);
    const range = pick.range === null ? [] : boxes(pick.range);
    const cursor = pick.cursor < 0 ? [] : boxes({ first: pick.cursor, last: pick.cursor });
    picked = drawPick(geometry, range, cursor, pick.color);
  }

  function boxesInView(from: number, to: number, firstBlock: number, lastBlock: number) {
    const first = Math.max(firstBlock, blockAt(blocks, from));
    const last = Math.min(lastBlock, blockAt(blocks, to - 1));
    const found = [];
    for (let place = first; place <= last; place += 1) {
      const [partFrom, partTo] = partInView(place);
      const boxes = geometry.boxes(place, Math.max(from, partFrom), Math.min(to, partTo));
      found.push({ place, boxes, ground: geometry.element(place).getBoundingClientRect() });
    }
    return found;
  }

  function repaint(): void {
    painted.clear();
    update();
    drawPicked();
  }

  const onScroll = () => {
    update();
    if (pick.range !== null || pick.cursor >= 0) drawPicked();
  };
  const watcher = new ResizeObserver(() => {
    if (root.clientWidth === width) return onScroll();
    width = root.clientWidth;
    repaint();
  });
  watcher.observe(root);
  addEventListener("scroll", onScroll, { capture: true, passive: true });
  addEventListener("resize", onScroll);
  void root.ownerDocument.fonts?.ready.then(() => root.isConnected && repaint());

  return {
    show,
    showPick,
    markOf: (element: Element): Mark | null => owners.get(element.closest("[data-mark]") ?? element) ?? null,
    destroy(): void {
      watcher.disconnect();
      removeEventListener("scroll", onScroll, { capture: true });
      removeEventListener("resize", onScroll);
    },
  };
}

/** The marks of each block, in their order. */
function byBlock({ blocks }: Document, marks: readonly Mark[]): Map<number, Mark[]> {
  const found = new Map<number, Mark[]>();
  for (const mark of marks) {
    const last = blockAt(blocks, mark.to - 1);
    for (let place = blockAt(blocks, mark.from); place <= last; place += 1) {
      const here = found.get(place);
      if (here === undefined) found.set(place, [mark]);
      else here.push(mark);
    }
  }
  return found;
}
