import { expect, test } from "vitest";
import { differences, sideOf } from "../src/parts/differences";
import { optionsOf } from "../src/parts/content";
import type { Task } from "../src/types";
import { blocksOf, concludeBlocks, joinChanges, order } from "../src/views/blocks/blocks";
import { columnsOf, matching } from "../src/views/choice/layout";
import { concludeSide, mappingOf } from "../src/views/compare/sides";
import { textsOf } from "../src/views/diff/texts";
import { panesOf } from "../src/views/llm_io/panes";
import { answerOfPage, concludePages, pagesOf, stoppedAt, withPage } from "../src/views/pages/pages";
import { findView } from "../src/views/registry";
import { firstOf, isBinary, namesOf, pickedPlace, summaryOf, versionsOf, votesOf } from "../src/views/review/versions";
import { concludeField, fieldOf, isFree, matching as suggestionsFor, valueOf } from "../src/views/text_input/field";
import type { Settings } from "../src/views/view";

const settings = (config: Record<string, unknown> = {}): Settings => ({ label: null, config, recipe: config });
const task = (keys: Record<string, unknown>): Task => ({ _task_hash: 7, ...keys });

test("a field is read from the task, then from the configuration, and no type is trusted", () => {
  const odd = settings({ field_rows: "many", field_suggestions: "no list", field_label: { a: 1 } });
  expect(fieldOf(task({}), odd)).toEqual({
    id: "user_input", label: null, placeholder: "", rows: 1, autofocus: false, required: false, suggestions: [],
  });
  const field = fieldOf(task({ field_id: "caption", field_rows: 4 }), settings({ field_id: "other", field_required: true }));
  expect(field).toMatchObject({ id: "caption", rows: 4, required: true });
  expect(valueOf(task({ caption: 3 }), "caption")).toBe("3");
  expect(["caption", "answer", "_task_hash", "image"].map(isFree)).toEqual([true, false, false, false]);
});

test("only accepting needs what is required", () => {
  const field = fieldOf(task({}), settings({ field_required: true }));
  expect(concludeField(task({ user_input: "  " }), field, "accept")).toEqual({ stopped: "user_input" });
  expect(concludeField(task({}), field, "reject")).toBeNull();
  expect(concludeField(task({}), field, "ignore")).toBeNull();
  expect(concludeField(task({ user_input: "a" }), field, "accept")).toBeNull();
});

test("suggestions that begin with what was typed come first, and one that is typed whole is no suggestion", () => {
  expect(suggestionsFor(["A fine day", "Rain", "Fine"], "fi")).toEqual(["Fine", "A fine day"]);
  expect(suggestionsFor(["Rain", "Snow"], "Snow")).toEqual([]);
  expect(suggestionsFor(["Rain", "Snow"], "")).toEqual(["Rain", "Snow"]);
});

test("a block's keys lie over those of task and configuration, and null hides", () => {
  const config = { labels: ["A"], blocks: [{ view_id: "text" }, { view_id: "choice", text: null, labels: ["B"], options: [{ id: 1 }] }] };
  const [first, second] = blocksOf(task({ text: "t" }), settings(config))!;
  expect(first!.task["text"]).toBe("t");
  expect("text" in second!.task).toBe(false);
  expect(second!.settings.config["labels"]).toEqual(["B"]);
  expect(second!.settings.config["blocks"]).toBeUndefined();
  expect(second!.task["options"]).toEqual([{ id: 1 }]);
});

test("what a block says of a key that is written is where it starts, not what is shown for ever", () => {
  const config = { blocks: [{ view_id: "text_input", field_id: "a", a: "draft" }] };
  expect(blocksOf(task({}), settings(config))![0]!.task["a"]).toBe("draft");
  expect(blocksOf(task({ a: "mine" }), settings(config))![0]!.task["a"]).toBe("mine");
});

test.each([[undefined], [[]], ["text"], [[{ text: "no view" }]], [[null]]])("%j are no blocks", (blocks) => {
  expect(blocksOf(task({}), settings({ blocks }))).toBeNull();
});

test("only blocks of the recipe bring templates that are trusted", () => {
  const config = { blocks: [{ view_id: "html", html_template: "<b>x</b>" }] };
  expect(blocksOf(task({}), settings(config))![0]!.settings.recipe?.["html_template"]).toBe("<b>x</b>");
  const foreign: Settings = { label: null, config, recipe: {} };
  expect(blocksOf(task({}), foreign)![0]!.settings.recipe?.["html_template"]).toBeUndefined();
});

