import { afterEach, expect, test, vi } from "vitest";
import { buttonsOf, mayAnswer, projectInfo, showsFlag } from "../src/frame/wishes";
import { summaryOf } from "../src/parts/summary";
import { answeredOf } from "../src/state/former";
import { commandOf, commandOfEvent, keymapOf } from "../src/state/keymap";
import { createTheme } from "../src/state/theme";
import type { AnsweredTask, Project, Task } from "../src/types";
import { moment, number, speak, words } from "../src/words";
import { de } from "../src/words/de";
import { en } from "../src/words/en";

afterEach(() => speak("en"));

const project = (more: object = {}) =>
  ({ buttons: ["accept", "undo"], labels: [], config: {}, dataset: "set", view_id: "text", ...more }) as unknown as Project;

test("an answer of before is the task as it was asked, with the annotator's changes on top", () => {
  const found: AnsweredTask = {
    _task_hash: 1,
    text: "a",
    spans: [1],
    accept: ["x"],
    answer: "accept",
    _timestamp: 5,
    _changed: ["spans", "accept"],
    _asked: { spans: [] },
  };
  expect(answeredOf(found)).toEqual({
    task: { _task_hash: 1, text: "a", spans: [] },
    changes: { spans: [1], accept: ["x"] },
    answer: "accept",
    atMs: 5000,
  });
});

test.each<[string, Record<string, unknown>, object]>([
  ["a text", { text: " Hello " }, { title: "Hello" }],
  ["html in words", { html: "<h1>Two</h1><p>words</p>" }, { title: "Two words" }],
  ["html without words", { html: "<img>" }, { title: "HTML" }],
  ["a picture's file", { image: "media/xyz", meta: { file: "cat.jpg" } }, { title: "cat.jpg", picture: "media/xyz" }],
  ["a picture of nobody knows what", { image: "media/xyz" }, { title: "Picture", picture: "media/xyz" }],
  ["the file of a sound", { audio: "media/abc", meta: { file: "a/voice.wav" } }, { title: "voice.wav", media: "audio" }],
  ["a sound with its words", { audio: "media/abc", text: "so it goes" }, { title: "so it goes", media: "audio" }],
  ["the options picked", { text: "?", options: [{ id: 1, text: "One" }, { id: 2 }], accept: [2, 1] }, { title: "One, 2" }],
  ["the first text of pages", { pages: [{ image: "media/1" }, { text: "Inside" }] }, { title: "Inside", picture: "media/1" }],
  ["the first version of a review", { versions: [{ text: "Seen", sessions: ["a"] }] }, { title: "Seen" }],
  ["nothing that can be said", { meta: { text: "no" } }, { title: "Task" }],
])("the history shows %s", (_name, task, expected) => {
  expect(summaryOf({ task: { _task_hash: 1, ...task } as Task, changes: {} })).toMatchObject(expected);
});

test("keys have the names that recipes give them, and Shift counts where it is asked for", () => {
  const keymap = keymapOf({ accept: ["Right", "command+Enter"], reject: "shift+a", undo: ["del"], save: [], ignore: 5 });
  expect(commandOf(keymap, "arrowright")).toBe("accept");
  expect(commandOf(keymap, "ctrl+enter")).toBe("accept");
  expect(commandOf(keymap, "delete")).toBe("undo");
  expect(commandOf(keymap, "ctrl+s")).toBeNull();
  expect(commandOf(keymap, "space")).toBe("ignore");
  expect(commandOfEvent(keymap, "a", true)).toBe("reject");
  expect(commandOfEvent(keymap, "a", false)).toBeNull();
  expect(commandOfEvent(keymap, "f", true)).toBe("flag");
});

test("buttons come in the recipe's order, each once, and what has none cannot be given by key", () => {
  const wanted = project({ buttons: ["flag", "accept", "accept", "teleport", "undo"] });
  expect(buttonsOf(wanted)).toEqual(["flag", "accept", "undo"]);
  expect(mayAnswer(wanted, "accept")).toBe(true);
  expect(mayAnswer(wanted, "reject")).toBe(false);
  expect(showsFlag(wanted)).toBe(false);
  expect(showsFlag(project())).toBe(true);
  expect(showsFlag(project({ config: { show_flag: false } }))).toBe(false);
});

test("the sidebar tells what the recipe wants to be told, and skips what there is not", () => {
  const config = { project_info: ["dataset", "recipe_name", "view_id", "session", "constructor", 3] };
  expect(projectInfo(project({ config, recipe: "mine", session_id: null }))).toEqual([
    ["dataset", "set"],
    ["recipe", "mine"],
    ["view", "text"],
  ]);
});

/** All sentences, those of functions with arguments in place. */
function sentences(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value === "function") return [1, 2].map((count) => String(value(count, "<b>")));
  return Object.values(value as object).flatMap(sentences);
}

test("German says everything that English says, and says it in German", () => {
  const [english, german] = [sentences(en), sentences(de)];
  expect(german).toHaveLength(english.length);
  expect(german.filter((sentence) => sentence.trim() === "")).toEqual([]);
  const same = german.filter((sentence, place) => sentence === english[place]);
  expect(same.every((sentence) => ["Version", "Label", "Labels", "Video", "HTML", "Name"].includes(sentence))).toBe(true);
});

test("the language has its own words, numbers and times; one that is not known is English", async () => {
  await speak("de_AT");
  expect(words).toBe(de);
  expect(document.documentElement.lang).toBe("de");
  expect(number(0.5, { style: "percent" })).toMatch(/^50\s%$/);
  expect(moment(new Date(2024, 0, 31, 15, 4).getTime(), new Date(2024, 1, 2).getTime())).toMatch(/^31\.0?1\.(20)?24, 15:04$/);
  await speak("tlh");
  expect(words).toBe(en);
  expect(document.documentElement.lang).toBe("en");
  expect(number(1234567)).toBe("1,234,567");
});

test("colours turn from the system's over light, dark and high contrast, and the system's wish for contrast counts", () => {
  localStorage.clear();
  const root = document.createElement("div");
  let change = () => {};
  const more = { matches: false, addEventListener: (_: string, heard: () => void) => (change = heard) };
  const theme = createTheme(root, more as unknown as MediaQueryList);
  const seen = [1, 2, 3, 4].map(() => (theme.turn(), { ...root.dataset }));
  expect(seen).toEqual([{ theme: "light" }, { theme: "dark" }, { contrast: "more" }, {}]);
  more.matches = true;
  change();
  expect({ ...root.dataset }).toEqual({ contrast: "more" });
  vi.restoreAllMocks();
});
