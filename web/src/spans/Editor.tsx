import { useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import { LabelBar } from "../parts/LabelBar";
import { type Label, colorOf } from "../parts/labels";
import { useSteps } from "../parts/steps";
import { useSelectedSpan } from "../recipe/events";
import { useKeys } from "../views/keys";
import type { ViewProps } from "../views/view";
import type { Spans } from "./edit";
import { type Editing, createEditing } from "./editing";
import { type Surface, watchGestures } from "./gestures";
import { createKeyboard } from "./keyboard";
import { marksReader } from "./marks";
import { MisfitNote, Note } from "./Notes";
import { type Kind, type Reading, hasMadeTokens, labelsFor, readTask, readingKey, selectableOf } from "./read";
import { SpanList } from "./SpanList";
import { SpanText } from "./SpanText";
import { Status } from "./Status";
import { spoken } from "./spoken";
import { sizeOf, useSurface } from "./useSurface";
import { say } from "./words";
import "./spans.css";

/** A text whose spans are made and changed by hand. */
export function Editor({ kind, ...props }: ViewProps & { readonly kind: Kind }) {
  const { task, settings } = props;
  const reading = useMemo(
    () => readTask(task, settings.config, kind),
    [task["text"], task["tokens"], readingKey(settings.config)],
  );
  const labels = labelsFor(settings);
  const editing = useEditing(props, kind, reading, labels);
  const { marks, misfits, selected, picked, active } = editing.state();
  const { root, lanes } = useDrawnEditor({ kind, reading, labels, editing, config: settings.config });
  const [elsewhere, box] = useElsewhere();
  useSelectedSpan(selected);
  const focused = editing.focused();
  return (
    <div ref={box} class="pf-spans pf-spans-manual" data-style={kind.style} data-gaps={settings.config["honor_token_whitespace"] === false}>
      <div class="pf-spans-top">
        {labels.length > 0 ? (
          <LabelBar labels={labels} chosen={focused?.label ?? active} choose={(name) => editing.label(name)} listens={!elsewhere} />
        ) : (
          <Note text={say().noLabels} />
        )}
        {hasMadeTokens(task, kind) && settings.config["ner_manual_highlight_chars"] !== true && <Note text={say().madeTokens} />}
        <MisfitNote marks={marks} misfits={misfits} document={reading.document} />
      </div>
      <div class="pf-spans-body">
        <div
          key={keyOf(reading)}
          ref={root}
          class={`pf-spans-text pf-spans-${sizeOf(reading.document.text)}`}
          style={{ "--tag-room": tagRoom(labels.map((label) => label.name)) }}
          role="textbox"
          aria-multiline="true"
          aria-readonly="true"
          aria-label={say().text}
          aria-description={say().textHint}
          tabIndex={0}
        >
          <SpanText document={reading.document} lanes={lanes} dir={dirOf(settings.config)} />
        </div>
        {reading.document.text === "" && <p class="pf-quiet">{say().empty}</p>}
      </div>
      <Status editing={editing} document={reading.document} labels={labels} single={kind.rules.single} />
      <SpanList marks={marks} document={reading.document} />
      <p class="pf-hidden" role="status">
        {useMemo(() => spoken(editing, reading.document), [marks, selected, picked])}
      </p>
    </div>
  );
}

/** The state of editing. It outlives renders, and follows the task where that is changed from outside. */
function useEditing({ task, settings, change }: ViewProps, kind: Kind, reading: Reading, labels: readonly Label[]): Editing {
  const [, redraw] = useReducer<number, void>((count) => count + 1, 0);
  const steps = useSteps<Spans>();
  const latest = useRef(change);
  latest.current = change;
  const editing = useMemo(
    () =>
      createEditing({
        document: reading.document,
        read: marksReader(reading.document),
        rules: kind.rules,
        allowed: selectableOf(settings.config),
        active: labelToStart(labels),
        steps,
        write: (spans) => latest.current(reading.made === null ? { spans } : { spans, tokens: reading.made }),
        onChange: () => redraw(),
      }),
    [reading],
  );
  editing.receive(task["spans"]);
  lastActive = editing.state().active;
  return editing;
}

let lastActive: string | null = null;

/** The label of the task before goes on, where this one has it. */
function labelToStart(labels: readonly Label[]): string | null {
  return labels.find((label) => label.name === lastActive)?.name ?? labels[0]?.name ?? null;
}

interface DrawnOptions {
  readonly kind: Kind;
  readonly reading: Reading;
  readonly labels: readonly Label[];
  readonly editing: Editing;
  readonly config: ViewProps["settings"]["config"];
}

/** The text on the screen, with what pointer and keys do to it. */
function useDrawnEditor({ kind, reading, labels, editing, config }: DrawnOptions) {
  const { document } = reading;
  const { marks, selected, picked, active } = editing.state();
  const drawn = useSurface(document, kind, labels, marks, selected);
  const keyboard = useRef<ReturnType<typeof createKeyboard> | null>(null);
  const latest = useRef(labels);
  latest.current = labels;

  const showPicked = () => {
    const now = editing.state();
    const color = now.active === null ? null : colorOf(latest.current, now.active);
    const cursor = now.picked?.cursor ?? -1;
    drawn.drawing.current?.painter.showPick({ range: editing.pickedRange(), cursor, color });
  };
  useLayoutEffect(() => {
    const surface: Surface = {
      root: drawn.root.current!,
      document,
      ...drawn.drawing.current!,
      editing,
      rules: kind.rules,
      allowed: selectableOf(config),
      colorOf: (label) => (label === null ? null : colorOf(latest.current, label)),
      showPicked,
    };
    keyboard.current = createKeyboard(surface);
    return watchGestures(surface);
  }, [editing]);
  useLayoutEffect(showPicked, [picked, active, marks]);
  useKeys((name, event) => !isInOther(drawn.root.current) && (keyboard.current?.(name, event) ?? false));
  return drawn;
}

/** Whether the focus is in another editor of the page: keys are meant for that one. */
function isInOther(inside: Element | null): boolean {
  const around = document.activeElement?.closest(".pf-spans-manual") ?? null;
  return around !== null && inside !== null && !around.contains(inside);
}

function useElsewhere() {
  const box = useRef<HTMLDivElement>(null);
  const [elsewhere, setElsewhere] = useState(false);
  useEffect(() => {
    const follow = () => setElsewhere(isInOther(box.current));
    document.addEventListener("focusin", follow);
    return () => document.removeEventListener("focusin", follow);
  }, []);
  return [elsewhere, box] as const;
}

const keys = new WeakMap<object, number>();
let lastKey = 0;

/** A document gets elements of its own. */
export function keyOf({ document }: Reading): number {
  const found = keys.get(document) ?? (lastKey += 1);
  keys.set(document, found);
  return found;
}

export function dirOf(config: ViewProps["settings"]["config"]): "auto" | "ltr" | "rtl" {
  const { writing_dir: dir } = config;
  return dir === "ltr" || dir === "rtl" ? dir : "auto";
}

const TAG_LETTER_PX = 8.2;
const TAG_ENDS_PX = 12;
const WIDEST_TAG_PX = 92;

/** How wide a token's column is at least: its label fits below it, whichever it gets, and nothing moves. */
export function tagRoom(names: readonly string[]): string {
  const longest = Math.max(0, ...names.map((name) => name.length));
  return `${Math.min(WIDEST_TAG_PX, longest * TAG_LETTER_PX + TAG_ENDS_PX)}px`;
}
