import type { Task } from "../../types";
import type { Settings, ViewProps } from "../view";

export type OptionId = string | number;

/** The ids picked so far. */
export function picked(task: Task): readonly OptionId[] {
  const accept = task["accept"];
  if (!Array.isArray(accept)) return [];
  return accept.filter((id): id is OptionId => typeof id === "string" || typeof id === "number");
}

/** Picking again lets go; where one is asked for, another takes its place. */
export function pick(now: readonly OptionId[], id: OptionId, style: "single" | "multiple"): readonly OptionId[] {
  if (now.includes(id)) return now.filter((other) => other !== id);
  return style === "single" ? [id] : [...now, id];
}

/** The place of the option that a key picks: 1 to 9, then 0 for the tenth; -1 for any other key. */
export function numberKey(key: string): number {
  return /^\d$/.test(key) ? (Number(key) + 9) % 10 : -1;
}

export function keyOfOption(place: number): string | null {
  return place < 10 ? String((place + 1) % 10) : null;
}

export function isSingle(settings: Settings): boolean {
  return settings.config["choice_style"] !== "multiple";
}

/** Pick an option, or let go of it; a recipe may want the answer at once. */
export function choose({ task, settings, change, answer }: ViewProps, id: OptionId, mayAnswer = true): void {
  const accept = pick(picked(task), id, isSingle(settings) ? "single" : "multiple");
  change({ accept });
  if (mayAnswer && settings.config["choice_auto_accept"] === true && isSingle(settings) && accept.length > 0) answer("accept");
}
