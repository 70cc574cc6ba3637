import { useEffect, useMemo, useState } from "preact/hooks";
import { type Sanitise, fetchSanitiser, sanitiserHere } from "./sanitiser";

/** HTML from a task, sanitised, in a box that it cannot leave; empty while the sanitiser is on its way. */
export function SafeHtml({ html, inline = false }: { readonly html: string; readonly inline?: boolean }) {
  const sanitise = useSanitiser();
  const clean = useMemo(() => sanitise?.(html) ?? "", [html, sanitise]);
  return <div class={inline ? "pf-html pf-html-inline" : "pf-html"} dangerouslySetInnerHTML={{ __html: clean }} />;
}

const TRY_AGAIN_MS = 2000;

function useSanitiser(): Sanitise | null {
  const [failures, setFailures] = useState(0);
  const [, redraw] = useState(false);
  const here = sanitiserHere();
  useEffect(() => {
    if (here !== null) return;
    let wanted = true;
    const again = () => setTimeout(() => wanted && setFailures((count) => count + 1), TRY_AGAIN_MS);
    void fetchSanitiser().then(() => wanted && redraw(true), again);
    return () => {
      wanted = false;
    };
  }, [failures]);
  return here;
}
