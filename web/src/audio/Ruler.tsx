import type { Stretch } from "./stretch";
import { type Tick, ticksOf } from "./time";

const LETTER_PX = 7;

/** Times under the waveform. */
export function Ruler({ shown, width }: { readonly shown: Stretch; readonly width: number }) {
  const fits = (tick: Tick) => ((tick.at - shown.start) / shown.seconds) * width + 8 + LETTER_PX * tick.text.length < width;
  return (
    <div class="pf-ruler" aria-hidden="true">
      {ticksOf(shown.start, shown.seconds, width).filter(fits).map((tick) => (
        <span key={tick.text} style={{ left: `${(100 * (tick.at - shown.start)) / shown.seconds}%` }}>
          {tick.text}
        </span>
      ))}
    </div>
  );
}
