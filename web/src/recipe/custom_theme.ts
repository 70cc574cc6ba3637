/** A recipe's `custom_theme`, checked and as the variables of styles/tokens.css. */

import { safeColor } from "../parts/labels";
import { isRecord } from "../types";

const COLORS: Readonly<Record<string, string>> = {
  accept: "--own-accept",
  reject: "--own-reject",
  ignore: "--own-ignore",
  undo: "--own-undo",
  bgPage: "--own-paper",
  bgSidebar: "--own-side",
  bgCard: "--own-card",
  bgCardTitle: "--own-title",
  bgMeta: "--own-meta",
  bgHighlight: "--own-highlight",
  colorText: "--own-ink",
  colorMeta: "--own-ink-soft",
  colorHighlight: "--own-accent",
};
/** Grounds with text on them, and the variable of that text's colour. */
const TEXT_ON: Readonly<Record<string, string>> = {
  accept: "--own-on-accept",
  reject: "--own-on-reject",
  ignore: "--own-on-ignore",
  bgCardTitle: "--own-on-title",
};
const SIZES: Readonly<Record<string, string>> = {
  cardMinWidth: "--card-min-width",
  cardMaxWidth: "--card-max-width",
  cardMinHeight: "--card-min-height",
  cardMaxHeight: "--card-max-height",
  smallText: "--text-small",
  mediumText: "--text-medium",
  largeText: "--text-large",
  borderRadius: "--card-radius",
  buttonSize: "--button-size",
  sidebarWidth: "--sidebar-width",
};
/** Settings of views, which read them themselves. */
const OF_VIEWS = ["labels", "relationHeight", "relationHeightWrap"];
const SIZE = /^\d+(\.\d+)?(px|r?em|%|d?v[wh]|ch)?$/;
const FONT = /^[\w\s,"'.-]{1,300}$/;

export interface CustomTheme {
  readonly variables: readonly (readonly [name: string, value: string])[];
  /** Keys that nobody knows, and those with a value that is no colour or size. */
  readonly ignored: readonly string[];
}

/** Read a theme; `textOn` gives a colour that can be read on another, or null where that is not known. */
export function readCustomTheme(theme: unknown, textOn: (color: string) => string | null): CustomTheme {
  const variables: (readonly [string, string])[] = [];
  const ignored: string[] = [];
  for (const [key, value] of Object.entries(isRecord(theme) ? theme : {})) {
    const found = variablesOf(key, value, textOn);
    if (found === null) ignored.push(key);
    else variables.push(...found);
  }
  return { variables, ignored };
}

function variablesOf(key: string, value: unknown, textOn: (color: string) => string | null): [string, string][] | null {
  if (OF_VIEWS.includes(key)) return [];
  if (Object.hasOwn(COLORS, key)) {
    const color = safeColor(value);
    if (color === null) return null;
    const text = Object.hasOwn(TEXT_ON, key) ? textOn(color) : null;
    return [[COLORS[key]!, color], ...(text === null ? [] : ([[TEXT_ON[key]!, text]] as [string, string][]))];
  }
  if (key === "fontFamily") return typeof value === "string" && FONT.test(value) ? [["--sans", value]] : null;
  if (!Object.hasOwn(SIZES, key)) return null;
  const size = typeof value === "number" ? (value >= 0 ? String(value) : "") : typeof value === "string" ? value.trim() : "";
  if (!SIZE.test(size)) return null;
  return [[SIZES[key]!, /\d$/.test(size) ? `${size}px` : size]];
}

/** White or nearly black, whichever has more contrast on a colour; null for what is no colour to the browser. */
export function readableOn(color: string): string | null {
  const rgb = rgbOf(color);
  if (rgb === null) return null;
  const [red, green, blue] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const light = 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  return 1.05 / (light + 0.05) >= (light + 0.05) / 0.058 ? "#ffffff" : "#14151b";
}

function rgbOf(color: string): readonly number[] | null {
  const probe = document.createElement("span");
  probe.style.color = color;
  if (probe.style.color === "") return null;
  document.body.append(probe);
  const parts = getComputedStyle(probe).color.match(/[\d.]+/g)?.slice(0, 3).map(Number) ?? [];
  probe.remove();
  return parts.length === 3 ? parts : null;
}

/** Give the page the recipe's colours and measures; says in the console what it could not use. */
export function applyCustomTheme(theme: unknown): void {
  const { variables, ignored } = readCustomTheme(theme, readableOn);
  for (const [name, value] of variables) document.documentElement.style.setProperty(name, value);
  if (ignored.length > 0) console.warn(`prodflow: custom_theme: not used: ${ignored.join(", ")}`);
}
