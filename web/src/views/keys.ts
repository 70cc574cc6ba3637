import { createContext } from "preact";
import { useContext, useLayoutEffect, useRef } from "preact/hooks";
import { useApp } from "../frame/context";

/** Gets the name of a pressed key ("a", "delete", "ctrl+z") and tells whether it was of use. */
export type KeyHandler = (name: string, event: KeyboardEvent) => boolean;

const Scope = createContext<KeyHandler[] | null>(null);

/** The keys of the views inside go into the list that is its `value`, for the view around them to hand on. */
export const KeyScope = Scope.Provider;

/** Listen to keys while the component is on the page. A view's keys come before those of the page, so that it can use
 * "escape", "backspace" or "ctrl+z" while there is something to leave, delete or take back, and let them pass else. */
export function useKeys(handler: KeyHandler): void {
  const page = useApp().keyHandlers;
  const keyHandlers = useContext(Scope) ?? page;
  const latest = useRef(handler);
  latest.current = handler;
  // At once, not after the next frame: a key pressed the moment a task appears is meant for it.
  useLayoutEffect(() => {
    const call: KeyHandler = (name, event) => latest.current(name, event);
    keyHandlers.push(call);
    return () => void keyHandlers.splice(keyHandlers.indexOf(call), 1);
  }, []);
}
