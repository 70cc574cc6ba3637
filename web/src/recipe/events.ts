/** What a recipe's script can listen to: `document.addEventListener("prodigyanswer", (event) => event.detail)`. */

import type { Task } from "../types";

interface Details {
  /** The first task is on the page, and the recipe's scripts are loaded. */
  readonly prodigymount: { readonly task: Task };
  /** Another task is on the page, or the open one has changed. */
  readonly prodigyupdate: { readonly task: Task };
  readonly prodigyanswer: { readonly answer: string; readonly task: Task };
  readonly prodigyundo: { readonly task: Task };
  readonly prodigyspanselected: { readonly span: unknown };
  /** There are no more tasks. */
  readonly prodigyend: Readonly<Record<string, never>>;
}

export function announce<Name extends keyof Details>(name: Name, detail: Details[Name]): void {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}

/** For editors: a span was selected. */
export function announceSpan(span: unknown): void {
  announce("prodigyspanselected", { span });
}
