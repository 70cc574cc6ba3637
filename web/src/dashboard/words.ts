import { translated } from "../words/translated";

const en = {
  title: (dataset: string) => `${dataset} · dashboard`,
  begin: "Counting …",
  live: "Live",
  away: "The server cannot be reached; it is tried again",
  print: "Print",
};

const de: typeof en = {
  title: (dataset) => `${dataset} · Übersicht`,
  begin: "Es wird gezählt …",
  live: "Live",
  away: "Der Server ist nicht zu erreichen; es wird weiter versucht",
  print: "Drucken",
};

export const say = translated({ en, de });
