import { type Task, isRecord, textOf } from "../types";
import { words } from "../words";

/** What a task or an option shows: the first of image, html, text that it has. */
export type Content =
  | { readonly kind: "image"; readonly url: string }
  | { readonly kind: "html"; readonly html: string }
  | { readonly kind: "text"; readonly text: string };

export function contentOf(value: Readonly<Record<string, unknown>>): Content | null {
  const url = textOf(value, "image");
  if (url !== null) return { kind: "image", url };
  const html = textOf(value, "html");
  if (html !== null) return { kind: "html", html };
  const text = textOf(value, "text");
  return text === null ? null : { kind: "text", text };
}

/** Keys of a task that are of interest to a person, for a message. */
export function keysOf(task: Task): string {
  const keys = Object.keys(task).filter((key) => !key.startsWith("_"));
  return keys.length === 0 ? words.nothing : keys.map((key) => `“${key}”`).join(", ");
}

export function missing(viewId: string, keys: string, task: Task): string {
  return words.missing(viewId, keys, keysOf(task));
}

export interface Option {
  readonly id: string | number;
  readonly content: Content | null;
  /** The text of an option with a picture. */
  readonly caption: string | null;
  readonly style: Readonly<Record<string, string>>;
}

/** The options of a choice task, or null when they are not a list of objects with ids. */
export function optionsOf(task: Task): readonly Option[] | null {
  const given = task["options"];
  if (!Array.isArray(given) || given.length === 0) return null;
  const options: Option[] = [];
  for (const value of given as readonly unknown[]) {
    if (!isRecord(value)) return null;
    const id = value["id"];
    if (typeof id !== "string" && typeof id !== "number") return null;
    const content = contentOf(value);
    const caption = content?.kind === "image" ? textOf(value, "text") : null;
    options.push({ id, content, caption, style: harmlessStyle(value["style"]) });
  }
  return options;
}

const STYLE_NAME = /^(background|backgroundColor|color|border[A-Za-z]*|font(Weight|Size|Style|Family)|textDecoration|opacity)$/;

/** The part of a style in JSON that can only change how something looks. */
export function harmlessStyle(style: unknown): Readonly<Record<string, string>> {
  if (!isRecord(style)) return {};
  const pairs = Object.entries(style).filter(
    (pair): pair is [string, string] => STYLE_NAME.test(pair[0]) && typeof pair[1] === "string",
  );
  return Object.fromEntries(pairs);
}
