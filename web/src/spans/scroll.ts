/** Scrolling to what the annotator is at. */

const EDGE_PX = 36;
const FASTEST_PX = 22;

/** The nearest element around that scrolls, or the page. */
export function scrollerOf(element: Element): Element {
  for (let around = element.parentElement; around !== null; around = around.parentElement) {
    const scrolls = /auto|scroll/.test(getComputedStyle(around).overflowY);
    if (scrolls && around.scrollHeight > around.clientHeight + 1) return around;
  }
  return element.ownerDocument.documentElement;
}

/** What of a scroller can be seen: not what lies under the bars that stick to its ends. */
export function clearPart(scroller: Element, root: Element): { readonly top: number; readonly bottom: number } {
  const { top, bottom } = scroller.getBoundingClientRect();
  const editor = root.closest(".pf-spans");
  const above = editor?.querySelector(".pf-spans-top")?.getBoundingClientRect().bottom ?? top;
  const below = editor?.querySelector(".pf-spans-status")?.getBoundingClientRect().top ?? bottom;
  const limits = { top: Math.max(top, 0, above), bottom: Math.min(bottom, innerHeight, below) };
  return limits.bottom - limits.top > 60 ? limits : { top: Math.max(top, 0), bottom: Math.min(bottom, innerHeight) };
}

/** Scroll by as little as shows a part of the text. */
export function reveal(root: Element, part: { readonly top: number; readonly bottom: number }): void {
  const scroller = scrollerOf(root);
  const clear = clearPart(scroller, root);
  if (part.top < clear.top + EDGE_PX) scroller.scrollBy(0, part.top - clear.top - EDGE_PX);
  else if (part.bottom > clear.bottom - EDGE_PX) scroller.scrollBy(0, part.bottom - clear.bottom + EDGE_PX);
}

/** While a drag is at the upper or lower edge, the text moves on under it. Returns what stops that. */
export function scrollAtEdges(root: Element, place: () => number, onScrolled: () => void): () => void {
  const scroller = scrollerOf(root);
  const { top, bottom } = clearPart(scroller, root);
  let frame = 0;
  const turn = () => {
    const over = Math.min(0, place() - top - EDGE_PX) + Math.max(0, place() - bottom + EDGE_PX);
    if (over !== 0) {
      const before = scroller.scrollTop;
      scroller.scrollBy(0, Math.sign(over) * Math.min(FASTEST_PX, Math.abs(over) / 2 + 1));
      if (scroller.scrollTop !== before) onScrolled();
    }
    frame = requestAnimationFrame(turn);
  };
  frame = requestAnimationFrame(turn);
  return () => cancelAnimationFrame(frame);
}
