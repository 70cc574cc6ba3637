import { Refusal, Unreachable } from "../http/api";

/** Why the page cannot work, or cannot get tasks right now. */
export interface Trouble {
  readonly kind: "link" | "forbidden" | "annotator" | "dataset" | "network" | "server";
  readonly message: string;
}

export function troubleOf(error: unknown): Trouble {
  if (error instanceof Refusal && error.status === 401) return { kind: "link", message: error.message };
  if (error instanceof Refusal && error.status === 403) return { kind: "forbidden", message: error.message };
  if (error instanceof Refusal && error.mistakenPage !== null) return { kind: error.mistakenPage, message: error.message };
  if (error instanceof Unreachable) return { kind: "network", message: error.message };
  return { kind: "server", message: error instanceof Error ? error.message : String(error) };
}

/** The page cannot go on as it is, and trying again is of no use. */
export function isFinal(trouble: Trouble | null): boolean {
  return trouble !== null && trouble.kind !== "network" && trouble.kind !== "server";
}
