/** What the parts of a recording on the page share: the player, the waveform, and which stretch is shown. */

import { effect } from "@preact/signals";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Kind, emptyElement, takeElement } from "./elements";
import { type Player, createPlayer } from "./player";
import { type AudioSettings, RATES } from "./settings";
import { type Stretch, following, inside, isWhole, panned, showing, whole, zoomed } from "./stretch";
import { type NoWave, type Wave, createWaves, decodeWave } from "./waves";

export const waves = createWaves();

export type WaveState =
  | { readonly status: "coming" }
  | { readonly status: "ready"; readonly wave: Wave }
  | { readonly status: "none"; readonly reason: NoWave };

export interface Deck {
  readonly player: Player;
  readonly settings: AudioSettings;
  readonly wave: WaveState;
  /** Seconds; null until the browser or the server knows. */
  readonly duration: number | null;
  readonly shown: Stretch;
  /** Of the waveform on the screen, in pixels. */
  readonly width: number;
  readonly setWidth: (width: number) => void;
  readonly show: (change: (shown: Stretch, duration: number) => Stretch) => void;
  readonly zoom: (factor: number, at?: number) => void;
  readonly pan: (by: number) => void;
  readonly showAll: () => void;
  readonly reveal: (start: number, end: number) => void;
  /** Go to a moment and show it. */
  readonly seek: (at: number) => void;
  readonly retry: () => void;
}

/** The speed that the annotator chose stays for the next recordings. */
let chosenRate: number | null = null;

export function useDeck(kind: Kind, url: string, settings: AudioSettings): Deck {
  const player = usePlayer(kind, url, settings);
  const [tries, setTries] = useState(0);
  const wave = useWave(url, player, tries);
  const duration = player.duration.value ?? (wave.status === "ready" ? wave.wave.duration : null);
  const [wanted, setWanted] = useState<Stretch | null>(null);
  const [width, setWidth] = useState(0);
  const shown = wanted === null ? whole(duration ?? 0) : inside(wanted, duration ?? 0);
  const now = useRef({ shown, duration });
  now.current = { shown, duration };

  const show: Deck["show"] = (change) => {
    const { shown: before, duration: seconds } = now.current;
    if (seconds === null || seconds <= 0) return;
    const after = change(before, seconds);
    now.current.shown = after;
    setWanted(isWhole(after, seconds) ? null : after);
  };
  const shortest = Math.max(width, 1) / settings.maxZoom;
  useFollowing(player, show);
  return {
    player,
    settings,
    wave,
    duration,
    shown,
    width,
    setWidth,
    show,
    zoom: (factor, at) => show((before, seconds) => zoomed(before, factor, at ?? focusOf(before, player), seconds, shortest)),
    pan: (by) => show((before, seconds) => panned(before, by, seconds)),
    showAll: () => setWanted(null),
    reveal: (start, end) => show((before, seconds) => showing(before, start, end, seconds)),
    seek(at) {
      player.seek(at);
      show((before, seconds) => following(before, player.time.value, seconds));
    },
    retry() {
      player.retry();
      setTries(tries + 1);
    },
  };
}

/** Keys zoom around the playhead where it can be seen, else around the middle. */
function focusOf(shown: Stretch, player: Player): number {
  const at = player.time.value;
  return at >= shown.start && at <= shown.start + shown.seconds ? at : shown.start + shown.seconds / 2;
}

function usePlayer(kind: Kind, url: string, settings: AudioSettings): Player {
  const player = useMemo(
    () => createPlayer(takeElement(kind, url), { rate: chosenRate ?? settings.rate, loop: settings.loop }),
    [],
  );
  useEffect(() => {
    if (settings.autoplay) player.play();
    const remember = effect(() => void (player.rate.value !== settings.rate && (chosenRate = player.rate.value)));
    return () => {
      remember();
      player.close();
      emptyElement(player.element);
    };
  }, []);
  return player;
}

/** The server's waveform; else, once it is known how long the recording is, the browser's own. */
function useWave(url: string, player: Player, tries: number): WaveState {
  const [state, setState] = useState<WaveState>({ status: "coming" });
  useEffect(() => {
    let wanted = true;
    let stop: (() => void) | undefined;
    const put = (found: WaveState) => wanted && setState(found);
    const decode = () => {
      stop = effect(() => {
        const seconds = player.duration.value;
        if (player.broken.value) put({ status: "none", reason: "undecodable" });
        else if (seconds !== null) void decodeWave(url, seconds).then(put);
      });
    };
    setState({ status: "coming" });
    void waves.get(url).then((found) => wanted && (found === null ? decode() : put(found)));
    return () => {
      wanted = false;
      stop?.();
    };
  }, [url, tries]);
  return state;
}

/** While the playhead is on the screen it stays there; who looks elsewhere is left alone. */
function useFollowing(player: Player, show: Deck["show"]): void {
  const latest = useRef(show);
  latest.current = show;
  useEffect(() => {
    let before = player.time.value;
    return effect(() => {
      const at = player.time.value;
      const was = before;
      before = at;
      if (!player.playing.value) return;
      latest.current((shown, duration) =>
        was >= shown.start && was <= shown.start + shown.seconds ? following(shown, at, duration) : shown,
      );
    });
  }, [player]);
}

export function nextRate(rate: number, by: 1 | -1): number {
  const others = by > 0 ? RATES.filter((one) => one > rate) : RATES.filter((one) => one < rate).reverse();
  return others[0] ?? rate;
}
