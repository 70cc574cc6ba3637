/** What a recipe sets about drawing on pictures. Configuration is foreign: what does not fit is left out, and said. */

import { type Label, labelsOf } from "../parts/labels";
import { isRecord } from "../types";
import { type Config } from "../views/view";
import { SHAPE_TYPES, type ShapeType } from "./shape";

export interface DrawSettings {
  readonly labels: readonly Label[];
  readonly modes: readonly ShapeType[];
  readonly namesShown: boolean;
  /** How dark the picture is made: 0 as it is, 1 black. */
  readonly darkened: number;
  readonly strokePx: number;
  readonly fontPx: number;
  readonly fromCenter: boolean;
  readonly mistakes: readonly Mistake[];
}

/** What the recipe's author got wrong, and the annotator shall know. */
export type Mistake =
  | { readonly kind: "keyTwice"; readonly key: string; readonly first: string; readonly second: string }
  | { readonly kind: "noName"; readonly count: number }
  | { readonly kind: "unknownModes"; readonly names: readonly string[] };

const STROKE_PX = { usual: 4, least: 1, most: 24 };
const FONT_PX = { least: 9, most: 40 };
/** On a phone the names would hide much of the picture. */
const USUAL_FONT_PX = { phone: 11, other: 13 };

export function drawSettings(config: Config): DrawSettings {
  const modes = listOf(config["image_manual_modes"]);
  const known = SHAPE_TYPES.filter((type) => modes?.includes(type) ?? true);
  return {
    labels: labelsOf(config),
    modes: known.length > 0 ? known : SHAPE_TYPES,
    namesShown: config["image_manual_show_labels"] !== false,
    darkened: within(config["darken_image"], { usual: 0, least: 0, most: 1 }),
    strokePx: within(config["image_manual_stroke_width"], STROKE_PX),
    fontPx: within(config["image_manual_font_size"], { ...FONT_PX, usual: usualFont() }),
    fromCenter: config["image_manual_from_center"] === true,
    mistakes: mistakesIn(config, modes ?? []),
  };
}

function usualFont(): number {
  return matchMedia("(max-width: 599px)").matches ? USUAL_FONT_PX.phone : USUAL_FONT_PX.other;
}

function within(value: unknown, { usual, least, most }: { usual: number; least: number; most: number }): number {
  return typeof value === "number" && !Number.isNaN(value) ? Math.min(Math.max(value, least), most) : usual;
}

function listOf(value: unknown): readonly unknown[] | null {
  return Array.isArray(value) && value.length > 0 ? value : null;
}

function mistakesIn(config: Config, modes: readonly unknown[]): readonly Mistake[] {
  const unknown = modes.filter((mode) => !SHAPE_TYPES.some((type) => type === mode)).map(String);
  const labels = config["labels"];
  const nameless = (Array.isArray(labels) ? labels : []).filter((name) => typeof name !== "string" || name === "").length;
  return [
    ...keysTwice(config["keymap_by_label"]),
    ...(nameless > 0 ? [{ kind: "noName", count: nameless } as const] : []),
    ...(unknown.length > 0 ? [{ kind: "unknownModes", names: unknown } as const] : []),
  ];
}

function keysTwice(wishes: unknown): readonly Mistake[] {
  const owners = new Map<string, string>();
  return Object.entries(isRecord(wishes) ? wishes : {}).flatMap(([name, wish]) => {
    if (typeof wish !== "string" || wish === "") return [];
    const key = wish.toLowerCase();
    const first = owners.get(key);
    if (first !== undefined) return [{ kind: "keyTwice", key, first, second: name } as const];
    owners.set(key, name);
    return [];
  });
}
