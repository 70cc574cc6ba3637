import { Body } from "../../parts/Body";
import { contentOf, missing } from "../../parts/content";
import type { View } from "../view";

/** `{"text" | "image" | "html", "label"}`: does the label fit? */
export const classification: View = {
  id: "classification",
  Content: ({ task }) => <Body task={task} />,
  fills: (task) => contentOf(task)?.kind === "image",
  problem(task, settings) {
    if (contentOf(task) === null) return missing("classification", "“text”, “image” or “html”", task);
    return settings.label === null ? missing("classification", "“label”", task) : null;
  },
  pictures(task) {
    const content = contentOf(task);
    return content?.kind === "image" ? [content.url] : [];
  },
};
