/** How options are laid out, and which of many are shown. */

import type { Option } from "../../parts/content";

export interface Shown {
  readonly option: Option;
  /** Its place among all options. */
  readonly place: number;
}

const MANY = 7;
const VERY_MANY = 60;
const SHORT_TEXT = 24;

/** Pictures in columns; many options closer together, and side by side where they are short. */
export function layoutOf(options: readonly Option[]): string {
  const size = options.length > VERY_MANY ? " pf-options-very-many" : "";
  if (options.some((option) => option.content?.kind === "image")) return `pf-options-pictures${size}`;
  if (options.length < MANY) return "";
  const short = options.every((option) => option.content?.kind !== "html" && wordsOf(option).length <= SHORT_TEXT);
  return (short ? "pf-options-many pf-options-short" : "pf-options-many") + size;
}

/** The columns and rows of pictures: at most five columns, and as few gaps in the last row as can be. */
export function columnsOf(count: number): Readonly<Record<string, string>> {
  const gaps = (columns: number) => (columns - (count % columns)) % columns;
  const best = count <= 4 ? Math.max(1, count) : [3, 4, 5].reduce((one, other) => (gaps(other) < gaps(one) ? other : one));
  return { "--columns": String(best), "--rows": String(Math.ceil(count / best)) };
}

/** The options with all of some words in them; those that begin with the first come first. */
export function matching(options: readonly Option[], wanted: string): readonly Shown[] {
  const all = options.map((option, place) => ({ option, place }));
  const parts = wanted.toLowerCase().split(/\s+/).filter((part) => part !== "");
  if (parts.length === 0) return all;
  const found = all.filter(({ option }) => {
    const words = wordsOf(option).toLowerCase();
    return parts.every((part) => words.includes(part));
  });
  const begins = ({ option }: Shown) => (wordsOf(option).toLowerCase().startsWith(parts[0]!) ? 0 : 1);
  return found.sort((one, other) => begins(one) - begins(other) || one.place - other.place);
}

/** What an option can be found and called by. */
export function wordsOf({ id, content, caption }: Option): string {
  if (content?.kind === "text") return content.text;
  if (content?.kind === "html") return content.html.replace(/<[^>]*>/g, " ");
  return caption ?? String(id);
}
