import { useMemo } from "preact/hooks";
import { Editor } from "../../relations/Editor";
import { problemOf } from "../../relations/about";
import { withRelations } from "../../relations/arcs_of_dep";
import type { View, ViewProps } from "../view";

function Dependencies(props: ViewProps) {
  const task = useMemo(() => withRelations(props.task), [props.task]);
  return <Editor {...props} task={task} editable={false} />;
}

/** `{"text", "tokens", "arc" | "arcs" | "relations"}`: a parse to look at, right or wrong. */
export const view: View = {
  id: "dep",
  Content: Dependencies,
  fills: () => true,
  problem: (task) => problemOf("dep", task),
};
