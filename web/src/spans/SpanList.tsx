import type { Document } from "./document";
import type { Mark } from "./marks";
import { say } from "./words";

/** The spans for those who hear the page: each with its label and text. */
export function SpanList({ marks, document }: { readonly marks: readonly Mark[]; readonly document: Document }) {
  if (marks.length === 0) return null;
  return (
    <ul class="pf-hidden pf-span-list" aria-label={say().spans}>
      {marks.map((mark, place) => (
        <li key={place}>{say().span(labelOf(mark), textOfMark(document, mark))}</li>
      ))}
    </ul>
  );
}

export function labelOf(mark: Mark): string {
  return mark.label ?? say().noLabel;
}

export function textOfMark({ text }: Document, mark: Mark): string {
  return text.slice(mark.from, mark.to).replace(/\s+/g, " ");
}
