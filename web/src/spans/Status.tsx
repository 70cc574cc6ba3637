import type { ComponentChildren } from "preact";
import { Icon } from "../frame/icons";
import { type Label, colorOf } from "../parts/labels";
import { inkOn } from "../text/tints";
import type { Document } from "./document";
import type { Editing } from "./editing";
import type { Mark } from "./marks";
import { labelOf, textOfMark } from "./SpanList";
import { say } from "./words";

interface StatusProps {
  readonly editing: Editing;
  readonly document: Document;
  readonly labels: readonly Label[];
  readonly single: boolean;
}

/** Below the text: what is selected and how many there are, with the buttons that fingers need. Always there, so that
 * nothing moves when something is selected. */
export function Status({ editing, document, labels, single }: StatusProps) {
  const { steps } = editing.state();
  const focused = editing.focused();
  return (
    <div class="pf-spans-status">
      <span class="pf-spans-now">
        {focused === null ? <Summary editing={editing} document={document} single={single} /> : <Focused mark={focused} document={document} labels={labels} />}
      </span>
      {focused !== null && (
        <Tool name={say().remove} act={() => editing.remove(focused)}>
          <Icon name="close" size={18} />
        </Tool>
      )}
      <Tool name={say().back} act={() => editing.back()} disabled={steps[0] === 0}>
        <Icon name="undo" size={18} />
      </Tool>
      <Tool name={say().forth} act={() => editing.forth()} disabled={steps[1] === 0}>
        <span class="pf-span-mirrored">
          <Icon name="undo" size={18} />
        </span>
      </Tool>
    </div>
  );
}

function Summary({ editing, document, single }: Pick<StatusProps, "editing" | "document" | "single">) {
  const { marks, misfits } = editing.state();
  const range = editing.pickedRange();
  if (range !== null) {
    return <b class="pf-spans-what">{document.text.slice(document.tokens[range.first]!.from, document.tokens[range.last]!.to)}</b>;
  }
  if (single) {
    const all = document.tokens.filter((token) => token.kind === "word" && !token.disabled).length;
    return <>{marks.length === 0 ? say().hintTokens : say().tagged(marks.length, all)}</>;
  }
  const count = marks.length + misfits.length;
  return <>{count > 0 ? say().count(count) : matchMedia("(hover: none)").matches ? say().hintTouch : say().hint}</>;
}

function Focused({ mark, document, labels }: { readonly mark: Mark; readonly document: Document; readonly labels: readonly Label[] }) {
  const color = colorOf(labels, mark.label ?? "");
  return (
    <>
      <span class="pf-span-tag" style={{ "--label": color, "--on-label": inkOn(color) }}>
        <span class="pf-span-name">{labelOf(mark)}</span>
      </span>
      <b class="pf-spans-what" dir="auto">
        {textOfMark(document, mark)}
      </b>
    </>
  );
}

interface ToolProps {
  readonly name: string;
  readonly act: () => void;
  readonly disabled?: boolean;
  readonly children: ComponentChildren;
}

function Tool({ name, act, disabled = false, children }: ToolProps) {
  return (
    <button
      type="button"
      class="pf-tool"
      title={name}
      aria-label={name}
      aria-disabled={disabled}
      onMouseDown={(event) => event.preventDefault()}
      onClick={act}
    >
      {children}
    </button>
  );
}