test("two choices of a task leave each other's picks alone", () => {
  const choice = (...ids: unknown[]) => ({ view_id: "choice", options: ids.map((id) => ({ id })) });
  const now = task({ accept: ["a", 1] });
  const blocks = blocksOf(now, settings({ blocks: [choice("a", "b"), choice(1, 2)] }))!;
  expect(blocks.map((block) => block.task["accept"])).toEqual([["a"], [1]]);
  expect(joinChanges(blocks, 1, now, { accept: [2] })).toEqual({ accept: ["a", 2] });
});

test("keys go to the block last used, then to the others as they stand", () => {
  expect(order(3, 1)).toEqual([1, 0, 2]);
});

test("one block that stops an answer stops it for all", async () => {
  await findView("text_input");
  const config = { blocks: [{ view_id: "text" }, { view_id: "text_input", field_id: "why", field_required: true }] };
  const blocks = (keys: object) => blocksOf(task({ text: "t", ...keys }), settings(config))!;
  expect(concludeBlocks(blocks({}), "accept")).toEqual({ stopped: "why" });
  expect(concludeBlocks(blocks({}), "reject")).toEqual({ answer: "reject", changes: {} });
  expect(concludeBlocks(blocks({ why: "so" }), "accept")).toEqual({ answer: "accept", changes: {} });
});

test("a difference put together again is either text", () => {
  const [before, after] = ["A small dog  runs.", "A brown dog runs fast.\n"];
  for (const style of ["words", "chars", "sentences", "lines"] as const) {
    const { pieces } = differences(before, after, style);
    expect(sideOf(pieces, "removed").map((piece) => piece.text).join("")).toBe(before);
    expect(sideOf(pieces, "added").map((piece) => piece.text).join("")).toBe(after);
  }
});

test("long texts with nothing in common are compared more coarsely, and soon", () => {
  const random = (seed: number) => Array.from({ length: 20_000 }, (_, n) => String.fromCharCode(97 + ((n * seed + (n >> 3) * 31) % 26))).join("");
  const start = performance.now();
  expect(differences(random(7), random(11), "chars").style).not.toBe("chars");
  expect(performance.now() - start).toBeLessThan(3000);
});

test("texts to compare come as accept and reject or as added and removed", () => {
  expect(textsOf(task({ accept: { text: "new" }, reject: { text: "old" } }))).toEqual({ before: "old", after: "new", about: null });
  expect(textsOf(task({ added: "new", removed: "old", text: "t" }))).toEqual({ before: "old", after: "new", about: "t" });
  expect(textsOf(task({ added: "new" }))).toMatchObject({ before: "", after: "new" });
  expect(textsOf(task({ text: "t", accept: ["id"] }))).toBeNull();
});

test("sides are the same for a task, by chance over tasks, and as the mapping says where there is one", () => {
  const given = task({ mapping: { A: "reject", B: "accept" } });
  expect(mappingOf(given)).toEqual({ A: "reject", B: "accept" });
  const firsts = Array.from({ length: 2000 }, (_, hash) => mappingOf({ _task_hash: hash }).A === "accept");
  expect(firsts).toEqual(Array.from({ length: 2000 }, (_, hash) => mappingOf({ _task_hash: hash }).A === "accept"));
  expect(firsts.filter(Boolean).length / firsts.length).toBeCloseTo(0.5, 1);
  const large = Array.from({ length: 500 }, (_, n) => mappingOf({ _task_hash: n * 2 ** 33 }).A === "accept");
  expect(large.filter(Boolean).length / large.length).toBeCloseTo(0.5, 0);
});

test("the answer says whether the version “accept” was the better one", () => {
  const swapped = { A: "reject", B: "accept" };
  expect(concludeSide(task({ mapping: swapped }), "accept")).toEqual({ answer: "reject", changes: { mapping: swapped, chosen: "A" } });
  expect(concludeSide(task({ mapping: swapped }), "reject")).toEqual({ answer: "accept", changes: { mapping: swapped, chosen: "B" } });
  expect(concludeSide(task({ mapping: swapped, chosen: "A" }), "ignore")).toEqual({ answer: "ignore", changes: { mapping: swapped, chosen: null } });
});

const VERSIONS = [
  { spans: [{ label: "ORG" }], answer: "accept", sessions: ["set-alex"] },
  { spans: [{ label: "ORG" }, { label: "ORG" }], answer: "accept", sessions: ["set-bo", "set-al"], text: "t" },
  { answer: "ignore", sessions: ["set-cy"], default: true },
];

