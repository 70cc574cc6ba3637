import { useId, useMemo, useState } from "preact/hooks";
import { Body } from "../../parts/Body";
import { OptionList } from "../../parts/OptionList";
import { contentOf, optionsOf } from "../../parts/content";
import { type Piece, differences, sideOf, styleOf } from "../../parts/differences";
import { type Task, textOf } from "../../types";
import { TaskView } from "../TaskView";
import { KeyScope, useKeys } from "../keys";
import type { ViewProps } from "../view";
import { SIDES, type Side, chosenOf, contentOn, inputOf, nameOn } from "./sides";
import { say } from "./words";
import "./compare.css";

const KEYS: Readonly<Record<string, Side>> = { "1": "A", "2": "B", arrowleft: "A", arrowright: "B" };

/** Two versions beside each other. A click or a key chooses one, Enter answers with it; A and X answer at once. */
export function Compare(props: ViewProps) {
  const { task, settings, answer } = props;
  const [chosen, setChosen] = useState<Side | null>(chosenOf(task));
  const input = inputOf(task);
  const group = useId();
  const marks = useMarks(props);
  const give = (side: Side) => answer(side === "A" ? "accept" : "reject");
  const choose = (side: Side) => {
    setChosen(side);
    if (settings.config["choice_auto_accept"] === true) give(side);
  };
  useKeys((name, event) => {
    if (event.repeat) return false;
    if (name === "enter" && chosen !== null) return give(chosen), true;
    const side = KEYS[name];
    if (side !== undefined) choose(side);
    return side !== undefined;
  });
  return (
    <div class="pf-compare">
      {input !== null && (
        <section class="pf-compare-input" aria-label={say().input} data-picture={contentOf(input)?.kind === "image"}>
          <Body task={input} />
        </section>
      )}
      <fieldset class="pf-sides">
        <legend class="pf-hidden">{say().sides}</legend>
        {SIDES.map((side) => (
          <label key={side} class="pf-version">
            <span class="pf-version-head">
              <input class="pf-hidden" type="radio" name={group} checked={chosen === side} onChange={() => choose(side)} aria-label={say().side(side)} aria-describedby={`${group}-${side}`} />
              <span class="pf-version-letter" aria-hidden="true">{side}</span>
              {settings.config["compare_blind"] === false && <span class="pf-version-name">{nameOn(task, side)}</span>}
              <span class="pf-version-hint" aria-hidden="true">{chosen === side && say().confirm}</span>
              <kbd class="pf-key" aria-hidden="true">{side === "A" ? "1" : "2"}</kbd>
            </span>
            <div id={`${group}-${side}`} class="pf-version-body">
              <SideContent {...props} side={side} marks={marks?.[side] ?? null} />
            </div>
          </label>
        ))}
      </fieldset>
    </div>
  );
}

interface SideProps extends ViewProps {
  readonly side: Side;
  readonly marks: readonly Piece[] | null;
}

/** A version as its own view shows it, or its picture, html or text. Nothing in it can be changed. */
function SideContent({ side, marks, ...props }: SideProps) {
  const task: Task = { ...contentOn(props.task, side), _task_hash: props.task._task_hash };
  const viewId = textOf(task, "view_id");
  const options = optionsOf(task);
  if (marks !== null) return <Marked pieces={marks} />;
  if (viewId !== null && viewId !== "compare") {
    return (
      <div class="pf-version-view" inert>
        <KeyScope value={[]}>
          <TaskView {...props} viewId={viewId} task={task} change={() => undefined} answer={() => undefined} />
        </KeyScope>
      </div>
    );
  }
  return (
    <div class="pf-version-content" data-picture={contentOf(task)?.kind === "image"}>
      {textOf(task, "label") !== null && <p class="pf-version-label">{textOf(task, "label")}</p>}
      <Body task={task} />
      {options !== null && <OptionList options={options} task={task} />}
    </div>
  );
}

function Marked({ pieces }: { readonly pieces: readonly Piece[] }) {
  return (
    <p class="pf-passage pf-passage-small" dir="auto">
      {pieces.map((piece, place) =>
        piece.kind === "same" ? (
          piece.text
        ) : (
          <mark key={place} class="pf-only-here" title={say().onlyHere}>
            {piece.text}
          </mark>
        ),
      )}
    </p>
  );
}

/** What only one of the two texts has, where the recipe wants to see that. No colour says which is the better one. */
function useMarks({ task, settings }: ViewProps): Readonly<Record<Side, readonly Piece[]>> | null {
  const [a, b] = SIDES.map((side) => contentOf(contentOn(task, side)));
  const [before, after] = [a?.kind === "text" ? a.text : null, b?.kind === "text" ? b.text : null];
  const wanted = settings.config["show_diff"] === true && before !== null && after !== null;
  const style = styleOf(settings.config["diff_style"]);
  return useMemo(() => {
    if (!wanted) return null;
    const { pieces } = differences(before, after, style);
    return { A: sideOf(pieces, "removed"), B: sideOf(pieces, "added") };
  }, [wanted, before, after, style]);
}
