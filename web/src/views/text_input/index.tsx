import { contentOf } from "../../parts/content";
import type { View } from "../view";
import { TextInput } from "./TextInput";
import { concludeField, fieldOf, isFree } from "./field";
import { say } from "./words";

/** `{"field_id"?, "field_label"?, "field_placeholder"?, "field_rows"?, "field_suggestions"?, "field_required"?,
 * "field_autofocus"?}` in block, task or config: free text, stored under the task's key `field_id`. */
export const view: View = {
  id: "text_input",
  Content: TextInput,
  fills: (task, settings) => settings.nested !== true && contentOf(task)?.kind === "image",
  problem(task, settings) {
    const { id } = fieldOf(task, settings);
    return isFree(id) ? null : say().badId(id);
  },
  pictures(task, settings) {
    const content = settings.nested === true ? null : contentOf(task);
    return content?.kind === "image" ? [content.url] : [];
  },
  conclude: (task, settings, given) => concludeField(task, fieldOf(task, settings), given),
  keys: () => [
    [say().keys.enter, ["enter"]],
    [say().keys.leave, ["escape", "enter"]],
    [say().keys.accept, ["ctrl+enter"]],
  ],
};
