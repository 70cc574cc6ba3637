import { useMemo } from "preact/hooks";
import { labelsOf } from "../parts/labels";
import type { ViewProps } from "../views/view";
import { dirOf, keyOf, tagRoom } from "./Editor";
import { marksReader } from "./marks";
import { MisfitNote } from "./Notes";
import { type Kind, readTask, readingKey } from "./read";
import { SpanList } from "./SpanList";
import { SpanText } from "./SpanText";
import { sizeOf, useSurface } from "./useSurface";
import "./spans.css";

/** A text with its spans, to be looked at. */
export function Reader({ kind, task, settings }: ViewProps & { readonly kind: Kind }) {
  const reading = useMemo(
    () => readTask(task, settings.config, kind),
    [task["text"], task["tokens"], kind.style === "columns" ? task["spans"] : null, readingKey(settings.config)],
  );
  const { document } = reading;
  const read = useMemo(() => marksReader(document), [document]);
  const { marks, misfits } = useMemo(() => read(task["spans"]), [read, task["spans"]]);
  const { root, lanes } = useSurface(document, kind, labelsOf(settings.config), marks, null);
  return (
    <div class="pf-spans pf-spans-shown" data-style={kind.style} data-gaps={settings.config["honor_token_whitespace"] === false}>
      <MisfitNote marks={marks} misfits={misfits} document={document} />
      <div
        key={keyOf(reading)}
        ref={root}
        class={`pf-spans-text pf-spans-${sizeOf(document.text)}`}
        style={{ "--tag-room": tagRoom(marks.map((mark) => mark.label ?? "")) }}
      >
        <SpanText document={document} lanes={lanes} dir={dirOf(settings.config)} />
      </div>
      <SpanList marks={marks} document={document} />
    </div>
  );
}
