/** Keys on the text: a cursor that moves from token to token, and what is done at it. */

import { blockAt } from "./document";
import { reveal } from "./scroll";
import { onToken, rangeBetween, standAt, stepFrom } from "./select";
import type { Surface } from "./gestures";

const FAR_LEFT = -1e6;
const FAR_RIGHT = 1e6;

/** What handles keys of one text; it remembers the column while the cursor goes up and down. */
export function createKeyboard(surface: Surface): (name: string, event: KeyboardEvent) => boolean {
  const { editing, document, geometry } = surface;
  let goalX: number | null = null;

  function vertical(step: 1 | -1, event: KeyboardEvent): void {
    const cursor = cursorOf(surface);
    if (cursor < 0) return start(surface);
    const box = geometry.tokenBox(cursor);
    goalX ??= box === null ? 0 : (box.left + box.right) / 2;
    go(surface, lineStep(surface, cursor, step, goalX), event.shiftKey);
  }

  function horizontal(toRight: boolean, event: KeyboardEvent, isControl: boolean): void {
    goalX = null;
    const { selected } = editing.state();
    const cursor = cursorOf(surface);
    const rtl = cursor >= 0 && geometry.isRtl(blockAt(document.blocks, document.tokens[cursor]!.from));
    const step = toRight !== rtl ? 1 : -1;
    if (selected !== null && event.shiftKey) return resizeBy(surface, step, isControl);
    if (isControl) return nextSpan(surface, step);
    if (cursor < 0) return start(surface);
    go(surface, stepFrom(document, cursor, step, surface.allowed), event.shiftKey);
  }

  function toEnd(isEnd: boolean, event: KeyboardEvent, isControl: boolean): void {
    goalX = null;
    const cursor = cursorOf(surface);
    if (cursor < 0) return start(surface);
    go(surface, isControl ? (isEnd ? document.tokens.length - 1 : 0) : lineEnd(surface, cursor, isEnd), event.shiftKey);
  }

  return (name, event) => {
    const [isControl, key] = name.startsWith("ctrl+") ? [true, name.slice(5)] : [false, name];
    if (document.tokens.length === 0 && key !== "z" && key !== "y") return false;
    if (key === "arrowleft" || key === "arrowright") horizontal(key === "arrowright", event, isControl);
    else if (key === "arrowup" || key === "arrowdown") vertical(key === "arrowdown" ? 1 : -1, event);
    else if (key === "home" || key === "end") toEnd(key === "end", event, isControl);
    else return act(surface, key, isControl, event);
    return true;
  };
}

/** Keys that do something with what is at the cursor. */
function act(surface: Surface, key: string, isControl: boolean, event: KeyboardEvent): boolean {
  const { editing } = surface;
  if (isControl && key === "z") return event.shiftKey ? editing.forth() : editing.back();
  if (isControl && key === "y") return editing.forth();
  if (isControl && key === "c") return copy(surface);
  if (isControl || event.repeat) return false;
  if (key === "escape") return editing.leave();
  if (key === "enter") return enter(surface);
  return (key === "delete" || key === "backspace") && removeFocused(surface);
}

/** Remove the span at hand. Pressed once more it does nothing: who removes two spans in a row takes no answer back. */
function removeFocused({ editing }: Surface): boolean {
  const mark = editing.focused();
  if (mark === null) return editing.state().deed?.kind === "removed";
  editing.remove(mark);
  return true;
}

/** Copy the text of what is selected, as it cannot be selected the browser's way. */
function copy({ editing, document }: Surface): boolean {
  const range = editing.pickedRange();
  const mark = editing.focused();
  if ((range === null && mark === null) || navigator.clipboard === undefined) return false;
  const [from, to] = range === null ? [mark!.from, mark!.to] : [document.tokens[range.first]!.from, document.tokens[range.last]!.to];
  void navigator.clipboard.writeText(document.text.slice(from, to)).catch(() => undefined);
  return true;
}

/** Label what is picked; on a span, select it. */
function enter({ editing, rules }: Surface): boolean {
  const { picked, active } = editing.state();
  const mark = editing.focused();
  if (picked === null) return false;
  if (mark !== null && !rules.single) editing.select(mark.span);
  else if (active !== null) editing.label(active);
  return true;
}

function cursorOf({ editing }: Surface): number {
  return editing.state().picked?.cursor ?? editing.focused()?.first ?? -1;
}

