/** What a recipe sets for the editor. */

import { type Label, colorOf, labelsOf, safeColor } from "../parts/labels";
import type { Config } from "../views/view";
import type { Reading } from "./task";

export interface Options {
  readonly labels: readonly Label[];
  readonly spanLabels: readonly Label[];
  readonly wrap: boolean;
  readonly wrapToggle: boolean;
  readonly arrows: boolean;
  readonly direction: "ltr" | "rtl";
  /** Keys of this editor that no label has taken. */
  readonly keys: Readonly<Record<Command, string>>;
}

export type Command = "mode" | "turn" | "grow" | "wrap";

const HIDES_ARROWS = ["hide_relation_arrow", "hide_relation_arrow_heads", "hide_arrow_heads"];

const WISHES: Readonly<Record<Command, readonly string[]>> = {
  mode: ["m", "alt+m"],
  turn: ["t", "alt+t"],
  grow: ["e", "alt+e"],
  wrap: ["w", "alt+w"],
};

export function optionsOf(config: Config, reading: Pick<Reading, "relations">): Options {
  const given = labelsOf(config);
  const labels = given.length > 0 ? given : labelsOf({ ...config, labels: reading.relations.map((one) => one.label) });
  const spanLabels = labelsOf(config, "relations_span_labels");
  const taken = new Set([...labels, ...spanLabels].map((label) => label.key));
  const free = (command: Command) => WISHES[command].find((key) => !taken.has(key)) ?? WISHES[command][1]!;
  return {
    labels,
    spanLabels,
    wrap: config["wrap_relations"] === true,
    wrapToggle: config["show_wrap_toggle"] !== false,
    arrows: !HIDES_ARROWS.some((name) => config[name] === true),
    direction: config["writing_dir"] === "rtl" ? "rtl" : "ltr",
    keys: { mode: free("mode"), turn: free("turn"), grow: free("grow"), wrap: free("wrap") },
  };
}

/** The colour of a label: the recipe's, else that of the entry, else one of its own. */
export function paint(labels: readonly Label[], name: string, own: unknown): string {
  const known = labels.find((label) => label.name === name);
  return known?.color ?? safeColor(own) ?? colorOf(labels, name);
}
