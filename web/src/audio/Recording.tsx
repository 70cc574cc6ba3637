import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { LabelBar } from "../parts/LabelBar";
import { type Label, colorOf, labelsOf } from "../parts/labels";
import { spanWithId, useSelectedSpan } from "../recipe/events";
import { keyLabel, keyName } from "../state/keymap";
import { useKeys } from "../views/keys";
import type { ViewProps } from "../views/view";
import { Minimap } from "./Minimap";
import { RegionList } from "./RegionList";
import { Regions } from "./Regions";
import { Transport, keepFocus } from "./Transport";
import { Broken, Notes } from "./Trouble";
import { Wave } from "./Wave";
import { type Deck, useDeck } from "./deck";
import { type Editing, useEditing } from "./editing";
import type { Kind } from "./elements";
import { useFrame } from "./frame";
import { PlayerIcon } from "./icons";
import { choosingKeys, markingKeys, playerKeys } from "./keys";
import { gripOf, useMarks } from "./marks";
import { audioSettingsOf } from "./settings";
import { say } from "./words";
import "./recording.css";

interface RecordingProps extends ViewProps {
  readonly kind: Kind;
  readonly url: string;
  /** Whether regions are marked, or only looked at. */
  readonly manual: boolean;
}

type Marks = ReturnType<typeof useMarks>;

/** A recording to listen to or to look at, with its waveform and the regions in it. */
export function Recording({ task, settings, change, kind, url, manual }: RecordingProps) {
  const config = useMemo(() => audioSettingsOf(settings.config), []);
  const deck = useDeck(kind, url, config);
  const labels = useMemo(() => labelsFor(settings.config, settings.label), [settings.config, settings.label]);
  const editing = useEditing(task, change, labels, deck.duration ?? Infinity);
  const marks = useMarks(deck, editing, labels, manual);
  useSelectedSpan(spanWithId(task["audio_spans"], marks.selected?.id ?? null));
  const empty = deck.duration !== null && deck.duration <= 0;
  // What the browser cannot play may still have a waveform to look at.
  const broken = deck.player.broken.value && deck.wave.status !== "ready";
  useRecordingKeys(deck, editing, marks, manual, kind);
  usePlayKeys(deck);
  return (
    <div class="pf-recording" data-kind={kind} data-manual={manual}>
      {manual && labels.length > 0 && (
        <LabelBar labels={labels} chosen={marks.selected?.label ?? marks.label} choose={marks.choose} />
      )}
      <div class="pf-recording-body">
        <Notes editing={editing} deck={deck} manual={manual} noLabels={manual && labels.length === 0} />
        {kind === "video" && <Screen deck={deck} />}
        {broken || empty ? (
          <Broken deck={deck} task={task} url={url} isEmpty={empty} />
        ) : (
          <Stage deck={deck} editing={editing} marks={marks} labels={labels} manual={manual} />
        )}
        {!empty && <Transport deck={deck}>{manual && <MarkButton marks={marks} />}</Transport>}
        {(manual || editing.regions.length > 0) && <List marks={marks} labels={labels} manual={manual} />}
      </div>
      <p class="pf-hidden" role="status">
        {marks.told}
      </p>
    </div>
  );
}

/** The recipe's labels; where it has none, the one label that the task is about. */
function labelsFor(config: Readonly<Record<string, unknown>>, label: string | null): readonly Label[] {
  const labels = labelsOf(config);
  return labels.length > 0 || label === null ? labels : labelsOf({ ...config, labels: [label] });
}

function useRecordingKeys(deck: Deck, editing: Editing, marks: Marks, manual: boolean, kind: Kind): void {
  const frameS = useFrame(deck.player.element);
  useKeys((name, event) => {
    const keys = {
      ...playerKeys(deck, kind === "video" ? frameS : null),
      ...choosingKeys(deck, { ...marks, regions: editing.regions }),
      ...(manual && markingKeys({ ...editing, ...marks, pending: marks.pending !== null })),
    };
    return Object.hasOwn(keys, name) && keys[name]!(event);
  });
}

/** Play and pause also from within a text field, before the field gets the key: for those who write what they hear. */
function usePlayKeys({ player, settings }: Deck): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.isComposing || !settings.playKeys.includes(keyName(event))) return;
      event.preventDefault();
      event.stopPropagation();
      if (!event.repeat) player.toggle();
    };
    document.addEventListener("keydown", onKeyDown, true);
    return () => document.removeEventListener("keydown", onKeyDown, true);
  }, [player]);
}

interface StageProps {
  readonly deck: Deck;
  readonly editing: Editing;
  readonly marks: Marks;
  readonly labels: readonly Label[];
  readonly manual: boolean;
}

/** The waveform with the regions on it, and all of it in small. */
function Stage({ deck, editing, marks, labels, manual }: StageProps) {
  return (
    <>
      <Wave
        deck={deck}
        gestures={marks.gestures}
        gripAt={(event, at, perPx) => gripOf(event, manual, editing.regions, marks.selected, at, perPx)}
      >
        <Regions
          deck={deck}
          regions={marks.shownRegions}
          labels={labels}
          selected={marks.highlighted}
          editable={manual}
          pending={marks.pending}
          pendingColor={colorOf(labels, marks.label ?? "")}
          onNudge={marks.nudge}
        />
      </Wave>
      <Minimap deck={deck} regions={marks.shownRegions} labels={labels} />
    </>
  );
}

function List({ marks, labels, manual }: { readonly marks: Marks; readonly labels: readonly Label[]; readonly manual: boolean }) {
  return (
    <RegionList
      regions={marks.shownRegions}
      labels={labels}
      selected={marks.selected?.id ?? null}
      onSelect={marks.select}
      onPlay={marks.play}
      edit={manual ? marks : null}
      hint={matchMedia("(pointer: coarse)").matches ? say().howToMarkTouch : say().howToMark}
    />
  );
}

function MarkButton({ marks }: { readonly marks: Marks }) {
  const pending = marks.pending !== null;
  return (
    <button
      type="button"
      class="pf-button pf-mark-time"
      data-pending={pending}
      onMouseDown={keepFocus}
      onClick={pending ? marks.markEnd : marks.markStart}
    >
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