test("a version's own keys are taken over; one that lacks a key takes nothing", () => {
  const versions = versionsOf(task({ versions: VERSIONS }))!;
  expect(versions.map(({ made }) => made)).toEqual([{ spans: VERSIONS[0]!.spans }, { spans: VERSIONS[1]!.spans }, { spans: [] }]);
  expect(firstOf(versions).place).toBe(2);
  expect(firstOf(versions.slice(0, 2)).place).toBe(1);
  expect(pickedPlace(task({ spans: [{ label: "ORG" }] }), versions)).toBe(0);
  expect(pickedPlace(task({}), versions)).toBe(2);
  expect(pickedPlace(task({ spans: [{ label: "PER" }] }), versions)).toBe(-1);
  expect([...namesOf(versions).values()]).toEqual(["alex", "bo", "al", "cy"]);
  const words = { nothing: "nothing", items: (count: number) => `${count} items` };
  expect(versions.map(({ made }) => summaryOf(made, task({}), words))).toEqual(["1 × ORG", "2 × ORG", "nothing"]);
});

test("where nothing but the answer was asked there are votes", () => {
  const versions = versionsOf(task({ versions: [{ label: "X", answer: "accept", sessions: ["a", "b"] }, { label: "X", answer: "reject", sessions: ["c"] }] }))!;
  expect(isBinary("classification", versions)).toBe(true);
  expect(isBinary("choice", versions)).toBe(false);
  expect(isBinary("ner", versionsOf(task({ versions: VERSIONS }))!)).toBe(false);
  expect(votesOf(versions)).toEqual([{ answer: "accept", sessions: ["a", "b"] }, { answer: "reject", sessions: ["c"] }]);
  expect(versionsOf(task({ versions: [] }))).toBeNull();
});

test("pages have a view each, or one for all, and changes stay on their page", () => {
  const pages = [{ view_id: "text", text: "a" }, { text: "b", label: "B" }];
  const whole = task({ pages, page_view_id: "text" });
  expect(pagesOf(whole, settings())!.map((page) => [page.viewId, page.heading])).toEqual([["text", null], ["text", "B"]]);
  expect(pagesOf(task({ pages }), settings())).toBeNull();
  expect(pagesOf(task({ pages: [{ view_id: "pages" }] }), settings())).toBeNull();
  expect(withPage(pages, 1, { accept: [1] })).toEqual([pages[0], { ...pages[1], accept: [1] }]);
});

test("unseen pages stop accepting only where all are required; a page that stops does always", async () => {
  await findView("text_input");
  const pages = pagesOf(task({ pages: [{ view_id: "text", text: "a" }, { view_id: "text_input", config: { field_required: true } }] }), settings())!;
  expect(stoppedAt(pages, "accept", new Set([0]), true)).toBe(1);
  expect(stoppedAt(pages.slice(0, 1), "accept", new Set([0]), true)).toBeNull();
  expect(stoppedAt(pages, "accept", new Set([0]), false)).toBe(1);
  expect(stoppedAt(pages, "reject", new Set(), true)).toBeNull();
});

test("a page that asks which of two is answered by itself, and not by accepting the whole", async () => {
  await findView("compare");
  const mapping = { A: "reject", B: "accept" };
  const pair = { view_id: "compare", accept: { text: "a" }, reject: { text: "b" }, mapping };
  const whole = task({ pages: [{ view_id: "text", text: "t" }, pair] });
  const pages = pagesOf(whole, settings())!;
  expect(stoppedAt(pages, "accept", new Set([0, 1]), false)).toBe(1);
  expect(answerOfPage(pages[0]!, "accept")).toBeNull();
  expect(answerOfPage(pages[1]!, "accept")).toEqual({ answer: "reject", chosen: "A", mapping });
  expect(concludePages(whole, pages, "accept")).toEqual({ answer: "accept", changes: {} });
  const answered = pagesOf(task({ pages: [{ ...pair, answer: "accept" }] }), settings())!;
  expect(stoppedAt(answered, "accept", new Set([0]), false)).toBeNull();
});

test("prompts and responses may be texts, lists of them, or anything else as JSON", () => {
  expect(panesOf(task({ llm: { prompt: ["a", "b"], response: { x: 1 } } }))).toEqual([
    { name: "prompt", text: "a\n\nb" },
    { name: "response", text: '{\n  "x": 1\n}' },
  ]);
  expect(panesOf(task({ llm: { response: "" } }))).toEqual([{ name: "response", text: "" }]);
  expect(panesOf(task({ llm: "text" }))).toBeNull();
});

test("options are found by all of the words, those that begin with the first one first", () => {
  const options = optionsOf(task({ options: [{ id: 1, text: "Red phone" }, { id: "1", text: "Phone, red" }, { id: 2, text: "Blue" }] }))!;
  expect(options.map((option) => option.id)).toEqual([1, "1", 2]);
  expect(matching(options, "phone RED").map(({ place }) => place)).toEqual([1, 0]);
  expect(matching(options, " ").length).toBe(3);
});

test("pictures stand in columns with few gaps in the last row", () => {
  expect([1, 3, 4, 5, 6, 8, 9, 10].map((count) => columnsOf(count)["--columns"])).toEqual(["1", "3", "4", "5", "3", "4", "3", "5"]);
});
