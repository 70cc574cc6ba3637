import { useLayoutEffect, useRef } from "preact/hooks";
import { useApp } from "../frame/context";

/** Gets the name of a pressed key ("a", "delete", "ctrl+z") and tells whether it was of use. */
export type KeyHandler = (name: string, event: KeyboardEvent) => boolean;

/** Listen to keys while the component is on the page. A view's keys come before those of the page, so that it can use
 * "escape", "backspace" or "ctrl+z" while there is something to leave, delete or take back, and let them pass else. */
export function useKeys(handler: KeyHandler): void {
  const { keyHandlers } = useApp();
  const latest = useRef(handler);
  latest.current = handler;
  // Not after the paint, as other effects: a key that is pressed at once belongs to the next task, not to the one that is gone.
  useLayoutEffect(() => {
    const call: KeyHandler = (name, event) => latest.current(name, event);
    keyHandlers.push(call);
    return () => void keyHandlers.splice(keyHandlers.indexOf(call), 1);
  }, []);
}
