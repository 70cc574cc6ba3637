/** Handlers such as `onclick` in a recipe's own template.
 *
 * The sanitiser takes every handler away, whoever wrote it. Those that stand in the recipe's template, word for word, are
 * taken out before it is filled and put back after it was sanitised, at a mark that no data can guess: so nothing that a
 * task brings is ever part of a handler. Whether the browser runs one is for the content security policy to decide.
 */

export interface Marked {
  readonly template: string;
  readonly handlers: readonly Handler[];
}

interface Handler {
  readonly name: string;
  readonly code: string;
}

/** The mark of this page, new each time it is opened. */
const MARK = `data-h${[...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;

const TAG = /<([a-z][^\s/>{]*)((?:"[^"]*"|'[^']*'|\{\{[\s\S]*?\}\}|[^'">])*)>/gi;
/** Quoted values and Mustache tags are skipped whole, so that what is inside them is never taken for a handler. */
const ATTRIBUTE = /"[^"]*"|'[^']*'|\{\{[\s\S]*?\}\}|(?<=[\s"'/])(on[a-z]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi;

/** Take the handlers out of a template. One with a Mustache tag in it is lost: its code would not be the recipe's alone. */
export function markHandlers(template: string): Marked {
  const handlers: Handler[] = [];
  // Line ends as a browser reads them: the policy names a handler by the hash of its code.
  const marked = template.replace(/\r\n?/g, "\n").replace(TAG, (_whole: string, name: string, rest: string) => {
    const places: number[] = [];
    const left = rest.replace(ATTRIBUTE, (part: string, event?: string, double?: string, single?: string, bare?: string) => {
      if (event === undefined) return part;
      const code = double ?? single ?? bare ?? "";
      if (!code.includes("{{") && !template.includes("{{=")) places.push(handlers.push({ name: event.toLowerCase(), code: decoded(code) }) - 1);
      return "";
    });
    return `<${name}${places.length > 0 ? ` ${MARK}="${places.join(" ")}"` : ""}${left}>`;
  });
  return { template: marked, handlers };
}

/** Put the handlers back on the elements that carry the mark. */
export function attachHandlers(root: ParentNode, handlers: readonly Handler[]): void {
  for (const element of root.querySelectorAll(`[${MARK}]`)) {
    for (const place of (element.getAttribute(MARK) ?? "").split(" ")) {
      const handler = handlers[Number(place)];
      if (handler !== undefined) element.setAttribute(handler.name, handler.code);
    }
    element.removeAttribute(MARK);
  }
}

/** What an attribute means once the browser has read it. */
function decoded(code: string): string {
  if (!code.includes("&")) return code;
  const holder = document.createElement("template");
  holder.innerHTML = `<i title="${code.replaceAll('"', "&quot;")}"></i>`;
  return holder.content.firstElementChild?.getAttribute("title") ?? "";
}
