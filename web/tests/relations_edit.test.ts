import { expect, test } from "vitest";
import { withRelations } from "../src/relations/arcs_of_dep";
import {
  type Lists,
  type Outcome,
  addRelation,
  addSpan,
  isRefusal,
  relabelRelation,
  relabelSpan,
  removeRelation,
  removeSpan,
  turnRelation,
} from "../src/relations/edit";
import { optionsOf } from "../src/relations/options";
import { entriesOf, nodeText, readTask, tokensOf, usableTokens } from "../src/relations/task";
import type { Task } from "../src/types";

const RED = { name: "founded", color: "#b3261e" };
const PERSON = { name: "PERSON", color: null };

/** Words and signs as tokens; offsets in code points. */
function taskOf(text: string, more: Readonly<Record<string, unknown>> = {}): Task {
  const points = [...text];
  const tokens = Array.from(text.matchAll(/[\p{L}\p{N}]+|[^\s]/gu), (found, id) => {
    const start = [...text.slice(0, found.index)].length;
    const end = start + [...found[0]].length;
    return { text: found[0], start, end, id, ws: points[end] === " " };
  });
  return { _task_hash: 1, text, tokens, ...more };
}

const JOBS = "Steve Jobs founded Apple in Cupertino";
const STEVE = { start: 0, end: 10, token_start: 0, token_end: 1, label: "PERSON", type: "span", score: 0.5 };

/** An editor of one task: each act on the lists as the acts before left them. */
function editorOf(task: Task) {
  let lists: Lists = { spans: entriesOf(task, "spans"), relations: entriesOf(task, "relations") };
  let last: Outcome | null = null;
  const reading = () => readTask({ ...task, ...lists });
  return {
    reading,
    lists: () => lists,
    last: () => last,
    do(act: (lists: Lists, now: ReturnType<typeof reading>) => Outcome) {
      last = act(lists, reading());
      if (!isRefusal(last)) lists = { spans: last.spans, relations: last.relations };
      return last;
    },
  };
}

const one = (token: number) => ({ first: token, last: token });

test("a relation names the last token of each end, and its span beside it", () => {
  const editor = editorOf(taskOf(JOBS, { spans: [STEVE] }));
  editor.do((lists, now) => addRelation(lists, now, { first: 0, last: 1 }, one(3), RED));
  expect(editor.lists().relations).toEqual([
    {
      head: 1,
      child: 3,
      head_span: { start: 0, end: 10, token_start: 0, token_end: 1, label: "PERSON" },
      child_span: { start: 19, end: 24, token_start: 3, token_end: 3, label: null },
      label: "founded",
      color: "#b3261e",
    },
  ]);
});

test("a relation without spans beside it is read by the span that ends there", () => {
  const { relations } = readTask(taskOf(JOBS, { spans: [STEVE], relations: [{ head: 1, child: 3, label: "founded" }] }));
  expect(relations[0]).toMatchObject({ head: { first: 0, last: 1 }, child: { first: 3, last: 3 } });
});

test("a relation to any token of a span is one to the span", () => {
  const { relations } = readTask(taskOf(JOBS, { spans: [STEVE], relations: [{ head: 0, child: 3, label: "founded" }] }));
  expect(relations[0]?.head).toEqual({ first: 0, last: 1 });
});

test("self-loops and relations that are there already are refused", () => {
  const editor = editorOf(taskOf(JOBS));
  expect(editor.do((lists, now) => addRelation(lists, now, one(1), one(1), RED))).toEqual({ refused: "self" });
  editor.do((lists, now) => addRelation(lists, now, one(1), one(3), RED));
  expect(editor.do((lists, now) => addRelation(lists, now, one(1), one(3), RED))).toMatchObject({ refused: "there" });
  editor.do((lists, now) => addRelation(lists, now, one(3), one(1), RED));
  editor.do((lists, now) => addRelation(lists, now, one(1), one(3), { name: "runs", color: null }));
  expect(editor.reading().relations.map((relation) => relation.key)).toEqual(["1-1 3-3 founded 0", "3-3 1-1 founded 0", "1-1 3-3 runs 0"]);
});

test("unknown keys stay through every change of a relation", () => {
  const given = { head: 1, child: 3, label: "founded", color: "#123456", note: { by: "model" } };
  const editor = editorOf(taskOf(JOBS, { relations: [given] }));
  editor.do((lists, now) => relabelRelation(lists, now, now.relations[0]!, { name: "runs", color: "#00707a" }));
  editor.do((lists, now) => turnRelation(lists, now, now.relations[0]!));
  expect(editor.lists().relations[0]).toMatchObject({ head: 3, child: 1, label: "runs", color: "#00707a", note: { by: "model" } });
});

test("relations that name tokens that are not there stay in the data, in their places", () => {
  const lost = [{ head: 1, child: 57, label: "founded" }, "nonsense", { head: -1, child: 0 }];
  const editor = editorOf(taskOf(JOBS, { relations: [lost[0], { head: 1, child: 3, label: "founded" }, lost[1], lost[2]] }));
  expect(editor.reading().lost.relations).toHaveLength(3);
  editor.do((lists, now) => removeRelation(lists, now.relations[0]!));
  expect(editor.lists().relations).toEqual(lost);
});

