/** What a recipe's script can listen to: `document.addEventListener("prodigyanswer", (event) => event.detail)`. */

import { useEffect } from "preact/hooks";
import { type Task, isRecord } from "../types";

interface Details {
  /** The first task is on the page, and the recipe's scripts are loaded. */
  readonly prodigymount: { readonly task: Task };
  /** Another task is on the page, or the open one has changed. */
  readonly prodigyupdate: { readonly task: Task };
  readonly prodigyanswer: { readonly answer: string; readonly task: Task };
  readonly prodigyundo: { readonly task: Task };
  /** A span was selected, or the selected one has changed. */
  readonly prodigyspanselected: { readonly span: unknown };
  /** There are no more tasks. */
  readonly prodigyend: Readonly<Record<string, never>>;
}

export function announce<Name extends keyof Details>(name: Name, detail: Details[Name]): void {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}

/** For editors: the span of the task that is selected now, as it is stored. */
export function useSelectedSpan(span: unknown): void {
  useEffect(() => {
    if (isRecord(span)) announce("prodigyspanselected", { span: structuredClone(span) });
  }, [span]);
}

/** The entry of a list of spans that has an id. */
export function spanWithId(spans: unknown, id: string | null): unknown {
  if (id === null || !Array.isArray(spans)) return null;
  return (spans as readonly unknown[]).find((span) => isRecord(span) && String(span["id"]) === id) ?? null;
}
