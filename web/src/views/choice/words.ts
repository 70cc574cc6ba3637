import { translated } from "../../words/translated";

const en = {
  find: "Find an option",
  found: (count: number) => (count === 1 ? "1 option" : `${new Intl.NumberFormat().format(count)} options`),
  drop: (name: string) => `Let go of ${name}`,
  findKey: "Find an option; Enter picks the first",
};

const de: typeof en = {
  find: "Option suchen",
  found: (count) => (count === 1 ? "1 Option" : `${new Intl.NumberFormat("de").format(count)} Optionen`),
  drop: (name) => `${name} wieder abwählen`,
  findKey: "Option suchen; Enter wählt die erste",
};

export const say = translated({ en, de });
