import { useMemo, useRef, useState } from "preact/hooks";
import { viewHere } from "../registry";
import { TaskView } from "../TaskView";
import { type KeyHandler, KeyScope, useKeys } from "../keys";
import type { ViewProps } from "../view";
import { VersionList, VoteList } from "./VersionList";
import { type Version, isBinary, pickedPlace, taskUnderReview, versionsOf, viewUnderReview } from "./versions";
import { say } from "./words";
import "./review.css";

/** Who said what, above; below, the version picked in the view under review, to be made right. */
export function Review(props: ViewProps) {
  const { task, settings, change } = props;
  const versions = useMemo(() => versionsOf(task) ?? [], [task["versions"]]);
  const viewId = viewUnderReview(task, settings) ?? "";
  const binary = isBinary(viewId, versions);
  const picked = pickedPlace(task, versions);
  const [editing, setEditing] = useState(false);
  const inside = useRef<KeyHandler[]>([]);
  const under = useMemo(() => taskUnderReview(task), [task]);
  const blind = settings.config["review_blind"] === true;
  const pick = (version: Version) => change(version.made);

  useKeys((name, event) => {
    const inner = () => inside.current.some((handle) => handle(name, event));
    if (binary) return inner();
    if (editing && isBracket(name) && inner()) return true;
    const wanted = event.repeat ? undefined : versions[placeOf(name, picked, versions.length, editing)];
    if (wanted === undefined) return inner();
    pick(wanted);
    return true;
  });

  const fills = viewHere(viewId)?.fills?.(under, settings) ?? false;
  return (
    <div class={fills ? "pf-review pf-review-fills" : "pf-review"} data-editing={editing || binary}>
      <div class="pf-review-said" onPointerDownCapture={() => setEditing(false)} onFocusCapture={() => setEditing(false)}>
        {binary ? (
          <VoteList versions={versions} blind={blind} />
        ) : (
          <VersionList versions={versions} task={task} picked={picked} blind={blind} pick={pick} />
        )}
      </div>
      <section
        class="pf-review-editor"
        aria-label={say().editor}
        onPointerDownCapture={() => setEditing(true)}
        onFocusCapture={() => setEditing(true)}
      >
        <KeyScope value={inside.current}>
          <TaskView {...props} viewId={viewId} task={under} settings={{ ...settings, nested: false }} />
        </KeyScope>
      </section>
    </div>
  );
}

function isBracket(name: string): boolean {
  return name === "[" || name === "]";
}

/** The place of the version that a key picks, or -1. While the editor is in use, plain numbers are its own, and brackets
 * where it has a use for them. */
function placeOf(name: string, picked: number, count: number, editing: boolean): number {
  if (isBracket(name)) {
    const from = picked < 0 ? (name === "]" ? -1 : count) : picked;
    return (from + (name === "]" ? 1 : -1) + count) % count;
  }
  const number = /^(alt\+)?([1-9])$/.exec(name);
  if (number === null || (editing && number[1] === undefined)) return -1;
  return Number(number[2]) - 1;
}
