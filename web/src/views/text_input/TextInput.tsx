import type { RefObject, TargetedEvent } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Body } from "../../parts/Body";
import { contentOf } from "../../parts/content";
import { keyName } from "../../state/keymap";
import { useKeys } from "../keys";
import type { ViewProps } from "../view";
import { Suggestions } from "./Suggestions";
import { type Field, fieldOf, matching, valueOf } from "./field";
import { say } from "./words";
import "./text_input.css";

type Control = HTMLInputElement | HTMLTextAreaElement;

/** A text field and, where the view stands alone, what the task shows. */
export function TextInput(props: ViewProps) {
  const { task, settings, stopped = 0 } = props;
  const field = fieldOf(task, settings);
  const content = settings.nested === true ? null : contentOf(task);
  const missing = stopped > 0 && field.required && valueOf(task, field.id).trim() === "";
  return (
    <div class={content?.kind === "image" ? "pf-written pf-written-with-picture" : "pf-written"}>
      {content !== null && (
        <div class="pf-written-about">
          <Body task={task} />
        </div>
      )}
      <TextField {...props} field={field} missing={missing} />
    </div>
  );
}

function TextField(props: ViewProps & { readonly field: Field; readonly missing: boolean }) {
  const { field, missing } = props;
  const id = useId();
  const control = useRef<Control>(null);
  const typing = useTyping(props, control);
  useFocus(props, control);
  const { open, found, active } = typing;
  const suggests = field.suggestions.length > 0;
  const shared = {
    id,
    class: "pf-field-control",
    dir: "auto",
    placeholder: field.placeholder,
    autocomplete: "off",
    "aria-required": field.required,
    "aria-invalid": missing,
    "aria-describedby": `${id}-note`,
    onInput: (event: TargetedEvent<Control>) => typing.onInput(event.currentTarget.value),
    onKeyDown: typing.onKeyDown,
    // A finger in the field moves the cursor, not the card.
    onPointerDown: (event: PointerEvent) => event.stopPropagation(),
    onBlur: typing.close,
    onClick: typing.offer,
    ...(suggests && { "aria-autocomplete": "list" as const, "aria-controls": `${id}-list` }),
    ...(open && active >= 0 && { "aria-activedescendant": `${id}-${active}` }),
  } as const;
  return (
    <div class="pf-field">
      <label class={field.label === null ? "pf-hidden" : "pf-field-label"} for={id}>
        {field.label ?? say().field}
        {field.required && <span class="pf-field-required"> · {say().required}</span>}
      </label>
      {field.rows > 1 ? (
        <textarea ref={control as RefObject<HTMLTextAreaElement>} rows={field.rows} {...shared} />
      ) : (
        <input
          ref={control as RefObject<HTMLInputElement>}
          type="text"
          enterkeyhint="done"
          {...shared}
          {...(suggests && { role: "combobox", "aria-expanded": open })}
        />
      )}
      <p class="pf-field-note" id={`${id}-note`} role="alert">
        {missing && say().missing}
      </p>
      {suggests && (
        <Suggestions id={id} anchor={control} open={open} found={found} active={active} take={typing.take} />
      )}
    </div>
  );
}

/** What is typed goes into the task at once; what others write into the task comes into the field. */
function useTyping({ task, field, change, answer }: ViewProps & { readonly field: Field }, control: { current: Control | null }) {
  const given = valueOf(task, field.id);
  const sent = useRef<string[]>([]);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const [typed, setTyped] = useState(given);
  const found = open ? matching(field.suggestions, typed) : [];

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
    setActive(-1);
    change({ [field.id]: value });
  };
  const close = () => {
    setOpen(false);
    setActive(-1);
  };
  const take = (value: string) => {
    if (control.current !== null) control.current.value = value;
    write(value);
    close();
  };
  const offer = () => setOpen(field.suggestions.length > 0);

  /** Keys of the list while it is open; true if the key was one. */
  const onListKey = (name: string): boolean => {
    const element = control.current!;
    const atEnd = element.selectionEnd === element.value.length;
    const down = name === "arrowdown";
    if ((down || name === "arrowup") && field.suggestions.length > 0 && (field.rows === 1 || active >= 0 || (down && atEnd))) {
      const count = matching(field.suggestions, typed).length;
      setOpen(true);
      setActive((now) => (count === 0 ? -1 : down ? (now + 1) % count : (now <= 0 ? count : now) - 1));
      return true;
    }
    if (!open || found.length === 0) return false;
    if (name === "escape") return close(), true;
    if (name === "enter" && active >= 0 && found[active] !== undefined) return take(found[active]), true;
    return false;
  };

  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method composes, its keys are its own.
    if (event.isComposing || event.keyCode === 229) return;
    const name = keyName(event);
    if (onListKey(name)) return event.preventDefault();
    if (name === "ctrl+enter") {
      event.preventDefault();
      if (!event.repeat) answer("accept");
    } else if (name === "escape" || (name === "enter" && field.rows === 1)) {
      event.preventDefault();
      control.current?.blur();
    }
  };

  const onInput = (value: string) => {
    write(value);
    offer();
  };

  return { open: open && found.length > 0, found, active, onInput, onKeyDown, take, close, offer };
}

/** Focus at the start where the recipe asks for it, by key, and where something is missing. */
function useFocus(props: ViewProps & { readonly field: Field; readonly missing: boolean }, control: { current: Control | null }): void {
  const { field, missing, stopped = 0, answer } = props;
  useKeys((name, event) => {
    if (event.repeat) return false;
    if (name === "ctrl+enter") answer("accept");
    else if (name === "enter") control.current?.focus();
    else return false;
    return true;
  });
  useEffect(() => {
    // The first of several fields is the one to begin with.
    if (field.autofocus && document.activeElement?.closest(".pf-field") == null) control.current?.focus();
  }, []);
  useEffect(() => {
    const first = document.querySelector('.pf-card .pf-field-control[aria-invalid="true"]');
    if (missing && first === control.current) control.current?.focus();
  }, [stopped]);
}
