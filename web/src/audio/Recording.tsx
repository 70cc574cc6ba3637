import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Icon } from "../frame/icons";
import { LabelBar } from "../parts/LabelBar";
import { nameOf } from "../parts/Body";
import { type Label, colorOf, labelsOf } from "../parts/labels";
import { keyLabel } from "../state/keymap";
import { type Task, textOf } from "../types";
import { useKeys } from "../views/keys";
import type { ViewProps } from "../views/view";
import { Minimap } from "./Minimap";
import { RegionList } from "./RegionList";
import { Regions } from "./Regions";
import { Transport, keepFocus } from "./Transport";
import { Wave } from "./Wave";
import { type Deck, useDeck } from "./deck";
import { type Editing, useEditing } from "./editing";
import type { Kind } from "./elements";
import { useFrame } from "./frame";
import { type Dragged, type Grip, dragged, gripAt } from "./grip";
import { PlayerIcon } from "./icons";
import { choosingKeys, markingKeys, playerKeys } from "./keys";
import { audioSettingsOf } from "./settings";
import { type Edge, type Region, beyond, between, withEdge } from "./spans";
import { formatTime } from "./time";
import { say } from "./words";
import "./recording.css";

interface RecordingProps extends ViewProps {
  readonly kind: Kind;
  readonly url: string;
  /** Whether regions are marked, or only looked at. */
  readonly manual: boolean;
}

const EDGE_REACH_PX = 5;

/** A recording to listen to or to look at, with its waveform and the regions in it. */
export function Recording({ task, settings, change, kind, url, manual }: RecordingProps) {
  const config = useMemo(() => audioSettingsOf(settings.config), []);
  const deck = useDeck(kind, url, config);
  const labels = useMemo(() => labelsFor(settings.config, settings.label), [settings.config, settings.label]);
  const editing = useEditing(task, change, labels, deck.duration ?? Infinity);
  const marks = useMarks(deck, editing, labels, manual);
  const frameS = useFrame(deck.player.element);
  const { selected, shownRegions } = marks;
  const empty = deck.duration !== null && deck.duration <= 0;
  // What the browser cannot play may still have a waveform to look at.
  const broken = deck.player.broken.value && deck.wave.status !== "ready";

  useKeys((name, event) => {
    const keys = {
      ...playerKeys(deck, kind === "video" ? frameS : null),
      ...choosingKeys(deck, { regions: editing.regions, selected, select: marks.select, play: marks.play }),
      ...(manual && !empty ? markingKeys({ ...marks, ...editing, selected, pending: marks.pending !== null, remove: marks.remove }) : {}),
    };
    return Object.hasOwn(keys, name) && keys[name]!(event);
  });

  return (
    <div class="pf-recording" data-kind={kind} data-manual={manual}>
      {manual && labels.length > 0 && <LabelBar labels={labels} chosen={selected?.label ?? marks.label} choose={marks.choose} />}
      <div class="pf-recording-body">
        <Notes editing={editing} deck={deck} manual={manual} noLabels={manual && labels.length === 0} />
        {kind === "video" && <Screen deck={deck} />}
        {broken || empty ? (
          <Broken deck={deck} task={task} url={url} isEmpty={empty} />
        ) : (
          <>
            <Wave
              deck={deck}
              gestures={marks.gestures}
              gripAt={(event, at, secondsPerPx) => gripOf(event, manual, editing.regions, selected, at, secondsPerPx)}
            >
              <Regions
                deck={deck}
                regions={shownRegions}
                labels={labels}
                selected={selected?.id ?? marks.draft?.id ?? (marks.draft === null ? null : DRAFT_ID)}
                editable={manual}
                pending={marks.pending}
                pendingColor={colorOf(labels, marks.label ?? "")}
                onNudge={marks.nudge}
              />
            </Wave>
            <Minimap deck={deck} regions={shownRegions} labels={labels} />
          </>
        )}
        {!empty && (
          <Transport deck={deck}>{manual && <MarkButton pending={marks.pending !== null} onClick={marks.pending === null ? marks.markStart : marks.markEnd} />}</Transport>
        )}
        {(manual || editing.regions.length > 0) && (
          <RegionList
            regions={shownRegions}
            labels={labels}
            selected={selected?.id ?? null}
            onSelect={marks.select}
            onPlay={marks.play}
            edit={manual ? { put: marks.put, nudge: marks.nudge, remove: marks.remove } : null}
            hint={matchMedia("(pointer: coarse)").matches ? say().howToMarkTouch : say().howToMark}
          />
        )}
      </div>
      <p class="pf-hidden" role="status">
        {marks.said}
      </p>
    </div>
  );
}

