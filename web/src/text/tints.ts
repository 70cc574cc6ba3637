/** Colours of labels as grounds for text. Recipes may choose any, so what is written on them is black or white as needed: one of the two has a contrast of 4.5 or more. */

const DARK = "#000000";
const LIGHT = "#ffffff";
const known = new Map<string, string>();
let pen: CanvasRenderingContext2D | null | undefined;

/** The ink for text on a colour: whichever of dark and white stands out more. */
export function inkOn(color: string): string {
  const found = known.get(color);
  if (found !== undefined) return found;
  const ink = inkOnRgb(hexOf(color) ?? hexOf(asHex(color)));
  known.set(color, ink);
  return ink;
}

function inkOnRgb(rgb: readonly [number, number, number] | null): string {
  if (rgb === null) return LIGHT;
  const ground = luminance(rgb);
  const onWhite = 1.05 / (ground + 0.05);
  const onDark = (ground + 0.05) / (luminance([0, 0, 0]) + 0.05);
  return onWhite >= Math.min(4.5, onDark) ? LIGHT : DARK; // white where both will do, as on the colours of the palette
}

/** How bright a colour is to the eye, 0 to 1, as WCAG defines it. */
export function luminance(rgb: readonly [number, number, number]): number {
  const [red, green, blue] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function hexOf(color: string): readonly [number, number, number] | null {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])[0-9a-f]?$/i.exec(color);
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})(?:[0-9a-f]{2})?$/i.exec(color);
  const parts = short?.slice(1).map((part) => part + part) ?? long?.slice(1);
  return parts === undefined ? null : (parts.map((part) => Number.parseInt(part, 16)) as [number, number, number]);
}

/** Names and functions are asked of the browser. */
function asHex(color: string): string {
  pen ??= document.createElement("canvas").getContext("2d");
  if (pen === null || pen === undefined) return "";
  pen.fillStyle = "#000000";
  pen.fillStyle = color;
  return String(pen.fillStyle);
}
