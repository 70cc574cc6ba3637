/** Which key does what. */

export type Command = "accept" | "reject" | "ignore" | "undo" | "flag" | "help" | "back";

const DEFAULTS: Readonly<Record<Command, readonly string[]>> = {
  accept: ["a"],
  reject: ["x"],
  ignore: ["space"],
  undo: ["backspace", "ctrl+z"],
  flag: ["f"],
  help: ["?"],
  back: ["escape"],
};

export type Keymap = Readonly<Record<Command, readonly string[]>>;

/** The defaults with the recipe's overrides. */
export function keymapOf(overrides: Readonly<Record<string, readonly string[] | string>>): Keymap {
  const pairs = (Object.keys(DEFAULTS) as Command[]).map((command) => {
    const own = overrides[command];
    const keys = own === undefined ? DEFAULTS[command] : (typeof own === "string" ? [own] : own).map(normal);
    return [command, keys] as const;
  });
  return Object.fromEntries(pairs) as unknown as Keymap;
}

export function commandOf(keymap: Keymap, pressed: string): Command | null {
  const found = (Object.keys(keymap) as Command[]).find((command) => keymap[command].includes(pressed));
  return found ?? null;
}

/** The name of a pressed key, with its modifiers: "a", "space", "ctrl+z"; Command counts as Control. */
export function keyName(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">): string {
  const key = event.key === " " ? "space" : event.key.toLowerCase();
  const control = event.ctrlKey || event.metaKey ? "ctrl+" : "";
  return control + (event.altKey ? "alt+" : "") + key;
}

/** How a key is written on the screen. */
export function keyLabel(key: string): string {
  const names: Readonly<Record<string, string>> = {
    space: "space",
    backspace: "⌫",
    escape: "Esc",
    enter: "↵",
    arrowleft: "←",
    arrowright: "→",
    arrowup: "↑",
    arrowdown: "↓",
    ctrl: "Ctrl",
    alt: "Alt",
  };
  const parts = key === "+" ? ["+"] : key.split("+");
  return parts.map((part) => names[part] ?? (part.length === 1 ? part.toUpperCase() : part)).join(" ");
}

function normal(key: string): string {
  const lower = key.trim().toLowerCase();
  if (key === " ") return "space";
  return lower.replace(/^(cmd|command|meta|mod)\+/, "ctrl+").replace(/^del$/, "delete").replace(/^esc$/, "escape");
}
