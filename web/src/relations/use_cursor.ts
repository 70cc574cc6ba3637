/** The cursor of the keyboard: one token at a time, and from arc to arc. */

import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useKeys } from "../views/keys";
import { inReadingOrder } from "./Arcs";
import { tokenBeyond } from "./geometry";
import { type Node, nodeAt } from "./task";
import type { Drawing } from "./use_drawing";
import type { Editing } from "./use_editing";

type Step = -1 | 1;

export function useCursor(editing: Editing, drawing: Drawing, root: RefObject<HTMLElement | null>) {
  const { reading, options } = editing;
  const [cursor, setCursor] = useState<number | null>(null);
  const free = (token: number) => reading.tokens[token]?.disabled === false && !reading.tokens[token]!.blank;
  const nodeOf = (token: number): Node => (editing.mode === "relations" ? nodeAt(token, reading.spans) : { first: token, last: token });
  const firstFree = Math.max(0, reading.tokens.findIndex((_, token) => free(token)));

  /** Put the cursor on a token, or on the first of its span. */
  function goTo(token: number): void {
    setCursor(token);
    const element = root.current!.querySelector<HTMLElement>(`[data-token="${nodeOf(token).first}"]`);
    element?.focus({ preventScroll: true });
    element?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function along(step: Step): boolean {
    if (cursor === null) return enter();
    const node = nodeOf(cursor);
    let token = step === 1 ? node.last + 1 : node.first - 1;
    while (token >= 0 && token < reading.tokens.length && !free(token)) token += step;
    if (token >= 0 && token < reading.tokens.length) goTo(token);
    return true;
  }

  function toRow(step: Step): boolean {
    if (cursor === null) return enter();
    const beyond = tokenBeyond(drawing.geometry, nodeOf(cursor), step);
    if (beyond !== null && free(beyond)) goTo(beyond);
    else if (beyond !== null) goTo(nearestFree(beyond));
    return true;
  }

  function nearestFree(token: number): number {
    for (let far = 1; far < reading.tokens.length; far += 1) {
      for (const other of [token - far, token + far]) if (free(other)) return other;
    }
    return token;
  }

  function enter(): boolean {
    goTo(firstFree);
    return true;
  }

  function toEnd(step: Step): boolean {
    const tokens = reading.tokens.map((_, token) => token).filter(free);
    const token = step === 1 ? tokens.at(-1) : tokens[0];
    if (token !== undefined) goTo(token);
    return true;
  }

  /** From one arc to the next, where the focus is on one. */
  function toArc(step: Step): boolean {
    const order = inReadingOrder(drawing.layout.arcs);
    const place = order.findIndex((arc) => arc.relation.key === editing.arc?.key);
    const next = order[Math.max(0, Math.min(order.length - 1, place + step))];
    if (next !== undefined) focusArc(root, next.relation.key);
    return true;
  }

  function arrow(name: string, extend: boolean): boolean {
    const forwards = options.direction === "rtl" ? "arrowleft" : "arrowright";
    const step: Step = name === "arrowdown" || name === forwards ? 1 : -1;
    if (isOnArc()) return toArc(step);
    if (extend && editing.mode === "spans" && editing.pending === null) editing.begin(nodeAt(cursor ?? firstFree, reading.spans));
    return name === "arrowup" || name === "arrowdown" ? toRow(step) : along(step);
  }

  /** Delete by key, and leave the focus where the next thing to do is likely to be. */
  function remove(): boolean {
    const order = inReadingOrder(drawing.layout.arcs);
    const place = order.findIndex((arc) => arc.relation.key === editing.arc?.key);
    const onArc = isOnArc();
    const under = cursor === null || editing.arc !== null || editing.mode !== "spans" ? null : nodeAt(cursor, reading.spans);
    const span = editing.span ?? reading.spans.find((one) => isOnWord() && one.first === under?.first && one.last === under.last) ?? null;
    const next = onArc ? (order[place + 1] ?? order[place - 1]) : undefined;
    if (!editing.remove({ arc: editing.arc, span }, next?.relation.key)) return false;
    if (onArc && next === undefined) goTo(cursor ?? firstFree);
    return true;
  }

  const isOnArc = () => root.current!.querySelector(".pf-rel-label:focus") !== null;
  const isOnWord = () => root.current!.querySelector(".pf-rel-word:focus") !== null;

  useKeys((name, event) => {
    const focused = document.activeElement;
    if (focused !== null && focused !== document.body && !root.current!.contains(focused) && !isScroller(focused)) return false;
    if (/^arrow/.test(name)) return editing.editable || isOnArc() ? arrow(name, event.shiftKey) : false;
    if (!editing.editable) return name === "escape" && editing.leave();
    if (name === "home" || name === "end") return toEnd(name === "end" ? 1 : -1);
    return edit(name, event);
  });

  function edit(name: string, event: KeyboardEvent): boolean {
    if (name === "ctrl+z" || name === "ctrl+y") {
      const again = name === "ctrl+y" || event.shiftKey;
      return editing.undo(again) || again;
    }
    if (event.repeat) return false;
    if (name === "enter" && cursor !== null && isOnWord()) {
      editing.pick(cursor, event.shiftKey);
      return true;
    }
    if (name === "delete" || name === "backspace") return remove();
    if (name === "escape") return leave();
    if (name === options.keys.turn) return editing.turn();
    return command(name);
  }

  function leave(): boolean {
    const { arc } = editing;
    const wasOnArc = isOnArc();
    const left = editing.leave();
    if (wasOnArc && arc !== null) goTo(arc.head.first);
    return left;
  }

  function command(name: string): boolean {
    if (name === options.keys.mode && options.spanLabels.length > 0) {
      editing.setMode(editing.mode === "spans" ? "relations" : "spans");
      return true;
    }
    if (name === options.keys.wrap && options.wrapToggle) {
      editing.setWrap(!editing.choices.wrap);
      return true;
    }
    if (name === options.keys.grow && editing.span !== null) {
      editing.begin(editing.span);
      return true;
    }
    return false;
  }

  useKeptFocus(editing, root);

  return {
    cursor,
    node: cursor === null ? null : nodeOf(cursor),
    tabStop: nodeOf(cursor ?? firstFree).first,
    /** The pointer picked here, or the focus came here. */
    setCursor,
  };
}

/** An arc that was turned or has another label is another one, and one that is removed leaves the next: the focus goes there. */
function useKeptFocus(editing: Editing, root: RefObject<HTMLElement | null>): void {
  const onArc = useRef(false);
  useEffect(() => {
    const follow = (event: FocusEvent) => {
      onArc.current = root.current!.contains(event.target as Element) && (event.target as Element).matches(".pf-rel-label");
    };
    document.addEventListener("focusin", follow);
    return () => document.removeEventListener("focusin", follow);
  }, []);
  useLayoutEffect(() => {
    if (onArc.current && editing.arc !== null && document.activeElement === document.body) focusArc(root, editing.arc.key);
  });
}

function focusArc(root: RefObject<HTMLElement | null>, key: string): void {
  const found = [...root.current!.querySelectorAll<HTMLElement>(".pf-rel-label")].find((label) => label.dataset["arc"] === key);
  found?.focus({ preventScroll: true });
  found?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function isScroller(element: Element): boolean {
  return element.matches(".pf-content");
}
