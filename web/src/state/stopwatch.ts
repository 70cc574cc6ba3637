/** Seconds that a task was really on the screen: hidden tabs do not count. */
export interface Stopwatch {
  start(): void;
  pause(): void;
  resume(): void;
  seconds(): number;
}

export function createStopwatch(nowMs: () => number = () => performance.now()): Stopwatch {
  let gatheredMs = 0;
  let since: number | null = nowMs();
  return {
    start() {
      gatheredMs = 0;
      since = nowMs();
    },
    pause() {
      if (since !== null) gatheredMs += nowMs() - since;
      since = null;
    },
    resume() {
      since ??= nowMs();
    },
    seconds: () => Math.round(gatheredMs + (since === null ? 0 : nowMs() - since)) / 1000,
  };
}
