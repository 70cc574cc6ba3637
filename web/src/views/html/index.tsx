import { RecipeHtml } from "../../html/RecipeHtml";
import { SafeHtml } from "../../html/SafeHtml";
import { fill } from "../../html/template";
import { missing } from "../../parts/content";
import { type Task, textOf } from "../../types";
import { words } from "../../words";
import type { Settings, View, ViewProps } from "../view";

/** `{"html"}`, or a Mustache template filled with the keys of the task. Only the recipe's own template may hold form
 * controls; one that came with a task, in its `html_template` or `config`, is as harmless as its `html`. */
export const view: View = {
  id: "html",
  Content: Html,
  problem(task, settings) {
    const template = templateOf(task, settings);
    if (template === null) return textOf(task, "html") === null ? missing("html", "“html”", task) : null;
    try {
      fill(template, task);
      return null;
    } catch (error) {
      return words.templateBroken(error instanceof Error ? error.message : String(error));
    }
  },
};

function Html({ task, settings }: ViewProps) {
  const template = templateOf(task, settings);
  if (template === null) return <SafeHtml html={textOf(task, "html") ?? ""} />;
  if (template === settings.recipe?.["html_template"]) return <RecipeHtml template={template} values={task} />;
  return <SafeHtml html={fill(template, task)} />;
}

function templateOf(task: Task, settings: Settings): string | null {
  const template = task["html_template"] ?? settings.config["html_template"];
  return typeof template === "string" ? template : null;
}