test("a span takes in the spans that it touches, and their relations", () => {
  const editor = editorOf(
    taskOf(JOBS, {
      spans: [{ start: 0, end: 5, token_start: 0, token_end: 0, label: "FIRST", id: 9 }],
      relations: [
        { head: 0, child: 3, label: "founded", note: 1 },
        { head: 1, child: 3, label: "founded" },
        { head: 0, child: 1, label: "name" },
        { head: 5, child: 3, label: "of" },
      ],
    }),
  );
  const outcome = editor.do((lists, now) => addSpan(lists, now, { first: 0, last: 1 }, PERSON));
  expect(outcome).toMatchObject({ relationsLost: 2, spansMerged: 1 });
  expect(editor.lists().spans).toEqual([{ start: 0, end: 10, token_start: 0, token_end: 1, label: "PERSON", id: 9 }]);
  const side = { start: 0, end: 10, token_start: 0, token_end: 1, label: "PERSON" };
  expect(editor.lists().relations).toEqual([
    { head: 1, child: 3, label: "founded", note: 1, head_span: side, child_span: expect.anything() },
    { head: 5, child: 3, label: "of" },
  ]);
});

test("spans stand in the order of the text", () => {
  const editor = editorOf(taskOf(JOBS, { spans: [{ start: 19, end: 24, token_start: 3, token_end: 3, label: "ORG" }] }));
  editor.do((lists, now) => addSpan(lists, now, one(5), PERSON));
  editor.do((lists, now) => addSpan(lists, now, { first: 0, last: 1 }, PERSON));
  expect(editor.lists().spans.map((span) => (span as typeof STEVE).token_start)).toEqual([0, 3, 5]);
});

test("disabled tokens are left out at the sides of a span and refused inside", () => {
  const task = taskOf(JOBS);
  const tokens = (task["tokens"] as object[]).map((token, place) => (place === 2 ? { ...token, disabled: true } : token));
  const editor = editorOf({ ...task, tokens });
  expect(editor.do((lists, now) => addSpan(lists, now, { first: 1, last: 3 }, PERSON))).toEqual({ refused: "disabled" });
  expect(editor.do((lists, now) => addSpan(lists, now, one(2), PERSON))).toEqual({ refused: "disabled" });
  editor.do((lists, now) => addSpan(lists, now, { first: 2, last: 3 }, PERSON));
  expect(editor.lists().spans).toEqual([{ type: "span", start: 19, end: 24, token_start: 3, token_end: 3, label: "PERSON" }]);
});

test("removing a span removes its relations and no others", () => {
  const relations = [{ head: 1, child: 3, label: "founded" }, { head: 3, child: 5, label: "in" }];
  const editor = editorOf(taskOf(JOBS, { spans: [STEVE], relations }));
  expect(editor.do((lists, now) => removeSpan(lists, now, now.spans[0]!))).toMatchObject({ relationsLost: 1 });
  expect(editor.lists()).toMatchObject({ spans: [], relations: [relations[1]] });
});

test("relations say the new label of a span", () => {
  const side = { start: 0, end: 10, token_start: 0, token_end: 1, label: "PERSON" };
  const editor = editorOf(taskOf(JOBS, { spans: [STEVE], relations: [{ head: 1, child: 3, head_span: side, label: "founded" }] }));
  editor.do((lists, now) => relabelSpan(lists, now, now.spans[0]!, { name: "HUMAN", color: null }));
  expect(editor.lists().spans).toEqual([{ ...STEVE, label: "HUMAN" }]);
  expect(editor.lists().relations).toEqual([{ head: 1, child: 3, head_span: { ...side, label: "HUMAN" }, label: "founded" }]);
});

test("offsets count code points: emoji before a token shift nothing", () => {
  const task = taskOf("👩‍🚀😀 Zoë met Åse");
  const tokens = tokensOf(task);
  if (!Array.isArray(tokens)) throw new Error("no tokens");
  const zoe = tokens.findIndex((token) => token.text.startsWith("Zo"));
  expect([...(task["text"] as string)].slice(tokens[zoe]!.start, tokens[zoe]!.end).join("")).toBe(tokens[zoe]!.text);
  expect(nodeText({ first: zoe, last: tokens.length - 1 }, tokens)).toBe("Zoë met Åse");
});

test("what is between tokens is that of the text, or what they say of white space", () => {
  const tokens = [
    { text: "a", start: 0, end: 1, id: 0 },
    { text: "b", start: 3, end: 4, id: 1, ws: false },
    { text: "c", start: 4, end: 5, id: 2 },
  ];
  const gaps = (task: Task) => usableTokens(task).map((token) => token.gap);
  expect(gaps({ _task_hash: 1, text: "a\n\nbc", tokens })).toEqual(["\n\n", "", ""]);
  expect(gaps({ _task_hash: 1, tokens })).toEqual([" ", "", ""]);
});

test("tokens that cannot be used are named", () => {
  expect(tokensOf({ _task_hash: 1, text: "a" })).toBeNull();
  expect(tokensOf({ _task_hash: 1, tokens: [{ text: "a", start: 0, end: 1 }, { text: "b" }] })).toBe(1);
});

test("a parse comes as one arc, as arcs or as relations", () => {
  const arc = { head: 1, child: 0, label: "nsubj" };
  const relations = (more: object) => withRelations(taskOf("Jobs sleeps", more as Record<string, unknown>))["relations"];
  expect(relations({ arc })).toEqual([arc]);
  expect(relations({ arcs: [arc, { start: 0, end: 1, label: "x", dir: "left" }] })).toMatchObject([arc, { head: 1, child: 0 }]);
  expect(relations({ relations: [arc] })).toEqual([arc]);
});

test("keys of labels come before those of the editor", () => {
  const config = { labels: ["A", "B"], keymap_by_label: { A: "t", B: "m" } };
  expect(optionsOf(config, { relations: [] }).keys).toEqual({ mode: "alt+m", turn: "alt+t", grow: "e", wrap: "w" });
});
