import { expect, test } from "vitest";
import { findView, viewNames } from "../src/views/registry";

test.each(viewNames())("the folder views/%s exports the view of that name", async (name) => {
  expect((await findView(name))?.id).toBe(name);
});

test("every folder is found", () => {
  expect(viewNames()).toContain("image_manual");
  expect(viewNames()).toHaveLength(24);
});

test("a name that is none of them has no view, whatever objects inherit", () => {
  expect(findView("constructor")).toBeNull();
  expect(findView("nothing")).toBeNull();
});
