import { render } from "preact";
import { expect, test } from "vitest";
import { type App, AppContext } from "../src/frame/context";
import { type KeyHandler, useKeys } from "../src/views/keys";

function Listening({ onKey }: { readonly onKey: KeyHandler }) {
  useKeys(onKey);
  return null;
}

test("keys go to a view as soon as it is there, and no longer when it is gone", () => {
  const app = { keyHandlers: [] as KeyHandler[] };
  const place = document.createElement("div");
  const pressed: string[] = [];
  const show = (name: string | null) =>
    render(
      <AppContext.Provider value={app as unknown as App}>
        {name !== null && <Listening key={name} onKey={(key) => pressed.push(`${name} ${key}`) > 0} />}
      </AppContext.Provider>,
      place,
    );
  for (const name of ["first", "second", null]) {
    show(name);
    app.keyHandlers.forEach((handle) => handle("x", new KeyboardEvent("keydown")));
  }
  expect(pressed).toEqual(["first x", "second x"]);
});
