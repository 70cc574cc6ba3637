import { describe, expect, it } from "vitest";
import { followPanels } from "../src/dashboard/panels";

function panel(name: string, kind: string, body = ""): string {
  return `<section class="${kind}" id="panel-${name}">${body}</section>`;
}

function page() {
  const source = new EventTarget();
  const main = document.createElement("main");
  const names: string[] = [];
  followPanels(source as EventSource, main, (dataset) => names.push(dataset));
  const send = (order: string[], panels: Record<string, string>) =>
    source.dispatchEvent(new MessageEvent("message", { data: JSON.stringify({ dataset: "news", order, panels }) }));
  const shown = () => [...main.querySelectorAll("section")].map((one) => one.id.replace("panel-", ""));
  return { main, names, send, shown };
}

describe("panels", () => {
  it("stand in the server's order: the headline above, what is wide below, the rest in columns", () => {
    const { main, names, send, shown } = page();
    const panels = {
      wide: panel("wide", "panel wide"),
      b: panel("b", "panel"),
      top: panel("top", "tiles"),
      a: panel("a", "panel"),
    };
    send(["top", "a", "b", "wide"], panels);
    expect(shown()).toEqual(["top", "a", "b", "wide"]);
    expect([...main.querySelector(".panels")!.children].map((one) => one.id)).toEqual(["panel-a", "panel-b"]);
    expect(names).toEqual(["news"]);
  });

  it("come and go, and only those that changed are replaced", () => {
    const { main, send, shown } = page();
    send(["a", "b"], { a: panel("a", "panel", "one"), b: panel("b", "panel", "two") });
    const kept = main.querySelector("#panel-b");
    send(["c", "a", "b"], { a: panel("a", "panel", "new"), c: panel("c", "panel") });
    expect(shown()).toEqual(["c", "a", "b"]);
    expect(main.querySelector("#panel-a")!.textContent).toBe("new");
    expect(main.querySelector("#panel-b")).toBe(kept);
    send(["b"], {});
    expect(shown()).toEqual(["b"]);
  });

  it("keep open what the reader opened, and closed what was closed", () => {
    const { main, send } = page();
    const body = (words: string) => `<details id="x"><p>${words}</p></details><details id="y" open></details>`;
    send(["a"], { a: panel("a", "panel", body("one")) });
    main.querySelector<HTMLDetailsElement>("#x")!.open = true;
    main.querySelector<HTMLDetailsElement>("#y")!.open = false;
    send(["a"], { a: panel("a", "panel", body("two")) });
    expect(main.querySelector("#x")!.textContent).toBe("two");
    expect(main.querySelector<HTMLDetailsElement>("#x")!.open).toBe(true);
    expect(main.querySelector<HTMLDetailsElement>("#y")!.open).toBe(false);
  });
});
