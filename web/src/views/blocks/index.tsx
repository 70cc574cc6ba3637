import type { AnswerWords, View } from "../view";
import { viewHere } from "../registry";
import { Blocks } from "./Blocks";
import { blocksOf, concludeBlocks, joinChanges, viewOf } from "./blocks";
import { say } from "./words";

/** `config.blocks: [{"view_id", ...}]`: several views of one task, one below the other. Any key of a task or of the
 * configuration can be set for a block; null hides what it would inherit. */
export const view: View = {
  id: "blocks",
  Content: Blocks,
  fills: (task, settings) => all(task, settings).some((block) => viewOf(block)?.fills?.(block.task, block.settings) === true),
  problem: (task, settings) => (blocksOf(task, settings) === null ? say().noBlocks : null),
  pictures: (task, settings) => all(task, settings).flatMap((block) => viewHere(block.viewId)?.pictures?.(block.task, block.settings) ?? []),
  prefetch: (task, settings) => all(task, settings).forEach((block) => viewOf(block)?.prefetch?.(block.task, block.settings)),
  initialChanges(task, settings) {
    const blocks = all(task, settings);
    return blocks.reduce((changes, block, place) => {
      const own = viewOf(block)?.initialChanges?.(block.task, block.settings) ?? {};
      return { ...changes, ...block.starts, ...joinChanges(blocks, place, { ...task, ...changes }, own) };
    }, {});
  },
  conclude: (task, settings, given) => concludeBlocks(all(task, settings), given),
  answerWords: (task, settings) =>
    all(task, settings).reduce<AnswerWords>((words, block) => ({ ...words, ...viewOf(block)?.answerWords?.(block.task, block.settings) }), {}),
  keys(task, settings) {
    const rows = all(task, settings).flatMap((block) => viewHere(block.viewId)?.keys?.(block.task, block.settings) ?? []);
    return rows.filter(([what], place) => rows.findIndex(([other]) => other === what) === place);
  },
  uses: (task, settings) => all(task, settings).map((block) => block.viewId),
};

function all(...[task, settings]: Parameters<typeof blocksOf>) {
  return blocksOf(task, settings) ?? [];
}
