/** What is told to those who do not see it: what was done, what is selected, where the cursor is. */

import type { Document } from "./document";
import type { Editing } from "./editing";
import { type Mark, marksAt } from "./marks";
import { labelOf, textOfMark } from "./SpanList";
import { say } from "./words";

export function spoken(editing: Editing, document: Document): string {
  const { deed, marks, selected, picked } = editing.state();
  const done = deed === null ? null : say().deeds[deed.kind](deed.label ?? say().noLabel);
  return [done, selected === null ? atCursor() : describe(marks.find((mark) => mark.span === selected))].filter(Boolean).join(". ");

  function atCursor(): string | null {
    const range = editing.pickedRange();
    if (picked === null || range === null) return null;
    const text = document.text.slice(document.tokens[range.first]!.from, document.tokens[range.last]!.to);
    if (range.first !== range.last) return say().picked(text);
    return [text, ...marksAt(marks, picked.cursor).map(describe)].join(". ");
  }

  function describe(mark: Mark | undefined): string {
    if (mark === undefined) return "";
    return say().spanOf(labelOf(mark), textOfMark(document, mark), marks.indexOf(mark) + 1, marks.length);
  }
}
