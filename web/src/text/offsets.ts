/** Offsets of tasks are those of Python texts: they count code points. JavaScript counts UTF-16 units, two for an emoji. */

export interface Offsets {
  /** How long the text is for Python. */
  readonly length: number;
  /** The place in the JavaScript text of a place in the Python text; places outside go to the nearest end. */
  readonly toUnit: (point: number) => number;
  /** The place in the Python text of a place in the JavaScript text; inside of a pair, that before it. */
  readonly toPoint: (unit: number) => number;
  /** What Python's `text[start:end]` gives, for places that are not negative. */
  readonly slice: (start: number, end: number) => string;
}

const PAIR = /[\ud800-\udbff][\udc00-\udfff]/;

/** The offsets of a text. Where each code point is one unit, which is nearly always, nothing is counted. */
export function offsetsOf(text: string): Offsets {
  return PAIR.test(text) ? counted(text) : plain(text);
}

function plain(text: string): Offsets {
  const clamp = (place: number) => Math.min(Math.max(place, 0), text.length);
  return { length: text.length, toUnit: clamp, toPoint: clamp, slice: (start, end) => text.slice(start, end) };
}

function counted(text: string): Offsets {
  const units = unitsOf(text);
  const length = units.length - 1;
  const toUnit = (point: number) => units[Math.min(Math.max(point, 0), length)]!;
  return { length, toUnit, toPoint: (unit) => lastAtMost(units, unit), slice: (start, end) => text.slice(toUnit(start), toUnit(end)) };
}

/** Where each code point starts, and where the last one ends. */
function unitsOf(text: string): Uint32Array {
  const units = new Uint32Array(text.length + 1);
  let count = 0;
  let unit = 0;
  for (const character of text) {
    units[count++] = unit;
    unit += character.length;
  }
  units[count] = unit;
  return units.subarray(0, count + 1);
}

/** The index of the last of the rising numbers that is not above a value; 0 when all are. */
export function lastAtMost(rising: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = rising.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (rising[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
