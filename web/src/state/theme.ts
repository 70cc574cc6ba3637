/** Light, dark, much contrast, or as the system; kept in this browser. */

import { type Subject, createSubject } from "./subscriber";

export type ThemeName = "auto" | "light" | "dark" | "contrast";
const ORDER: readonly ThemeName[] = ["auto", "light", "dark", "contrast"];
/** Also read by public/theme.js, which sets the theme before the first paint. */
const KEY = "prodflow:theme";

export interface Theme extends Pick<Subject<ThemeName>, "get" | "subscribe"> {
  turn(): void;
}

/** `more` tells whether the system asks for much contrast, which counts in every theme. */
export function createTheme(
  root: HTMLElement = document.documentElement,
  more: Pick<MediaQueryList, "matches" | "addEventListener"> = matchMedia("(prefers-contrast: more)"),
): Theme {
  const subject = createSubject<ThemeName>(remembered());

  function apply(): void {
    const name = subject.get();
    if (name === "light" || name === "dark") root.dataset["theme"] = name;
    else delete root.dataset["theme"];
    if (name === "contrast" || more.matches) root.dataset["contrast"] = "more";
    else delete root.dataset["contrast"];
  }

  apply();
  more.addEventListener("change", apply);
  return {
    get: subject.get,
    subscribe: subject.subscribe,
    turn() {
      const name = ORDER[(ORDER.indexOf(subject.get()) + 1) % ORDER.length]!;
      subject.set(name);
      apply();
      remember(name);
    },
  };
}

function remembered(): ThemeName {
  try {
    const found = localStorage.getItem(KEY);
    return ORDER.find((name) => name === found) ?? "auto";
  } catch {
    return "auto"; // storage is forbidden: the theme then lasts as long as the page
  }
}

function remember(name: ThemeName): void {
  try {
    localStorage.setItem(KEY, name);
  } catch {
    // as above
  }
}
