/** Black or white, whichever is easier to read on a colour. */

const WHITE = "#ffffff";
const BLACK = "#16171d";

const known = new Map<string, string>();

export function inkOn(color: string): string {
  let ink = known.get(color);
  if (ink === undefined) {
    const lightness = luminance(color);
    ink = lightness !== null && contrast(lightness, 0.009) > contrast(1, lightness) ? BLACK : WHITE;
    known.set(color, ink);
  }
  return ink;
}

function contrast(lighter: number, darker: number): number {
  return (lighter + 0.05) / (darker + 0.05);
}

/** The relative luminance of WCAG of any colour the browser knows; null where it cannot tell. */
function luminance(color: string): number | null {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (context === null) return null;
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = [...context.getImageData(0, 0, 1, 1).data].map((value) => linear(value / 255));
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function linear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}
