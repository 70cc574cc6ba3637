/** The labels of a recipe: their names, colours and keys. */

import { isRecord } from "../types";

export interface Label {
  readonly name: string;
  /** Dark enough for white text on it. */
  readonly color: string;
  /** The key that picks it, as `keyName` writes it; null when all are taken. */
  readonly key: string | null;
}

/** Distinct in hue and lightness, and readable with white text. */
export const PALETTE = ["#b3261e", "#1d5fbf", "#12744b", "#8a4b00", "#7a2fa8", "#00707a", "#a8316f", "#4f5b00"];
const COLOR = /^(#[0-9a-f]{3,8}|[a-z]{3,20}|(rgb|hsl)a?\([\d\s.,%/deg-]+\))$/i;
const NUMBER_KEYS = "1234567890";

/** A colour that may go into a style, or null. */
export function safeColor(value: unknown): string | null {
  return typeof value === "string" && COLOR.test(value) ? value : null;
}

/** The labels of a setting: a list of names, or a record of names and colours.
 *
 * `custom_theme.labels` sets colours, `keymap_by_label` keys; the first ten without get the number keys. A key that two
 * labels ask for goes to the first.
 */
export function labelsOf(config: Readonly<Record<string, unknown>>, setting = "labels"): readonly Label[] {
  const given = config[setting];
  const names = Array.isArray(given) ? given : isRecord(given) ? Object.keys(given) : [];
  const unique = [...new Set(names.filter((name): name is string => typeof name === "string" && name !== ""))];
  const theme = isRecord(config["custom_theme"]) ? config["custom_theme"]["labels"] : undefined;
  const colors: Readonly<Record<string, unknown>> = { ...(isRecord(theme) ? theme : {}), ...(isRecord(given) ? given : {}) };
  const keys = keysOfLabels(unique, config["keymap_by_label"]);
  return unique.map((name, place) => ({ name, color: safeColor(colors[name]) ?? colorAt(place), key: keys.get(name) ?? null }));
}

/** The colour of a label by name; one that is not in the list gets its own from the palette, the same each time. */
export function colorOf(labels: readonly Label[], name: string): string {
  const found = labels.find((label) => label.name === name);
  return found?.color ?? colorAt([...name].reduce((sum, letter) => sum + letter.codePointAt(0)!, 0));
}

function colorAt(place: number): string {
  return PALETTE[place % PALETTE.length]!;
}

function keysOfLabels(names: readonly string[], wishes: unknown): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  const taken = new Set<string>();
  const give = (name: string, key: string) => {
    if (taken.has(key) || keys.has(name)) return;
    taken.add(key);
    keys.set(name, key);
  };
  for (const [name, key] of Object.entries(isRecord(wishes) ? wishes : {})) {
    if (names.includes(name) && typeof key === "string" && key !== "") give(name, key.toLowerCase());
  }
  const free = [...NUMBER_KEYS].filter((key) => !taken.has(key));
  names.filter((name) => !keys.has(name)).forEach((name, place) => place < free.length && give(name, free[place]!));
  return keys;
}
