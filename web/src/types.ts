/** The shapes that travel between the server and this page. */

export type Answer = "accept" | "reject" | "ignore";

export const ANSWERS: readonly Answer[] = ["accept", "reject", "ignore"];

/** A task as the server sends it: JSON with two hashes and whatever its view needs. */
export interface Task {
  readonly _task_hash: number;
  readonly _view_id?: string;
  readonly [key: string]: unknown;
}

/** The keys of a task that the annotator changed, sent along with the answer. */
export type Changes = Readonly<Record<string, unknown>>;

export interface Progress {
  readonly value: number | null;
  readonly kind: "target" | "source" | "model" | "custom" | null;
}

export type Button = Answer | "undo" | "flag";

export interface Project {
  readonly dataset: string;
  readonly view_id: string;
  readonly session_id: string | null;
  readonly annotator: string | null;
  /** What the visitor may do: the dashboard is for admins. */
  readonly role?: "annotator" | "admin" | "metrics";
  /** Whether a cookie says who the visitor is, so that they can sign out. */
  readonly signed_in?: boolean;
  readonly recipe: string | null;
  readonly version: string;
  readonly label: string | null;
  readonly labels: readonly string[];
  readonly batch_size: number;
  /** The language of the texts. */
  readonly lang: string;
  /** The language of the app. */
  readonly ui_lang: string;
  /** Addresses of the recipe's own scripts and style sheets, in order. */
  readonly scripts: readonly string[];
  readonly styles: readonly string[];
  /** Whether the recipe looks at answers before they are stored. */
  readonly validates: boolean;
  readonly instructions: string | null;
  readonly show_stats: boolean;
  readonly buttons: readonly Button[];
  readonly keymap: Readonly<Record<string, readonly string[]>>;
  readonly choice_style: "single" | "multiple";
  readonly choice_auto_accept: boolean;
  readonly html_template: string | null;
  readonly custom_theme: Readonly<Record<string, unknown>>;
  readonly total_examples_target: number;
  readonly config: Readonly<Record<string, unknown>>;
}

export interface Counts {
  readonly progress: Progress;
  readonly total: number;
  readonly session_total: number;
}

export interface Questions extends Counts {
  readonly tasks: readonly Task[];
  readonly done_reason: string | null;
}

/** One answer, or one answer taken back, as it is posted. */
export interface AnswerEvent {
  readonly _task_hash: number;
  readonly _event_id: string;
  readonly answer: Answer;
  readonly _seconds: number;
  readonly [key: string]: unknown;
}

export interface AnsweredTask extends Task {
  readonly answer: Answer;
  readonly _timestamp?: number;
}

/** What an answer means for a task: what is stored, or why it has to wait. */
export type Conclusion = { readonly answer: Answer; readonly changes: Changes } | { readonly stopped: string };

/** True for a plain JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The text at a key, or null when there is none. */
export function textOf(task: Readonly<Record<string, unknown>>, key: string): string | null {
  const value = task[key];
  if (typeof value === "string") return value === "" ? null : value;
  return typeof value === "number" ? String(value) : null;
}
