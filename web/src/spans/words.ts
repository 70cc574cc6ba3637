import type { TokenFault } from "../text/tokens";
import { translated } from "../words/translated";

const en = {
  text: "Text to annotate",
  textHint: "Arrow keys move from token to token, Shift selects more, Enter or the key of a label marks them.",
  spans: "Spans",
  span: (label: string, text: string) => `${label}: ${text}`,
  spanOf: (label: string, text: string, number: number, count: number) => `${label}: ${text}, span ${number} of ${count}`,
  noLabel: "no label",
  picked: (text: string) => `Selected: ${text}`,
  deeds: {
    added: (label: string) => `${label} added`,
    relabelled: (label: string) => `Label changed to ${label}`,
    removed: (label: string) => `${label} removed`,
    resized: (label: string) => `${label} changed`,
    back: () => "Taken back",
    forth: () => "Done again",
  },
  count: (count: number) => (count === 1 ? "1 span" : `${count} spans`),
  tagged: (count: number, all: number) => `${count} of ${all} tokens have a label`,
  hint: "Drag over words, or double-click one",
  hintTouch: "Drag over words, or tap one twice",
  hintTokens: "Pick a token, then a label",
  remove: "Remove",
  back: "Take back",
  forth: "Do again",
  empty: "The text is empty.",
  noText: "This view needs “text”.",
  noSpanList: "“spans” must be a list.",
  noLabels: "The recipe gives no labels, so nothing can be marked. What is marked already can be changed.",
  madeTokens: "The task came without tokens; this browser divided the text into words.",
  fault: ({ kind, place }: TokenFault) => {
    const what = {
      list: "“tokens” must be a list",
      token: `token ${place} needs “start” and “end”`,
      outside: `token ${place} ends outside the text`,
      order: `token ${place} starts before the one before it ends`,
    };
    return `The tokens do not fit: ${what[kind]}. Offsets count characters as Python does.`;
  },
  misfits: (count: number) => (count === 1 ? "One span does not fit; it is kept as it is:" : `${count} spans do not fit; they are kept as they are:`),
  misfit: {
    none: (what: string) => `${what} has no place in the text`,
    outside: (what: string) => `${what} lies outside the text`,
    empty: (what: string) => `${what} is empty`,
    tokens: (what: string) => `${what} is not made of whole tokens`,
  },
  more: (count: number) => `and ${count} more`,
  keys: {
    move: "Move the cursor",
    extend: "Select more",
    label: "Mark with the active label, or select the span",
    spans: "Next span, the one before",
    end: "Move the end of the selected span",
    start: "Move its start",
    remove: "Remove the span",
    back: "Take a step back",
    forth: "And forth",
  },
};

const de: typeof en = {
  text: "Text zum Annotieren",
  textHint: "Pfeiltasten gehen von Token zu Token, mit Umschalt wird mehr ausgewählt, Eingabe oder die Taste eines Labels markiert.",
  spans: "Spannen",
  span: (label, text) => `${label}: ${text}`,
  spanOf: (label, text, number, count) => `${label}: ${text}, Spanne ${number} von ${count}`,
  noLabel: "ohne Label",
  picked: (text) => `Ausgewählt: ${text}`,
  deeds: {
    added: (label) => `${label} hinzugefügt`,
    relabelled: (label) => `Label geändert zu ${label}`,
    removed: (label) => `${label} entfernt`,
    resized: (label) => `${label} geändert`,
    back: () => "Zurückgenommen",
    forth: () => "Wiederholt",
  },
  count: (count) => (count === 1 ? "1 Spanne" : `${count} Spannen`),
  tagged: (count, all) => `${count} von ${all} Tokens haben ein Label`,
  hint: "Über Wörter ziehen oder eines doppelt anklicken",
  hintTouch: "Über Wörter ziehen oder eines zweimal antippen",
  hintTokens: "Erst ein Token wählen, dann ein Label",
  remove: "Entfernen",
  back: "Zurücknehmen",
  forth: "Wiederholen",
  empty: "Der Text ist leer.",
  noText: "Diese Ansicht braucht „text“.",
  noSpanList: "„spans“ muss eine Liste sein.",
  noLabels: "Das Rezept nennt keine Labels, also lässt sich nichts markieren. Was schon markiert ist, lässt sich ändern.",
  madeTokens: "Die Aufgabe kam ohne Tokens; dieser Browser hat den Text in Wörter geteilt.",
  fault: ({ kind, place }) => {
    const what = {
      list: "„tokens“ muss eine Liste sein",
      token: `Token ${place} braucht „start“ und „end“`,
      outside: `Token ${place} endet außerhalb des Textes`,
      order: `Token ${place} beginnt, bevor das vorige endet`,
    };
    return `Die Tokens passen nicht: ${what[kind]}. Gezählt werden Zeichen wie in Python.`;
  },
  misfits: (count) => (count === 1 ? "Eine Spanne passt nicht; sie bleibt, wie sie ist:" : `${count} Spannen passen nicht; sie bleiben, wie sie sind:`),
  misfit: {
    none: (what) => `${what} hat keinen Ort im Text`,
    outside: (what) => `${what} liegt außerhalb des Textes`,
    empty: (what) => `${what} ist leer`,
    tokens: (what) => `${what} besteht nicht aus ganzen Tokens`,
  },
  more: (count) => `und ${count} weitere`,
  keys: {
    move: "Cursor bewegen",
    extend: "Mehr auswählen",
    label: "Mit dem aktiven Label markieren oder die Spanne auswählen",
    spans: "Nächste Spanne, vorige",
    end: "Ende der ausgewählten Spanne verschieben",
    start: "Ihren Anfang verschieben",
    remove: "Spanne entfernen",
    back: "Einen Schritt zurück",
    forth: "Und wieder vor",
  },
};

export const say = translated({ en, de });
