/** Pointers on the canvas: one draws, two or the middle button move the picture, the wheel enlarges. */

import { distance, middle } from "../geometry";
import type { Point } from "../shape";

export interface Press {
  /** On the canvas, in pixels of the screen. */
  readonly at: Point;
  readonly shift: boolean;
  readonly alt: boolean;
  readonly control: boolean;
  readonly touch: boolean;
}

/** What a pressed pointer does until it is let go. */
export interface Gesture {
  move(press: Press): void;
  end(press: Press): void;
  cancel(): void;
}

export interface Hands {
  /** A pointer went down: what does it do? */
  begin(press: Press): Gesture | null;
  hover(press: Press | null): void;
  pan(by: Point): void;
  zoom(factor: number, at: Point): void;
  /** Whether a pressed pointer moves the picture. */
  readonly pans: () => boolean;
}

export interface Pointers {
  /** Drop what a pointer is doing; false when it does nothing. */
  cancel(): boolean;
  stop(): void;
}

const MAIN = 0;
const WHEEL = 1;

export function listenToPointers(root: HTMLElement, hands: Hands): Pointers {
  const down = new Map<number, Point>();
  let gesture: Gesture | null = null;
  let panning = false;

  function pressOf(event: PointerEvent): Press {
    return {
      at: placeOn(root, event),
      shift: event.shiftKey,
      alt: event.altKey,
      control: event.ctrlKey || event.metaKey,
      touch: event.pointerType === "touch",
    };
  }

  function onDown(event: PointerEvent): void {
    const press = pressOf(event);
    // The card is not swiped away from here.
    if (press.touch) event.stopPropagation();
    if (event.button !== MAIN && event.button !== WHEEL) return;
    event.preventDefault();
    // Who points needs no ring around the canvas to know where the keys go.
    root.dataset["pointed"] = "true";
    root.focus({ preventScroll: true });
    root.setPointerCapture(event.pointerId);
    down.set(event.pointerId, press.at);
    const pans = event.button === WHEEL || hands.pans() || down.size > 1;
    if (pans) cancel();
    panning = pans || (panning && down.size > 0);
    root.classList.toggle("pf-canvas-panning", panning);
    if (!panning) gesture = hands.begin(press);
  }

  function onMove(event: PointerEvent): void {
    const before = down.get(event.pointerId);
    if (before === undefined) return hands.hover(event.pointerType === "touch" ? null : pressOf(event));
    const now = placeOn(root, event);
    if (panning) {
      moveAll(event.pointerId, before, now);
      return;
    }
    down.set(event.pointerId, now);
    if (gesture === null) return;
    // The points between two frames make a line drawn by hand smooth.
    const between = event.getCoalescedEvents?.() ?? [];
    for (const one of between.length > 0 ? between : [event]) gesture?.move({ ...pressOf(event), at: placeOn(root, one) });
  }

  function moveAll(id: number, before: Point, now: Point): void {
    const others = [...down].filter(([other]) => other !== id).map(([, at]) => at);
    down.set(id, now);
    const [other] = others;
    if (other === undefined) return hands.pan([now[0] - before[0], now[1] - before[1]]);
    const [from, to] = [middle(before, other), middle(now, other)];
    hands.pan([to[0] - from[0], to[1] - from[1]]);
    hands.zoom(distance(now, other) / Math.max(distance(before, other), 1), to);
  }

  function onUp(event: PointerEvent): void {
    if (!down.delete(event.pointerId)) return;
    const ended = gesture;
    gesture = null;
    if (down.size === 0) panning = false;
    root.classList.toggle("pf-canvas-panning", panning);
    if (event.type === "pointercancel") ended?.cancel();
    else ended?.end(pressOf(event));
  }

  function cancel(): boolean {
    const dropped = gesture;
    gesture = null;
    dropped?.cancel();
    return dropped !== null;
  }

  function onWheel(event: WheelEvent): void {
    event.preventDefault();
    const [dx, dy] = [inPixels(event.deltaX, event), inPixels(event.deltaY, event)];
    const pinched = event.ctrlKey || event.metaKey;
    if (!pinched && event.shiftKey) return hands.pan([-(dx || dy), 0]);
    if (!pinched && Math.abs(dx) > Math.abs(dy)) return hands.pan([-dx, -dy]);
    // Pinching on a touch pad comes as a wheel with Control and small steps.
    hands.zoom(Math.exp(-dy * (pinched && Math.abs(dy) < 50 ? 0.01 : 0.0018)), placeOn(root, event));
  }

  const onBlur = () => delete root.dataset["pointed"];
  const onLeave = () => hands.hover(null);
  const onMenu = (event: Event) => down.size > 0 && event.preventDefault();
  const listeners: readonly (readonly [string, EventListener])[] = [
    ["pointerdown", onDown as EventListener],
    ["pointermove", onMove as EventListener],
    ["pointerup", onUp as EventListener],
    ["pointercancel", onUp as EventListener],
    ["pointerleave", onLeave],
    ["contextmenu", onMenu],
    ["blur", onBlur],
  ];
  listeners.forEach(([name, listener]) => root.addEventListener(name, listener));
  root.addEventListener("wheel", onWheel, { passive: false });
  return {
    cancel,
    stop() {
      listeners.forEach(([name, listener]) => root.removeEventListener(name, listener));
      root.removeEventListener("wheel", onWheel);
    },
  };
}

function placeOn(root: HTMLElement, event: MouseEvent): Point {
  const { left, top } = root.getBoundingClientRect();
  return [event.clientX - left - root.clientLeft, event.clientY - top - root.clientTop];
}

const LINE_PX = 33;

function inPixels(delta: number, { deltaMode }: WheelEvent): number {
  return deltaMode === WheelEvent.DOM_DELTA_PIXEL ? delta : delta * LINE_PX;
}
