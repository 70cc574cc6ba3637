/** A text as it is laid out: blocks that end at line breaks, each a list of pieces. Places are UTF-16 units of the text. */

import { type Offsets, offsetsOf } from "../text/offsets";
import { type Token, joinedTokens, tokenAt } from "../text/tokens";

export interface Piece {
  readonly from: number;
  readonly to: number;
  readonly kind: "text" | "token" | "newline";
  readonly token: Token | null;
  /** What is on the screen; as long as the text it stands for, but for newlines. */
  readonly shown: string;
}

export interface Block {
  readonly from: number;
  readonly to: number;
  readonly pieces: readonly Piece[];
  /** Tokens with a part in it: from this place in the list to before that. */
  readonly firstToken: number;
  readonly endToken: number;
  /** Empty lines after it. */
  readonly blankLines: number;
}

export interface Document {
  readonly text: string;
  readonly offsets: Offsets;
  readonly tokens: readonly Token[];
  /** Tokens that are never parted from the one before. */
  readonly joined: ReadonlySet<number>;
  readonly blocks: readonly Block[];
}

export interface Look {
  /** Each token is a column of its own, with room for its label below. */
  readonly columns: boolean;
  /** A gap is shown after tokens that no space follows. */
  readonly gaps: boolean;
  /** Newlines that are tokens have a sign. */
  readonly signs: boolean;
  /** Tokens that are nothing but newlines break no line. */
  readonly joinsLines: boolean;
}

export const PLAIN: Look = { columns: false, gaps: false, signs: false, joinsLines: false };

export function makeDocument(text: string, tokens: readonly Token[], look: Look): Document {
  const joined = joinedTokens(tokens, text);
  const blocks: Block[] = [];
  let from = 0;
  const close = (contentTo: number, to: number) => {
    blocks.push(makeBlock({ text, tokens, look, from, contentTo, to }));
    from = to;
  };
  for (const run of text.matchAll(/(?:\r\n|\r|\n)+/g)) {
    if (!(look.joinsLines && isHidden(tokens, run.index, run[0].length))) close(run.index, run.index + run[0].length);
  }
  if (from < text.length || blocks.length === 0) close(text.length, text.length);
  return { text, offsets: offsetsOf(text), tokens, joined, blocks };
}

function isHidden(tokens: readonly Token[], from: number, length: number): boolean {
  const token = tokens[tokenAt(tokens, from)];
  return token !== undefined && token.kind === "newline" && token.from <= from && token.to >= from + length;
}

interface Cut {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly look: Look;
  readonly from: number;
  /** Where its line breaks begin. */
  readonly contentTo: number;
  readonly to: number;
}

function makeBlock(cut: Cut): Block {
  const { text, tokens, from, contentTo, to } = cut;
  let firstToken = Math.max(0, tokenAt(tokens, from));
  if ((tokens[firstToken]?.to ?? to) <= from) firstToken += 1;
  let endToken = firstToken;
  while (endToken < tokens.length && tokens[endToken]!.from < to) endToken += 1;
  const breaks = text.slice(contentTo, to).match(/\r\n|\r|\n/g)?.length ?? 0;
  const pieces = piecesOf(cut, tokens.slice(firstToken, endToken));
  return { from, to, pieces, firstToken, endToken, blankLines: Math.max(0, breaks - 1) };
}

function piecesOf({ text, look, from, contentTo, to }: Cut, tokens: readonly Token[]): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = from;
  const textUntil = (end: number) => {
    while (at < end) {
      const to = pieceEnd(text, at, end);
      pieces.push({ from: at, to, kind: "text", token: null, shown: text.slice(at, to) });
      at = to;
    }
  };
  for (const token of tokens) {
    const start = Math.max(token.from, from);
    const end = Math.min(token.to, contentTo);
    if (start < end && isSpecial(token, text, look)) {
      textUntil(start);
      pieces.push({ from: start, to: end, kind: "token", token, shown: text.slice(start, end).replace(/[\r\n]/g, " ") });
      at = end;
    }
    if (look.signs && token.kind === "newline" && token.to > contentTo) {
      textUntil(contentTo);
      const signFrom = Math.max(token.from, contentTo);
      const signTo = Math.min(token.to, to);
      const count = text.slice(signFrom, signTo).match(/\r\n|\r|\n/g)?.length ?? 0;
      if (count > 0) pieces.push({ from: signFrom, to: signTo, kind: "newline", token, shown: "↵".repeat(count) });
      at = signTo;
    }
  }
  textUntil(contentTo);
  return pieces;
}

const PIECE_UNITS = 400;

/** Where to part a long text: the browser measures a part of a short one much faster. Never within a word, whose letters
 * may join. */
function pieceEnd(text: string, from: number, end: number): number {
  if (end - from <= 2 * PIECE_UNITS) return end;
  const gap = text.slice(from + PIECE_UNITS, end).search(/[\s。，、！？]/);
  return gap < 0 ? end : from + PIECE_UNITS + gap + 1;
}

/** Whether a token needs an element of its own. */
function isSpecial(token: Token, text: string, look: Look): boolean {
  if (look.columns && token.kind === "word") return true;
  if (look.gaps && !/\s/.test(text[token.to] ?? " ")) return true;
  if (look.joinsLines && token.kind === "newline") return true;
  return token.disabled || token.style !== null;
}

/** The block that has a unit in it. */
export function blockAt(blocks: readonly Block[], unit: number): number {
  let low = 0;
  let high = blocks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (blocks[middle]!.from <= unit) low = middle;
    else high = middle - 1;
  }
  return low;
}
