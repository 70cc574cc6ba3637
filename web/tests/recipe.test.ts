import { afterEach, expect, test, vi } from "vitest";
import { changesOf, createBrowserApi } from "../src/recipe/browser_api";
import { readCustomTheme, readableOn } from "../src/recipe/custom_theme";
import { createRecipePage } from "../src/recipe/page";
import { Refusal } from "../src/http/api";
import { openTask } from "../src/state/desk";
import { createNotices } from "../src/state/notices";
import type { Session } from "../src/state/session";
import type { Changes, Project, Task } from "../src/types";

const PROJECT = {
  dataset: "set",
  view_id: "text",
  labels: ["A"],
  config: { own: 1 },
  custom_theme: { accept: "#123456" },
  scripts: [],
} as unknown as Project;

/** A session with one open task, as far as the API needs it. */
function createFake(task: Task | null = { _task_hash: 7, text: "a", spans: [{ label: "X" }] }) {
  let current = task === null ? null : openTask(task);
  const calls: unknown[] = [];
  const session = {
    state: () => ({ desk: { current, ahead: [], answered: [] } }),
    change: async (changes: Changes) => {
      if (current !== null) current = { ...current, changes: { ...current.changes, ...changes } };
    },
    answer: async (answer: string) => void calls.push(answer),
    undo: async () => void calls.push("undo"),
    startOver: async () => void calls.push("start over"),
  } as unknown as Session;
  return { session, calls };
}

afterEach(() => vi.restoreAllMocks());

test("content is a copy with the changes, and the same one until something changes", async () => {
  const { session } = createFake();
  const api = createBrowserApi({ session, project: PROJECT, call: async () => null });
  const content = api.content as { spans: object[] } & Task;
  content.spans.push({ label: "Y" });
  expect(api.content).toBe(content);
  expect(session.state().desk.current!.task["spans"]).toEqual([{ label: "X" }]);

  await api.update(content);
  expect(session.state().desk.current!.changes).toEqual({ spans: [{ label: "X" }, { label: "Y" }] });
  expect(api.content).not.toBe(content);
});

test("an update keeps what differs, as JSON, and never says that it is another task", () => {
  const open = openTask({ _task_hash: 7, text: "a", count: 1 });
  const update = { _task_hash: 8, answer: "accept", text: "a", count: 2, when: new Date(0), nothing: undefined, call: () => 1 };
  expect(changesOf(update, open)).toEqual({ count: 2, when: "1970-01-01T00:00:00.000Z" });
  expect(changesOf({ text: "b" }, null)).toEqual({});
  expect(() => changesOf("text", open)).toThrow("takes an object");
});

test("update calls back, answers are checked, and the rest is passed on", async () => {
  const { session, calls } = createFake();
  const api = createBrowserApi({ session, project: PROJECT, call: async (name, payload) => ({ name, payload }) });
  const heard: unknown[] = [];
  await api.update({ text: "b" }, (task) => heard.push(task?.["text"]));
  await api.answer("reject");
  await api.undo();
  await api.resetContent();
  await expect(api.answer("maybe" as "accept")).rejects.toThrow('"maybe" is none of accept, reject, ignore');
  expect(heard).toEqual(["b"]);
  expect(calls).toEqual(["reject", "undo", "start over"]);
  expect(await api.event("add", { a: 1 })).toEqual({ name: "add", payload: { a: 1 } });
  expect(api.viewId).toBe("text");
  expect(api.config["own"]).toBe(1);
  expect(api.config["labels"]).toEqual(["A"]);
  expect(api.theme).toEqual({ accept: "#123456" });
});

test("without a task there is no content, and nothing breaks", async () => {
  const { session } = createFake(null);
  const api = createBrowserApi({ session, project: PROJECT, call: async () => null });
  expect(api.content).toBeNull();
  expect(await api.update({ text: "b" })).toBeNull();
});

test("what the server says to an event is a notice at the task, and the call fails with it", async () => {
  const { session } = createFake();
  const notices = createNotices();
  const page = createRecipePage({
    session,
    notices,
    callEvent: async () => {
      throw new Refusal(400, "event add: a is missing", null);
    },
  });
  await page.meet(PROJECT);
  await expect(window.prodigy!.event("add")).rejects.toThrow("event add: a is missing");
  expect(notices.get()).toMatchObject([{ tone: "bad", text: "event add: a is missing", taskHash: 7 }]);
  notices.leaveTask(8);
  expect(notices.get()).toEqual([]);
});

test("what happens is told to who listens, mount first and end last", async () => {
  const { session } = createFake();
  const heard: unknown[] = [];
  for (const name of ["prodigymount", "prodigyupdate", "prodigyanswer", "prodigyundo", "prodigyend"]) {
    document.addEventListener(name, (event) => heard.push([name, (event as CustomEvent).detail]));
  }
  const page = createRecipePage({ session, notices: createNotices(), callEvent: async () => null });
  await page.meet(PROJECT);
  const task: Task = { _task_hash: 7, text: "b" };
  page.shown(task);
  await vi.waitFor(() => expect(heard).toHaveLength(1));
  page.shown(task);
  page.done({ kind: "answer", answer: "accept", task });
  page.done({ kind: "undo", answer: "accept", task });
  page.ended();
  page.ended();
  expect(heard).toEqual([
    ["prodigymount", { task: { _task_hash: 7, text: "a", spans: [{ label: "X" }] } }],
    ["prodigyupdate", { task }],
    ["prodigyanswer", { answer: "accept", task }],
    ["prodigyundo", { task }],
    ["prodigyend", {}],
  ]);
});

test("a theme becomes variables; what is no colour or size is left out and named", () => {
  const theme = {
    accept: "#00ff00",
    bgCardTitle: "darkgreen",
    cardMaxWidth: 2000,
    cardMinHeight: "50%",
    smallText: "1.2rem",
    fontFamily: "'Comic Sans MS', cursive",
    labels: { A: "red" },
    reject: "red; background: url(https://evil.example)",
    cardMaxHeight: "calc(1px)",
    largeText: -3,
    colour: "red",
  };
  const { variables, ignored } = readCustomTheme(theme, () => "#fff");
  expect(Object.fromEntries(variables)).toEqual({
    "--own-accept": "#00ff00",
    "--own-on-accept": "#fff",
    "--own-title": "darkgreen",
    "--own-on-title": "#fff",
    "--card-max-width": "2000px",
    "--card-min-height": "50%",
    "--text-small": "1.2rem",
    "--sans": "'Comic Sans MS', cursive",
  });
  expect(ignored).toEqual(["reject", "cardMaxHeight", "largeText", "colour"]);
  expect(readCustomTheme("dark", () => null)).toEqual({ variables: [], ignored: [] });
});

test("text on a colour is white or dark, whichever is easier to read", () => {
  expect(readableOn("rgb(255, 255, 255)")).toBe("#14151b");
  expect(readableOn("rgb(0, 0, 0)")).toBe("#ffffff");
  expect(readableOn("rgb(255, 220, 0)")).toBe("#14151b");
  expect(readableOn("rgb(20, 121, 77)")).toBe("#ffffff");
});

test("the same notice is not said twice, and the oldest give way", () => {
  const notices = createNotices();
  for (const text of ["one", "two", "two", "three", "four"]) notices.add({ tone: "note", text, taskHash: null });
  expect(notices.get().map(({ text }) => text)).toEqual(["two", "three", "four"]);
  notices.dismiss(notices.get()[0]!.id);
  expect(notices.get().map(({ text }) => text)).toEqual(["three", "four"]);
});
