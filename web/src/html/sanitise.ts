/** HTML that comes with tasks, made harmless: no scripts, no handlers, no forms, nothing that leaves its box. */

import createDOMPurify from "dompurify";

const FORBIDDEN_TAGS = [
  "style", "link", "meta", "base", "title", "form", "input", "button", "select", "option", "optgroup", "textarea",
  "fieldset", "dialog", "iframe", "object", "embed", "applet", "frame", "frameset", "portal", "template", "slot",
  "datalist", "output", "label",
];
const FORBIDDEN_ATTRIBUTES = [
  "autofocus", "tabindex", "accesskey", "contenteditable", "popover", "popovertarget", "popovertargetaction",
  "form", "formaction", "action", "ping", "srcdoc", "slot", "is", "inert", "draggable", "usemap", "commandfor", "command",
];
/** What a recipe's own template may have beyond that. `form` is not among them: a page of the app never goes elsewhere. */
const CONTROLS = ["input", "button", "select", "option", "optgroup", "textarea", "fieldset", "datalist", "output", "label"];
/** Class names with this prefix are the app's own. */
export const OWN_CLASS_PREFIX = "pf-";

const purify = createDOMPurify(window);

const NAMED = /^(input|select|textarea|button|fieldset|output)$/i;

purify.addHook("uponSanitizeAttribute", (node, data) => {
  // A picture's name would become a property of the document.
  if (data.attrName === "name" && !NAMED.test(node.nodeName)) data.keepAttr = false;
  if (data.attrName === "style") data.attrValue = containedStyle(data.attrValue);
  if (data.attrName === "class") data.attrValue = foreignClasses(data.attrValue);
  if (data.attrValue === "" && (data.attrName === "style" || data.attrName === "class")) data.keepAttr = false;
});

purify.addHook("afterSanitizeAttributes", (node) => {
  if (node.hasAttribute("href") && node.tagName.toLowerCase() === "a") {
    node.setAttribute("target", "_blank");
    node.setAttribute("rel", "noopener noreferrer");
  }
});

/** Sanitise AFTER a template was rendered: a template can put harmless pieces together to something that is not. */
export function sanitise(html: string): string {
  return purify.sanitize(html, {
    USE_PROFILES: { html: true, svg: true, mathMl: true },
    FORBID_TAGS: FORBIDDEN_TAGS,
    FORBID_ATTR: FORBIDDEN_ATTRIBUTES,
    SANITIZE_NAMED_PROPS: true,
    ALLOW_DATA_ATTR: false,
  });
}

/** Sanitise what the recipe's own template became: it may hold form controls, ids and data attributes. */
export function sanitiseTemplate(html: string): string {
  return purify.sanitize(html, {
    USE_PROFILES: { html: true, svg: true, mathMl: true },
    FORBID_TAGS: FORBIDDEN_TAGS.filter((tag) => !CONTROLS.includes(tag)),
    FORBID_ATTR: FORBIDDEN_ATTRIBUTES.filter((name) => name !== "tabindex"),
    ALLOW_DATA_ATTR: true,
    SANITIZE_DOM: false, // the ids of the recipe's controls are what its labels and scripts know them by
  });
}

/** The declarations that stay inside the card; its box clips and contains the rest. */
export function containedStyle(style: string): string {
  const parsed = document.createElement("span").style;
  parsed.cssText = style;
  for (const name of Array.from({ length: parsed.length }, (_, place) => parsed.item(place))) {
    const value = parsed.getPropertyValue(name);
    const leaves = name === "position" && /fixed|sticky/i.test(value);
    if (leaves || name.startsWith("--") || name === "view-transition-name" || /expression\s*\(|javascript:/i.test(value)) {
      parsed.removeProperty(name);
    }
  }
  return parsed.cssText;
}

function foreignClasses(value: string): string {
  return value
    .split(/\s+/)
    .filter((name) => name !== "" && !name.toLowerCase().startsWith(OWN_CLASS_PREFIX))
    .join(" ");
}