function go(surface: Surface, token: number, extend: boolean): void {
  surface.editing.point(token, extend);
  show(surface, surface.editing.state().picked?.cursor ?? token);
}

/** Scroll to a token; one that is far away gets its layout on the way. */
function show({ geometry, document, root }: Surface, token: number): void {
  const { from } = document.tokens[token]!;
  const block = geometry.element(blockAt(document.blocks, from));
  const { top, bottom } = block.getBoundingClientRect();
  if (bottom < 0 || top > innerHeight) block.scrollIntoView({ block: "nearest" });
  const box = geometry.tokenBox(token);
  if (box !== null) reveal(root, box);
}

/** The cursor comes to the first token that can be seen. */
function start(surface: Surface): void {
  const { geometry, document, root, allowed } = surface;
  const above = root.closest(".pf-spans")?.querySelector(".pf-spans-top")?.getBoundingClientRect().bottom ?? 0;
  const top = Math.max(above + 8, root.getBoundingClientRect().top);
  const { nearest, position } = geometry.hit(geometry.isRtl(geometry.blockAtY(top)) ? FAR_RIGHT : FAR_LEFT, top);
  const place = standAt(document, nearest >= 0 ? nearest : Math.min(position >> 1, document.tokens.length - 1), allowed);
  if (place >= 0) go(surface, place, false);
}

/** The token above or below; the same one at the ends of the text. */
function lineStep({ geometry, document, allowed }: Surface, token: number, step: 1 | -1, x: number): number {
  const { blocks, tokens } = document;
  let place = blockAt(blocks, tokens[token]!.from);
  let line = (geometry.tokenBox(token)?.line ?? 0) + step;
  for (;;) {
    const { count } = geometry.lines(place);
    const block = blocks[place]!;
    if (line >= 0 && line < count && block.endToken > block.firstToken) {
      const { nearest } = geometry.hitOnLine(place, line, x);
      if (nearest >= 0) return standAt(document, nearest, allowed);
    }
    if (line >= 0 && line < count) line += step;
    else {
      place += step;
      if (blocks[place] === undefined) return token;
      geometry.element(place).scrollIntoView({ block: "nearest" });
      line = step > 0 ? 0 : geometry.lines(place).count - 1;
    }
  }
}

function lineEnd({ geometry, document, allowed }: Surface, token: number, isEnd: boolean): number {
  const place = blockAt(document.blocks, document.tokens[token]!.from);
  const atRight = isEnd !== geometry.isRtl(place);
  const { nearest } = geometry.hitOnLine(place, geometry.tokenBox(token)?.line ?? 0, atRight ? FAR_RIGHT : FAR_LEFT);
  return nearest < 0 ? token : standAt(document, nearest, allowed);
}

function nextSpan(surface: Surface, step: 1 | -1): void {
  const { editing, document } = surface;
  const marks = editing.state().marks.filter((mark) => mark.first >= 0);
  const { picked } = editing.state();
  const current = picked === null ? editing.focused() : null;
  const at = current === null ? (document.tokens[picked?.cursor ?? -1]?.from ?? -1) : current.from;
  const place = current === null ? marks.findIndex((mark) => mark.from >= at) : marks.indexOf(current);
  const next = current !== null ? place + step : step > 0 ? place : (place < 0 ? marks.length : place) - 1;
  const mark = marks[next];
  if (mark === undefined) return;
  editing.select(mark.span);
  show(surface, mark.first);
}

/** Move the end of the selected span by a token, or its start; on over spaces, which are not at its ends. */
function resizeBy(surface: Surface, step: 1 | -1, isStart: boolean): void {
  const { editing, document, allowed } = surface;
  const mark = editing.focused();
  if (mark === null || mark.first < 0) return;
  let place = isStart ? mark.first : mark.last;
  for (;;) {
    const moved = stepFrom(document, place, step, allowed);
    if (moved === place || (isStart ? moved > mark.last : moved < mark.first)) return;
    place = moved;
    const [anchor, cursor] = isStart ? [mark.last, moved] : [mark.first, moved];
    const range = rangeBetween(document, onToken(anchor), onToken(cursor), allowed);
    if (range === null || (range.first === mark.first && range.last === mark.last)) continue;
    editing.resize(mark, range);
    return show(surface, place);
  }
}
