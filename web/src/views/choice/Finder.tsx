import type { RefObject } from "preact";
import type { Option } from "../../parts/content";
import { wordsOf } from "./layout";
import { say } from "./words";

interface FinderProps {
  readonly field: { current: HTMLInputElement | null };
  readonly wanted: string;
  readonly find: (wanted: string) => void;
  /** Pick the first that was found. */
  readonly take: () => void;
  readonly found: number;
  readonly chosen: readonly Option[];
  readonly drop: (id: Option["id"]) => void;
}

/** A field to find options in a long list; what is picked stays in sight above it. */
export function Finder({ field, wanted, find, take, found, chosen, drop }: FinderProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Enter") take();
    find("");
    field.current?.blur();
  };
  return (
    <div class="pf-finder">
      <input
        ref={field as RefObject<HTMLInputElement>}
        class="pf-label-search pf-finder-field"
        type="search"
        value={wanted}
        placeholder={say().find}
        aria-label={say().find}
        onInput={(event) => find(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => event.stopPropagation()}
      />
      <span class="pf-quiet" role="status">
        {say().found(found)}
      </span>
      <span class="pf-finder-chosen">
        {chosen.map((option) => (
          <button
            key={`${typeof option.id} ${option.id}`}
            type="button"
            class="pf-finder-chip"
            aria-label={say().drop(wordsOf(option))}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => drop(option.id)}
          >
            {wordsOf(option)} <span aria-hidden="true">×</span>
          </button>
        ))}
      </span>
    </div>
  );
}
