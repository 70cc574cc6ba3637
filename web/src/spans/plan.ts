/** What is to be drawn on some lines of a block: read from the layout, in pixels from the block's corner. */

import type { Box, Geometry } from "./geometry";
import type { Lanes } from "./lanes";
import type { Mark, Span } from "./marks";

export interface Tint {
  readonly color: string;
  readonly ink: string;
}

export interface Part {
  readonly mark: Mark;
  readonly tint: Tint;
  readonly lane: number;
  readonly line: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Whether the span starts, or ends, with this part of it. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly isSelected: boolean;
  /** How wide its label may be before it meets the next one; null where nothing is in its way. */
  tagRoom: number | null;
}

/** Some lines of a block, which are drawn together. */
export interface Band {
  readonly place: number;
  readonly number: number;
  readonly firstLine: number;
  readonly endLine: number;
  /** The text on them, and a little more. */
  readonly from: number;
  readonly to: number;
}

export interface BandPlan {
  readonly band: Band;
  readonly rtl: boolean;
  readonly width: number;
  readonly parts: readonly Part[];
}

interface PlanOptions {
  readonly band: Band;
  readonly marks: readonly Mark[];
  readonly geometry: Geometry;
  readonly lanes: Lanes;
  readonly selected: Span | null;
  readonly tintOf: (mark: Mark) => Tint;
}

const BETWEEN_TAGS_PX = 3;

export function planBand(options: PlanOptions): BandPlan {
  const { band, geometry, marks } = options;
  const { place } = band;
  const ground = geometry.element(place).getBoundingClientRect();
  const rtl = geometry.isRtl(place);
  const parts = marks.flatMap((mark) => partsOf(options, mark, ground, rtl));
  giveRoom(parts, rtl, ground.width);
  return { band, rtl, width: ground.width, parts };
}

function partsOf({ band, geometry, tintOf, ...options }: PlanOptions, mark: Mark, ground: DOMRect, rtl: boolean): readonly Part[] {
  const from = Math.max(mark.from, band.from);
  const to = Math.min(mark.to, band.to);
  const boxes = geometry.boxes(band.place, from, to);
  const tint = tintOf(mark);
  const lane = options.lanes.get(mark) ?? 0;
  const isSelected = mark.span === options.selected;
  // On a line that runs from right to left the box at the right is the first.
  const ordered = rtl ? [...boxes].sort((one, other) => one.line - other.line || other.left - one.left) : boxes;
  const parts = ordered.map((box: Box, number) => ({
    mark,
    tint,
    lane,
    isSelected,
    line: box.line,
    left: box.left - ground.left,
    right: box.right - ground.left,
    top: box.top - ground.top,
    bottom: box.bottom - ground.top,
    isFirst: number === 0 && from === mark.from,
    isLast: number === ordered.length - 1 && to === mark.to,
    tagRoom: null,
  }));
  return parts.filter(({ line }) => line >= band.firstLine && line < band.endLine);
}

/** Each label may reach as far as the next part on its line and lane. */
function giveRoom(parts: readonly Part[], rtl: boolean, width: number): void {
  const rows = new Map<string, Part[]>();
  for (const part of parts) {
    const row = `${part.line} ${part.lane}`;
    rows.set(row, [...(rows.get(row) ?? []), part]);
  }
  for (const row of rows.values()) {
    row.sort((one, other) => (rtl ? other.right - one.right : one.left - other.left));
    row.forEach((part, number) => {
      const next = row[number + 1];
      const end = next === undefined ? (rtl ? 0 : width) : rtl ? next.right + BETWEEN_TAGS_PX : next.left - BETWEEN_TAGS_PX;
      part.tagRoom = Math.max(0, rtl ? part.right - end : end - part.left);
    });
  }
}
