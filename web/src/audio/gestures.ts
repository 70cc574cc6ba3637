/** Pointers on the waveform: one drags, two zoom, a short touch is a click. */

import type { Grip } from "./grip";

export interface GestureOptions {
  readonly timeAt: (clientX: number) => number;
  readonly gripAt: (event: PointerEvent) => Grip;
  readonly onDrag: (grip: Grip, from: number, to: number) => void;
  readonly onDrop: (grip: Grip, from: number, to: number) => void;
  readonly onClick: (grip: Grip, at: number) => void;
  readonly onCancel: () => void;
  /** Two fingers: what was under `fromX` is to be under `toX`, enlarged by a factor. */
  readonly onPinch: (fromX: number, toX: number, factor: number) => void;
  /** The pointer drags at the left (-1) or right (1) end. */
  readonly onEdge: (side: -1 | 1) => void;
  /** Where a mouse is, and what it would take hold of; null when it leaves. */
  readonly onHover: (clientX: number | null, grip: Grip | null) => void;
}

interface Drag {
  readonly id: number;
  readonly grip: Grip;
  readonly from: number;
  readonly x: number;
  /** How far it must go to be no click. */
  readonly slop: number;
  lastX: number;
  moved: boolean;
}

const EDGE_PX = 14;
const EDGE_EVERY_MS = 60;

/** Watch an element; `options` is asked anew each time. Returns what stops watching. */
export function watchGestures(surface: HTMLElement, options: () => GestureOptions): () => void {
  const fingers = new Map<number, { x: number; y: number }>();
  let drag: Drag | null = null;
  let timer: ReturnType<typeof setInterval> | undefined;

  function onDown(event: PointerEvent): void {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    // The card would take a finger's way for a swipe.
    if (event.pointerType !== "mouse") event.stopPropagation();
    surface.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (fingers.size > 1) return cancel();
    const { clientX: x, pointerId: id } = event;
    const slop = event.pointerType === "mouse" ? 3 : 8;
    drag = { id, grip: options().gripAt(event), from: options().timeAt(x), x, slop, lastX: x, moved: false };
  }

  function onMove(event: PointerEvent): void {
    if (event.pointerType === "mouse" && drag === null) options().onHover(event.clientX, options().gripAt(event));
    if (fingers.size === 2 && fingers.has(event.pointerId)) return pinch(event);
    if (drag?.id !== event.pointerId) return;
    drag.lastX = event.clientX;
    if (!drag.moved && Math.abs(event.clientX - drag.x) < drag.slop) return;
    drag.moved = true;
    options().onHover(null, drag.grip);
    options().onDrag(drag.grip, drag.from, options().timeAt(event.clientX));
    timer ??= setInterval(atEdge, EDGE_EVERY_MS);
  }

  function atEdge(): void {
    if (drag === null) return;
    const { left, right } = surface.getBoundingClientRect();
    if (drag.lastX > left + EDGE_PX && drag.lastX < right - EDGE_PX) return;
    options().onEdge(drag.lastX <= left + EDGE_PX ? -1 : 1);
    options().onDrag(drag.grip, drag.from, options().timeAt(drag.lastX));
  }

  function pinch(event: PointerEvent): void {
    const before = [...fingers.values()].map(({ x, y }) => ({ x, y }));
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const after = [...fingers.values()];
    const [wasWide, isWide] = [spread(before), spread(after)];
    if (wasWide > 0 && isWide > 0) options().onPinch(middle(before), middle(after), isWide / wasWide);
  }

  function onUp(event: PointerEvent): void {
    fingers.delete(event.pointerId);
    if (drag?.id !== event.pointerId) return;
    const { grip, from, moved } = drag;
    end();
    if (moved) options().onDrop(grip, from, options().timeAt(event.clientX));
    else options().onClick(grip, from);
  }

  function onCancel(event: PointerEvent): void {
    fingers.delete(event.pointerId);
    if (drag?.id === event.pointerId) cancel();
  }

  function end(): void {
    clearInterval(timer);
    timer = undefined;
    drag = null;
  }

  function cancel(): void {
    end();
    options().onCancel();
  }

  /** No handle takes the focus by a click, and a field that had it gives it back to the page. */
  function onMouseDown(event: MouseEvent): void {
    event.preventDefault();
    if (document.activeElement instanceof HTMLInputElement) document.activeElement.blur();
  }

  const onLeave = (): void => options().onHover(null, null);
  surface.addEventListener("mousedown", onMouseDown);
  surface.addEventListener("pointerdown", onDown);
  surface.addEventListener("pointermove", onMove);
  surface.addEventListener("pointerup", onUp);
  surface.addEventListener("pointercancel", onCancel);
  surface.addEventListener("pointerleave", onLeave);
  return () => {
    end();
    surface.removeEventListener("mousedown", onMouseDown);
    surface.removeEventListener("pointerdown", onDown);
    surface.removeEventListener("pointermove", onMove);
    surface.removeEventListener("pointerup", onUp);
    surface.removeEventListener("pointercancel", onCancel);
    surface.removeEventListener("pointerleave", onLeave);
  };
}

type Points = readonly { readonly x: number; readonly y: number }[];

function spread([one, other]: Points): number {
  return one === undefined || other === undefined ? 0 : Math.hypot(one.x - other.x, one.y - other.y);
}

function middle([one, other]: Points): number {
  return one === undefined || other === undefined ? 0 : (one.x + other.x) / 2;
}
