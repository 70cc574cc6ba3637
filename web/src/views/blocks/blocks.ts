/** What each block shows and with which settings: configuration, then the task's own, then the block's. */

import { type Answer, type Changes, type Conclusion, type Task, isRecord, textOf } from "../../types";
import { viewHere } from "../registry";
import type { Config, Settings, View } from "../view";

export interface Block {
  readonly viewId: string;
  readonly task: Task;
  readonly settings: Settings;
  /** A label of its own, shown above it; that of the whole task is shown by the card. */
  readonly heading: string | null;
  /** What it says of keys that annotators write and that the task does not have. */
  readonly starts: Changes;
}

/** Keys that annotators write: what a block says of them is where the work starts, not what is always shown. */
const WRITTEN = new Set(["accept", "spans", "relations", "arcs", "audio_spans", "user_input"]);

/** The blocks of a task, or null when they are not a list of objects with a `view_id`. */
export function blocksOf(task: Task, settings: Settings): readonly Block[] | null {
  const given = settings.config["blocks"];
  if (!Array.isArray(given) || given.length === 0) return null;
  if (!given.every((block) => isRecord(block) && textOf(block, "view_id") !== null)) return null;
  const blocks = given as readonly Config[];
  const trusted = settings.recipe?.["blocks"] === given;
  return withoutForeignPicks(blocks.map((block) => blockOf(block, task, settings, trusted)), task);
}

function blockOf(block: Config, task: Task, settings: Settings, trusted: boolean): Block {
  const { view_id: viewId, config, ...own } = block;
  const extra = { ...own, ...(isRecord(config) ? config : {}) };
  const heading = textOf(block, "label");
  const { blocks: _blocks, ...inherited } = settings.config;
  const recipe = trusted ? { recipe: { ...settings.recipe, ...extra } } : {};
  const label = "label" in own ? heading : settings.label;
  const starts = Object.entries(own).filter(([key, value]) => value !== null && isWritten(key, own) && task[key] === undefined);
  return {
    viewId: String(viewId),
    task: over(task, own),
    heading,
    starts: Object.fromEntries(starts),
    settings: { ...settings, ...recipe, label, config: withoutNulls({ ...inherited, ...extra }), nested: true },
  };
}

/** The task with a block's keys on top; null hides a key. */
function over(task: Task, own: Config): Task {
  const shown: Record<string, unknown> = { ...task };
  for (const [key, value] of Object.entries(own)) {
    if (value === null) delete shown[key];
    else if (!isWritten(key, own) || task[key] === undefined) shown[key] = value;
  }
  return { ...shown, _task_hash: task._task_hash };
}

function isWritten(key: string, own: Config): boolean {
  return WRITTEN.has(key) || key === textOf(own, "field_id");
}

function withoutNulls(config: Config): Config {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null));
}

/** Two choices of a task share its `accept`: each sees what was picked of its own options. */
function withoutForeignPicks(blocks: readonly Block[], task: Task): readonly Block[] {
  const choices = blocks.filter((block) => block.viewId === "choice");
  if (choices.length < 2 || !Array.isArray(task["accept"])) return blocks;
  return blocks.map((block) => {
    if (block.viewId !== "choice") return block;
    const own = optionIds(block.task);
    const accept = (task["accept"] as unknown[]).filter((id) => own.has(id));
    return { ...block, task: { ...block.task, accept } };
  });
}

/** The changes of a block as changes of the task: picks among a block's options leave those among others alone. */
export function joinChanges(blocks: readonly Block[], place: number, task: Task, changes: Changes): Changes {
  const block = blocks[place];
  if (block?.viewId !== "choice" || !Array.isArray(changes["accept"]) || !Array.isArray(task["accept"])) return changes;
  const own = optionIds(block.task);
  const others = new Set(
    blocks.flatMap((other) => (other !== block && other.viewId === "choice" ? [...optionIds(other.task)] : [])),
  );
  const kept = (task["accept"] as unknown[]).filter((id) => others.has(id) && !own.has(id));
  return { ...changes, accept: [...kept, ...changes["accept"]] };
}

function optionIds(task: Task): ReadonlySet<unknown> {
  const options = task["options"];
  return new Set(Array.isArray(options) ? options.map((option: unknown) => (isRecord(option) ? option["id"] : undefined)) : []);
}

/** The view of a block, if it is here and can show it. */
export function viewOf({ viewId, task, settings }: Block): View | null {
  const view = viewHere(viewId);
  return view !== null && view.problem(task, settings) === null ? view : null;
}

/** What all of them conclude from an answer; the first that stops it stops it. */
export function concludeBlocks(blocks: readonly Block[], given: Answer): Conclusion | null {
  let answer = given;
  let changes: Changes = {};
  for (const block of blocks) {
    const conclusion = viewOf(block)?.conclude?.(block.task, block.settings, given) ?? null;
    if (conclusion === null) continue;
    if ("stopped" in conclusion) return conclusion;
    if (conclusion.answer !== given) answer = conclusion.answer;
    changes = { ...changes, ...conclusion.changes };
  }
  return { answer, changes };
}

/** The places of the blocks in the order in which they are asked for a key: the one last used, then as they stand. */
export function order(count: number, used: number): readonly number[] {
  const places = Array.from({ length: count }, (_, place) => place);
  return [used, ...places.filter((place) => place !== used)];
}
