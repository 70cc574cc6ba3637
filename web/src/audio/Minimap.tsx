import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Label } from "../parts/labels";
import { colorFor } from "./Regions";
import { pathOf } from "./bars";
import type { Deck } from "./deck";
import type { Region } from "./spans";
import { inside, isWhole, whole } from "./stretch";
import { useWhileShown } from "./while_shown";

const BARS = { width: 1, gap: 1, height: 1, radius: 0 };
const HEIGHT_PX = 34;

interface MinimapProps {
  readonly deck: Deck;
  readonly regions: readonly Region[];
  readonly labels: readonly Label[];
}

/** All of the recording in a strip, and what of it is shown; drag to move along. Without the drawing it is a scroll bar. */
export function Minimap({ deck, regions, labels }: MinimapProps) {
  const { wave, width, settings, player } = deck;
  const duration = deck.duration ?? 0;
  const strip = useRef<HTMLDivElement>(null);
  const played = useRef<HTMLDivElement>(null);
  const peaks = wave.status === "ready" ? wave.wave.overview : null;
  const path = useMemo(() => {
    if (peaks === null || !settings.minimap || width === 0) return "";
    return pathOf(peaks, { shown: whole(duration), width, height: HEIGHT_PX, bars: BARS, gain: 0.9 });
  }, [peaks, width, duration]);
  useDragging(strip, deck);
  useWhileShown(played, [duration, width], (element) => {
    element.style.transform = `translateX(${duration > 0 ? (player.time.value / duration) * width : 0}px)`;
  });
  const percent = (seconds: number) => `${duration > 0 ? (100 * seconds) / duration : 0}%`;
  const marks = useMemo(
    () => settings.minimap && regions.map((region) => <Mark key={region.id} region={region} labels={labels} percent={percent} />),
    [regions, labels, duration],
  );
  return (
    <div
      class={settings.minimap ? "pf-minimap" : "pf-minimap pf-minimap-thin"}
      ref={strip}
      data-whole={isWhole(deck.shown, duration)}
      aria-hidden="true"
    >
      {path !== "" && (
        <svg class="pf-wave-bars" width={width} height={HEIGHT_PX}>
          <path d={path} stroke-width={BARS.width} />
        </svg>
      )}
      {marks}
      <div class="pf-minimap-played" ref={played} />
      <div class="pf-minimap-window" style={{ left: percent(deck.shown.start), width: percent(deck.shown.seconds) }} />
    </div>
  );
}

interface MarkProps {
  readonly region: Region;
  readonly labels: readonly Label[];
  readonly percent: (seconds: number) => string;
}

function Mark({ region, labels, percent }: MarkProps) {
  const place = { left: percent(region.start), width: percent(region.end - region.start) };
  return <i style={{ ...place, background: colorFor(region, labels) }} />;
}

function useDragging(strip: { readonly current: HTMLDivElement | null }, deck: Deck): void {
  const latest = useRef(deck);
  latest.current = deck;
  useEffect(() => {
    const element = strip.current!;
    /** Where in the window it was taken. */
    let offset: number | null = null;
    const timeAt = (event: PointerEvent) => {
      const { left, width } = element.getBoundingClientRect();
      return ((event.clientX - left) / width) * (latest.current.duration ?? 0);
    };
    const onDown = (event: PointerEvent) => {
      event.stopPropagation();
      event.preventDefault();
      const { shown, duration } = latest.current;
      if (isWhole(shown, duration ?? 0)) return latest.current.seek(timeAt(event));
      element.setPointerCapture(event.pointerId);
      const at = timeAt(event);
      const taken = at >= shown.start && at <= shown.start + shown.seconds;
      offset = taken ? at - shown.start : shown.seconds / 2;
      onMove(event);
    };
    const onMove = (event: PointerEvent) => {
      const from = offset;
      if (from === null) return;
      latest.current.show((shown, duration) => inside({ start: timeAt(event) - from, seconds: shown.seconds }, duration));
    };
    const onUp = () => {
      offset = null;
    };
    const listeners = { pointerdown: onDown, pointermove: onMove, pointerup: onUp, pointercancel: onUp } as const;
    for (const [name, listener] of Object.entries(listeners)) element.addEventListener(name, listener as EventListener);
    return () => {
      for (const [name, listener] of Object.entries(listeners)) element.removeEventListener(name, listener as EventListener);
    };
  }, []);
}
