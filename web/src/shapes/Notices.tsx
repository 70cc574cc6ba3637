import { useState } from "preact/hooks";
import { Icon } from "../frame/icons";
import { keyLabel } from "../state/keymap";
import type { Flaw, Shape, Size } from "./shape";
import type { Mistake } from "./settings";
import { say } from "./words";

interface NoticesProps {
  readonly shapes: readonly Shape[];
  readonly flaws: ReadonlyMap<string, Flaw>;
  readonly mistakes: readonly Mistake[];
  /** The size that the task tells, when the picture has another. */
  readonly told: Size | null;
  readonly size: Size;
}

const MOST_NAMED = 3;

/** What is wrong with the shapes that came, or with the recipe's settings, until it is closed. */
export function Notices({ shapes, flaws, mistakes, told, size }: NoticesProps) {
  const [closed, setClosed] = useState<readonly string[]>([]);
  const sentences = [
    ...(["outside", "unreadable", "partly", "flat"] as const).flatMap((flaw) => flawSentence(flaw, shapes, flaws)),
    ...(told === null ? [] : [say().otherSize(inWords(told), inWords(size))]),
    ...mistakes.map(mistakeSentence),
  ].filter((sentence) => !closed.includes(sentence));
  if (sentences.length === 0) return null;
  return (
    <ul class="pf-draw-notices" role="status">
      {sentences.map((sentence) => (
        <li key={sentence} class="pf-draw-notice">
          <Icon name="alert" size={16} />
          <span>{sentence}</span>
          <button type="button" class="pf-draw-notice-close" aria-label={say().dismiss} onClick={() => setClosed([...closed, sentence])}>
            <Icon name="close" size={14} />
          </button>
        </li>
      ))}
    </ul>
  );
}

function flawSentence(flaw: Flaw, shapes: readonly Shape[], flaws: ReadonlyMap<string, Flaw>): readonly string[] {
  const found = shapes.filter((shape) => flaws.get(shape.id) === flaw);
  if (found.length === 0) return [];
  const names = found.slice(0, MOST_NAMED).map((shape) => nameWithPlace(shape));
  return [say()[flaw](say().and(names, found.length - names.length))];
}

function nameWithPlace({ label, points }: Shape): string {
  const [first] = points;
  return (label ?? say().noName) + (first === undefined ? "" : ` (${first.map((value) => Number(value.toFixed(1))).join(", ")})`);
}

function mistakeSentence(mistake: Mistake): string {
  if (mistake.kind === "keyTwice") return say().keyTwice(keyLabel(mistake.key), mistake.first, mistake.second);
  if (mistake.kind === "noName") return say().nameless(mistake.count);
  return say().unknownModes(mistake.names.join(", "));
}

function inWords({ width, height }: Size): string {
  return say().size(width, height);
}
