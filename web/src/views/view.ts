/** What a view is. Each lives in its own folder; the registry names them. */

import type { FunctionComponent } from "preact";
import { type Answer, type Changes, type Project, type Task, isRecord } from "../types";

/** The recipe's settings, with those of the task itself on top. */
export interface Settings {
  readonly label: string | null;
  readonly choiceStyle: "single" | "multiple";
  readonly choiceAutoAccept: boolean;
  readonly htmlTemplate: string | null;
}

export interface ViewProps {
  /** The task with the annotator's changes on top. */
  readonly task: Task;
  readonly settings: Settings;
  readonly change: (changes: Changes) => void;
  readonly answer: (answer: Answer) => void;
}

export interface View {
  readonly id: string;
  readonly Content: FunctionComponent<ViewProps>;
  /** Whether the content wants all the room there is (pictures) or as much as it needs. */
  readonly fills: (task: Task) => boolean;
  /** Shown instead of the content when the task lacks what the view needs. */
  readonly problem: (task: Task, settings: Settings) => string | null;
  /** Pictures to load ahead. */
  readonly pictures: (task: Task) => readonly string[];
  readonly initialChanges?: (task: Task) => Changes;
  /** A key that is not an answer; true when the view used it. */
  readonly onKey?: (key: string, props: ViewProps) => boolean;
  /** Whether number keys pick options, for the help. */
  readonly picks?: boolean;
}

export function settingsOf(project: Project, task: Task): Settings {
  const own = isRecord(task["config"]) ? task["config"] : {};
  const style = own["choice_style"];
  const auto = own["choice_auto_accept"];
  const template = own["html_template"];
  const label = typeof task["label"] === "string" ? task["label"] : project.label;
  return {
    label: label === "" ? null : label,
    choiceStyle: style === "single" || style === "multiple" ? style : project.choice_style,
    choiceAutoAccept: typeof auto === "boolean" ? auto : project.choice_auto_accept,
    htmlTemplate: typeof template === "string" ? template : project.html_template,
  };
}
