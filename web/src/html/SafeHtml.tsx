import { useMemo } from "preact/hooks";
import { sanitise } from "./sanitise";

/** HTML from a task, sanitised, in a box that it cannot leave. */
export function SafeHtml({ html, inline = false }: { readonly html: string; readonly inline?: boolean }) {
  const clean = useMemo(() => sanitise(html), [html]);
  return <div class={inline ? "pf-html pf-html-inline" : "pf-html"} dangerouslySetInnerHTML={{ __html: clean }} />;
}
