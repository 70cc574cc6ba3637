import { expect, test } from "vitest";
import type { Steps } from "../src/parts/steps";
import { PLAIN, makeDocument } from "../src/spans/document";
import type { Spans } from "../src/spans/edit";
import { createEditing } from "../src/spans/editing";
import { marksReader } from "../src/spans/marks";
import { spoken } from "../src/spans/spoken";
import { offsetsOf } from "../src/text/offsets";
import { readTokens, wordTokens } from "../src/text/tokens";

const TEXT = "Apple and Google in Paris";

/** As the hook of the same name, without a component around it. */
function stepsOf<Value>(): Steps<Value> {
  let [past, future]: [Value[], Value[]] = [[], []];
  const move = (from: Value[], to: Value[], now: Value) => {
    const value = from.pop();
    if (value !== undefined) to.push(now);
    return value ?? null;
  };
  return {
    before: (value) => ([past, future] = [[...past, value], []]),
    back: (now) => move(past, future, now),
    forth: (now) => move(future, past, now),
  };
}

function begin({ overlap = false, single = false, active = "ORG" as string | null, spans = [] as Spans } = {}) {
  const offsets = offsetsOf(TEXT);
  const tokens = readTokens(wordTokens(TEXT, offsets), TEXT, offsets);
  if (tokens === null || "kind" in tokens) throw new Error("no tokens");
  const document = makeDocument(TEXT, tokens, PLAIN);
  const written: Spans[] = [];
  const editing = createEditing({
    document,
    read: marksReader(document),
    rules: { overlap, single },
    allowed: { newlines: false },
    active,
    steps: stepsOf<Spans>(),
    write: (now) => written.push(now),
    onChange: () => undefined,
  });
  editing.receive(spans);
  const seen = () => editing.state().marks.map((mark) => [mark.first, mark.last, mark.label]);
  return { editing, document, written, seen };
}

test("a selection gets the active label at once; without one it waits for a label", () => {
  const { editing, seen, written } = begin();
  editing.mark({ first: 0, last: 0 });
  expect([seen(), written.length]).toEqual([[[0, 0, "ORG"]], 1]);

  const waiting = begin({ active: null });
  waiting.editing.mark({ first: 0, last: 1 });
  expect(waiting.written).toEqual([]);
  waiting.editing.label("X");
  expect(waiting.seen()).toEqual([[0, 1, "X"]]);
});

test("a label without anything selected only comes next", () => {
  const { editing, written } = begin();
  editing.label("GPE");
  expect([editing.state().active, written]).toEqual(["GPE", []]);
});

test("a label for the selected span changes it, and it stays selected", () => {
  const span = { start: 0, end: 5, label: "ORG", score: 1 };
  const { editing } = begin({ spans: [span] });
  editing.select(span);
  editing.label("FRUIT");
  expect(editing.state().spans).toEqual([{ ...span, label: "FRUIT" }]);
  expect(editing.state().selected).toBe(editing.state().spans[0]);
});

test("a label at the cursor marks its token, and another one changes that span", () => {
  const { editing, seen } = begin();
  editing.point(2);
  editing.label("ORG");
  editing.label("GPE");
  expect(seen()).toEqual([[2, 2, "GPE"]]);
});

test("a label for what is picked marks all of it, and the cursor stays at its end", () => {
  const { editing, seen } = begin();
  editing.point(0);
  editing.point(2, true);
  editing.label("X");
  expect([seen(), editing.state().picked]).toEqual([[[0, 2, "X"]], { anchor: 2, cursor: 2 }]);
});

test("where each token has its own label the cursor goes on to the next", () => {
  const { editing, seen } = begin({ single: true });
  editing.point(0);
  editing.label("NOUN");
  editing.label("CCONJ");
  expect([seen(), editing.state().picked?.cursor]).toEqual([[[0, 0, "NOUN"], [1, 1, "CCONJ"]], 2]);
});

test("steps go back and forth, and a new one ends those forth", () => {
  const { editing, seen } = begin();
  editing.mark({ first: 0, last: 0 });
  editing.mark({ first: 0, last: 2 });
  expect(editing.back()).toBe(true);
  expect([seen(), editing.state().steps]).toEqual([[[0, 0, "ORG"]], [1, 1]]);
  expect(editing.forth()).toBe(true);
  expect(seen()).toEqual([[0, 2, "ORG"]]);
  editing.back();
  editing.mark({ first: 4, last: 4 });
  expect(editing.forth()).toBe(false);
  expect([editing.back(), editing.back(), editing.back(), seen()]).toEqual([true, true, false, []]);
});

test("what changes nothing is no step", () => {
  const { editing, written } = begin();
  editing.mark({ first: 0, last: 0 });
  editing.mark({ first: 0, last: 0 });
  expect([written.length, editing.state().steps]).toEqual([1, [1, 0]]);
});

test("own spans that come back late do not undo newer ones, those of others replace them", () => {
  const { editing, written, seen } = begin();
  editing.mark({ first: 0, last: 0 });
  editing.mark({ first: 2, last: 2 });
  editing.receive(written[0]);
  expect(seen().length).toBe(2);
  editing.receive(written[1]);
  expect(seen().length).toBe(2);
  editing.receive([{ start: 20, end: 25, label: "GPE" }]);
  expect(seen()).toEqual([[4, 4, "GPE"]]);
});

test("a selected span that somebody else took away is not selected any more", () => {
  const span = { start: 0, end: 5, label: "ORG" };
  const { editing } = begin({ spans: [span] });
  editing.select(span);
  editing.receive([]);
  expect([editing.state().selected, editing.focused()]).toEqual([null, null]);
});

test("leaving tells whether there was something to leave", () => {
  const { editing } = begin();
  editing.point(1);
  expect([editing.leave(), editing.leave()]).toEqual([true, false]);
});

test("everything done is told: the span by its label, text and number", () => {
  const { editing, document } = begin();
  editing.mark({ first: 0, last: 0 });
  expect(spoken(editing, document)).toBe("ORG added");
  editing.mark({ first: 2, last: 2 });
  editing.select(editing.state().marks[1]!.span);
  expect(spoken(editing, document)).toBe("ORG: Google, span 2 of 2");
  editing.point(0);
  expect(spoken(editing, document)).toBe("Apple. ORG: Apple, span 1 of 2");
  editing.point(1, true);
  expect(spoken(editing, document)).toBe("Selected: Apple and");
  editing.remove(editing.state().marks[0]!);
  expect(spoken(editing, document)).toBe("ORG removed. Selected: Apple and");
});
