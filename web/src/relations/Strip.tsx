/** The line under the labels: what is going on, what can be done with what is selected, and how the text is shown. */

import { Drawing, Icon } from "../frame/icons";
import { keyLabel } from "../state/keymap";
import { type Node, nodeText } from "./task";
import type { Editing, Mode } from "./use_editing";
import { say } from "./words";

interface StripProps {
  readonly editing: Editing;
  readonly colorOfArc: string;
}

export function Strip({ editing, colorOfArc }: StripProps) {
  const { editable, options, choices } = editing;
  return (
    <div class="pf-rel-strip">
      {editable && options.spanLabels.length > 0 && <ModeSwitch editing={editing} />}
      <div class="pf-rel-now" role="status" style={{ "--label": colorOfArc }}>
        <Now editing={editing} />
      </div>
      <Actions editing={editing} />
      {editable && <Steps editing={editing} />}
      {options.wrapToggle && (
        <button
          type="button"
          class="pf-rel-action pf-rel-wrap"
          aria-pressed={choices.wrap}
          title={say().wrap}
          onMouseDown={keepFocus}
          onClick={() => editing.setWrap(!choices.wrap)}
        >
          <Drawing path={SHAPES.wrap} size={18} />
          <span class="pf-hidden">{say().wrap}</span>
          {editable && <Key name={options.keys.wrap} />}
        </button>
      )}
    </div>
  );
}

/** A click on a button of the strip leaves the focus on the text or the arc that it is about. */
function keepFocus(event: MouseEvent): void {
  event.preventDefault();
}

function Key({ name }: { readonly name: string }) {
  return (
    <kbd class="pf-key" aria-hidden="true">
      {name === "delete" ? "Del" : keyLabel(name)}
    </kbd>
  );
}

const MODES: readonly Mode[] = ["relations", "spans"];

function ModeSwitch({ editing }: { readonly editing: Editing }) {
  const names: Readonly<Record<Mode, string>> = { relations: say().relationsMode, spans: say().spansMode };
  return (
    <div class="pf-rel-modes" role="group" aria-label={say().mode}>
      {MODES.map((mode) => (
        <button
          key={mode}
          type="button"
          class="pf-rel-mode"
          aria-pressed={editing.mode === mode}
          onMouseDown={keepFocus}
          onClick={() => editing.setMode(mode)}
        >
          {names[mode]}
        </button>
      ))}
      <Key name={editing.options.keys.mode} />
    </div>
  );
}

/** One line: the last thing that happened, or what is begun or selected, or what to do. */
function Now({ editing }: { readonly editing: Editing }) {
  const { arc, span, pending, message, mode, reading, editable, options } = editing;
  const text = (node: Node) => nodeText(node, reading.tokens);
  if (message !== null) return <span class={message.bad ? "pf-rel-said pf-rel-bad" : "pf-rel-said"}>{message.text}</span>;
  if (arc !== null) return <ArcNow label={arc.label} head={text(arc.head)} child={text(arc.child)} />;
  if (span !== null) return <strong class="pf-rel-said">{say().spanOf(text(span), span.label)}</strong>;
  if (pending !== null) {
    const [begun, next] = mode === "relations" ? [say().headIs, say().pickChild] : [say().startIs, say().pickLast];
    return (
      <span class="pf-rel-said">
        <strong>{begun(text(pending))}.</strong> {next}
      </span>
    );
  }
  if (!editable) return <span class="pf-quiet pf-rel-said">{reading.relations.length === 0 ? "" : say().hintReading}</span>;
  if (options.labels.length === 0 && mode === "relations") return <span class="pf-rel-said pf-rel-bad">{say().noLabels}</span>;
  return <span class="pf-quiet pf-rel-said">{mode === "relations" ? say().hint : say().hintSpans}</span>;
}

function ArcNow({ label, head, child }: { readonly label: string; readonly head: string; readonly child: string }) {
  return (
    <span class="pf-rel-said pf-rel-arc-now">
      <span class="pf-hidden">{say().arc(label, head, child)}</span>
      <span class="pf-rel-end-now" aria-hidden="true">
        {head}
      </span>
      <span class="pf-rel-pill" aria-hidden="true">
        {label || "–"}
      </span>
      <span class="pf-rel-tip-now" aria-hidden="true" />
      <span class="pf-rel-end-now" aria-hidden="true">
        {child}
      </span>
    </span>
  );
}

/** For those without a keyboard. */
function Steps({ editing }: { readonly editing: Editing }) {
  const { canUndo, canRedo } = editing;
  return (
    <div class="pf-rel-steps">
      <StepTool name={say().undo} possible={canUndo} act={() => editing.undo(false)} />
      <StepTool name={say().redo} possible={canRedo} act={() => editing.undo(true)} mirrored />
    </div>
  );
}

interface StepToolProps {
  readonly name: string;
  readonly possible: boolean;
  readonly act: () => void;
  readonly mirrored?: boolean;
}

function StepTool({ name, possible, act, mirrored = false }: StepToolProps) {
  return (
    <button type="button" class="pf-tool" title={name} aria-label={name} aria-disabled={!possible} onMouseDown={keepFocus} onClick={act}>
      <span class={mirrored ? "pf-rel-mirrored" : ""}>
        <Icon name="undo" size={18} />
      </span>
    </button>
  );
}

/** What can be done with what is selected, or begun. */
function Actions({ editing }: { readonly editing: Editing }) {
  const { arc, span, pending, editable, options } = editing;
  if (!editable) return null;
  const editsSpan = span !== null && options.spanLabels.length > 0;
  return (
    <div class="pf-rel-actions">
      {arc !== null && <Action icon="turn" name={say().turn} keyName={options.keys.turn} act={() => editing.turn()} />}
      {editsSpan && <Action icon="grow" name={say().grow} keyName={options.keys.grow} act={() => editing.begin(span)} />}
      {(arc !== null || editsSpan) && <Action icon="remove" name={say().remove} keyName="delete" act={() => editing.remove()} />}
      {pending !== null && <Action icon="letGo" name={say().letGo} keyName="escape" act={() => editing.leave()} />}
    </div>
  );
}

interface ActionProps {
  readonly icon: keyof typeof SHAPES;
  readonly name: string;
  readonly keyName: string;
  readonly act: () => void;
}

function Action({ icon, name, keyName, act }: ActionProps) {
  return (
    <button type="button" class="pf-rel-action" title={name} onMouseDown={keepFocus} onClick={act}>
      <Drawing path={SHAPES[icon]} size={18} />
      <span class="pf-rel-action-name">{name}</span>
      <Key name={keyName} />
    </button>
  );
}

/** Icons of this editor only. */
const SHAPES = {
  turn: "M4 9h14l-4-4M20 15H6l4 4",
  grow: "M8 7l-5 5l5 5M16 7l5 5l-5 5M3.5 12h17",
  remove: "M5 7h14M10 7V4.5h4V7M7 7l.8 12.5h8.4L17 7M10.5 11v5M13.5 11v5",
  letGo: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  wrap: "M4 6h16M4 12h12.5a3 3 0 0 1 0 6H12m2.2-2.6L11.6 18l2.6 2.6M4 18h3.5",
} as const;
