/** What a recipe wants of the page: which buttons there are, and what else is shown. */

import { type Answer, type Button, type Project } from "../types";

const KNOWN: readonly Button[] = ["accept", "reject", "ignore", "undo", "flag"];

/** The buttons in the recipe's order, each once. */
export function buttonsOf(project: Project): readonly Button[] {
  return [...new Set(project.buttons)].filter((name) => KNOWN.includes(name));
}

/** Whether an answer can be given by key or swipe: only where there is a button for it. */
export function mayAnswer(project: Project, answer: Answer): boolean {
  return project.buttons.includes(answer);
}

/** Whether the small flag is on the card: not where it is a large button, and not where nobody wants it. */
export function showsFlag(project: Project): boolean {
  return !project.buttons.includes("flag") && project.config["show_flag"] !== false;
}

/** What `project_info` wants in the sidebar. */
export function projectInfo(project: Project): readonly (readonly [key: InfoKey, value: string])[] {
  const wanted = project.config["project_info"];
  if (!Array.isArray(wanted)) return [];
  const values: Readonly<Record<InfoKey, string | null>> = {
    dataset: project.dataset,
    session: project.session_id,
    annotator: project.annotator,
    recipe: project.recipe,
    view: project.view_id,
    label: project.label,
    labels: project.labels.join(", "),
    lang: project.lang,
    version: project.version,
  };
  const names = wanted.filter((name): name is string => typeof name === "string").map((name) => ALIASES[name] ?? name);
  return [...new Set(names)].flatMap((name) => {
    const value = Object.hasOwn(values, name) ? values[name as InfoKey] : null;
    return value === null || value === "" ? [] : [[name as InfoKey, value] as const];
  });
}

export type InfoKey = "dataset" | "session" | "annotator" | "recipe" | "view" | "label" | "labels" | "lang" | "version";
const ALIASES: Readonly<Record<string, InfoKey>> = { recipe_name: "recipe", view_id: "view", session_id: "session" };
