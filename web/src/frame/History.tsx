import { useMemo, useRef, useState } from "preact/hooks";
import { MarkedThumb } from "../parts/MarkedThumb";
import { summaryOf } from "../parts/summary";
import { type Answered, seen } from "../state/desk";
import { ANSWERS, type Answer } from "../types";
import { moment, words } from "../words";
import { useApp } from "./context";
import { Icon } from "./icons";
import "./history.css";

/** With more answers than this there is something to choose from. */
const MANY = 8;

type Wanted = Answer | "flagged" | null;

/** The answers of this session, newest first; a click opens one to change it. */
export function History() {
  const { state } = useApp();
  const { answered, current } = state.value.desk;
  const [wanted, setWanted] = useState<Wanted>(null);
  const opened = current?.former == null ? null : current.task._task_hash;
  const shown = wanted === null ? answered : answered.filter((entry) => isWanted(entry, wanted));
  return (
    <section class="pf-history" aria-label={words.history}>
      <h2 class="pf-heading">{words.history}</h2>
      {(answered.length > MANY || wanted !== null) && <Filter wanted={wanted} choose={setWanted} />}
      {answered.length === 0 && <p class="pf-quiet">{words.historyEmpty}</p>}
      {answered.length > 0 && shown.length === 0 && <p class="pf-quiet">{words.historyNone}</p>}
      <Entries entries={shown} opened={opened} />
    </section>
  );
}

function isWanted(entry: Answered, wanted: Exclude<Wanted, null>): boolean {
  return wanted === "flagged" ? seen(entry)["flagged"] === true : entry.answer === wanted;
}

function Filter({ wanted, choose }: { readonly wanted: Wanted; readonly choose: (wanted: Wanted) => void }) {
  const all: readonly Exclude<Wanted, null>[] = [...ANSWERS, "flagged"];
  return (
    <div class="pf-filter" role="group" aria-label={words.historyFilter}>
      <button type="button" class="pf-filter-choice" aria-pressed={wanted === null} onClick={() => choose(null)}>
        {words.historyAll}
      </button>
      {all.map((name) => (
        <button
          key={name}
          type="button"
          class="pf-filter-choice"
          aria-pressed={wanted === name}
          aria-label={name === "flagged" ? words.flagged : words.answered[name]}
          title={name === "flagged" ? words.flagged : words.answered[name]}
          onClick={() => choose(wanted === name ? null : name)}
        >
          {name === "flagged" ? <Icon name="flag" size={16} /> : <Badge answer={name} />}
        </button>
      ))}
    </div>
  );
}

/** One stop of the Tab key; the arrow keys go from answer to answer. */
function Entries({ entries, opened }: { readonly entries: readonly Answered[]; readonly opened: number | null }) {
  const list = useRef<HTMLOListElement>(null);
  const [stop, setStop] = useState<number | null>(null);
  const hashes = entries.map((entry) => entry.task._task_hash);
  const reachable = stop !== null && hashes.includes(stop) ? stop : hashes[0];

  function onKeyDown(event: KeyboardEvent): void {
    const buttons = [...(list.current?.querySelectorAll<HTMLButtonElement>(".pf-entry") ?? [])];
    const now = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const next = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: buttons.length - 1 }[event.key];
    const target = next === undefined || now < 0 ? undefined : buttons[next];
    if (target === undefined) return;
    event.preventDefault();
    target.focus();
  }

  return (
    <ol class="pf-history-list" ref={list} onKeyDown={onKeyDown}>
      {entries.map((entry) => (
        <Entry
          key={entry.task._task_hash}
          entry={entry}
          isOpen={entry.task._task_hash === opened}
          isStop={entry.task._task_hash === reachable}
          onFocus={setStop}
        />
      ))}
    </ol>
  );
}

interface EntryProps {
  readonly entry: Answered;
  readonly isOpen: boolean;
  readonly isStop: boolean;
  readonly onFocus: (taskHash: number) => void;
}

function Entry({ entry, isOpen, isStop, onFocus }: EntryProps) {
  const { session, drawer } = useApp();
  const hash = entry.task._task_hash;
  // The list may be long and is drawn with every answer: what has not changed stays as it is.
  return useMemo(() => {
    const { title, picture, shapes, media } = summaryOf(entry);
    return (
      <li>
        <button
          type="button"
          class="pf-entry"
          tabIndex={isStop ? 0 : -1}
          aria-current={isOpen}
          aria-label={words.changeAnswer(words.answered[entry.answer], title)}
          title={entry.atMs > 0 ? `${title}\n${moment(entry.atMs)}` : title}
          onMouseDown={(event) => event.preventDefault()}
          onFocus={() => onFocus(hash)}
          onClick={() => {
            drawer.value = false;
            void session.reopen(hash);
          }}
        >
          <Badge answer={entry.answer} />
          {picture !== null ? <MarkedThumb url={picture} alt="" shapes={shapes} /> : media !== null && <Icon name={media} size={18} />}
          <span class="pf-entry-text" dir="auto">
            {title}
          </span>
          {seen(entry)["flagged"] === true && <Icon name="flag" size={14} />}
        </button>
      </li>
    );
  }, [entry, isOpen, isStop]);
}

function Badge({ answer }: { readonly answer: Answer }) {
  return (
    <span class={`pf-badge pf-badge-${answer}`}>
      <Icon name={answer} size={14} />
    </span>
  );
}
