import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import { Boundary } from "../src/frame/Boundary";
import { guarded } from "../src/views/guarded";

afterEach(() => vi.restoreAllMocks());

function Fragile({ text }: { readonly text: string }) {
  if (text === "boom") throw new Error("it went boom");
  return <p>{text}</p>;
}

async function show(text: string, root: HTMLElement) {
  await act(() =>
    render(
      <Boundary of={text} fallback={(error, again) => <button onClick={again}>{error.message}</button>}>
        <Fragile text={text} />
      </Boundary>,
      root,
    ),
  );
  return root.innerHTML;
}

test("what fails is replaced by why, and what comes next is shown again", async () => {
  const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const root = document.createElement("div");
  expect(await show("one", root)).toBe("<p>one</p>");
  expect(await show("boom", root)).toBe("<button>it went boom</button>");
  await act(() => root.querySelector("button")!.click());
  expect(root.innerHTML).toBe("<button>it went boom</button>");
  expect(await show("two", root)).toBe("<p>two</p>");
  expect(said).toHaveBeenCalled();
});

test("a view that trips over a task is done without", () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  expect(guarded(["none"], () => (null as unknown as string[]).map(String))).toEqual(["none"]);
  expect(guarded(false, () => undefined)).toBe(false);
  expect(guarded(false, () => true)).toBe(true);
});
