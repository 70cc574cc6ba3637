/** What is selected, being dragged or being marked, and all that is done to regions. */

import { useMemo, useState } from "preact/hooks";
import { type Label, colorOf } from "../parts/labels";
import type { Deck } from "./deck";
import type { Editing } from "./editing";
import { type Dragged, type Grip, dragged, gripAt } from "./grip";
import { type Edge, type Region, type Times, between, withEdge } from "./spans";
import { formatTime } from "./time";
import { say } from "./words";

const DRAFT_ID = " draft";
const EDGE_REACH_PX = 5;

/** What a function below needs: what there is, and what it may set. */
interface Desk {
  readonly deck: Deck;
  readonly editing: Editing;
  readonly manual: boolean;
  readonly duration: number;
  readonly label: string | null;
  readonly selected: Region | null;
  readonly pending: number | null;
  readonly setLabel: (label: string) => void;
  readonly setSelected: (id: string | null) => void;
  readonly setDraft: (draft: Dragged | null) => void;
  readonly setPending: (at: number | null) => void;
  /** For who does not see it. */
  readonly tell: (sentence: string) => void;
}

export function useMarks(deck: Deck, editing: Editing, labels: readonly Label[], manual: boolean) {
  const [selectedId, setSelected] = useState<string | null>(null);
  const [label, setLabel] = useState<string | null>(labels[0]?.name ?? null);
  const [draft, setDraft] = useState<Dragged | null>(null);
  const [pending, setPending] = useState<number | null>(null);
  const [told, tell] = useState("");
  const selected = editing.regions.find((region) => region.id === selectedId) ?? null;
  const duration = deck.duration ?? 0;
  const desk = { deck, editing, manual, duration, label, selected, pending, setLabel, setSelected, setDraft, setPending, tell };
  const shownRegions = useMemo(
    () => withDraft(editing.regions, draft, label, colorOf(labels, label ?? "")),
    [editing.regions, draft, label],
  );
  /** The one that is drawn as selected: what is being drawn counts. */
  const highlighted = selected?.id ?? (draft === null ? null : (draft.id ?? DRAFT_ID));
  return { selected, label, pending, told, shownRegions, highlighted, ...choosing(desk), ...marking(desk), gestures: dragging(desk) };
}

function choosing({ deck, editing, selected, setSelected, setLabel, tell }: Desk) {
  const { player } = deck;
  return {
    select(region: Region | null) {
      setSelected(region?.id ?? null);
      if (region === null) return;
      deck.reveal(region.start, region.end);
      if (!player.playing.value) player.seek(region.start);
    },
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
      tell(say().removed(region.label ?? say().unlabelled));
    },
  };
}

function marking(desk: Desk) {
  const { deck, duration, selected, pending, setSelected, setPending, tell } = desk;
  const { player } = deck;
  return {
    markStart() {
      if (duration <= 0) return;
      setSelected(null);
      setPending(player.time.value);
      tell(say().startMarked(formatTime(player.time.value)));
    },
    /** Ends the region that was begun, else the selected one. */
    markEnd() {
      const at = player.time.value;
      if (pending !== null && Math.abs(at - pending) >= 0.001) add(desk, pending, at);
      if (pending === null && selected !== null) retime(desk, selected.id, (region) => withEdge(region, "end", at, duration));
      setPending(null);
    },
    leavePending: () => setPending(null),
    nudge: (id: string, edge: Edge, by: number) =>
      retime(desk, id, (region) => withEdge(region, edge, region[edge] + by, duration), `nudge ${edge}`),
    put: (id: string, edge: Edge, at: number) => retime(desk, id, (region) => withEdge(region, edge, at, duration)),
  };
}

function dragging(desk: Desk) {
  const { deck, editing, manual, duration, selected, setSelected, setDraft } = desk;
  const to = (grip: Grip, from: number, at: number) =>
    dragged(grip, editing.regions, selected?.id ?? null, from, at, duration);
  return {
    onDrag(grip: Grip, from: number, at: number) {
      if (!manual) return deck.player.seek(at);
      const now = to(grip, from, at);
      if (now.id !== (selected?.id ?? null)) setSelected(now.id);
      setDraft(now);
    },
    onDrop(grip: Grip, from: number, at: number) {
      if (!manual) return;
      const { id, start, end } = to(grip, from, at);
      setDraft(null);
      if (id === null) add(desk, start, end);
      else retime(desk, id, () => ({ start, end }));
    },
    onClick(grip: Grip, at: number) {
      if (grip.kind !== "edge") deck.player.seek(at);
      setSelected(grip.kind === "empty" ? null : grip.id);
    },
    onCancel: () => setDraft(null),
  };
}

function add({ editing, duration, label, setSelected, tell }: Desk, one: number, other: number): void {
  if (duration <= 0) return;
  const times = between(one, other, duration);
  setSelected(editing.add(times, label));
  tell(say().added(label ?? say().unlabelled, formatTime(times.start), formatTime(times.end)));
}

/** A region that is being played goes on in its new times. */
function retime({ deck: { player }, editing, selected }: Desk, id: string, change: (region: Region) => Times, flow?: string): void {
  const follows = player.part.value !== null && id === selected?.id;
  const changed = (region: Region) => {
    const times = change(region);
    if (follows) player.changePart(times);
    return times;
  };
  editing.retime(id, changed, flow);
}

/** The regions with the one that is being dragged where it is now. */
function withDraft(regions: readonly Region[], draft: Dragged | null, label: string | null, color: string): readonly Region[] {
  if (draft === null) return regions;
  const { id, start, end } = draft;
  if (id === null) return [...regions, { id: DRAFT_ID, start, end, label, color }];
  return regions.map((region) => (region.id === id ? { ...region, start, end } : region));
}

/** What a pointer is over: a handle of the selected region, or what is at that moment. */
export function gripOf(
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
