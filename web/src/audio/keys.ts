/** What keys do at a recording. */

import { isRecord } from "../types";
import type { Config, KeyRow } from "../views/view";
import { labelsOf } from "../parts/labels";
import { type Deck, nextRate } from "./deck";
import { JUMP_S, ZOOM } from "./Transport";
import { audioSettingsOf } from "./settings";
import type { Edge, Region } from "./spans";
import { say } from "./words";

/** A moment, for what has no frames. */
const STEP_S = 0.01;
const LARGE_STEP_S = 0.1;

export type Press = (event: KeyboardEvent) => boolean;

/** Keys that play, jump and zoom. The time step of "," and "." is a frame of a video. */
export function playerKeys(deck: Deck, frameS: number | null): Readonly<Record<string, Press>> {
  const { player } = deck;
  const once = (act: () => void): Press => (event) => (event.repeat || act(), true);
  const go = (by: (event: KeyboardEvent) => number): Press => (event) => (deck.seek(player.time.value + by(event)), true);
  const step = (side: number) => go(() => (player.pause(), side * (frameS ?? STEP_S)));
  const zoom = (factor: number): Press => () => (deck.zoom(factor), true);
  return {
    enter: once(player.toggle),
    arrowleft: go((event) => -(event.shiftKey ? 5 : JUMP_S)),
    arrowright: go((event) => (event.shiftKey ? 5 : JUMP_S)),
    home: once(() => deck.seek(0)),
    end: once(() => deck.seek(deck.duration ?? 0)),
    ",": step(-1),
    ".": step(1),
    l: once(() => player.setLoop(!player.loop.value)),
    s: once(() => player.setRate(nextRate(player.rate.value, -1))),
    d: once(() => player.setRate(nextRate(player.rate.value, 1))),
    "+": zoom(ZOOM),
    "=": zoom(ZOOM),
    "-": zoom(1 / ZOOM),
  };
}

export interface Choosing {
  readonly regions: readonly Region[];
  readonly selected: Region | null;
  readonly select: (region: Region | null) => void;
  readonly play: (region: Region) => void;
}

/** Keys that select a region, show and play it. */
export function choosingKeys(deck: Deck, { regions, selected, select, play }: Choosing): Readonly<Record<string, Press>> {
  const choose = (by: 1 | -1): Press => () => {
    if (regions.length === 0) return false;
    const place = regions.findIndex((region) => region.id === selected?.id);
    const next = place < 0 ? (by > 0 ? 0 : regions.length - 1) : Math.min(Math.max(place + by, 0), regions.length - 1);
    select(regions[next]!);
    return true;
  };
  return {
    arrowup: choose(-1),
    arrowdown: choose(1),
    p: () => selected !== null && (play(selected), true),
    escape: () => selected !== null && (select(null), true),
    z: () => {
      if (selected === null) deck.showAll();
      else deck.show((_, duration) => closeUp(selected, duration));
      return true;
    },
  };
}

function closeUp({ start, end }: Region, duration: number) {
  const seconds = Math.min(duration, Math.max((end - start) * 1.25, 0.05));
  const first = Math.min(Math.max(0, (start + end - seconds) / 2), duration - seconds);
  return { start: first, seconds };
}

export interface Marking {
  readonly selected: Region | null;
  readonly pending: boolean;
  readonly markStart: () => void;
  readonly markEnd: () => void;
  readonly leavePending: () => void;
  readonly nudge: (id: string, edge: Edge, by: number) => void;
  readonly remove: (region: Region) => void;
  readonly back: () => boolean;
  readonly forth: () => boolean;
}

/** Keys that mark regions and change the selected one. */
export function markingKeys(marking: Marking): Readonly<Record<string, Press>> {
  const { selected } = marking;
  const remove: Press = (event) => {
    if (selected !== null && !event.repeat) marking.remove(selected);
    return selected !== null;
  };
  const nudge = (edge: Edge, side: number): Press => (event) => {
    if (selected !== null) marking.nudge(selected.id, edge, side * (event.shiftKey ? LARGE_STEP_S : STEP_S));
    return selected !== null;
  };
  return {
    i: (event) => (event.repeat || marking.markStart(), true),
    o: (event) => (event.repeat || marking.markEnd(), true),
    q: nudge("start", -1),
    w: nudge("start", 1),
    e: nudge("end", -1),
    r: nudge("end", 1),
    delete: remove,
    backspace: remove,
    ...(marking.pending && { escape: () => (marking.leavePending(), true) }),
    "ctrl+z": (event) => (event.shiftKey ? marking.forth() : marking.back()),
    "ctrl+y": marking.forth,
  };
}

/** The rows of the help. */
export function keyRows(manual: boolean, isVideo: boolean, hasRegions: boolean, config: Config): readonly KeyRow[] {
  const rows = say().keyRows;
  const labels = isRecord(config) && manual ? labelsOf(config).flatMap(({ key }) => (key === null ? [] : [key])) : [];
  const some = labels.length > 3 ? [labels[0]!, "…", labels.at(-1)!] : labels;
  return [
    [rows.play, ["enter", ...audioSettingsOf(config).playKeys]],
    [rows.jump, ["arrowleft", "arrowright"]],
    [isVideo ? rows.frames : rows.moments, [",", "."]],
    [rows.ends, ["home", "end"]],
    [rows.loop, ["l"]],
    [rows.speed, ["s", "d"]],
    [rows.zoom, ["-", "+"]],
    [rows.whole, ["z"]],
    ...(hasRegions
      ? ([
          [rows.choose, ["arrowup", "arrowdown"]],
          [rows.playRegion, ["p"]],
        ] as const)
      : []),
    ...(manual
      ? ([
          ...(some.length > 0 ? [[rows.label, some] as const] : []),
          [rows.mark, ["i", "o"]],
          [rows.nudgeStart, ["q", "w"]],
          [rows.nudgeEnd, ["e", "r"]],
          [rows.remove, ["delete"]],
          [rows.leave, ["escape"]],
          [rows.steps, ["ctrl+z"]],
        ] as const)
      : []),
  ];
}
