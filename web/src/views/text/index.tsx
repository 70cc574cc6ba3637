import { Passage } from "../../parts/Passage";
import { missing } from "../../parts/content";
import { textOf } from "../../types";
import type { View } from "../view";

/** `{"text"}`: a text to accept or reject. */
export const text: View = {
  id: "text",
  Content: ({ task }) => <Passage text={textOf(task, "text") ?? ""} />,
  problem: (task) => (textOf(task, "text") === null ? missing("text", "“text”", task) : null),
};
