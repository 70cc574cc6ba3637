/** Keys of the whole page, as long as no field or focused control wants them. */

import { keyName } from "../state/keymap";
import type { KeyHandler } from "../views/keys";

/** Call `onKey` for keys that are meant for the page; it says whether it used one. `always` gets every key first, also
 * those of fields and dialogs. Returns what stops listening. */
export function listenToKeys(onKey: KeyHandler, always: KeyHandler = () => false): () => void {
  function onKeyDown(event: KeyboardEvent): void {
    if (event.isComposing || event.defaultPrevented) return;
    const name = keyName(event);
    if (always(name, event)) return event.preventDefault();
    if (document.querySelector("dialog[open]") !== null) return;
    if (wants(event.target, name)) return;
    if (onKey(name, event)) event.preventDefault();
  }
  document.addEventListener("keydown", onKeyDown);
  return () => document.removeEventListener("keydown", onKeyDown);
}

const FIELDS = "textarea, select, input:not([type=radio], [type=checkbox], [type=button], [type=submit], [type=reset])";

const WORKED = "button, a[href], input, summary, audio, video";

/** Text fields want every key; a control reached by keyboard wants the keys that work it. */
function wants(target: EventTarget | null, name: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches(FIELDS)) return true;
  // Enter works no radio button and no checkbox.
  const worked = name === "space" ? WORKED : name === "enter" ? WORKED.replace("input", "input[type=button]") : null;
  return worked !== null && target.matches(worked) && target.matches(":focus-visible");
}
