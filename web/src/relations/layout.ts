/** Where arcs run: from the ends up to a lane over the row, through the margin where the ends are in different rows. */

import { type Geometry, type Part, partsOf } from "./geometry";
import { lastAtMost } from "../text/offsets";
import { assignLanes, clearPlace } from "./lanes";
import { type Node, type Relation, nodeKey } from "./task";

/** A piece of an arc that runs along a row, in a lane over it. */
export interface Piece {
  readonly row: number;
  /** Where it begins and ends, on the side of the head first; at the margin for an arc over rows. */
  readonly from: number;
  readonly to: number;
  readonly lane: number;
}

/** The label of an arc, over one of its pieces. */
export interface LabelBox {
  readonly row: number;
  readonly lane: number;
  /** Its left end. */
  readonly x: number;
  readonly width: number;
  /** Where on the piece it may be, so that it stays in sight where the text scrolls. */
  readonly from: number;
  readonly to: number;
}

export interface Arc {
  readonly relation: Relation;
  readonly head: { readonly row: number; readonly x: number };
  readonly child: { readonly row: number; readonly x: number };
  /** One piece, or that of the head and that of the child. */
  readonly pieces: readonly Piece[];
  readonly label: LabelBox;
}

export interface Layout {
  readonly arcs: readonly Arc[];
  /** How many lanes each row needs. */
  readonly lanes: readonly number[];
}

export interface Sizes {
  readonly labelWidth: (label: string) => number;
  /** How much room there is beside the text for arcs that go from row to row. */
  readonly margin: number;
}

const SLOT_PX = 11;
const LEAST_SLOT_PX = 5;
const TRACK_PX = 8;
const ROOM_PX = 8;
const LEG_ROOM_PX = 4;
const CORNER_PX = 8;

/** An arc whose ends are known by row, and by which side it leaves the text if they are in two rows. */
interface Draft {
  readonly relation: Relation;
  readonly head: Part;
  readonly child: Part;
  readonly side: "left" | "right" | null;
}

export function layOut(relations: readonly Relation[], geometry: Geometry, sizes: Sizes): Layout {
  const drafts = relations.flatMap((relation) => draftOf(relation, geometry));
  const slots = slotsOf(drafts, geometry);
  const tracks = tracksOf(drafts, geometry, sizes.margin);
  const pieces = drafts.map((draft, place) => piecesOf(draft, slots[place]!, tracks[place]!));
  return settle(drafts, slots, pieces, geometry, sizes);
}

/** Ends in the same row if there is such a row; a node over two rows is met where it is nearer. */
function draftOf(relation: Relation, geometry: Geometry): Draft[] {
  const pairs = partsOf(geometry, relation.head).flatMap((head) => partsOf(geometry, relation.child).map((child) => ({ head, child })));
  const [first, ...others] = pairs;
  if (first === undefined) return [];
  const best = others.reduce((near, pair) => (rowsBetween(pair) < rowsBetween(near) ? pair : near), first);
  const leftWay = middle(best.head) + middle(best.child);
  const side = best.head.row === best.child.row ? null : leftWay <= geometry.width ? "left" : "right";
  return [{ relation, ...best, side }];
}

function rowsBetween({ head, child }: { readonly head: Part; readonly child: Part }): number {
  return Math.abs(head.row - child.row);
}

function middle(part: Part): number {
  return (part.left + part.right) / 2;
}

interface Slots {
  readonly head: number;
  readonly child: number;
}

/** Where at its node each end is: side by side, so that arcs of one node do not cross there. */
function slotsOf(drafts: readonly Draft[], geometry: Geometry): readonly Slots[] {
  const ends = new Map<string, { readonly part: Part; readonly list: { place: number; end: "head" | "child"; reach: number }[] }>();
  const add = (place: number, end: "head" | "child", node: Node, part: Part, reach: number) => {
    const name = `${nodeKey(node)} ${part.row}`;
    const group = ends.get(name) ?? { part, list: [] };
    group.list.push({ place, end, reach });
    ends.set(name, group);
  };
  drafts.forEach((draft, place) => {
    const { head, child, relation } = draft;
    add(place, "head", relation.head, head, reachOf(draft, head, child, geometry));
    add(place, "child", relation.child, child, reachOf(draft, child, head, geometry));
  });
  const slots = drafts.map(() => ({ head: 0, child: 0 }));
  for (const { part, list } of ends.values()) {
    const step = Math.max(LEAST_SLOT_PX, Math.min(SLOT_PX, (part.right - part.left - 8) / list.length));
    const start = middle(part) - (step * (list.length - 1)) / 2;
    list.sort((one, other) => turn(one.reach) - turn(other.reach) || one.place - other.place);
    list.forEach(({ place, end }, at) => (slots[place]![end] = start + at * step));
  }
  return slots;
}

/** How far an arc goes from here; less than 0 to the left. */
function reachOf({ side }: Draft, here: Part, there: Part, { width }: Geometry): number {
  if (side === "left") return -middle(here) - width;
  if (side === "right") return 2 * width - middle(here);
  return middle(there) - middle(here);
}

/** From left to right: to the left from near to far, then to the right from far to near. */
function turn(reach: number): number {
  return reach === 0 ? 0 : 1 / reach;
}

