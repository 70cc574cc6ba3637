/** The state of a text field: what is in it, and the list of suggestions under it. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { keyName } from "../../state/keymap";
import type { ViewProps } from "../view";
import { type Field, matching, valueOf } from "./field";

export type Control = HTMLInputElement | HTMLTextAreaElement;
type ControlRef = { readonly current: Control | null };
type FieldProps = ViewProps & { readonly field: Field };

export function useTyping(props: FieldProps, control: ControlRef) {
  const { field, answer } = props;
  const { typed, write } = useWriting(props, control);
  const list = useList(field, typed);
  const take = (value: string) => {
    if (control.current !== null) control.current.value = value;
    write(value);
    list.close();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method composes, its keys are its own.
    if (event.isComposing || event.keyCode === 229) return;
    const name = keyName(event);
    const element = control.current!;
    const atEnd = element.selectionEnd === element.value.length;
    if (list.onKey(name, atEnd, take)) return event.preventDefault();
    if (name === "ctrl+enter") {
      event.preventDefault();
      if (!event.repeat) answer("accept");
    } else if (name === "escape" || (name === "enter" && field.rows === 1)) {
      event.preventDefault();
      element.blur();
    }
  };

  const onInput = (value: string) => {
    write(value);
    list.offer();
  };

  return { ...list, onInput, onKeyDown, take };
}

/** What is typed goes into the task at once; what others write into the task comes into the field. */
function useWriting({ task, field, change }: FieldProps, control: ControlRef) {
  const given = valueOf(task, field.id);
  const sent = useRef<string[]>([]);
  const [typed, setTyped] = useState(given);
  useLayoutEffect(() => {
    const place = sent.current.lastIndexOf(given);
    sent.current = sent.current.slice(place + 1);
    // One's own words that come back late must not undo what was typed since.
    if (place < 0 && control.current !== null && control.current.value !== given) {
      control.current.value = given;
      setTyped(given);
    }
  }, [given]);
  const write = (value: string) => {
    sent.current.push(value);
    setTyped(value);
    change({ [field.id]: value });
  };
  return { typed, write };
}

/** The suggestions that fit what was typed, which of them is marked, and the keys that walk through them. */
function useList(field: Field, typed: string) {
  const [wanted, setWanted] = useState(false);
  const [active, setActive] = useState(-1);
  const found = wanted ? matching(field.suggestions, typed) : [];
  const open = found.length > 0;
  const close = () => {
    setWanted(false);
    setActive(-1);
  };
  const offer = () => {
    setWanted(field.suggestions.length > 0);
    setActive(-1);
  };

  const walk = (step: 1 | -1) => {
    const count = matching(field.suggestions, typed).length;
    setWanted(true);
    setActive((now) => (count === 0 ? -1 : step > 0 ? (now + 1) % count : (now <= 0 ? count : now) - 1));
  };

  /** True if the key was one of the list. In several rows the arrows walk through the text, and on at its end. */
  const onKey = (name: string, atEnd: boolean, take: (text: string) => void): boolean => {
    const step = name === "arrowdown" ? 1 : name === "arrowup" ? -1 : 0;
    if (step !== 0 && field.suggestions.length > 0 && (field.rows === 1 || active >= 0 || (step > 0 && atEnd))) {
      walk(step);
      return true;
    }
    const marked = open ? found[active] : undefined;
    if (name === "enter" && marked !== undefined) take(marked);
    else if (name === "escape" && open) close();
    else return false;
    return true;
  };

  return { open, found, active, close, offer, onKey };
}
