/** What changed from one text to another. Only views that are fetched on demand use this. */

import type { Change } from "diff";
import { diffChars } from "diff/lib/diff/character.js";
import { diffLines } from "diff/lib/diff/line.js";
import { diffSentences } from "diff/lib/diff/sentence.js";
import { diffWords, diffWordsWithSpace } from "diff/lib/diff/word.js";

export type DiffStyle = "words" | "chars" | "sentences" | "lines";

export interface Piece {
  readonly kind: "same" | "added" | "removed";
  readonly text: string;
}

export interface Difference {
  readonly pieces: readonly Piece[];
  /** Coarser than asked for where the texts are long and have little in common. */
  readonly style: DiffStyle;
}

export const DIFF_STYLES: readonly DiffStyle[] = ["words", "chars", "sentences", "lines"];
const LONGEST_MS = 150;
const COARSER: Readonly<Record<DiffStyle, DiffStyle | null>> = {
  chars: "words",
  words: "sentences",
  sentences: "lines",
  lines: null,
};

export function styleOf(value: unknown): DiffStyle {
  return DIFF_STYLES.find((style) => style === value) ?? "words";
}

export function differences(before: string, after: string, style: DiffStyle): Difference {
  const changes = compare(before, after, style);
  if (changes !== undefined) {
    const pieces = changes.map(({ added, removed, value }): Piece => ({ kind: added ? "added" : removed ? "removed" : "same", text: value }));
    return { pieces, style };
  }
  const coarser = COARSER[style];
  if (coarser !== null) return differences(before, after, coarser);
  return { pieces: [{ kind: "removed", text: before }, { kind: "added", text: after }], style };
}

function compare(before: string, after: string, style: DiffStyle): readonly Change[] | undefined {
  const options = { timeout: LONGEST_MS };
  if (style === "chars") return diffChars(before, after, options);
  if (style === "sentences") return diffSentences(before, after, options);
  if (style === "lines") return diffLines(before, after, options);
  const changes = diffWords(before, after, options);
  // It reads best where only words differ; where spaces do too, they must show.
  return changes === undefined || isWhole(changes, before, after) ? changes : diffWordsWithSpace(before, after, options);
}

function isWhole(changes: readonly Change[], before: string, after: string): boolean {
  const without = (left: "added" | "removed") => changes.map((change) => (change[left] ? "" : change.value)).join("");
  return without("added") === before && without("removed") === after;
}

/** One side of a difference alone: what it shares with the other, and what only it has. */
export function sideOf(pieces: readonly Piece[], side: "removed" | "added"): readonly Piece[] {
  return pieces.filter((piece) => piece.kind === "same" || piece.kind === side);
}
