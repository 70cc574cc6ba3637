import { useLayoutEffect, useRef } from "preact/hooks";
import { say } from "./words";

interface SuggestionsProps {
  readonly id: string;
  readonly anchor: { readonly current: HTMLElement | null };
  readonly open: boolean;
  readonly found: readonly string[];
  readonly active: number;
  readonly take: (text: string) => void;
}

const GAP_PX = 4;
const TALLEST_PX = 264;

/** The list under a text field, above everything, so that no card clips it. */
export function Suggestions({ id, anchor, open, found, active, take }: SuggestionsProps) {
  const list = useRef<HTMLUListElement>(null);
  useLayoutEffect(() => {
    const element = list.current!;
    if (!open) return;
    const place = () => placeBeside(element, anchor.current!);
    element.showPopover?.();
    place();
    addEventListener("resize", place);
    addEventListener("scroll", place, true);
    return () => {
      element.hidePopover?.();
      removeEventListener("resize", place);
      removeEventListener("scroll", place, true);
    };
  }, [open, found.length]);
  useLayoutEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    <>
      <ul class="pf-suggestions" id={`${id}-list`} ref={list} role="listbox" aria-label={say().suggestions} popover="manual" hidden={!open}>
        {found.map((text, place) => (
          <li
            key={text}
            id={`${id}-${place}`}
            role="option"
            aria-selected={place === active}
            class="pf-suggestion"
            dir="auto"
            // The field keeps the focus.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take(text)}
          >
            {text}
          </li>
        ))}
      </ul>
      <span class="pf-hidden" role="status">
        {open && say().suggestionCount(found.length)}
      </span>
    </>
  );
}

/** Below the field, or above it where there is more room. */
function placeBeside(element: HTMLElement, anchor: HTMLElement): void {
  const box = anchor.getBoundingClientRect();
  const below = innerHeight - box.bottom - 2 * GAP_PX;
  const above = box.top - 2 * GAP_PX;
  const upwards = below < Math.min(TALLEST_PX, element.scrollHeight) && above > below;
  element.style.left = `${box.left}px`;
  element.style.width = `${box.width}px`;
  element.style.maxHeight = `${Math.max(96, Math.min(TALLEST_PX, upwards ? above : below))}px`;
  element.style.top = upwards ? "auto" : `${box.bottom + GAP_PX}px`;
  element.style.bottom = upwards ? `${innerHeight - box.top + GAP_PX}px` : "auto";
}
