import { useMemo, useState } from "preact/hooks";
import { Passage } from "../../parts/Passage";
import { DIFF_STYLES, type DiffStyle, type Piece, differences, styleOf } from "../../parts/differences";
import { useKeys } from "../keys";
import type { ViewProps } from "../view";
import { textsOf } from "./texts";
import { say } from "./words";
import "./diff.css";

/** Two texts in one: what was removed and what was added, told apart by sign, stroke and colour. */
export function Diff({ task, settings }: ViewProps) {
  const { before, after, about } = textsOf(task) ?? { before: "", after: "", about: null };
  const [wanted, setWanted] = useState<DiffStyle>(styleOf(settings.config["diff_style"]));
  const { pieces, style } = useMemo(() => differences(before, after, wanted), [before, after, wanted]);
  useKeys((name, event) => {
    if (name !== "d" || event.repeat) return false;
    setWanted((now) => DIFF_STYLES[(DIFF_STYLES.indexOf(now) + 1) % DIFF_STYLES.length]!);
    return true;
  });
  const same = pieces.every((piece) => piece.kind === "same");
  return (
    <div class="pf-diff">
      {about !== null && settings.nested !== true && <Passage text={about} />}
      {same && <p class="pf-quiet">{say().same}</p>}
      <p class={`pf-diff-text ${sizeOf(before.length + after.length)}`} dir="auto">
        {pieces.map((piece, place) => (
          <Change key={place} piece={piece} />
        ))}
      </p>
      <p class="pf-diff-foot pf-quiet">
        <Legend pieces={pieces} />
        <label>
          <span class="pf-hidden">{say().style}</span>
          <select class="pf-select" value={wanted} onChange={(event) => setWanted(styleOf(event.currentTarget.value))}>
            {DIFF_STYLES.map((name) => (
              <option key={name} value={name}>
                {say().by[name]}
              </option>
            ))}
          </select>
        </label>
        {style !== wanted && <span>{say().coarser}</span>}
      </p>
    </div>
  );
}

function Change({ piece }: { readonly piece: Piece }) {
  if (piece.kind === "same") return <>{piece.text}</>;
  const Tag = piece.kind === "added" ? "ins" : "del";
  return (
    <Tag class={`pf-change pf-change-${piece.kind}`}>
      <span class="pf-hidden">[{say()[piece.kind]}: </span>
      {piece.text}
      <span class="pf-hidden"> {say().end}]</span>
    </Tag>
  );
}

function Legend({ pieces }: { readonly pieces: readonly Piece[] }) {
  const count = (kind: Piece["kind"]) => pieces.filter((piece) => piece.kind === kind).length;
  return (
    <span class="pf-diff-legend">
      <span class="pf-change pf-change-removed">{say().removed}</span> {count("removed")}
      <span class="pf-change pf-change-added">{say().added}</span> {count("added")}
    </span>
  );
}

function sizeOf(length: number): string {
  return length <= 400 ? "pf-diff-large" : length <= 1600 ? "pf-diff-medium" : "";
}
