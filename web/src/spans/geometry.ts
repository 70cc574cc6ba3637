/** Where the text of a document is on the screen, and what is at a place of the screen. Nothing is remembered but the
 * elements: each answer is measured, a few lines of text at a time, so nothing is wrong after a resize. */

import { lastAtMost } from "../text/offsets";
import { type Document, blockAt } from "./document";
import { beforeToken, onToken } from "./select";

/** A part of one line of text, in pixels of the window. */
export interface Box {
  readonly line: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Hit {
  /** As selections count: on a token, or between two. */
  readonly position: number;
  /** The token there, or so near that a click means it; -1 where there is none. */
  readonly token: number;
  /** The token nearest to it on its line, however far; -1 on a line without any. */
  readonly nearest: number;
}

export type Layout = ReturnType<Geometry["lines"]>;
export type Geometry = ReturnType<typeof createGeometry>;

const NEAR_PX = 7;
/** Tokens of one span may stand a little apart; there is no gap in what marks them. */
const TOUCHING_PX = 6;

export function createGeometry(document: Document, root: HTMLElement) {
  const { blocks, tokens } = document;
  const elements = root.children as HTMLCollectionOf<HTMLElement>;
  const pieceStarts = blocks.map(({ pieces }) => pieces.map((piece) => piece.from));
  const range = root.ownerDocument.createRange();

  const element = (place: number) => elements[place]!;
  const textElement = (place: number) => element(place).firstElementChild as HTMLElement;

  /** The DOM's name of a unit of the text. */
  function spot(place: number, unit: number, isEnd: boolean): readonly [Node, number] {
    const { pieces } = blocks[place]!;
    let at = lastAtMost(pieceStarts[place]!, isEnd ? unit - 1 : unit);
    const piece = pieces[at]!;
    const child = textElement(place).childNodes[at]!;
    const node = child.nodeType === Node.TEXT_NODE ? child : child.firstChild!;
    const inside = Math.min(Math.max(unit - piece.from, 0), piece.shown.length);
    return [node, piece.kind === "newline" ? (isEnd ? piece.shown.length : 0) : inside];
  }

  function rects(place: number, from: number, to: number): readonly DOMRect[] {
    const block = blocks[place]!;
    const last = block.pieces.at(-1);
    const start = Math.max(from, block.from);
    const end = Math.min(to, last?.to ?? block.from);
    if (last === undefined || start >= end) return [];
    range.setStart(...spot(place, start, false));
    range.setEnd(...spot(place, end, true));
    return Array.from(range.getClientRects());
  }

  /** Where its lines begin and how high they are: all of a block are alike. */
  function lines(place: number) {
    const text = textElement(place);
    const { top, height } = text.getBoundingClientRect();
    const lineHeight = Number.parseFloat(getComputedStyle(text).lineHeight) || height || 1;
    const count = Math.max(1, Math.round(height / lineHeight));
    const lineAt = (y: number) => Math.min(count - 1, Math.max(0, Math.floor((y - top) / lineHeight)));
    return { top, lineHeight, count, lineAt };
  }

  /** The boxes of a part of the text within a block, line by line. */
  function boxes(place: number, from: number, to: number): readonly Box[] {
    const { lineAt } = lines(place);
    return merged(
      rects(place, from, to).map(({ left, right, top, bottom }) => ({ line: lineAt((top + bottom) / 2), left, right, top, bottom })),
    );
  }

  function tokenRects(place: number, token: number): readonly DOMRect[] {
    const { from, to } = tokens[token]!;
    return rects(place, from, to);
  }

  /** The first token of a block whose end is on a line or below it. */
  function firstOnLine(place: number, line: number, { lineAt } = lines(place)): number {
    const { firstToken, endToken } = blocks[place]!;
    let low = firstToken;
    let high = endToken;
    while (low < high) {
      const middle = (low + high) >> 1;
      const rect = tokenRects(place, middle).at(-1);
      if (rect !== undefined && lineAt((rect.top + rect.bottom) / 2) < line) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function isRtl(place: number): boolean {
    return getComputedStyle(textElement(place)).direction === "rtl";
  }

  function hit(x: number, y: number): Hit {
    const place = blockAtY(y);
    const layout = lines(place);
    return hitOnLine(place, layout.lineAt(y), x, layout);
  }

  function hitOnLine(place: number, line: number, x: number, layout = lines(place)): Hit {
    const first = firstOnLine(place, line, layout);
    let end = first;
    let left: Side | null = null;
    let right: Side | null = null;
    for (; end < blocks[place]!.endToken; end += 1) {
      const all = tokenRects(place, end);
      const here = all.filter((rect) => layout.lineAt((rect.top + rect.bottom) / 2) === line);
      if (here.length === 0 && all.length > 0) break;
      for (const rect of here) {
        if (rect.left <= x && x < rect.right) return { position: onToken(end), token: end, nearest: end };
        if (rect.right <= x && (left === null || rect.right > left.x)) left = { x: rect.right, token: end };
        if (rect.left > x && (right === null || rect.left < right.x)) right = { x: rect.left, token: end };
      }
    }
    const nearest = nearestOf(left, right, x);
    const ends: readonly [number, number] = isRtl(place) ? [end, first] : [first, end];
    return {
      position: positionBetween(left, right, x, ends),
      token: nearest !== null && Math.abs(nearest.x - x) <= NEAR_PX ? nearest.token : -1,
      nearest: nearest?.token ?? -1,
    };
  }

  function blockAtY(y: number): number {
    let low = 0;
    let high = blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (element(middle).getBoundingClientRect().top <= y) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The part of a block that is on some of its lines, and a little more. */
  function unitsOfLines(place: number, first: number, end: number, layout = lines(place)): readonly [from: number, to: number] {
    const block = blocks[place]!;
    const before = first <= 0 ? undefined : tokens[firstOnLine(place, first, layout) - 1];
    const after = end >= layout.count ? undefined : tokens[firstOnLine(place, end, layout)];
    return [Math.max(block.from, before?.from ?? 0), Math.min(block.to, after?.to ?? block.to)];
  }

  function tokenBox(token: number): Box | null {
    const { from, to } = tokens[token]!;
    const first = blockAt(blocks, from);
    return boxes(first, from, to)[0] ?? boxes(blockAt(blocks, to - 1), from, to)[0] ?? null;
  }

  return { element, textElement, boxes, lines, hit, hitOnLine, blockAtY, unitsOfLines, tokenBox, isRtl };
}

interface Side {
  readonly x: number;
  readonly token: number;
}

function nearestOf(left: Side | null, right: Side | null, x: number): Side | null {
  if (left === null || right === null) return left ?? right;
  return x - left.x < right.x - x ? left : right;
}

/** Where there is no token: between its neighbours on the line, or before or after all of them. */
function positionBetween(left: Side | null, right: Side | null, x: number, [leftEnd, rightEnd]: readonly [number, number]): number {
  if (left === null) return beforeToken(leftEnd);
  if (right === null) return beforeToken(rightEnd);
  if (left.token === right.token) return onToken(left.token);
  if (Math.abs(left.token - right.token) === 1) return beforeToken(Math.max(left.token, right.token));
  return onToken(x - left.x < right.x - x ? left.token : right.token);
}

/** Boxes side by side on a line become one; text that runs both ways may leave several. */
export function merged(boxes: readonly Box[]): readonly Box[] {
  const result: Box[] = [];
  for (const box of [...boxes].sort((one, other) => one.line - other.line || one.left - other.left)) {
    const before = result.at(-1);
    if (before !== undefined && before.line === box.line && box.left <= before.right + TOUCHING_PX) {
      result[result.length - 1] = {
        line: box.line,
        left: before.left,
        right: Math.max(before.right, box.right),
        top: Math.min(before.top, box.top),
        bottom: Math.max(before.bottom, box.bottom),
      };
    } else if (box.right > box.left || boxes.length === 1) result.push(box);
  }
  return result;
}
