import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Ruler } from "./Ruler";
import { useWhileShown } from "./while_shown";
import { type Peaks, covers, isCoarse, pathOf } from "./bars";
import type { Deck } from "./deck";
import { type GestureOptions, watchGestures } from "./gestures";
import type { Grip } from "./grip";
import type { Stretch } from "./stretch";
import { formatTime, roundMs } from "./time";
import { say } from "./words";
import "./wave.css";

interface WaveProps {
  readonly deck: Deck;
  readonly gestures: Omit<GestureOptions, "timeAt" | "gripAt" | "onPinch" | "onEdge" | "onHover">;
  readonly gripAt: (event: PointerEvent, at: number, secondsPerPx: number) => Grip;
  readonly children: ComponentChildren;
}

const CLOSER_AFTER_MS = 120;
/** Below this the recording is called quiet, and is drawn lower instead of enlarging its noise. */
const QUIET_PEAK = 0.02;

/** The waveform, with what is on it; the ruler below. */
export function Wave({ deck, gestures, gripAt, children }: WaveProps) {
  const { player, settings, shown, width } = deck;
  const surface = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(0);
  const hover = useHover(deck, surface, gestures, gripAt);
  useSize(surface, (wide, high) => {
    deck.setWidth(wide);
    setHeight(high);
  });
  return (
    <div class="pf-wave">
      <div class="pf-wave-surface" ref={surface} data-grip={hover?.grip ?? "none"}>
        <Drawing deck={deck} height={height} />
        <SeekSlider deck={deck} />
        {children}
        <Playhead deck={deck} />
        {settings.cursor && hover !== null && (
          <div
            class="pf-wave-cursor"
            style={{ transform: `translateX(${hover.x}px)` }}
            data-flip={hover.x > width - 90}
            aria-hidden="true"
          >
            {settings.cursorTime && <span>{formatTime(hover.at)}</span>}
          </div>
        )}
        {deck.wave.status === "coming" && player.broken.value === false && (
          <p class="pf-wave-wait" role="status">
            {say().drawing}
          </p>
        )}
      </div>
      {settings.timeline && <Ruler shown={shown} width={width} />}
    </div>
  );
}

/** The bars twice: as they are, and over them in colour what was played. */
function Drawing({ deck, height }: { readonly deck: Deck; readonly height: number }) {
  const { player, settings, shown, width } = deck;
  const peaks = usePeaks(deck);
  const path = useMemo(() => {
    if (peaks === null || width === 0 || deck.wave.status !== "ready") return "";
    const gain = 0.92 * Math.min(1, deck.wave.wave.peak / QUIET_PEAK);
    return pathOf(peaks, { shown, width, height, bars: settings.bars, gain });
  }, [peaks, shown.start, shown.seconds, width, height]);
  const played = useRef<SVGSVGElement>(null);
  useWhileShown(played, [shown.start, shown.seconds], (element) => {
    const share = shown.seconds > 0 ? (player.time.value - shown.start) / shown.seconds : 0;
    element.style.clipPath = `inset(0 ${(100 * (1 - Math.min(Math.max(share, 0), 1))).toFixed(3)}% 0 0)`;
  });
  const line = { d: path, "stroke-width": settings.bars.width, "stroke-linecap": settings.bars.radius > 0 ? "round" : "butt" } as const;
  return (
    <>
      <svg class="pf-wave-bars" width={width} height={height} aria-hidden="true">
        <path {...line} />
      </svg>
      <svg class="pf-wave-bars pf-wave-played" ref={played} width={width} height={height} aria-hidden="true">
        <path {...line} />
      </svg>
    </>
  );
}

