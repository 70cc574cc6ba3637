import type { DiffStyle } from "../../parts/differences";
import { translated } from "../../words/translated";

const en = {
  needs: "“accept” and “reject” with a “text” each, or “added” and “removed”",
  same: "The two texts are the same.",
  removed: "Removed",
  added: "Added",
  end: "end",
  coarser: "The texts have so little in common that they are compared more coarsely than asked for.",
  by: { words: "By words", chars: "By characters", sentences: "By sentences", lines: "By lines" } satisfies Record<DiffStyle, string>,
  style: "Compare",
  key: "Compare by words, characters, sentences, lines",
};

const de: typeof en = {
  needs: "„accept“ und „reject“ mit je einem „text“, oder „added“ und „removed“",
  same: "Die beiden Texte sind gleich.",
  removed: "Entfernt",
  added: "Hinzugefügt",
  end: "Ende",
  coarser: "Die Texte haben so wenig gemeinsam, dass sie gröber verglichen werden als verlangt.",
  by: { words: "Nach Wörtern", chars: "Nach Zeichen", sentences: "Nach Sätzen", lines: "Nach Zeilen" },
  style: "Vergleichen",
  key: "Nach Wörtern, Zeichen, Sätzen, Zeilen vergleichen",
};

export const say = translated({ en, de });
