import { type Words, en } from "./en";

const languages: Readonly<Record<string, Words>> = { en };

/** The app's sentences in a language, or in English. */
export function wordsOf(name: string): Words {
  return languages[name] ?? languages[name.split("-")[0] ?? ""] ?? en;
}

/** The words in use; set once, when the project is known. */
export let words: Words = en;
/** The language in use, as the recipe names it. */
export let language = "en";

export function speak(name: string): void {
  language = name;
  words = wordsOf(name);
}

export type { Words };
