/** From the lows and highs of a signal to the bars of a drawing. */

import type { Bars } from "./settings";
import type { Stretch } from "./stretch";

/** Lowest and highest values in turn, from -127 to 127, of equal parts of a stretch. */
export interface Peaks {
  readonly start: number;
  readonly end: number;
  readonly values: Int8Array;
}

/** The lowest and the highest value between two moments; null where nothing is known. */
export function rangeOf(peaks: Peaks, from: number, to: number): readonly [number, number] | null {
  const columns = peaks.values.length / 2;
  const perSecond = columns / (peaks.end - peaks.start);
  if (!(perSecond > 0) || to <= peaks.start || from >= peaks.end) return null;
  const first = Math.min(columns - 1, Math.max(0, Math.floor((from - peaks.start) * perSecond)));
  const last = Math.min(columns, Math.max(first + 1, Math.ceil((to - peaks.start) * perSecond - 1e-6)));
  let [low, high] = [127, -127];
  for (let column = first; column < last; column += 1) {
    low = Math.min(low, peaks.values[2 * column]!);
    high = Math.max(high, peaks.values[2 * column + 1]!);
  }
  return [low, high];
}

interface Drawing {
  readonly shown: Stretch;
  readonly width: number;
  readonly height: number;
  readonly bars: Bars;
  /** How much of the height the highest value takes. */
  readonly gain: number;
}

/** The bars as one SVG path of upright lines. They keep their place in time, so that nothing flickers when the stretch
 * moves. */
export function pathOf(peaks: Peaks, { shown, width, height, bars, gain }: Drawing): string {
  const stepPx = bars.width + bars.gap;
  const perPixel = shown.seconds / width;
  const step = stepPx * perPixel;
  if (!(step > 0) || !(height > 0)) return "";
  const middle = height / 2;
  const reach = Math.max(0, middle - (bars.radius > 0 ? bars.width / 2 : 0));
  const parts: string[] = [];
  const last = Math.floor((shown.start + shown.seconds) / step + 1e-9);
  for (let number = Math.floor(shown.start / step + 1e-9); number <= last; number += 1) {
    const found = rangeOf(peaks, number * step, (number + 1) * step);
    if (found === null) continue;
    const x = (number * step - shown.start) / perPixel + bars.width / 2;
    const up = Math.max(0.5, Math.min(reach, (Math.max(0, found[1]) / 127) * reach * gain * bars.height));
    const down = Math.max(0.5, Math.min(reach, (Math.max(0, -found[0]) / 127) * reach * gain * bars.height));
    parts.push(`M${x.toFixed(1)} ${(middle - up).toFixed(1)}V${(middle + down).toFixed(1)}`);
  }
  return parts.join("");
}

/** Whether the peaks are too coarse for a stretch: less than a column a bar. */
export function isCoarse(peaks: Peaks, shown: Stretch, width: number, bars: Bars): boolean {
  const perSecond = peaks.values.length / 2 / (peaks.end - peaks.start);
  return perSecond * shown.seconds < width / (bars.width + bars.gap);
}

/** Whether the peaks hold all of a stretch. */
export function covers(peaks: Peaks, shown: Stretch): boolean {
  return peaks.start <= shown.start + 1e-6 && peaks.end >= shown.start + shown.seconds - 1e-6;
}

/** Peaks of samples, equal parts of the whole. */
export function peaksOf(channels: readonly Float32Array[], duration: number, columns: number): { peaks: Peaks; peak: number } {
  const length = channels[0]?.length ?? 0;
  const count = Math.max(0, Math.min(columns, length));
  const found = new Float32Array(2 * count);
  let peak = 0;
  for (let column = 0; column < count; column += 1) {
    const [first, last] = [Math.floor((column * length) / count), Math.floor(((column + 1) * length) / count)];
    let [low, high] = [1, -1];
    for (const samples of channels) {
      for (let place = first; place < last; place += 1) {
        const value = samples[place]!;
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
    [found[2 * column], found[2 * column + 1]] = [low, high];
    peak = Math.max(peak, -low, high);
  }
  const values = Int8Array.from(found, (value) => Math.round((Math.max(-peak, Math.min(peak, value)) * 127) / (peak || 1)));
  return { peaks: { start: 0, end: duration, values }, peak: Math.min(1, peak) };
}
