/** What a view is. Each lives in its own folder, whose name is its id; the registry finds them there. */

import type { FunctionComponent } from "preact";
import { type Answer, type Changes, type Conclusion, type Project, type Task, isRecord } from "../types";

/** The recipe's configuration, with that of the task on top, and that of a block above both. */
export type Config = Readonly<Record<string, unknown>>;

export interface Settings {
  readonly label: string | null;
  readonly config: Config;
  /** What the recipe itself says, without what came with the task: templates from here may hold form controls. */
  readonly recipe?: Config;
  /** Part of another view: what the task shows, another part may show. */
  readonly nested?: boolean;
}

export interface ViewProps {
  /** The task with the annotator's changes on top: what a view shows, it shows from here. */
  readonly task: Task;
  readonly settings: Settings;
  /** Set keys of the task. They are kept, sent with the answer, and come back as part of `task`. */
  readonly change: (changes: Changes) => void;
  readonly answer: (answer: Answer) => void;
  /** How often `conclude` has stopped an answer to this task; shown is what is missing. */
  readonly stopped?: number;
}

/** A row of the table of keys in the help. */
export type KeyRow = readonly [what: string, keys: readonly string[]];

export type AnswerWords = Readonly<Partial<Record<Answer, string>>>;

export interface View {
  readonly id: string;
  /** Mounted anew for each task: gestures, selection and zoom may be state of the component. */
  readonly Content: FunctionComponent<ViewProps>;
  /** Whether the content wants all the room there is (pictures) or as much as it needs. */
  readonly fills?: (task: Task, settings: Settings) => boolean;
  /** Shown instead of the content when the task lacks what the view needs. */
  readonly problem: (task: Task, settings: Settings) => string | null;
  /** Pictures to load ahead. */
  readonly pictures?: (task: Task, settings: Settings) => readonly string[];
  /** Get ready what else it will need; called again and again for tasks that come soon, nested ones too. */
  readonly prefetch?: (task: Task, settings: Settings) => void;
  /** The changes with which a task starts, such as the options picked before. */
  readonly initialChanges?: (task: Task, settings: Settings) => Changes;
  /** What an answer means here, where that is more than the word; or why it has to wait, such as for a required field. */
  readonly conclude?: (task: Task, settings: Settings, given: Answer) => Conclusion | null;
  /** What the large buttons say in place of their own words. */
  readonly answerWords?: (task: Task, settings: Settings) => AnswerWords;
  /** What its keys do, for the help. */
  readonly keys?: (task: Task, settings: Settings) => readonly KeyRow[];
  /** The ids of the views that it shows inside it. */
  readonly uses?: (task: Task, settings: Settings) => readonly string[];
  /** Whether it shows the task's label itself, and the card shall not. */
  readonly ownsLabel?: boolean;
}

/** The settings of a task: the recipe's, then the task's own. */
export function settingsOf(project: Project, task: Task): Settings {
  const own = isRecord(task["config"]) ? task["config"] : {};
  const label = typeof task["label"] === "string" ? task["label"] : project.label;
  const recipe = configOf(project);
  return { label: label === "" ? null : label, config: { ...recipe, ...own }, recipe };
}

/** The project's configuration as one record, whether or not the server has a name of its own for a key. */
export function configOf(project: Project): Config {
  return {
    ...project.config,
    labels: project.labels,
    choice_style: project.choice_style,
    choice_auto_accept: project.choice_auto_accept,
    html_template: project.html_template,
    custom_theme: project.custom_theme,
  };
}
