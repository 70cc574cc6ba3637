/** The arcs over the text, and their labels, which are buttons. */

import type { Arc } from "./layout";
import { arcPath, arrowPath } from "./path";
import { pure } from "./pure";
import type { Rows } from "./sizes";

interface ArcsProps {
  readonly arcs: readonly Arc[];
  readonly rows: Rows;
  readonly arrows: boolean;
  readonly colorOf: (arc: Arc) => string;
  /** The keys of the arcs to show before the others. */
  readonly lit: ReadonlySet<string>;
}

/** The longest first, so that short ones pass over them. */
export function ArcLines({ arcs, rows, arrows, colorOf, lit }: ArcsProps) {
  const order = [...arcs].sort((one, other) => height(other) - height(one));
  return (
    <svg class="pf-rel-lines" aria-hidden="true" focusable="false">
      {order.map((arc) => (
        <ArcLine
          key={arc.relation.key}
          name={arc.relation.key}
          line={arcPath(arc, rows, arrows)}
          tip={arrows ? arrowPath(arc, rows) : ""}
          color={colorOf(arc)}
          lit={lit.has(arc.relation.key)}
        />
      ))}
    </svg>
  );
}

function height(arc: Arc): number {
  return Math.max(...arc.pieces.map((piece) => piece.lane)) + (arc.pieces.length - 1) * 100;
}

interface LineProps {
  readonly name: string;
  readonly line: string;
  readonly tip: string;
  readonly color: string;
  readonly lit: boolean;
}

const ArcLine = pure(({ name, line, tip, color, lit }: LineProps) => (
  <g class="pf-rel-arc" data-arc={name} data-lit={lit} style={{ "--label": color }}>
    <path class="pf-rel-halo" d={line} />
    <path class="pf-rel-line" d={line} />
    <path class="pf-rel-grip" d={line} />
    {tip !== "" && <path class="pf-rel-tip" d={tip} />}
  </g>
));

interface LabelsProps {
  readonly arcs: readonly Arc[];
  readonly rows: Rows;
  readonly colorOf: (arc: Arc) => string;
  readonly nameOf: (arc: Arc) => string;
  readonly lit: ReadonlySet<string>;
  readonly selected: string | null;
  readonly tabStop: string | null;
  readonly title: string;
}

export function ArcLabels({ arcs, rows, colorOf, nameOf, lit, selected, tabStop, title }: LabelsProps) {
  if (arcs.length === 0) return null;
  return (
    <div class="pf-rel-labels" role="group" aria-label={title}>
      {inReadingOrder(arcs).map((arc) => (
        <ArcLabel
          key={arc.relation.key}
          name={arc.relation.key}
          text={arc.relation.label}
          spoken={nameOf(arc)}
          left={arc.label.x - arc.label.from}
          from={arc.label.from}
          room={arc.label.to - arc.label.from}
          top={rows.lane(arc.label.row, arc.label.lane)}
          width={arc.label.width}
          color={colorOf(arc)}
          lit={lit.has(arc.relation.key)}
          selected={arc.relation.key === selected}
          tabStop={arc.relation.key === tabStop}
        />
      ))}
    </div>
  );
}

/** By the first token of an arc, the shorter ones first. */
export function inReadingOrder(arcs: readonly Arc[]): readonly Arc[] {
  const first = ({ relation }: Arc) => Math.min(relation.head.first, relation.child.first);
  const last = ({ relation }: Arc) => Math.max(relation.head.first, relation.child.first);
  return [...arcs].sort((one, other) => first(one) - first(other) || last(one) - last(other) || one.relation.place - other.relation.place);
}

interface LabelProps {
  readonly name: string;
  readonly text: string;
  readonly spoken: string;
  /** Where its label begins, from the left of the stretch on which it may be. */
  readonly left: number;
  readonly from: number;
  readonly room: number;
  readonly top: number;
  readonly width: number;
  readonly color: string;
  readonly lit: boolean;
  readonly selected: boolean;
  readonly tabStop: boolean;
}

/** A label keeps in sight on its stretch while the text scrolls to the side. */
const ArcLabel = pure(({ name, text, spoken, left, from, room, top, width, color, lit, selected, tabStop }: LabelProps) => (
  <div class="pf-rel-stretch" data-above={selected} dir="ltr" style={{ left: `${from}px`, top: `${top}px`, width: `${room}px` }}>
    <button
      type="button"
      class="pf-rel-label"
      data-arc={name}
      data-lit={lit}
      aria-label={spoken}
      aria-pressed={selected}
      tabIndex={tabStop ? 0 : -1}
      title={spoken}
      style={{ marginLeft: `${left}px`, width: `${width}px`, "--label": color }}
    >
      <span class="pf-rel-pill" dir="auto">
        {text || "–"}
      </span>
    </button>
  </div>
));
