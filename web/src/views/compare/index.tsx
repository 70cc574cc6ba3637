import { contentOf, missing } from "../../parts/content";
import { textOf } from "../../types";
import type { View } from "../view";
import { Compare } from "./Compare";
import { SIDES, concludeSide, contentOn, hasBoth, inputOf } from "./sides";
import { say } from "./words";

/** `{"input"?, "accept", "reject", "mapping"?}`: two versions as A and B, blind, their sides by chance. The answer is
 * "accept" if the version `accept` was found better; stored with it are `mapping` and `chosen`. */
export const view: View = {
  id: "compare",
  Content: Compare,
  problem: (task) => (hasBoth(task) ? null : missing("compare", say().needs, task)),
  pictures: (task) =>
    [inputOf(task) ?? {}, ...SIDES.map((side) => contentOn(task, side))].flatMap((value) => {
      const content = contentOf(value);
      return content?.kind === "image" ? [content.url] : [];
    }),
  conclude: (task, _settings, given) => concludeSide(task, given),
  answerWords: () => ({ accept: say().better("A"), reject: say().better("B") }),
  keys: () => [
    [say().keys.choose, ["1", "2", "arrowleft", "arrowright"]],
    [say().keys.confirm, ["enter"]],
  ],
  uses: (task) => SIDES.flatMap((side) => textOf(contentOn(task, side), "view_id") ?? []),
};
