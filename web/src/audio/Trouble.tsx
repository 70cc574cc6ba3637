import { nameOf } from "../parts/Body";
import { Icon } from "../frame/icons";
import { type Task, textOf } from "../types";
import type { Deck } from "./deck";
import type { Editing } from "./editing";
import { beyond } from "./spans";
import { formatTime } from "./time";
import { say } from "./words";

interface NotesProps {
  readonly editing: Editing;
  readonly deck: Deck;
  readonly manual: boolean;
  readonly noLabels: boolean;
}

/** What is odd about this recording, in a sentence each. */
export function Notes({ editing, deck: { duration, wave, player }, manual, noLabels }: NotesProps) {
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

interface BrokenProps {
  readonly deck: Deck;
  readonly task: Task;
  readonly url: string;
  readonly isEmpty: boolean;
}

/** In place of the waveform: what cannot be played, and why. */
export function Broken({ deck, task, url, isEmpty }: BrokenProps) {
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
