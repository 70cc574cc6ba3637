/** What was made of tasks that are not answered yet: it comes back after a reload, a closed tab, a restarted server. */

import type { Changes } from "../types";
import type { Shelf, StoredDraft } from "./storage";

const SOON_MS = 300;
const MOST_KEPT = 50;

export type Drafts = Awaited<ReturnType<typeof openDrafts>>;

/** The drafts of one session at one dataset; those of others stay where they are. */
export async function openDrafts(shelf: Shelf<StoredDraft>, scope: string, nowMs: () => number = Date.now) {
  /** All by key, the oldest first. */
  const known = new Map((await readAll(shelf)).map((draft) => [draft.key, draft]));
  const changed = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const keyOf = (taskHash: number) => `${scope} ${taskHash}`;

  /** Keep what a task has now, in a moment. */
  function keep(taskHash: number, changes: Changes): void {
    const key = keyOf(taskHash);
    known.delete(key);
    known.set(key, { key, scope, taskHash, changes, atMs: nowMs() });
    changed.add(key);
    timer ??= setTimeout(() => void save(), SOON_MS);
  }

  /** The task is answered, or starts over. */
  function forget(taskHash: number): void {
    const key = keyOf(taskHash);
    changed.delete(key);
    if (known.delete(key)) quietly(shelf.remove([key]));
  }

  function find(taskHash: number): Changes | null {
    return known.get(keyOf(taskHash))?.changes ?? null;
  }

  /** Write down what changed, now: the page may go away. */
  async function save(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const fresh = [...changed].map((key) => known.get(key)).filter((draft) => draft !== undefined);
    changed.clear();
    const old = [...known.keys()].slice(0, Math.max(0, known.size - MOST_KEPT));
    old.forEach((key) => known.delete(key));
    if (fresh.length > 0) await quietly(shelf.put(fresh.filter((draft) => known.has(draft.key))));
    if (old.length > 0) await quietly(shelf.remove(old));
  }

  return { keep, forget, find, save };
}

async function readAll(shelf: Shelf<StoredDraft>): Promise<readonly StoredDraft[]> {
  try {
    return [...(await shelf.all())].sort((one, other) => one.atMs - other.atMs);
  } catch (error) {
    console.warn("prodflow: drafts cannot be read", error);
    return [];
  }
}

/** A draft that is not kept costs no answer. */
async function quietly(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    console.warn("prodflow: this browser did not keep a draft", error);
  }
}
