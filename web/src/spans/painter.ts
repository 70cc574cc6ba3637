/** Draws marks on the lines of the text that are in view, a few lines at a time: all that is read from the layout first,
 * then all that is written. Bands of lines whose marks are as they were stay as they are. */

import { type Document, blockAt } from "./document";
import type { TokenRange } from "./edit";
import type { Geometry, Layout } from "./geometry";
import type { Lanes } from "./lanes";
import type { Mark, Span } from "./marks";
import { type Band, type BandPlan, type Tint, planBand } from "./plan";
import { drawMarks, drawPick, keepBands } from "./draw";

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

/** A band as it is drawn. */
interface Drawn extends Band {
  /** What was to be drawn when it was last looked at. */
  picture: Picture;
  readonly marks: readonly Mark[];
  readonly lanes: Lanes;
  readonly selected: Span | null;
}

/** What is drawn on a block. */
interface Painted {
  readonly lineHeight: number;
  readonly lines: number;
  readonly bands: Map<number, Drawn>;
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
const BAND_LINES = 8;
/** Bands of a high block that are further away than this many are taken away. */
const BANDS_KEPT = 12;
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
    const plans: BandPlan[] = [];
    const changed = new Map<number, readonly [first: number, last: number]>();
    for (let place = first; place <= last; place += 1) {
      const marks = marksOf.get(place) ?? [];
      if (marks.length === 0 && painted.get(place) === undefined) continue;
      const layout = geometry.lines(place);
      const range = bandsInView(layout);
      const found = plansOf(place, marks, layout, range);
      if (found.length > 0) changed.set(place, range);
      plans.push(...found);
    }
    for (const plan of plans) drawMarks(geometry.element(plan.band.place), { plan, style, canEdit, owners });
    for (const [place, [from, to]] of changed) {
      const { bands } = painted.get(place)!;
      for (const band of bands.keys()) if (band < from - BANDS_KEPT || band > to + BANDS_KEPT) bands.delete(band);
      keepBands(geometry.element(place), (band) => bands.has(band));
    }
  }

  function bandsInView({ lineAt }: Layout): readonly [first: number, last: number] {
    return [bandOf(lineAt(-AHEAD_PX)), bandOf(lineAt(innerHeight + AHEAD_PX))];
  }

  /** What is to be drawn on a block: the bands in view that are not as they should be. */
  function plansOf(place: number, marks: readonly Mark[], layout: Layout, [first, last]: readonly [number, number]): readonly BandPlan[] {
    const { lanes, selected } = picture;
    const { bands } = paintedAs(place, layout);
    const plans: BandPlan[] = [];
    for (let number = first; number <= last; number += 1) {
      const before = bands.get(number);
      if (before?.picture === picture) continue;
      const band = before ?? bandAt(place, number, layout);
      const here = marks.filter((mark) => mark.from < band.to && mark.to > band.from);
      if (before !== undefined && isSame(before, here)) before.picture = picture;
      else {
        plans.push(planBand({ band, marks: here, geometry, tintOf, lanes, selected }));
        bands.set(number, { ...band, picture, marks: here, lanes, selected: selectedIn(here) });
      }
    }
    return plans;
  }

  /** What is drawn on a block; nothing that counts where its lines have changed since. */
  function paintedAs(place: number, { count, lineHeight }: Layout): Painted {
    const before = painted.get(place);
    if (before?.lines === count && before.lineHeight === lineHeight) return before;
    const now = { lines: count, lineHeight, bands: new Map<number, Drawn>() };
    painted.set(place, now);
    return now;
  }

  function bandAt(place: number, number: number, layout: Layout): Band {
    const [firstLine, endLine] = [number * BAND_LINES, (number + 1) * BAND_LINES];
    const [from, to] = geometry.unitsOfLines(place, firstLine, endLine, layout);
    return { place, number, firstLine, endLine, from, to };
  }

  function selectedIn(marks: readonly Mark[]): Span | null {
    return marks.some((mark) => mark.span === picture.selected) ? picture.selected : null;
  }

  function isSame(before: Drawn, marks: readonly Mark[]): boolean {
    if (before.selected !== selectedIn(marks) || before.marks.length !== marks.length) return false;
    return before.marks.every((mark, place) => mark === marks[place] && before.lanes.get(mark) === picture.lanes.get(mark));
  }

  function show(next: Picture): void {
    picture = next;
    marksOf = byBlock(document, next.marks);
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
      const layout = geometry.lines(place);
      const [firstBand, lastBand] = bandsInView(layout);
      const [partFrom, partTo] = geometry.unitsOfLines(place, firstBand * BAND_LINES, (lastBand + 1) * BAND_LINES, layout);
      const boxes = geometry.boxes(place, Math.max(from, partFrom), Math.min(to, partTo));
      found.push({ place, boxes, ground: geometry.element(place).getBoundingClientRect() });
    }
    return found;
  }

  function repaint(): void {
    for (const [place, before] of painted) painted.set(place, { ...before, lines: -1 });
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

function bandOf(line: number): number {
  return Math.floor(line / BAND_LINES);
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
