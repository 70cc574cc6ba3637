/** The stretch of a recording that is on the screen. */

export interface Stretch {
  readonly start: number;
  readonly seconds: number;
}

export function whole(duration: number): Stretch {
  return { start: 0, seconds: duration };
}

/** As near as can be to what is wanted, inside the recording. */
export function inside(wanted: Stretch, duration: number): Stretch {
  const seconds = Math.min(wanted.seconds, duration);
  return { start: Math.min(Math.max(0, wanted.start), duration - seconds), seconds };
}

/** Zoom in by a factor above 1, out by one below; the moment `at` stays where it is on the screen. */
export function zoomed(shown: Stretch, factor: number, at: number, duration: number, shortest: number): Stretch {
  const seconds = Math.min(Math.max(shown.seconds / factor, Math.min(shortest, duration)), duration);
  const share = shown.seconds > 0 ? (at - shown.start) / shown.seconds : 0;
  return inside({ start: at - share * seconds, seconds }, duration);
}

export function panned(shown: Stretch, by: number, duration: number): Stretch {
  return inside({ start: shown.start + by, seconds: shown.seconds }, duration);
}

/** Move on when the playhead has left the stretch. */
export function following(shown: Stretch, at: number, duration: number): Stretch {
  if (at >= shown.start && at <= shown.start + shown.seconds) return shown;
  return inside({ start: at - shown.seconds * 0.08, seconds: shown.seconds }, duration);
}

/** Show a region, with some room around it where it would not fit. */
export function showing(shown: Stretch, start: number, end: number, duration: number): Stretch {
  if (start >= shown.start && end <= shown.start + shown.seconds) return shown;
  const seconds = Math.max(shown.seconds, (end - start) * 1.3);
  return inside({ start: (start + end - seconds) / 2, seconds }, duration);
}

export function isWhole(shown: Stretch, duration: number): boolean {
  return shown.seconds >= duration * 0.9999;
}
