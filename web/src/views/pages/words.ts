import { translated } from "../../words/translated";

const en = {
  needs: "The view “pages” needs “pages”: a list of tasks, each with a “view_id” (or one “page_view_id” for all).",
  pages: "Pages",
  page: (place: number, count: number) => `Page ${place} of ${count}`,
  goTo: (place: number, seen: boolean) => (seen ? `Page ${place}` : `Page ${place}, not seen yet`),
  previous: "Previous page",
  next: "Next page",
  unseen: (count: number) => (count === 1 ? "1 page not seen yet" : `${count} pages not seen yet`),
  mustSee: "Look at every page before you accept.",
  mustChoose: "Choose one of the two, and press Enter.",
};

const de: typeof en = {
  needs: "Die Ansicht „pages“ braucht „pages“: eine Liste von Aufgaben, jede mit „view_id“ (oder eine „page_view_id“ für alle).",
  pages: "Seiten",
  page: (place, count) => `Seite ${place} von ${count}`,
  goTo: (place, seen) => (seen ? `Seite ${place}` : `Seite ${place}, noch nicht gesehen`),
  previous: "Vorige Seite",
  next: "Nächste Seite",
  unseen: (count) => (count === 1 ? "1 Seite noch nicht gesehen" : `${count} Seiten noch nicht gesehen`),
  mustSee: "Sehen Sie sich jede Seite an, bevor Sie annehmen.",
  mustChoose: "Wählen Sie eine der beiden, und drücken Sie Enter.",
};

export const say = translated({ en, de });
