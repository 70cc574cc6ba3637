import { SafeHtml } from "../../html/SafeHtml";
import { fill } from "../../html/template";
import { missing } from "../../parts/content";
import { type Task, textOf } from "../../types";
import { words } from "../../words";
import type { Settings, View } from "../view";

/** `{"html"}`, or a Mustache template of the recipe filled with the keys of the task. */
export const html: View = {
  id: "html",
  Content: ({ task, settings }) => <SafeHtml html={htmlOf(task, settings) ?? ""} />,
  problem(task, settings) {
    try {
      return htmlOf(task, settings) === null ? missing("html", "“html”", task) : null;
    } catch (error) {
      return words.templateBroken(error instanceof Error ? error.message : String(error));
    }
  },
};

function htmlOf(task: Task, settings: Settings): string | null {
  const template = settings.config["html_template"];
  return typeof template === "string" ? fill(template, task) : textOf(task, "html");
}
