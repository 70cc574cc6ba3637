import { effect } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";

/** Draw on an element now, and anew whenever a signal that `draw` has read changes; nothing else is drawn then. */
export function useWhileShown<Shown extends Element>(
  place: { readonly current: Shown | null },
  depends: readonly unknown[],
  draw: (element: Shown) => void,
): void {
  useLayoutEffect(() => {
    const element = place.current;
    return element === null ? undefined : effect(() => draw(element));
  }, depends);
}
