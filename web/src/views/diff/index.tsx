import { missing } from "../../parts/content";
import type { View } from "../view";
import { Diff } from "./Diff";
import { textsOf } from "./texts";
import { say } from "./words";

/** `{"accept": {"text"}, "reject": {"text"}}` or `{"added", "removed", "text"?}`: what changed from the one to the other. */
export const view: View = {
  id: "diff",
  Content: Diff,
  problem: (task) => (textsOf(task) === null ? missing("diff", say().needs, task) : null),
  keys: () => [[say().key, ["d"]]],
};
