/** Pointers over the text: clicks and taps pick, a mouse may also drag from end to end. */

import type { RefObject } from "preact";
import { useRef, useState } from "preact/hooks";
import { tokenNear } from "./geometry";
import { type Node, isSameNode, nodeAt } from "./task";
import type { Drawing } from "./use_drawing";
import type { Editing } from "./use_editing";

export interface Hover {
  /** The token under the pointer. */
  readonly token: number | null;
  /** The token where a drag began. */
  readonly from: number | null;
  readonly arc: string | null;
}

const NONE: Hover = { token: null, from: null, arc: null };
const REACH_PX = 14;

export function useGestures(editing: Editing, drawing: Drawing, canvas: RefObject<HTMLElement | null>) {
  const [hover, setHover] = useState<Hover>(NONE);
  const dragged = useRef(false);
  const set = (next: Hover) => {
    if (next.token !== hover.token || next.from !== hover.from || next.arc !== hover.arc) setHover(next);
  };

  function tokenUnder(event: MouseEvent): number | null {
    const { left, top } = canvas.current!.getBoundingClientRect();
    const row = drawing.rows.at(event.clientY - top);
    return row === null ? null : tokenNear(drawing.geometry, row, event.clientX - left, REACH_PX);
  }

  function pickable(token: number | null): token is number {
    const found = token === null ? undefined : editing.reading.tokens[token];
    return found !== undefined && !found.disabled && !found.blank;
  }

  function onPointerDown(event: PointerEvent): void {
    dragged.current = false;
    if (event.pointerType === "touch" || !editing.editable || event.button !== 0 || arcUnder(event) !== null) return;
    const token = tokenUnder(event);
    if (!pickable(token)) return;
    canvas.current!.setPointerCapture(event.pointerId);
    set({ ...NONE, token, from: token });
  }

  function onPointerMove(event: PointerEvent): void {
    if (event.pointerType === "touch") return;
    const token = tokenUnder(event);
    if (hover.from !== null) {
      if (token !== null && token !== hover.from) dragged.current = true;
      return set({ ...hover, token: pickable(token) ? token : null });
    }
    const arc = arcUnder(event);
    set({ ...NONE, arc, token: arc === null && pickable(token) ? token : null });
  }

  function onPointerUp(event: PointerEvent): void {
    const { from } = hover;
    if (from === null) return;
    const token = tokenUnder(event);
    set({ ...NONE, token: pickable(token) ? token : null });
    if (dragged.current && token !== null) finish(from, token);
  }

  function finish(from: number, to: number): void {
    if (!pickable(to)) return;
    const { spans } = editing.reading;
    const [start, end] = [nodeAt(from, spans), nodeAt(to, spans)];
    if (editing.mode === "spans") editing.mark({ first: Math.min(from, to), last: Math.max(from, to) });
    else if (!isSameNode(start, end)) editing.connect(start, end);
    else dragged.current = false;
  }

  function onClick(event: MouseEvent): void {
    const wasDrag = dragged.current;
    dragged.current = false;
    const arc = arcUnder(event);
    if (arc !== null) return editing.selectArc(arc);
    if (wasDrag) return;
    const token = tokenUnder(event);
    if (token === null) return void editing.leave();
    editing.pick(token, event.shiftKey);
  }

  return {
    hover,
    handlers: { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: () => set(NONE), onPointerLeave: () => set(NONE), onClick },
  };
}

function arcUnder(event: MouseEvent): string | null {
  const element = event.target instanceof Element ? event.target.closest("[data-arc]") : null;
  return element?.getAttribute("data-arc") ?? null;
}

/** The tokens of a span that is being made: from where it began to where the pointer is. */
export function rangeOf(editing: Editing, hover: Hover, cursor: number | null): Node | null {
  if (editing.mode !== "spans") return null;
  const start = hover.from !== null ? { first: hover.from, last: hover.from } : editing.pending;
  const end = hover.token ?? (hover.from === null ? cursor : null);
  if (start === null) return null;
  return end === null ? start : { first: Math.min(start.first, end), last: Math.max(start.last, end) };
}
