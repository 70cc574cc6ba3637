import { Icon } from "../frame/icons";
import { isRecord } from "../types";
import type { Document } from "./document";
import type { Marks, Span } from "./marks";
import { say } from "./words";

const MOST_NAMED = 5;

/** Spans that cannot be shown as they should: each by name, none dropped in silence. */
export function MisfitNote({ marks, misfits, document }: Marks & { readonly document: Document }) {
  const lines = [
    ...misfits.map(({ span, kind }) => say().misfit[kind](nameOf(span))),
    ...marks.filter((mark) => !mark.fits).map((mark) => say().misfit.tokens(nameOf(mark.span, document.text.slice(mark.from, mark.to)))),
  ];
  if (lines.length === 0) return null;
  const named = lines.slice(0, MOST_NAMED).join("; ");
  const more = lines.length > MOST_NAMED ? `; ${say().more(lines.length - MOST_NAMED)}` : "";
  return <Note text={`${say().misfits(lines.length)} ${named}${more}.`} />;
}

export function Note({ text }: { readonly text: string }) {
  return (
    <p class="pf-notice pf-spans-note" role="status">
      <Icon name="alert" size={18} />
      <span>{text}</span>
    </p>
  );
}

const LONGEST_NAME = 60;

/** A span as people can find it again: its text, label and offsets. */
function nameOf(span: unknown, text = ""): string {
  if (!isRecord(span)) return shortened(JSON.stringify(span) ?? String(span));
  const { label, start, end } = span as Span;
  const told = [typeof label === "string" ? label : null, start === undefined && end === undefined ? null : `${String(start)}–${String(end)}`];
  const where = told.filter((part) => part !== null).join(" ");
  return text === "" ? where || shortened(JSON.stringify(span)) : `“${shortened(text)}” (${where})`;
}

function shortened(text: string): string {
  return text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME)} …` : text;
}
