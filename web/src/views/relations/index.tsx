import { Editor } from "../../relations/Editor";
import { keyRows, problemOf } from "../../relations/about";
import type { View, ViewProps } from "../view";

function Relations(props: ViewProps) {
  return <Editor {...props} editable />;
}

/** `{"text", "tokens", "spans"?, "relations"?}`: relations between words or spans, to make and to change. */
export const view: View = {
  id: "relations",
  Content: Relations,
  fills: () => true,
  problem: (task) => problemOf("relations", task),
  initialChanges: (task) => (Array.isArray(task["relations"]) ? {} : { relations: [] }),
  keys: (task, settings) => keyRows(task, settings),
};
