import { translated } from "../../words/translated";

const en = {
  noBlocks: "The view “blocks” needs “blocks” in the configuration: a list of objects, each with a “view_id”.",
  block: (place: number, count: number) => `Part ${place} of ${count}`,
};

const de: typeof en = {
  noBlocks: "Die Ansicht „blocks“ braucht „blocks“ in der Konfiguration: eine Liste von Objekten, jedes mit „view_id“.",
  block: (place, count) => `Teil ${place} von ${count}`,
};

export const say = translated({ en, de });
