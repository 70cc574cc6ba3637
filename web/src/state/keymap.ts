/** Which key does what. */

import { words } from "../words";

export type Command = "accept" | "reject" | "ignore" | "undo" | "flag" | "save" | "help" | "back";

const DEFAULTS: Readonly<Record<Command, readonly string[]>> = {
  accept: ["a"],
  reject: ["x"],
  ignore: ["space"],
  undo: ["backspace", "ctrl+z"],
  flag: ["f"],
  save: ["ctrl+s"],
  help: ["?"],
  back: ["escape"],
};
const COMMANDS = Object.keys(DEFAULTS) as Command[];

export type Keymap = Readonly<Record<Command, readonly string[]>>;

/** The defaults with the recipe's overrides; a command without a key has none. */
export function keymapOf(overrides: Readonly<Record<string, unknown>>): Keymap {
  const pairs = COMMANDS.map((command) => [command, keysOf(overrides[command]) ?? DEFAULTS[command]] as const);
  return Object.fromEntries(pairs) as unknown as Keymap;
}

/** The keys that a recipe names, one or several, as `keyName` writes them; null where it names none. */
export function keysOf(given: unknown): readonly string[] | null {
  if (typeof given === "string") return [normal(given)];
  if (!Array.isArray(given)) return null;
  return [...new Set(given.filter((key): key is string => typeof key === "string" && key !== "").map(normal))];
}

export function commandOf(keymap: Keymap, pressed: string): Command | null {
  return COMMANDS.find((command) => keymap[command].includes(pressed)) ?? null;
}

/** The name of a pressed key, with its modifiers: "a", "space", "ctrl+z"; Command counts as Control. */
export function keyName(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">): string {
  const key = event.key === " " ? "space" : event.key.toLowerCase();
  const control = event.ctrlKey || event.metaKey ? "ctrl+" : "";
  return control + (event.altKey ? "alt+" : "") + key;
}

/** The command of a pressed key; where Shift is held, one that asks for it comes first. */
export function commandOfEvent(keymap: Keymap, name: string, shiftKey: boolean): Command | null {
  const shifted = shiftKey ? commandOf(keymap, `shift+${name}`) : null;
  return shifted ?? commandOf(keymap, name);
}

/** How a key is written on the screen. */
export function keyLabel(key: string): string {
  const names: Readonly<Record<string, string>> = {
    space: words.space,
    backspace: "⌫",
    escape: "Esc",
    enter: "↵",
    arrowleft: "←",
    arrowright: "→",
    arrowup: "↑",
    arrowdown: "↓",
    shift: "⇧",
    ctrl: words.control,
    alt: "Alt",
    delete: "Del",
  };
  const parts = key === "+" ? ["+"] : key.split("+");
  return parts.map((part) => names[part] ?? (part.length === 1 ? part.toUpperCase() : part)).join(" ");
}

/** Other names that recipes have for keys. */
const ALIASES: Readonly<Record<string, string>> = {
  del: "delete",
  esc: "escape",
  return: "enter",
  spacebar: "space",
  left: "arrowleft",
  right: "arrowright",
  up: "arrowup",
  down: "arrowdown",
  cmd: "ctrl",
  command: "ctrl",
  meta: "ctrl",
  mod: "ctrl",
  control: "ctrl",
  option: "alt",
};
const MODIFIERS = ["shift", "ctrl", "alt"];

/** A recipe's name of a key as `keyName` writes it. */
function normal(key: string): string {
  if (key === " ") return "space";
  const parts = key.trim().toLowerCase().split(/\+(?=.)/).map((part) => ALIASES[part] ?? part);
  const last = parts.pop() ?? "";
  return [...MODIFIERS.filter((modifier) => parts.includes(modifier)), last].join("+");
}
