/** How a recipe wants recordings to be shown: the settings that begin with `audio_` and `show_audio_`. */

import { keysOf } from "../state/keymap";
import type { Config } from "../views/view";

export interface Bars {
  readonly width: number;
  readonly gap: number;
  /** A factor: 1 is as high as there is room. */
  readonly height: number;
  readonly radius: number;
}

export interface AudioSettings {
  readonly autoplay: boolean;
  readonly loop: boolean;
  readonly rate: number;
  readonly timeline: boolean;
  readonly minimap: boolean;
  readonly cursor: boolean;
  readonly cursorTime: boolean;
  readonly bars: Bars;
  /** Pixels a second. */
  readonly maxZoom: number;
  /** What plays and pauses also while a text is being written. */
  readonly playKeys: readonly string[];
}

export const RATES = [0.5, 0.75, 1, 1.25, 1.5, 2] as const;

export function audioSettingsOf(config: Config): AudioSettings {
  const yes = (key: string, otherwise: boolean) => (typeof config[key] === "boolean" ? config[key] : otherwise);
  const number = (key: string, otherwise: number, least: number, most: number) => {
    const value = config[key];
    return typeof value === "number" && Number.isFinite(value) ? Math.min(Math.max(value, least), most) : otherwise;
  };
  return {
    autoplay: yes("audio_autoplay", false),
    loop: yes("audio_loop", false),
    rate: number("audio_rate", 1, RATES[0], RATES.at(-1)!),
    timeline: yes("show_audio_timeline", true),
    minimap: yes("show_audio_minimap", true),
    cursor: yes("show_audio_cursor", true),
    cursorTime: yes("show_audio_cursor_time", true),
    bars: {
      width: number("audio_bar_width", 2, 1, 20),
      gap: number("audio_bar_gap", 1, 0, 20),
      height: number("audio_bar_height", 1, 0.1, 10),
      radius: number("audio_bar_radius", 2, 0, 20),
    },
    maxZoom: number("audio_max_zoom", 5000, 10, 100_000),
    playKeys: keysOf(config["playpause_key"]) ?? ["alt+enter"],
  };
}
