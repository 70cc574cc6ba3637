import { type Words, en } from "./en";

/** English comes with the page, the others are fetched. */
const languages: Readonly<Record<string, () => Promise<Words>>> = {
  en: () => Promise.resolve(en),
  de: async () => (await import("./de")).de,
};

/** The words in use; set once, when the project is known. */
export let words: Words = en;
/** The language in use: that of the words. */
export let language = "en";
/** The language with its region, for numbers and dates. */
let locale = "en";
let turns = 0;

/** Speak a language, or English where it is not known or does not arrive. */
export async function speak(name: string): Promise<void> {
  const wanted = name.trim().toLowerCase().split(/[-_]/)[0] ?? "";
  const known = Object.hasOwn(languages, wanted) ? wanted : "en";
  const turn = (turns += 1);
  try {
    const fetched = await languages[known]!();
    if (turn !== turns) return; // another was asked for meanwhile
    words = fetched;
    language = known;
  } catch (error) {
    console.warn(`prodflow: the words of "${known}" did not arrive`, error);
  }
  locale = language === wanted ? localeOf(name) : language;
  document.documentElement.lang = language;
}

/** A number as it is written in the language. */
export function number(value: number, options: Intl.NumberFormatOptions = {}): string {
  return new Intl.NumberFormat(locale, options).format(value);
}

/** A point in time as it is written in the language: today's as a time, others with their date. */
export function moment(atMs: number, nowMs: number = Date.now()): string {
  const [date, now] = [new Date(atMs), new Date(nowMs)];
  const today = date.toDateString() === now.toDateString();
  return new Intl.DateTimeFormat(locale, { ...(!today && { dateStyle: "short" }), timeStyle: "short" }).format(date);
}

function localeOf(name: string): string {
  try {
    return Intl.getCanonicalLocales(name.trim().replaceAll("_", "-"))[0] ?? language;
  } catch {
    return language; // a name that is no language tag
  }
}

export type { Words };
