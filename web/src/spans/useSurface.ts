import { type RefObject } from "preact";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { type Label, colorOf } from "../parts/labels";
import { inkOn } from "../text/tints";
import { type Document, blockAt } from "./document";
import { type Geometry, createGeometry } from "./geometry";
import { type Lanes, lanesOf } from "./lanes";
import type { Mark, Span } from "./marks";
import { type Painter, createPainter } from "./painter";
import type { Kind } from "./read";

export interface Drawn {
  readonly root: RefObject<HTMLDivElement | null>;
  readonly drawing: RefObject<{ readonly geometry: Geometry; readonly painter: Painter } | null>;
  /** How many lanes each block has room for. */
  readonly lanes: readonly number[];
}

const NO_LABEL = "#5b5e6b";

/** Keep the marks drawn on a text. */
export function useSurface(document: Document, kind: Kind, labels: readonly Label[], marks: readonly Mark[], selected: Span | null): Drawn {
  const root = useRef<HTMLDivElement>(null);
  const drawing = useRef<{ geometry: Geometry; painter: Painter } | null>(null);
  const latest = useRef(labels);
  latest.current = labels;
  const lanes = useMemo(() => lanesOf(marks, (mark) => reachOf(mark, kind, document)), [marks]);
  const counts = useMemo(() => countsOf(document, marks, lanes, kind), [lanes]);

  useLayoutEffect(() => {
    const geometry = createGeometry(document, root.current!);
    const tintOf = (mark: Mark) => {
      const color = mark.label === null ? NO_LABEL : colorOf(latest.current, mark.label);
      return { color, ink: inkOn(color) };
    };
    const painter = createPainter({ document, geometry, root: root.current!, style: kind.style, canEdit: kind.isManual, tintOf });
    drawing.current = { geometry, painter };
    return () => painter.destroy();
  }, [document]);
  useLayoutEffect(() => drawing.current!.painter.show({ marks, lanes, selected }), [document, marks, lanes, selected]);
  return { root, drawing, lanes: counts };
}

const TAG_LETTER_PX = 6.8;
const TAG_ENDS_PX = 14;

/** How many letters of the text a label is as wide as; labels of lanes must not meet. */
function reachOf(mark: Mark, kind: Kind, document: Document): number {
  if (kind.style !== "lanes" || mark.label === null) return 0;
  const letterPx = { large: 11, medium: 9.2, small: 8 }[sizeOf(document.text)];
  return Math.ceil((mark.label.length * TAG_LETTER_PX + TAG_ENDS_PX) / letterPx);
}

/** The shorter a text the larger it is set. */
export function sizeOf(text: string): "large" | "medium" | "small" {
  return text.length <= 140 ? "large" : text.length <= 500 ? "medium" : "small";
}

/** Where spans may nest, there is room for that before it happens, so that nothing moves when it does. */
function countsOf({ blocks }: Document, marks: readonly Mark[], lanes: Lanes, kind: Kind): readonly number[] {
  const counts: number[] = blocks.map(() => (kind.style === "lanes" && kind.isManual ? 2 : 1));
  for (const mark of marks) {
    const last = blockAt(blocks, mark.to - 1);
    for (let place = blockAt(blocks, mark.from); place <= last; place += 1) {
      counts[place] = Math.max(counts[place]!, (lanes.get(mark) ?? 0) + 1);
    }
  }
  return counts;
}
