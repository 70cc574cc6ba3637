// What the sanitiser does with the result is tested in a real Chromium, in tests/browser/test_composite.py.

import { expect, test } from "vitest";
import { attachHandlers, markHandlers } from "../src/html/handlers";

function attached(template: string, fill = (text: string) => text) {
  const { template: marked, handlers } = markHandlers(template);
  const box = document.createElement("div");
  box.innerHTML = fill(marked);
  attachHandlers(box, handlers);
  return [...box.querySelectorAll("*")].flatMap((element) =>
    [...element.attributes].filter(({ name }) => name.startsWith("on")).map(({ name, value }) => `${element.localName} ${name} ${value}`),
  );
}

test("handlers in the recipe's own words come back where they stood", () => {
  expect(attached(`<button type="button" onclick="pick(1)">a</button><p>b</p><input onInput='say(this.value)' onblur=leave()>`)).toEqual([
    "button onclick pick(1)",
    "input oninput say(this.value)",
    "input onblur leave()",
  ]);
  expect(attached(`<b title="{{a}} > {{b}}" onclick="x > y && z()">t</b>`)).toEqual(["b onclick x > y && z()"]);
  expect(attached(`<b onclick="say(&quot;a&quot;)">t</b>`)).toEqual([`b onclick say("a")`]);
  expect(attached(`<b onclick="one();\r\ntwo()">t</b>`)).toEqual(["b onclick one();\ntwo()"]);
});

test("a repeated section gets its handlers each time", () => {
  const twice = (marked: string) => marked.replace(/\{\{#list\}\}(.*)\{\{\/list\}\}/, "$1$1");
  expect(attached("{{#list}}<b onclick=go()>x</b>{{/list}}", twice)).toEqual(["b onclick go()", "b onclick go()"]);
});

test("a handler with a Mustache tag in it is lost, also with other delimiters", () => {
  expect(attached(`<b onclick="pick('{{id}}')">t</b>`)).toEqual([]);
  expect(attached(`{{=<% %>=}}<b onclick="pick('<% id %>')">t</b>`)).toEqual([]);
});

test("what only looks like a handler is left alone", () => {
  expect(attached(`<b title=" onclick='x()'">t</b>`)).toEqual([]);
  expect(markHandlers(`<b title="a onclick=x() b">t</b>`).handlers).toEqual([]);
  expect(markHandlers(`on click="x()" < onclick="y()"`).handlers).toEqual([]);
});

test("data that brings a mark gets nothing, as it cannot know that of the page", () => {
  const foreign = (marked: string) => marked.replace("{{{raw}}}", `<i data-h="0" data-h000000000000000000000000="0">x</i>`);
  expect(attached(`<b onclick="go()">t</b>{{{raw}}}`, foreign)).toEqual(["b onclick go()"]);
  expect(markHandlers(`<b onclick="go()">`).template).toMatch(/^<b data-h[0-9a-f]{24}="0" *>$/);
});
