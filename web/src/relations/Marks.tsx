/** What lies behind the words: the boxes of spans, what is picked, where the cursor is. */

import { type Geometry, type Part, partsOf } from "./geometry";
import { pure } from "./pure";
import type { Measures, Rows } from "./sizes";
import { type Node, type Span, nodeKey } from "./task";

export interface Mark {
  readonly kind: "pending" | "hover" | "range" | "end" | "selected" | "cursor";
  readonly node: Node;
  readonly color: string | null;
}

interface MarksProps {
  readonly marks: readonly Mark[];
  readonly geometry: Geometry;
  readonly rows: Rows;
  readonly measures: Measures;
}

export function Marks({ marks, geometry, rows, measures }: MarksProps) {
  return (
    <div aria-hidden="true">
      {marks.flatMap(({ kind, node, color }) =>
        partsOf(geometry, node).map((part) => (
          <div
            key={`${kind} ${nodeKey(node)} ${part.row}`}
            class={`pf-rel-mark pf-rel-${kind}`}
            style={{ ...boxOf(part, rows, measures), ...(color !== null && { "--label": color }) }}
          />
        )),
      )}
    </div>
  );
}

/** By how much a box is wider than its words, on each side; the style sheet moves it by as much. */
const OUT_PX = 2;

function boxOf(part: Part, rows: Rows, measures: Measures) {
  return {
    left: `${part.left}px`,
    top: `${rows.text(part.row)}px`,
    width: `${part.right - part.left + 2 * OUT_PX}px`,
    height: `${measures.text}px`,
  };
}

interface SpansProps {
  readonly spans: readonly Span[];
  readonly geometry: Geometry;
  readonly rows: Rows;
  readonly measures: Measures;
  readonly direction: "ltr" | "rtl";
  readonly colorOf: (span: Span) => string;
}

/** The boxes of spans with their labels under them. */
export const SpanBoxes = pure(({ spans, geometry, rows, measures, direction, colorOf }: SpansProps) => {
  const parts = spans.map((span) => partsOf(geometry, span));
  const labelled = parts.flatMap((own) => own.slice(0, 1));
  return (
    <div aria-hidden="true">
      {spans.map((span, place) => {
        const color = colorOf(span);
        const [first] = parts[place]!;
        return parts[place]!.map((part) => (
          <div
            key={`${span.place} ${part.row}`}
            class="pf-rel-mark pf-rel-span"
            style={{ ...boxOf(part, rows, measures), "--label": color }}
          >
            {part === first && span.label !== "" && (
              <span class="pf-rel-span-label" style={{ maxWidth: `${roomFor(part, labelled, geometry.width, direction)}px` }} title={span.label}>
                {span.label}
              </span>
            )}
          </div>
        ));
      })}
    </div>
  );
});

const GAP_PX = 5;
const LEAST_LABEL_PX = 18;

/** How wide a span's label may be: to the label of the next span in the row, or to the end of the row. */
function roomFor(part: Part, labelled: readonly Part[], width: number, direction: "ltr" | "rtl"): number {
  const inRow = labelled.filter((other) => other.row === part.row && other !== part);
  const room =
    direction === "ltr"
      ? Math.min(width, ...inRow.map((other) => other.left).filter((left) => left > part.left)) - part.left
      : part.right - Math.max(0, ...inRow.map((other) => other.right).filter((right) => right < part.right));
  return Math.max(LEAST_LABEL_PX, Math.max(part.right - part.left, room) - GAP_PX);
}
