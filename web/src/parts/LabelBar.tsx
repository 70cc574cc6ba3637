import { useRef, useState } from "preact/hooks";
import { keyLabel } from "../state/keymap";
import { inkOn } from "../text/tints";
import { useKeys } from "../views/keys";
import { words } from "../words";
import type { Label } from "./labels";
import "./label_bar.css";

interface LabelBarProps {
  readonly labels: readonly Label[];
  /** The label that is given next, or that of what is selected. */
  readonly chosen: string | null;
  readonly choose: (name: string) => void;
  /** What the bar is for, where a view has two. */
  readonly title?: string;
  /** Whether keys of labels pick here; a second bar of a page leaves them to the first. */
  readonly listens?: boolean;
}

const MANY = 12;

/** The labels to give, each with its colour and key; where there are many, a field to find one. */
export function LabelBar({ labels, chosen, choose, title = words.labels, listens = true }: LabelBarProps) {
  const [wanted, setWanted] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const many = labels.length > MANY;
  const shown = wanted === "" ? labels : labels.filter((label) => label.name.toLowerCase().includes(wanted.toLowerCase()));

  useKeys((name, event) => {
    if (!listens || event.repeat) return false;
    if (many && name === "/") {
      field.current?.focus();
      return true;
    }
    const label = labels.find((one) => one.key === name);
    if (label !== undefined) choose(label.name);
    return label !== undefined;
  });

  const onFieldKey = (event: KeyboardEvent) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Enter" && shown[0] !== undefined) choose(shown[0].name);
    setWanted("");
    field.current?.blur();
  };

  return (
    <div class="pf-labels" role="radiogroup" aria-label={title} data-many={many}>
      {many && (
        <input
          ref={field}
          class="pf-label-search"
          type="search"
          value={wanted}
          placeholder={words.findLabel}
          aria-label={words.findLabel}
          onInput={(event) => setWanted(event.currentTarget.value)}
          onKeyDown={onFieldKey}
        />
      )}
      {shown.map((label) => (
        <button
          key={label.name}
          type="button"
          role="radio"
          class="pf-label-choice"
          aria-checked={label.name === chosen}
          style={{ "--label": label.color, "--on-label": inkOn(label.color) }}
          // A click keeps the focus where it is: keys go on meaning what they meant.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => choose(label.name)}
        >
          <span class="pf-label-name">{label.name}</span>
          {label.key !== null && (
            <kbd class="pf-key" aria-hidden="true">
              {keyLabel(label.key)}
            </kbd>
          )}
        </button>
      ))}
      {shown.length === 0 && <span class="pf-quiet">{words.noSuchLabel(wanted)}</span>}
    </div>
  );
}