/** The finest peaks there are for what is shown; closer ones are asked for when the overview is too coarse. */
function usePeaks({ wave, shown, width, duration, settings }: Deck): Peaks | null {
  const [close, setClose] = useState<Peaks | null>(null);
  const found = wave.status === "ready" ? wave.wave : null;
  const usable = close !== null && covers(close, within(shown, found?.duration)) && !isCoarse(close, shown, width, settings.bars);
  const tooCoarse = found !== null && width > 0 && !usable && isCoarse(found.overview, shown, width, settings.bars);
  useEffect(() => {
    if (!tooCoarse || found?.closer == null || duration === null) return;
    let wanted = true;
    const timer = setTimeout(() => {
      const [start, end] = [Math.max(0, shown.start - shown.seconds), Math.min(found.duration, shown.start + 2 * shown.seconds)];
      const columns = Math.min(20_000, Math.ceil((2 * width * (end - start)) / shown.seconds));
      void found.closer?.(start, end, columns).then((peaks) => wanted && peaks !== null && setClose(peaks), () => undefined);
    }, CLOSER_AFTER_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [tooCoarse, shown.start, shown.seconds, width]);
  if (found === null) return null;
  return close !== null && covers(close, within(shown, found.duration)) ? close : found.overview;
}

function within(shown: Stretch, duration = Infinity): Stretch {
  return { start: shown.start, seconds: Math.min(shown.seconds, duration - shown.start) };
}

/** For who cannot see the playhead: a slider over all of the recording. Its keys are those of the page. */
function SeekSlider({ deck: { player, duration } }: { readonly deck: Deck }) {
  const slider = useRef<HTMLDivElement>(null);
  useWhileShown(slider, [duration], (element) => {
    const at = player.playing.value ? Math.floor(player.time.value) : roundMs(player.time.value);
    if (element.getAttribute("aria-valuetext") !== null && Number(element.getAttribute("aria-valuenow")) === at) return;
    element.setAttribute("aria-valuenow", String(at));
    element.setAttribute("aria-valuetext", say().positionOf(formatTime(at), formatTime(duration ?? 0)));
  });
  return (
    <div
      ref={slider}
      class="pf-wave-seek"
      role="slider"
      tabIndex={0}
      aria-label={say().position}
      aria-valuemin={0}
      aria-valuemax={roundMs(duration ?? 0)}
    />
  );
}

function Playhead({ deck: { player, shown, width } }: { readonly deck: Deck }) {
  const line = useRef<HTMLDivElement>(null);
  useWhileShown(line, [shown.start, shown.seconds, width], (element) => {
    const share = shown.seconds > 0 ? (player.time.value - shown.start) / shown.seconds : 0;
    element.style.transform = `translateX(${(share * width).toFixed(2)}px)`;
    element.hidden = share < 0 || share > 1;
  });
  return <div class="pf-playhead" ref={line} aria-hidden="true" />;
}

interface Hover {
  readonly x: number;
  readonly at: number;
  readonly grip: Grip["kind"];
}

function useHover(
  deck: Deck,
  surface: { readonly current: HTMLDivElement | null },
  gestures: WaveProps["gestures"],
  gripAt: WaveProps["gripAt"],
): Hover | null {
  const [hover, setHover] = useState<Hover | null>(null);
  const latest = useRef<GestureOptions>(null as unknown as GestureOptions);
  const perPx = deck.width > 0 ? deck.shown.seconds / deck.width : 0;
  const leftOf = () => surface.current!.getBoundingClientRect().left;
  // The stretch may move between two pictures of the page: what it is now counts.
  const timeAt = (clientX: number) => {
    const x = Math.min(Math.max(clientX - leftOf(), 0), deck.width);
    return deck.shown.start + x * perPx;
  };
  latest.current = {
    ...gestures,
    timeAt,
    gripAt: (event) => gripAt(event, timeAt(event.clientX), perPx),
    onPinch(fromX, toX, factor) {
      const at = timeAt(fromX);
      deck.zoom(factor, at);
      deck.pan(((fromX - toX) * perPx) / factor);
    },
    onEdge: (side) => deck.pan(side * deck.shown.seconds * 0.04),
    onHover: (clientX, grip) =>
      setHover(clientX === null || grip === null ? null : { x: clientX - leftOf(), at: timeAt(clientX), grip: grip.kind }),
  };
  useEffect(() => watchGestures(surface.current!, () => latest.current), []);
  useWheel(surface, deck, timeAt, perPx);
  return hover;
}

/** The wheel zooms at the pointer; sideways, or with Shift, it moves along. */
function useWheel(
  surface: { readonly current: HTMLDivElement | null },
  deck: Deck,
  timeAt: (clientX: number) => number,
  perPx: number,
): void {
  const latest = useRef<(event: WheelEvent) => void>(() => undefined);
  latest.current = (event) => {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return deck.pan(sideways * lines * perPx);
    deck.zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.002)), timeAt(event.clientX));
  };
  useEffect(() => {
    const onWheel = (event: WheelEvent) => latest.current(event);
    const element = surface.current!;
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, []);
}

function useSize(box: { readonly current: HTMLElement | null }, put: (width: number, height: number) => void): void {
  const latest = useRef(put);
  latest.current = put;
  useLayoutEffect(() => {
    const element = box.current!;
    const measure = () => latest.current(element.clientWidth, element.clientHeight);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
}
