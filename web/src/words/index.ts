import { type Words, en } from "./en";

const languages: Readonly<Record<string, Words>> = { en };

/** The app's sentences in a language, or in English. */
export function wordsOf(language: string): Words {
  return languages[language] ?? languages[language.split("-")[0] ?? ""] ?? en;
}

/** The words in use; set once, when the project is known. */
export let words: Words = en;

export function speak(language: string): void {
  words = wordsOf(language);
}

export type { Words };
