import { Icon } from "../frame/icons";
import type { Entry, Reading } from "./task";
import { say } from "./words";

const MOST_NAMED = 3;

/** What of the data cannot be drawn: said, never dropped. */
export function Lost({ reading: { lost } }: { readonly reading: Reading }) {
  const names = (entries: readonly Entry[], nameIt: (entry: Entry) => string) => {
    const more = entries.length > MOST_NAMED ? [say().andMore(entries.length - MOST_NAMED)] : [];
    return [...entries.slice(0, MOST_NAMED).map(nameIt), ...more].join(", ");
  };
  const relation = (entry: Entry) => `${entry["label"] ?? "–"} (${shown(entry["head"])} → ${shown(entry["child"])})`;
  const span = (entry: Entry) => `${entry["label"] ?? "–"} (${shown(entry["token_start"] ?? entry["start"])}–${shown(entry["token_end"] ?? entry["end"])})`;
  return (
    <>
      {lost.relations.length > 0 && <LostNotice text={say().lostRelations(lost.relations.length, names(lost.relations, relation))} />}
      {lost.spans.length > 0 && <LostNotice text={say().lostSpans(lost.spans.length, names(lost.spans, span))} />}
    </>
  );
}

function shown(value: unknown): string {
  return value === undefined ? "?" : JSON.stringify(value).slice(0, 20);
}

function LostNotice({ text }: { readonly text: string }) {
  return (
    <p class="pf-notice pf-rel-lost" role="note">
      <Icon name="alert" size={18} />
      <span>{text}</span>
    </p>
  );
}
