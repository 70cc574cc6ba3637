import type { Task } from "../../types";
import { viewHere } from "../registry";
import type { Settings, View } from "../view";
import { Review } from "./Review";
import { firstOf, isBinary, taskUnderReview, versionsOf, viewUnderReview } from "./versions";
import { say } from "./words";

/** `{..., "view_id", "versions": [{..., "answer", "sessions", "default"?}]}`: pick a version and make it right in the view
 * under review; where only accept and reject were asked, see the votes and decide. */
export const view: View = {
  id: "review",
  Content: Review,
  fills: (task, settings) => inner(task, settings)?.fills?.(taskUnderReview(task), settings) ?? false,
  problem(task, settings) {
    if (viewUnderReview(task, settings) === null) return say().noView;
    return versionsOf(task) === null ? say().noVersions : null;
  },
  pictures: (task, settings) => inner(task, settings)?.pictures?.(taskUnderReview(task), settings) ?? [],
  prefetch: (task, settings) => inner(task, settings)?.prefetch?.(taskUnderReview(task), settings),
  initialChanges(task, settings) {
    const versions = versionsOf(task);
    if (versions === null) return {};
    const { made } = firstOf(versions);
    const begun = taskUnderReview({ ...task, ...made });
    return { ...made, ...inner(task, settings)?.initialChanges?.(begun, settings) };
  },
  conclude: (task, settings, given) => inner(task, settings)?.conclude?.(taskUnderReview(task), settings, given) ?? null,
  answerWords: (task, settings) => inner(task, settings)?.answerWords?.(taskUnderReview(task), settings) ?? {},
  keys(task, settings) {
    const own = inner(task, settings)?.keys?.(taskUnderReview(task), settings) ?? [];
    if (isBinary(viewUnderReview(task, settings) ?? "", versionsOf(task) ?? [])) return own;
    return [
      [say().keys.pick, ["1", "2", "…"]],
      [say().keys.anytime, ["alt+1", "alt+2", "…"]],
      [say().keys.step, ["[", "]"]],
      ...own,
    ];
  },
  uses: (task, settings) => [viewUnderReview(task, settings) ?? []].flat(),
};

function inner(task: Task, settings: Settings): View | null {
  const view = viewHere(viewUnderReview(task, settings) ?? "");
  return view !== null && view.problem(taskUnderReview(task), settings) === null ? view : null;
}