export const DRAFT_ID = " draft";

/** The recipe's labels; where it has none, the one label that the task is about. */
function labelsFor(config: Readonly<Record<string, unknown>>, label: string | null): readonly Label[] {
  const labels = labelsOf(config);
  return labels.length > 0 || label === null ? labels : labelsOf({ ...config, labels: [label] });
}

function gripOf(
  event: PointerEvent,
  manual: boolean,
  regions: readonly Region[],
  selected: Region | null,
  at: number,
  secondsPerPx: number,
): Grip {
  const handle = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-edge]") : null;
  if (handle !== null && selected !== null) return { kind: "edge", id: selected.id, edge: handle.dataset["edge"] as Edge };
  // A finger is not that exact: it has the handles.
  const reach = manual && event.pointerType === "mouse" ? EDGE_REACH_PX * secondsPerPx : 0;
  return gripAt(regions, selected?.id ?? null, at, reach);
}

/** What is selected, being dragged or being marked; and all that is done to regions. */
function useMarks(deck: Deck, editing: Editing, labels: readonly Label[], manual: boolean) {
  const { player } = deck;
  const duration = deck.duration ?? 0;
  const [selectedId, setSelected] = useState<string | null>(null);
  const [label, setLabel] = useState<string | null>(labels[0]?.name ?? null);
  const [draft, setDraft] = useState<Dragged | null>(null);
  const [pending, setPending] = useState<number | null>(null);
  const [said, setSaid] = useState("");
  const selected = editing.regions.find((region) => region.id === selectedId) ?? null;
  const nameOfRegion = (name: string | null) => name ?? say().unlabelled;

  const select = (region: Region | null) => {
    setSelected(region?.id ?? null);
    if (region === null) return;
    deck.reveal(region.start, region.end);
    if (!player.playing.value) player.seek(region.start);
  };
  const add = (one: number, other: number) => {
    const times = between(one, other, duration);
    setSelected(editing.add(times, label));
    setSaid(say().added(nameOfRegion(label), formatTime(times.start), formatTime(times.end)));
  };
  const dragTo = (grip: Grip, from: number, to: number) => dragged(grip, editing.regions, selectedId, from, to, duration);
  const setTimes = (id: string, change: (region: Region) => { start: number; end: number }, flow?: string) => {
    const region = editing.regions.find((one) => one.id === id);
    if (region === undefined) return;
    const times = change(region);
    editing.update(id, { start: times.start, end: times.end }, flow);
    if (player.part.value !== null && id === selectedId) player.changePart(times);
  };
  const shownRegions = useMemo(() => withDraft(editing.regions, draft, label, colorOf(labels, label ?? "")), [editing.regions, draft, label]);

  return {
    selected,
    label,
    draft,
    pending,
    said,
    select,
    shownRegions,
    play(region: Region) {
      setSelected(region.id);
      player.playPart(region);
    },
    choose(name: string) {
      setLabel(name);
      if (selected !== null && selected.label !== name) editing.relabel(selected.id, name);
    },
    remove(region: Region) {
      editing.remove(region.id);
      setSelected(null);
      setSaid(say().removed(nameOfRegion(region.label)));
    },
    markStart() {
      setSelected(null);
      setPending(player.time.value);
      setSaid(say().startMarked(formatTime(player.time.value)));
    },
    markEnd() {
      const at = player.time.value;
      if (pending !== null && Math.abs(at - pending) >= 0.001) add(pending, at);
      if (pending === null && selected !== null) setTimes(selected.id, (region) => withEdge(region, "end", at, duration));
      setPending(null);
    },
    leavePending: () => setPending(null),
    nudge: (id: string, edge: Edge, by: number) =>
      setTimes(id, (region) => withEdge(region, edge, region[edge] + by, duration), `nudge ${edge}`),
    put: (id: string, edge: Edge, at: number) => setTimes(id, (region) => withEdge(region, edge, at, duration)),
    gestures: {
      onDrag(grip: Grip, from: number, to: number) {
        if (!manual) return player.seek(to);
        const now = dragTo(grip, from, to);
        if (now.id !== selectedId) setSelected(now.id);
        setDraft(now);
      },
      onDrop(grip: Grip, from: number, to: number) {
        if (!manual) return;
        const { id, start, end } = dragTo(grip, from, to);
        setDraft(null);
        if (id === null) add(start, end);
        else setTimes(id, () => ({ start, end }));
      },
      onClick(grip: Grip, at: number) {
        if (grip.kind !== "edge") player.seek(at);
        setSelected(grip.kind === "empty" ? null : grip.id);
      },
      onCancel: () => setDraft(null),
    },
  };
}

