/** Icons of a player: 24 x 24, in the colour of the text around them. */

const PATHS = {
  play: "M8.2 5.6v12.8c0 .8.9 1.3 1.6.9l9.8-6.4c.6-.4.6-1.4 0-1.8L9.8 4.7c-.7-.4-1.6.1-1.6.9z",
  pause: "M7 4.8h2.6v14.4H7zM14.4 4.8H17v14.4h-2.6z",
  back: "M11 6.5L5.5 12l5.5 5.5M18.5 6.5L13 12l5.5 5.5",
  forward: "M13 6.5l5.5 5.5l-5.5 5.5M5.5 6.5L11 12l-5.5 5.5",
  loop: "M17 3.5L20.2 6.7L17 9.9M4 12V10a3.3 3.3 0 0 1 3.3-3.3h12.6M7 20.5L3.8 17.3L7 14.1M20 12v2a3.3 3.3 0 0 1-3.3 3.3H4.1",
  zoomIn: "M12 5.5v13M5.5 12h13",
  zoomOut: "M5.5 12h13",
  whole: "M4 5v14M20 5v14M8 12h8M10.5 9.2L7.8 12l2.7 2.8M13.5 9.2l2.7 2.8l-2.7 2.8",
  remove: "M4.5 7h15M9.5 7V4.8h5V7M6.5 7l.9 12.2h9.2L17.5 7M10.3 10.8v5M13.7 10.8v5",
  markStart: "M9 4.5H6v15h3M10.5 12h8",
  markEnd: "M15 4.5h3v15h-3M5.5 12h8",
} as const;

export type PlayerIconName = keyof typeof PATHS;
const SOLID: ReadonlySet<string> = new Set(["play", "pause"]);

export function PlayerIcon({ name, size = 20 }: { readonly name: PlayerIconName; readonly size?: number }) {
  return (
    <svg
      class="pf-icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill={SOLID.has(name) ? "currentColor" : "none"}
      stroke="currentColor"
      stroke-width={SOLID.has(name) ? 1 : 2}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
