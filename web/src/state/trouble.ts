import { Refusal, Unreachable } from "../http/api";

/** Why the page cannot work, or cannot get tasks right now. */
export interface Trouble {
  readonly kind: "link" | "forbidden" | "network" | "server";
  readonly message: string;
}

export function troubleOf(error: unknown): Trouble {
  if (error instanceof Refusal && error.status === 401) return { kind: "link", message: error.message };
  if (error instanceof Refusal && error.status === 403) return { kind: "forbidden", message: error.message };
  if (error instanceof Unreachable) return { kind: "network", message: error.message };
  return { kind: "server", message: error instanceof Error ? error.message : String(error) };
}
