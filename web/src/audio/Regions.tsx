import { useMemo, useRef } from "preact/hooks";
import { type Label, colorOf } from "../parts/labels";
import type { Deck } from "./deck";
import { pure } from "./pure";
import { type Edge, type Region, lanesOf } from "./spans";
import type { Stretch } from "./stretch";
import { formatTime } from "./time";
import { useWhileShown } from "./while_shown";
import { say } from "./words";
import "./regions.css";

interface RegionsProps {
  readonly deck: Deck;
  readonly regions: readonly Region[];
  readonly labels: readonly Label[];
  readonly selected: string | null;
  /** Whether the selected one has handles. */
  readonly editable: boolean;
  /** Where the region begins that is being marked by keys. */
  readonly pending: number | null;
  readonly pendingColor: string;
  readonly onNudge: (id: string, edge: Edge, by: number) => void;
}

const MOST_LANES = 5;

/** The regions over the waveform. The list below is the same for who cannot see them. */
export function Regions({ deck, regions, labels, selected, editable, pending, pendingColor, onNudge }: RegionsProps) {
  const { shown } = deck;
  const lanes = useMemo(() => lanesOf(regions), [regions]);
  const visible = regions.filter((region) => region.end >= shown.start && region.start <= shown.start + shown.seconds);
  const chosen = visible.find((region) => region.id === selected);
  return (
    <div class="pf-regions">
      {visible.map((region) => (
        <Box
          key={region.id}
          region={region}
          color={colorFor(region, labels)}
          lane={lanes.get(region.id)! % MOST_LANES}
          selected={region.id === selected}
          start={shown.start}
          seconds={shown.seconds}
          width={deck.width}
        />
      ))}
      {pending !== null && <Pending deck={deck} from={pending} color={pendingColor} />}
      {editable && chosen !== undefined && (
        <Handles deck={deck} region={chosen} color={colorFor(chosen, labels)} onNudge={onNudge} />
      )}
    </div>
  );
}

const ROOM_FOR_NAME_PX = 40;

interface BoxProps extends Stretch {
  readonly region: Region;
  readonly color: string;
  readonly lane: number;
  readonly selected: boolean;
  readonly width: number;
}

const Box = pure<BoxProps>(({ region, color, lane, selected, width, start, seconds }) => (
  <div
    class="pf-region"
    data-selected={selected}
    style={{ ...place(region, { start, seconds }), "--label": color, "--lane": lane }}
    aria-hidden="true"
  >
    <Name region={region} shown={{ start, seconds }} width={width} always={selected} />
  </div>
));

interface NameProps {
  readonly region: Region;
  readonly shown: Stretch;
  readonly width: number;
  readonly always: boolean;
}

/** The name stays in sight when the region begins to the left of it; a short region has none. */
function Name({ region, shown, width, always }: NameProps) {
  const x = (at: number) => ((at - shown.start) / shown.seconds) * width;
  const hidden = Math.min(Math.max(0, -x(region.start)), width * 0.05);
  const room = Math.min(x(region.end), width) - Math.max(0, x(region.start));
  if (room < ROOM_FOR_NAME_PX && !always) return null;
  return (
    <span class="pf-region-name" style={{ left: `${hidden + 4}px`, ...(always ? {} : { maxWidth: `${room - 8}px` }) }}>
      {region.label ?? say().unlabelled}
    </span>
  );
}

export function colorFor(region: Region, labels: readonly Label[]): string {
  const named = labels.find((label) => label.name === region.label);
  return named?.color ?? region.color ?? colorOf(labels, region.label ?? "");
}

/** Far outside nothing is drawn: a region of an hour, zoomed in, would be a million pixels wide. */
function place({ start, end }: { readonly start: number; readonly end: number }, shown: Stretch) {
  const share = (at: number) => Math.min(Math.max((100 * (at - shown.start)) / shown.seconds, -5), 105);
  return { left: `${share(start)}%`, width: `${share(end) - share(start)}%` };
}

interface PendingProps {
  readonly deck: Deck;
  readonly from: number;
  readonly color: string;
}

/** From where the start was marked to where the playhead is. */
function Pending({ deck: { player, shown }, from, color }: PendingProps) {
  const box = useRef<HTMLDivElement>(null);
  useWhileShown(box, [from, shown.start, shown.seconds], (element) => {
    const at = player.time.value;
    Object.assign(element.style, place({ start: Math.min(from, at), end: Math.max(from, at) }, shown));
  });
  return <div class="pf-region pf-region-pending" ref={box} style={{ "--label": color }} aria-hidden="true" />;
}

const STEP_S = 0.01;
const LARGE_STEP_S = 0.1;
const SIDES: Readonly<Record<string, 1 | -1>> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };

interface HandlesProps {
  readonly deck: Deck;
  readonly region: Region;
  readonly color: string;
  readonly onNudge: RegionsProps["onNudge"];
}

/** The two edges of the selected region, to be taken by finger, mouse or keys. */
function Handles({ deck: { shown, width, duration }, region, color, onNudge }: HandlesProps) {
  const widthPx = ((region.end - region.start) / shown.seconds) * width;
  const name = region.label ?? say().unlabelled;
  const onKey = (edge: Edge) => (event: KeyboardEvent) => {
    const side = SIDES[event.key];
    if (side === undefined) return;
    event.preventDefault();
    onNudge(region.id, edge, side * (event.shiftKey ? LARGE_STEP_S : STEP_S));
  };
  return (
    <>
      {(["start", "end"] as const).map((edge) => {
        const share = (region[edge] - shown.start) / shown.seconds;
        if (share < -0.001 || share > 1.001) return null;
        return (
          <div
            key={edge}
            class="pf-edge"
            data-edge={edge}
            data-narrow={widthPx < 60}
            style={{ left: `${100 * share}%`, "--label": color }}
            role="slider"
            tabIndex={0}
            aria-label={edge === "start" ? say().startOf(name) : say().endOf(name)}
            aria-valuemin={0}
            aria-valuemax={duration ?? 0}
            aria-valuenow={region[edge]}
            aria-valuetext={formatTime(region[edge])}
            onKeyDown={onKey(edge)}
          />
        );
      })}
    </>
  );
}
