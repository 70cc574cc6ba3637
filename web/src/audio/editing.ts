/** Edits of the regions of a task: each goes into the task, and can be taken back. */

import { useMemo, useRef } from "preact/hooks";
import { makeEventId } from "../http/event_id";
import { type Label, colorOf } from "../parts/labels";
import { useSteps } from "../parts/steps";
import type { Changes, Task } from "../types";
import { type Region, type Times, edited, regionsOf, without } from "./spans";

export interface Editing {
  readonly regions: readonly Region[];
  readonly unreadable: number;
  /** Returns the id of the new region. */
  readonly add: (times: Times, label: string | null) => string;
  /** Other times for a region. `flow` names a change that goes on: moving an edge by many key presses is one step. */
  readonly retime: (id: string, change: (region: Region) => Times, flow?: string) => void;
  readonly relabel: (id: string, label: string) => void;
  readonly remove: (id: string) => void;
  /** False when there is nothing to take back. */
  readonly back: () => boolean;
  readonly forth: () => boolean;
}

const FLOW_MS = 1200;
const NO_SPANS: readonly unknown[] = [];

export function useEditing(
  task: Task,
  change: (changes: Changes) => void,
  labels: readonly Label[],
  duration: number,
): Editing {
  const steps = useSteps<readonly unknown[]>();
  const flow = useRef<{ name: string; atMs: number } | null>(null);
  const given = task["audio_spans"];
  const spans = Array.isArray(given) ? (given as readonly unknown[]) : NO_SPANS;
  // Two key presses may come before the page is drawn anew.
  const latest = useRef(spans);
  const drawn = useRef(spans);
  if (drawn.current !== spans) drawn.current = latest.current = spans;

  function set(next: readonly unknown[]): void {
    latest.current = next;
    change({ audio_spans: next });
  }

  function step(next: readonly unknown[], name: string | null = null): void {
    const nowMs = Date.now();
    const goesOn = name !== null && flow.current?.name === name && nowMs - flow.current.atMs < FLOW_MS;
    if (!goesOn) steps.before(latest.current);
    flow.current = name === null ? null : { name, atMs: nowMs };
    set(next);
  }

  function travel(find: (now: readonly unknown[]) => readonly unknown[] | null): boolean {
    const found = find(latest.current);
    flow.current = null;
    if (found !== null) set(found);
    return found !== null;
  }

  const look = (label: string | null) => (label === null ? {} : { label, color: colorOf(labels, label) });
  const found = useMemo(() => regionsOf(given), [given]);
  return {
    ...found,
    add(times, label) {
      const id = makeEventId();
      step([...latest.current, { start: times.start, end: times.end, ...look(label), id }]);
      return id;
    },
    retime(id, change, name) {
      const times = (region: Region) => {
        const { start, end } = change(region);
        return { start, end };
      };
      step(edited(latest.current, id, times, duration), name === undefined ? null : `${id} ${name}`);
    },
    relabel: (id, label) => step(edited(latest.current, id, () => look(label), duration)),
    remove: (id) => step(without(latest.current, id)),
    back: () => travel(steps.back),
    forth: () => travel(steps.forth),
  };
}
