// Whole HTML is sanitised in a real Chromium, in tests/browser/test_html.py: happy-dom walks a tree that changes under it
// differently, which is what DOMPurify relies on.

import { expect, test } from "vitest";
import { containedStyle } from "../src/html/sanitise";
import { fill } from "../src/html/template";

test("a style cannot leave the card, others stay", () => {
  const style = containedStyle("position: fixed; color: red; --accept: red");
  expect(style).toContain("color: red");
  expect(style).not.toMatch(/position|--accept/);
});

test("double braces escape, and nested keys are reached", () => {
  expect(fill("<b>{{name}}</b> {{meta.year}}", { name: "<i>", meta: { year: 2024 } })).toBe("<b>&lt;i&gt;</b> 2024");
});

test("a broken template says what is wrong", () => {
  expect(() => fill("{{#open}}", {})).toThrow(/open/);
});
