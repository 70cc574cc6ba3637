import type { RefObject, TargetedEvent } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { Body } from "../../parts/Body";
import { contentOf } from "../../parts/content";
import { useKeys } from "../keys";
import type { ViewProps } from "../view";
import { Suggestions } from "./Suggestions";
import { type Field, fieldOf, valueOf } from "./field";
import { type Control, useTyping } from "./typing";
import { say } from "./words";
import "./text_input.css";

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

interface TextFieldProps extends ViewProps {
  readonly field: Field;
  /** It is required, and an answer was stopped because it is empty. */
  readonly missing: boolean;
}

function TextField(props: TextFieldProps) {
  const { field, missing } = props;
  const id = useId();
  const control = useRef<Control>(null);
  const typing = useTyping(props, control);
  useFocus(props, control);
  const suggests = field.suggestions.length > 0;
  const shared = attributes(id, props, typing);
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
          {...(suggests && { role: "combobox", "aria-expanded": typing.open })}
        />
      )}
      <p class="pf-field-note" id={`${id}-note`} role="alert">
        {missing && say().missing}
      </p>
      {suggests && (
        <Suggestions id={id} anchor={control} open={typing.open} found={typing.found} active={typing.active} take={typing.take} />
      )}
    </div>
  );
}

/** What a field of one row and one of several have in common. */
function attributes(id: string, { field, missing }: TextFieldProps, typing: ReturnType<typeof useTyping>) {
  return {
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
    ...(field.suggestions.length > 0 && { "aria-autocomplete": "list" as const, "aria-controls": `${id}-list` }),
    ...(typing.open && typing.active >= 0 && { "aria-activedescendant": `${id}-${typing.active}` }),
  } as const;
}

/** Focus at the start where the recipe asks for it, by key, and where something is missing. */
function useFocus(props: TextFieldProps, control: { readonly current: Control | null }): void {
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
