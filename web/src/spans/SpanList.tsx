import type { Document } from "./document";
import type { Mark } from "./marks";
import { say } from "./words";

/** The spans for those who hear the page: each with its label and text. */
export function SpanList({ marks, document }: { readonly marks: readonly Mark[]; readonly document: Document }) {
  if (marks.length === 0) return null;
  return (
    <ul class="pf-hidden pf-span-list" aria-label={say().spans}>
      {marks.map((mark) => (
        <li key={keyOf(mark)}>{say().span(labelOf(mark), textOfMark(document, mark))}</li>
      ))}
    </ul>
  );
}

const keys = new WeakMap<Mark, number>();
let lastKey = 0;

function keyOf(mark: Mark): number {
  const found = keys.get(mark) ?? (lastKey += 1);
  keys.set(mark, found);
  return found;
}

export function labelOf(mark: Mark): string {
  return mark.label ?? say().noLabel;
}

export function textOfMark({ text }: Document, mark: Mark): string {
  return text.slice(mark.from, mark.to).replace(/\s+/g, " ");
}