/** How far out in the margin each arc over rows runs; arcs over fewer rows run nearer to the text. */
function tracksOf(drafts: readonly Draft[], geometry: Geometry, margin: number): readonly number[] {
  const result = drafts.map(() => 0);
  for (const side of ["left", "right"] as const) {
    const places = drafts.flatMap((draft, place) => (draft.side === side ? [place] : []));
    const lanes = assignLanes(places.map((place) => rowsOf(drafts[place]!)), 0.5);
    const step = Math.min(TRACK_PX, (margin - 6) / Math.max(1, ...lanes.map((lane) => lane + 1)));
    places.forEach((place, at) => {
      const out = 2 + step * (lanes[at]! + 0.5);
      result[place] = side === "left" ? -out : geometry.width + out;
    });
  }
  return result;
}

function rowsOf({ head, child }: Draft): { readonly from: number; readonly to: number } {
  return { from: Math.min(head.row, child.row), to: Math.max(head.row, child.row) };
}

type LooseLine = Omit<Piece, "lane">;

function piecesOf(draft: Draft, slots: Slots, track: number): readonly LooseLine[] {
  if (draft.side === null) return [{ row: draft.head.row, from: slots.head, to: slots.child }];
  return [
    { row: draft.head.row, from: slots.head, to: track },
    { row: draft.child.row, from: track, to: slots.child },
  ];
}

interface Line extends LooseLine {
  readonly arc: number;
  readonly width: number;
  readonly labelled: boolean;
}

/** Give each piece a lane and each label a place. */
function settle(
  drafts: readonly Draft[],
  slots: readonly Slots[],
  pieces: readonly (readonly LooseLine[])[],
  geometry: Geometry,
  sizes: Sizes,
): Layout {
  const rows: Line[][] = Array.from({ length: geometry.rowCount }, () => []);
  pieces.forEach((own, arc) => {
    const width = sizes.labelWidth(drafts[arc]!.relation.label);
    const best = own.length > 1 && span(own[1]!) > span(own[0]!) ? 1 : 0;
    own.forEach((piece, at) => rows[piece.row]!.push({ ...piece, arc, width, labelled: at === best }));
  });
  const settled = rows.map((lines) => settleRow(lines, slots, geometry.width));
  const found = new Map<number, { lanes: Map<number, number>; label: LabelBox | null }>();
  rows.forEach((lines, row) =>
    lines.forEach((line, at) => {
      const one = found.get(line.arc) ?? { lanes: new Map<number, number>(), label: null };
      const { lane, x, from, to } = settled[row]!.places[at]!;
      one.lanes.set(row, lane);
      if (line.labelled) one.label = { row, lane, x, width: line.width, from, to };
      found.set(line.arc, one);
    }),
  );
  const arcs = drafts.map((draft, place) => {
    const { lanes, label } = found.get(place)!;
    return {
      relation: draft.relation,
      head: { row: draft.head.row, x: slots[place]!.head },
      child: { row: draft.child.row, x: slots[place]!.child },
      pieces: pieces[place]!.map((piece) => ({ ...piece, lane: lanes.get(piece.row)! })),
      label: label!,
    };
  });
  return { arcs, lanes: settled.map(({ count }) => count) };
}

function span(piece: LooseLine): number {
  return Math.abs(piece.to - piece.from);
}

function settleRow(lines: readonly Line[], slots: readonly Slots[], width: number) {
  const homes = lines.map((line) => labelHome(line, width));
  const lanes = assignLanes(
    lines.map((line, at) => ({
      from: Math.min(line.from, line.to, line.labelled ? homes[at]! : line.from),
      to: Math.max(line.from, line.to, line.labelled ? homes[at]! + line.width : line.to),
    })),
    ROOM_PX,
  );
  const legs = legsOf(lines, lanes, slots);
  const xs = legs.map((leg) => leg.x);
  const places = lines.map((line, at) => {
    const x = labelPlace(line, homes[at]!, lanes[at]!, legs, xs);
    const from = Math.max(0, Math.min(line.from, line.to) + CORNER_PX);
    const to = Math.min(width, Math.max(line.from, line.to) - CORNER_PX);
    return { lane: lanes[at]!, x, from: Math.min(x, from), to: Math.max(x + line.width, to) };
  });
  return { places, count: Math.max(0, ...lanes.map((lane) => lane + 1)) };
}

/** The label over the middle of its piece, but within the text. */
function labelHome(line: Line, width: number): number {
  const [from, to] = [Math.max(0, Math.min(line.from, line.to)), Math.min(width, Math.max(line.from, line.to))];
  return Math.max(0, Math.min((from + to - line.width) / 2, width - line.width));
}

interface Leg {
  readonly x: number;
  readonly lane: number;
}

/** Where lines come down to their ends, from left to right. */
function legsOf(lines: readonly Line[], lanes: readonly number[], slots: readonly Slots[]): readonly Leg[] {
  const legs: Leg[] = [];
  lines.forEach(({ from, to, arc }, at) => {
    const { head, child } = slots[arc]!;
    for (const x of [from, to]) if (x === head || x === child) legs.push({ x, lane: lanes[at]! });
  });
  return legs.sort((one, other) => one.x - other.x);
}

/** Beside the legs of higher arcs that come down through this lane. */
function labelPlace(line: Line, home: number, lane: number, legs: readonly Leg[], xs: readonly number[]): number {
  if (!line.labelled) return home;
  const [least, most] = [Math.min(line.from, line.to) + CORNER_PX, Math.max(line.from, line.to) - CORNER_PX - line.width];
  const through: number[] = [];
  const start = xs.length === 0 ? 0 : lastAtMost(xs, least - LEG_ROOM_PX);
  for (let at = start; at < legs.length && xs[at]! < most + line.width + LEG_ROOM_PX; at += 1) {
    if (legs[at]!.lane > lane) through.push(legs[at]!.x);
  }
  return clearPlace(home, least, most, line.width, through, LEG_ROOM_PX);
}
