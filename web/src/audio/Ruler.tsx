import type { Stretch } from "./stretch";
import { ticksOf } from "./time";

/** Times under the waveform. */
export function Ruler({ shown, width }: { readonly shown: Stretch; readonly width: number }) {
  return (
    <div class="pf-ruler" aria-hidden="true">
      {ticksOf(shown.start, shown.seconds, width).map((tick) => (
        <span key={tick.text} style={{ left: `${(100 * (tick.at - shown.start)) / shown.seconds}%` }}>
          {tick.text}
        </span>
      ))}
    </div>
  );
}
