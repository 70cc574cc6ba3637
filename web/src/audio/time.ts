/** Seconds as people write them. */

/** What is stored: whole milliseconds. */
export function roundMs(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

/** "0:03.245", "1:02:03.245"; with fewer digits behind the point where that is enough. */
export function formatTime(seconds: number, digits = 3): string {
  const units = Math.round(Math.max(0, seconds) * 10 ** digits);
  const whole = Math.floor(units / 10 ** digits);
  const part = digits === 0 ? "" : `.${String(units % 10 ** digits).padStart(digits, "0")}`;
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}${part}` : `${minutes}:${two(rest)}${part}`;
}

const WRITTEN = /^(?:(?:(\d{1,3}):)?(\d{1,4}):)?(\d{1,6}(?:[.,]\d{0,6})?|[.,]\d{1,6})$/;

/** Reads "62.5", "1:02.5", "1:00:02,5"; null for anything else. */
export function parseTime(text: string): number | null {
  const found = WRITTEN.exec(text.trim());
  if (found === null) return null;
  const seconds = Number(found[3]!.replace(",", "."));
  return roundMs(Number(found[1] ?? 0) * 3600 + Number(found[2] ?? 0) * 60 + seconds);
}

export interface Tick {
  readonly at: number;
  readonly text: string;
}

const STEPS_S = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200,
];
const ROOM_PX = 84;

/** The marks of a ruler over a stretch, as many as there is room for. */
export function ticksOf(start: number, seconds: number, widthPx: number): readonly Tick[] {
  if (!(seconds > 0) || !(widthPx > 0)) return [];
  const wanted = (ROOM_PX * seconds) / widthPx;
  const step = STEPS_S.find((one) => one >= wanted) ?? Math.ceil(wanted / 3600) * 3600;
  const digits = step < 0.01 ? 3 : step < 0.1 ? 2 : step < 1 ? 1 : 0;
  const ticks: Tick[] = [];
  for (let number = Math.ceil(start / step - 1e-6); number * step <= start + seconds + 1e-9; number += 1) {
    ticks.push({ at: number * step, text: formatTime(number * step, digits) });
  }
  return ticks;
}
