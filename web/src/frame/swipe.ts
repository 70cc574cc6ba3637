/** Swipes on the card: right accepts, left rejects, up ignores. Mice and pens keep selecting text. */

import type { Answer } from "../types";

export interface Swipe {
  readonly x: number;
  readonly y: number;
  /** The answer that letting go now would give. */
  readonly answer: Answer | null;
}

const FAR_ENOUGH_PX = 88;
const BEGINS_PX = 12;

interface SwipeOptions {
  /** Whether to swipe at all (null), and whether a swipe may give an answer. */
  readonly allowed: (answer: Answer | null) => boolean;
  readonly onMove: (swipe: Swipe | null) => void;
  readonly onAnswer: (answer: Answer) => void;
}

/** Watch an element; returns what stops watching. */
export function watchSwipes(element: HTMLElement, options: SwipeOptions): () => void {
  let start: { id: number; x: number; y: number } | null = null;
  let now: Swipe | null = null;

  function onDown(event: PointerEvent): void {
    if (event.pointerType !== "touch" || !event.isPrimary || !options.allowed(null)) return end();
    start = { id: event.pointerId, x: event.clientX, y: event.clientY };
  }

  function onMove(event: PointerEvent): void {
    if (start === null || event.pointerId !== start.id) return;
    const x = event.clientX - start.x;
    const y = event.clientY - start.y;
    if (now === null) {
      if (Math.hypot(x, y) < BEGINS_PX) return;
      const upwards = y < 0 && Math.abs(y) > Math.abs(x);
      if (Math.abs(x) < Math.abs(y) && !upwards) return end();
      element.setPointerCapture(event.pointerId);
    }
    const answer = answerOf(x, y);
    now = { x, y: Math.min(y, 0), answer: answer !== null && options.allowed(answer) ? answer : null };
    options.onMove(now);
  }

  function onUp(event: PointerEvent): void {
    if (start === null || event.pointerId !== start.id) return;
    const answer = now?.answer ?? null;
    end();
    if (answer !== null) options.onAnswer(answer);
  }

  function end(): void {
    start = null;
    if (now !== null) options.onMove(null);
    now = null;
  }

  element.addEventListener("pointerdown", onDown);
  element.addEventListener("pointermove", onMove);
  element.addEventListener("pointerup", onUp);
  element.addEventListener("pointercancel", end);
  return () => {
    element.removeEventListener("pointerdown", onDown);
    element.removeEventListener("pointermove", onMove);
    element.removeEventListener("pointerup", onUp);
    element.removeEventListener("pointercancel", end);
  };
}

export function answerOf(x: number, y: number): Answer | null {
  if (-y > FAR_ENOUGH_PX && -y > Math.abs(x)) return "ignore";
  if (Math.abs(x) < FAR_ENOUGH_PX || Math.abs(x) < Math.abs(y)) return null;
  return x > 0 ? "accept" : "reject";
}
