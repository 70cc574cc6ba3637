/** Plays a recording, or a part of it; says where it is. */

import { type ReadonlySignal, batch, computed, signal } from "@preact/signals";
import type { Times } from "./spans";

export interface Player {
  readonly element: HTMLMediaElement;
  readonly playing: ReadonlySignal<boolean>;
  /** Seconds; while it plays, anew with each frame of the screen. */
  readonly time: ReadonlySignal<number>;
  /** As the browser knows it; null until then. */
  readonly duration: ReadonlySignal<number | null>;
  /** The browser cannot play it. */
  readonly broken: ReadonlySignal<boolean>;
  readonly rate: ReadonlySignal<number>;
  readonly loop: ReadonlySignal<boolean>;
  /** Where it stops, or goes round. */
  readonly part: ReadonlySignal<Times | null>;
  toggle(): void;
  play(): void;
  pause(): void;
  /** Go to a moment; a part that was being played is left. */
  seek(at: number): void;
  playPart(part: Times): void;
  /** Let the part that is being played follow its region while that is edited. */
  changePart(part: Times): void;
  setRate(rate: number): void;
  setLoop(loop: boolean): void;
  retry(): void;
  close(): void;
}

interface PlayerOptions {
  readonly rate: number;
  readonly loop: boolean;
}

export function createPlayer(element: HTMLMediaElement, options: PlayerOptions): Player {
  const playing = signal(false);
  const time = signal(0);
  const duration = signal<number | null>(null);
  const broken = signal(element.error !== null);
  const rate = signal(options.rate);
  const loop = signal(options.loop);
  const part = signal<Times | null>(null);
  let frame = 0;
  /** Where the browser has been told to go; it gets there later. */
  let going: number | null = null;
  let lookingForEnd = false;

  function look(): void {
    if (lookingForEnd) return;
    const now = going ?? element.currentTime;
    const { value } = part;
    if (value !== null && playing.value && (now >= value.end || element.ended)) return finish(value);
    time.value = now;
  }

  function finish(ended: Times): void {
    if (loop.value) return go(ended.start), void (element.paused && start());
    part.value = null;
    element.pause();
    go(ended.end);
  }

  function tick(): void {
    look();
    if (playing.value) frame = requestAnimationFrame(tick);
  }

  function go(at: number): void {
    going = Math.min(Math.max(0, at), duration.value ?? at);
    element.currentTime = going;
    time.value = going;
  }

  /** The browser may refuse, before anybody has touched the page: then it stays silent and the button is there. */
  function start(): void {
    if (element.ended && part.value === null) go(0);
    element.play().catch(() => undefined);
  }

  function learnDuration(): void {
    const found = element.duration;
    // Recordings of a browser do not say how long they are until they are read to the end.
    if (found === Infinity && !lookingForEnd) {
      lookingForEnd = true;
      element.currentTime = 1e7;
    }
    if (!Number.isFinite(found)) return;
    duration.value = found;
    if (lookingForEnd) go(0);
    lookingForEnd = false;
  }

  const listeners: Readonly<Record<string, () => void>> = {
    play: () => {
      playing.value = true;
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(tick);
    },
    pause: () => {
      playing.value = false;
      look();
    },
    ended: () => {
      if (part.value !== null) finish(part.value);
      else if (loop.value) go(0), start();
    },
    timeupdate: look,
    seeked: () => {
      going = null;
      learnDuration();
      look();
    },
    loadedmetadata: learnDuration,
    durationchange: learnDuration,
    error: () => {
      broken.value = true;
      playing.value = false;
    },
  };
  for (const [name, listener] of Object.entries(listeners)) element.addEventListener(name, listener);
  element.defaultPlaybackRate = element.playbackRate = options.rate;
  if (element.readyState >= 1) learnDuration();

  return {
    element,
    playing,
    time,
    duration: computed(() => duration.value),
    broken,
    rate,
    loop,
    part,
    toggle: () => (playing.value ? element.pause() : start()),
    play: start,
    pause: () => element.pause(),
    seek(at) {
      part.value = null;
      go(at);
    },
    playPart(wanted) {
      part.value = wanted;
      go(wanted.start);
      start();
    },
    changePart(changed) {
      part.value = changed;
    },
    setRate(wanted) {
      rate.value = wanted;
      element.defaultPlaybackRate = element.playbackRate = wanted;
    },
    setLoop: (wanted) => void (loop.value = wanted),
    retry() {
      batch(() => {
        broken.value = false;
        going = null;
      });
      element.load();
    },
    close() {
      cancelAnimationFrame(frame);
      for (const [name, listener] of Object.entries(listeners)) element.removeEventListener(name, listener);
      element.pause();
    },
  };
}
