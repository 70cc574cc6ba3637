import { useState } from "preact/hooks";
import { formatTime, parseTime } from "./time";

interface TimeFieldProps {
  readonly name: string;
  readonly value: number;
  readonly put: (seconds: number) => void;
  readonly nudge: (by: number) => void;
}

/** A moment to be typed: "62.5" or "1:02.5". Up and down move it by 10 ms, with Shift by 100. */
export function TimeField({ name, value, put, nudge }: TimeFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const parsed = typed === null ? value : parseTime(typed);

  const commit = () => {
    if (typed !== null && parsed !== null && parsed !== value) put(parsed);
    setTyped(null);
  };
  const onKey = (event: KeyboardEvent & { readonly currentTarget: HTMLInputElement }) => {
    const side = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
    if (side !== 0) {
      event.preventDefault();
      setTyped(null);
      nudge(side * (event.shiftKey ? 0.1 : 0.01));
    } else if (event.key === "Enter" || event.key === "Escape") {
      event.preventDefault();
      if (event.key === "Enter") commit();
      else setTyped(null);
      event.currentTarget.blur();
    }
  };
  return (
    <input
      class="pf-time"
      type="text"
      inputMode="decimal"
      autocomplete="off"
      spellcheck={false}
      aria-label={name}
      aria-invalid={parsed === null}
      value={typed ?? formatTime(value)}
      onFocus={(event) => event.currentTarget.select()}
      onInput={(event) => setTyped(event.currentTarget.value)}
      onKeyDown={onKey}
      onBlur={commit}
    />
  );
}
