import { translated } from "../../words/translated";

const en = {
  needs: "“accept” and “reject”, each with a text, an image or html",
  input: "What both are about",
  sides: "Choose the better one",
  side: (side: string) => `Version ${side}`,
  better: (side: string) => `${side} is better`,
  onlyHere: "Only in this version",
  confirm: "Press Enter to give this answer",
  keys: { choose: "Choose A or B", confirm: "Answer with the one chosen" },
};

const de: typeof en = {
  needs: "„accept“ und „reject“, jedes mit Text, Bild oder HTML",
  input: "Worum es bei beiden geht",
  sides: "Die bessere Fassung wählen",
  side: (side) => `Fassung ${side}`,
  better: (side) => `${side} ist besser`,
  onlyHere: "Nur in dieser Fassung",
  confirm: "Enter gibt diese Antwort",
  keys: { choose: "A oder B wählen", confirm: "Mit der gewählten antworten" },
};

export const say = translated({ en, de });
