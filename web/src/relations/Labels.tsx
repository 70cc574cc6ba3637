import { useLayoutEffect, useRef } from "preact/hooks";
import { LabelBar } from "../parts/LabelBar";
import type { Editing } from "./use_editing";
import { say } from "./words";

/** Both bars take the same place, so that switching between them moves nothing. */
export function Labels({ editing }: { readonly editing: Editing }) {
  const { options, mode, arc, span, choices } = editing;
  const spans = mode === "spans";
  const bars = useRef<HTMLDivElement>(null);
  const chosen = spans ? (span?.label ?? choices.spanLabel) : (arc?.label ?? choices.label);
  useLayoutEffect(() => showChosen(bars.current), [chosen, spans]);
  if (options.labels.length === 0 && options.spanLabels.length === 0) return null;
  return (
    <div class="pf-rel-bars" ref={bars}>
      <div data-shown={!spans} inert={spans}>
        <LabelBar
          labels={options.labels}
          chosen={spans ? choices.label : chosen}
          choose={editing.chooseLabel}
          title={say().relationLabels}
          listens={!spans}
        />
      </div>
      {options.spanLabels.length > 0 && (
        <div data-shown={spans} inert={!spans}>
          <LabelBar
            labels={options.spanLabels}
            chosen={spans ? chosen : choices.spanLabel}
            choose={editing.chooseSpanLabel}
            title={say().spanLabels}
            listens={spans}
          />
        </div>
      )}
    </div>
  );
}

/** On a phone the labels are one line: the chosen one is brought into sight. */
function showChosen(bars: HTMLElement | null): void {
  const bar = bars?.querySelector("[data-shown=true] .pf-labels");
  const label = bar?.querySelector('[aria-checked="true"]');
  if (!bar || !label || bar.scrollWidth <= bar.clientWidth) return;
  const [around, box] = [bar.getBoundingClientRect(), label.getBoundingClientRect()];
  bar.scrollLeft += Math.min(0, box.left - around.left - BESIDE_PX) + Math.max(0, box.right - around.right + BESIDE_PX);
}

const BESIDE_PX = 44;
