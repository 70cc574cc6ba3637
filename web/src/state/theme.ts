/** Light, dark, or as the system; kept in this browser. */

import { type Subject, createSubject } from "./subscriber";

export type ThemeName = "auto" | "light" | "dark";
const ORDER: readonly ThemeName[] = ["auto", "light", "dark"];
/** Also read by public/theme.js, which sets the theme before the first paint. */
const KEY = "prodflow:theme";

export interface Theme extends Pick<Subject<ThemeName>, "get" | "subscribe"> {
  turn(): void;
}

export function createTheme(root: HTMLElement = document.documentElement): Theme {
  const subject = createSubject<ThemeName>(remembered());

  function apply(name: ThemeName): void {
    if (name === "auto") delete root.dataset["theme"];
    else root.dataset["theme"] = name;
  }

  apply(subject.get());
  return {
    get: subject.get,
    subscribe: subject.subscribe,
    turn() {
      const name = ORDER[(ORDER.indexOf(subject.get()) + 1) % ORDER.length]!;
      apply(name);
      remember(name);
      subject.set(name);
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
