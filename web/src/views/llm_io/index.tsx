import { missing } from "../../parts/content";
import type { View } from "../view";
import { LlmIo } from "./LlmIo";
import { panesOf } from "./panes";
import { say } from "./words";

/** `{"llm": {"prompt", "response"}}`: what a language model was asked and what it said, to read and to copy. */
export const view: View = {
  id: "llm_io",
  Content: LlmIo,
  problem: (task) => (panesOf(task) === null ? missing("llm_io", say().needs, task) : null),
  keys: () => [
    [say().keys.prompt, ["p"]],
    [say().keys.response, ["r"]],
  ],
};
