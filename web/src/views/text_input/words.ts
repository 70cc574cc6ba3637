import { translated } from "../../words/translated";

const en = {
  field: "Your text",
  required: "Required",
  missing: "Write something here before you accept.",
  suggestions: "Suggestions",
  suggestionCount: (count: number) => (count === 1 ? "1 suggestion" : `${count} suggestions`),
  badId: (id: string) => `“field_id” is “${id}”, a key with a meaning of its own; choose another name.`,
  keys: { enter: "Go to the text field", leave: "Leave the text field", accept: "Accept, also from the field" },
};

const de: typeof en = {
  field: "Ihr Text",
  required: "Pflichtfeld",
  missing: "Schreiben Sie hier etwas, bevor Sie annehmen.",
  suggestions: "Vorschläge",
  suggestionCount: (count) => (count === 1 ? "1 Vorschlag" : `${count} Vorschläge`),
  badId: (id) => `„field_id“ ist „${id}“, ein Schlüssel mit eigener Bedeutung; wählen Sie einen anderen Namen.`,
  keys: { enter: "Zum Textfeld", leave: "Textfeld verlassen", accept: "Annehmen, auch aus dem Feld heraus" },
};

export const say = translated({ en, de });
