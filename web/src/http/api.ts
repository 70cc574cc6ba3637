/** The server's routes. Addresses are relative to the page, so that a path prefix of a proxy does no harm. */

import type { AnswerEvent, AnsweredTask, Counts, Project, Questions, Task } from "../types";

/** The server answered, and said no. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly path: string | null,
    /** The server's short name for it. */
    readonly kind: string | null = null,
  ) {
    super(message);
    this.name = "Refusal";
  }

  /** Whether the page was opened by somebody else than who is signed in by now, or on another dataset. */
  get mistakenPage(): "annotator" | "dataset" | null {
    if (this.status !== 409) return null;
    return this.kind === "another annotator" ? "annotator" : this.kind === "another dataset" ? "dataset" : null;
  }

  /** Whether the same request may succeed later without anybody changing it. */
  get mayPass(): boolean {
    return this.status >= 500 || this.status === 408 || this.status === 425 || this.status === 429;
  }
}

/** No answer came: the network is away, or the server is. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super("the server cannot be reached", { cause });
    this.name = "Unreachable";
  }
}

export interface Api {
  project(session: string | null): Promise<Project>;
  questions(sessionId: string | null): Promise<Questions>;
  giveAnswers(sessionId: string | null, answers: readonly AnswerEvent[]): Promise<Counts>;
  undo(sessionId: string | null, taskHash: number, eventId: string): Promise<Counts & { task: Task }>;
  history(sessionId: string | null, limit: number): Promise<readonly AnsweredTask[]>;
  /** Call an event hook of the recipe. */
  callEvent(name: string, payload: unknown): Promise<unknown>;
}

const TIMEOUT_MS = 30_000;
/** Browsers refuse more than 64 KiB, and letters may take several bytes. */
const KEEPALIVE_MOST = 16_000;

export function createApi(base: string, fetchIt: typeof fetch = fetch.bind(globalThis)): Api {
  /** For whom the page was opened: tabs share their cookie, and what is answered here is not another's answer. */
  let opened: Record<string, string> = {};

  async function openFor(session: string | null): Promise<Project> {
    const project = await ask<Project>(session === null ? "project" : `project?session=${encodeURIComponent(session)}`);
    const page = new URLSearchParams({ dataset: project.dataset, annotator: project.annotator ?? "" });
    opened = { "prodflow-page": page.toString() };
    return project;
  }

  async function ask<T>(path: string, body?: unknown): Promise<T> {
    const response = await reach(path, body);
    if (!response.ok) throw await refusalOf(response);
    try {
      return (await response.json()) as T;
    } catch (cause) {
      // A proxy's page instead of JSON: as good as no server.
      throw new Unreachable(cause);
    }
  }

  async function reach(path: string, body: unknown): Promise<Response> {
    const posting = body !== undefined;
    const content = JSON.stringify(body);
    try {
      return await fetchIt(new URL(path, base), {
        method: posting ? "POST" : "GET",
        signal: AbortSignal.timeout(TIMEOUT_MS),
        cache: "no-store",
        headers: posting ? { ...opened, "content-type": "application/json" } : opened,
        ...(posting && { body: content }),
        // What a page sends when it is left arrives although the page is gone.
        ...(posting && document.hidden && content.length < KEEPALIVE_MOST && { keepalive: true }),
      });
    } catch (cause) {
      throw new Unreachable(cause);
    }
  }

  return {
    project: openFor,
    questions: (sessionId) => ask("get_session_questions", { session_id: sessionId }),
    giveAnswers: (sessionId, answers) => ask("give_answers", { session_id: sessionId, answers }),
    undo: (sessionId, taskHash, eventId) =>
      ask("undo", { session_id: sessionId, _task_hash: taskHash, _event_id: eventId }),
    history: async (sessionId, limit) => {
      const query = new URLSearchParams({ limit: String(limit) });
      if (sessionId !== null) query.set("session_id", sessionId);
      const found = await ask<{ answers: readonly AnsweredTask[] }>(`history?${query}`);
      return found.answers;
    },
    callEvent: (name, payload) => ask(`event/${encodeURIComponent(name)}`, payload),
  };
}

async function refusalOf(response: Response): Promise<Refusal> {
  const body: unknown = await response.json().catch(() => null);
  const said = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const words = [said["detail"], said["error"]].find((value) => typeof value === "string" && value !== "");
  const path = typeof said["path"] === "string" ? said["path"] : null;
  const kind = typeof said["error"] === "string" ? said["error"] : null;
  return new Refusal(response.status, String(words ?? `the server answered ${response.status}`), path, kind);
}

/** The position of the answer that `$.answers[3].answer` names, or null. */
export function answerIndex(path: string | null): number | null {
  const found = path === null ? null : /^\$\.answers\[(\d+)\]/.exec(path);
  return found === null ? null : Number(found[1]);
}
