/** The six views of text with spans. */

import type { KeyRow, View } from "../views/view";
import { Editor } from "./Editor";
import { type Kind, initialChanges, problemOf } from "./read";
import { Reader } from "./Reader";
import { say } from "./words";

export const spanView = (kind: Kind): View => ({
  id: kind.id,
  Content: (props) => (kind.isManual ? <Editor kind={kind} {...props} /> : <Reader kind={kind} {...props} />),
  problem: (task) => problemOf(task, kind),
  initialChanges: (task, settings) => initialChanges(task, settings, kind),
  keys: () => (kind.isManual ? keyRows() : []),
});

function keyRows(): readonly KeyRow[] {
  const words = say().keys;
  return [
    [words.move, ["arrowleft", "arrowright", "arrowup", "arrowdown"]],
    [words.extend, ["shift+arrowleft", "shift+arrowright"]],
    [words.label, ["enter"]],
    [words.spans, ["ctrl+arrowright", "ctrl+arrowleft"]],
    [words.end, ["shift+arrowleft", "shift+arrowright"]],
    [words.start, ["ctrl+shift+arrowleft", "ctrl+shift+arrowright"]],
    [words.remove, ["delete", "backspace"]],
    [words.back, ["ctrl+z"]],
    [words.forth, ["ctrl+shift+z"]],
  ];
}

const FLAT = { overlap: false, single: false };
const NESTED = { overlap: true, single: false };
const EACH = { overlap: false, single: true };

export const ner = spanView({ id: "ner", isManual: false, style: "fill", rules: FLAT });
export const nerManual = spanView({ id: "ner_manual", isManual: true, style: "fill", rules: FLAT });
export const spans = spanView({ id: "spans", isManual: false, style: "lanes", rules: NESTED });
export const spansManual = spanView({ id: "spans_manual", isManual: true, style: "lanes", rules: NESTED });
export const pos = spanView({ id: "pos", isManual: false, style: "columns", rules: EACH });
export const posManual = spanView({ id: "pos_manual", isManual: true, style: "columns", rules: EACH });