/** The regions with the one that is being dragged where it is now. */
function withDraft(regions: readonly Region[], draft: Dragged | null, label: string | null, color: string): readonly Region[] {
  if (draft === null) return regions;
  const { id, start, end } = draft;
  if (id === null) return [...regions, { id: DRAFT_ID, start, end, label, color }];
  return regions.map((region) => (region.id === id ? { ...region, start, end } : region));
}

function MarkButton({ pending, onClick }: { readonly pending: boolean; readonly onClick: () => void }) {
  return (
    <button type="button" class="pf-button pf-mark-time" data-pending={pending} onMouseDown={keepFocus} onClick={onClick}>
      <PlayerIcon name={pending ? "markEnd" : "markStart"} />
      <span>{pending ? say().markEnd : say().markStart}</span>
      <kbd class="pf-key" aria-hidden="true">
        {keyLabel(pending ? "o" : "i")}
      </kbd>
    </button>
  );
}

/** The picture of a video; a click plays or pauses. */
function Screen({ deck: { player } }: { readonly deck: Deck }) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    box.current!.replaceChildren(player.element);
  }, []);
  if (player.broken.value) return <div hidden ref={box} />;
  return <div class="pf-screen" ref={box} onClick={player.toggle} onMouseDown={keepFocus} />;
}

interface NotesProps {
  readonly editing: Editing;
  readonly deck: Deck;
  readonly manual: boolean;
  readonly noLabels: boolean;
}

/** What is odd about this recording, in a sentence each. */
function Notes({ editing, deck: { duration, wave, player }, manual, noLabels }: NotesProps) {
  const past = duration === null || duration <= 0 ? 0 : beyond(editing.regions, duration);
  const notes = [
    noLabels ? say().noLabels : null,
    past > 0 ? say().beyond(past, formatTime(duration ?? 0)) : null,
    manual && editing.unreadable > 0 ? say().unreadable(editing.unreadable) : null,
    wave.status === "none" && !player.broken.value ? say().noWave[wave.reason] : null,
    wave.status === "ready" && player.broken.value && duration !== 0 ? `${say().broken}. ${say().brokenText.format}` : null,
  ].filter((note): note is string => note !== null);
  if (notes.length === 0) return null;
  return (
    <div class="pf-recording-notes" role="status">
      {notes.map((note) => (
        <p key={note}>
          <Icon name="alert" size={16} />
          <span>{note}</span>
        </p>
      ))}
    </div>
  );
}

/** In place of the waveform: what cannot be played, and why. */
function Broken({ deck, task, url, isEmpty }: { readonly deck: Deck; readonly task: Task; readonly url: string; readonly isEmpty: boolean }) {
  const missing = deck.wave.status === "none" && deck.wave.reason === "missing";
  return (
    <div class="pf-recording-broken" role="alert">
      <Icon name={isEmpty ? "alert" : "broken"} size={40} />
      <p class="pf-strong">{isEmpty ? say().empty : say().broken}</p>
      <p class="pf-recording-name">{shortName(task, url)}</p>
      {!isEmpty && <p>{missing ? say().brokenText.missing : say().brokenText.format}</p>}
      <p>{say().brokenHint}</p>
      <button type="button" class="pf-button" onClick={deck.retry}>
        {say().loadAgain}
      </button>
    </div>
  );
}

function shortName(task: Task, url: string): string {
  const name = nameOf(task) || textOf(task, "text") || url;
  return name.startsWith("data:") ? `${name.slice(0, 32)} …` : name.slice(-120);
}
