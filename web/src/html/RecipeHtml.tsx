import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { attachHandlers, markHandlers } from "./handlers";
import { sanitiseTemplate } from "./sanitise";
import { fillTrusted } from "./template";

interface RecipeHtmlProps {
  /** Of the recipe itself, never of a task. */
  readonly template: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The recipe's own template filled with a task: it may hold form controls, and handlers of its own. */
export function RecipeHtml({ template, values }: RecipeHtmlProps) {
  const box = useRef<HTMLDivElement>(null);
  const marked = useMemo(() => markHandlers(template), [template]);
  const clean = useMemo(() => sanitiseTemplate(fillTrusted(marked.template, values)), [marked, values]);
  useLayoutEffect(() => attachHandlers(box.current!, marked.handlers), [clean]);
  const leave = (event: KeyboardEvent) => {
    const { target } = event;
    if (event.key !== "Escape" || event.isComposing || !(target instanceof HTMLElement)) return;
    event.preventDefault();
    target.blur(); // and keys are those of the page again
  };
  const keepSwipe = (event: PointerEvent) => {
    if (event.target instanceof HTMLElement && event.target.matches("input, textarea, select")) event.stopPropagation();
  };
  return <div class="pf-html" ref={box} onKeyDown={leave} onPointerDown={keepSwipe} dangerouslySetInnerHTML={{ __html: clean }} />;
}
