/** Where the tokens are: in which row of the wrapped text, from where to where. Lengths in CSS pixels. */

import type { Node } from "./task";

export interface Part {
  readonly row: number;
  readonly left: number;
  readonly right: number;
}

export interface Geometry {
  /** For each token its part in each row that it is in; one, but for words longer than a row. */
  readonly tokens: readonly (readonly Part[])[];
  readonly rowCount: number;
  readonly width: number;
  /** The first token of each row. */
  readonly rowStarts: readonly number[];
}

export const NOWHERE: Geometry = { tokens: [], rowCount: 0, width: 0, rowStarts: [] };

const SAME_ROW_PX = 6;

/** Measure tokens in the order of the text; positions count from the left of `frame`. */
export function measureTokens(frame: HTMLElement, elements: readonly HTMLElement[]): Geometry {
  const { left: origin, width } = frame.getBoundingClientRect();
  const tokens: Part[][] = [];
  const rowStarts: number[] = [];
  let [row, rowTop] = [-1, Number.NEGATIVE_INFINITY];
  elements.forEach((element, token) => {
    const parts: Part[] = [];
    for (const rect of element.getClientRects()) {
      if (rect.top > rowTop + SAME_ROW_PX) {
        [row, rowTop] = [row + 1, rect.top];
        rowStarts.push(token);
      }
      add(parts, { row, left: rect.left - origin, right: rect.right - origin });
    }
    tokens.push(parts);
  });
  return { tokens, rowCount: row + 1, width, rowStarts };
}

/** One part a row: pieces of a token in the same row are one. */
function add(parts: Part[], part: Part): void {
  const last = parts.at(-1);
  if (last?.row !== part.row) parts.push(part);
  else parts[parts.length - 1] = { row: part.row, left: Math.min(last.left, part.left), right: Math.max(last.right, part.right) };
}

/** The parts of a node, one for each row that it is in. */
export function partsOf({ tokens }: Geometry, node: Node): readonly Part[] {
  const parts: Part[] = [];
  for (let token = node.first; token <= node.last; token += 1) {
    for (const part of tokens[token] ?? []) add(parts, part);
  }
  return parts;
}

/** The token nearest to a point of a row, if there is one within reach. */
export function tokenNear({ tokens }: Geometry, row: number, x: number, reach: number): number | null {
  let [best, bestFar] = [-1, reach];
  tokens.forEach((parts, token) => {
    for (const part of parts) {
      const far = part.row === row ? Math.max(part.left - x, x - part.right, 0) : Number.POSITIVE_INFINITY;
      if (far < bestFar) [best, bestFar] = [token, far];
    }
  });
  return best < 0 ? null : best;
}

/** The token of another row that is straight above or below. */
export function tokenBeyond(geometry: Geometry, node: Node, step: 1 | -1): number | null {
  const parts = partsOf(geometry, node);
  const part = step === 1 ? parts.at(-1) : parts[0];
  if (part === undefined) return null;
  const middle = (part.left + part.right) / 2;
  return tokenNear(geometry, part.row + step, middle, Number.POSITIVE_INFINITY);
}
