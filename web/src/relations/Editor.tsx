import type { RefObject } from "preact";
import { useCallback, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { ViewProps } from "../views/view";
import { ArcLabels, ArcLines } from "./Arcs";
import { Labels } from "./Labels";
import { Lost } from "./Lost";
import { type Mark, Marks, SpanBoxes } from "./Marks";
import { Strip } from "./Strip";
import { TextOfTask } from "./TextOfTask";
import { type Geometry, partsOf } from "./geometry";
import type { Arc } from "./layout";
import { paint } from "./options";
import { previewPath } from "./path";
import { useMeasures } from "./sizes";
import { type Node, type Reading, type Span, isSameNode, nodeAt, nodeText } from "./task";
import { useCursor } from "./use_cursor";
import { type Drawing, useDrawing } from "./use_drawing";
import { type Editing, useEditing, useReading } from "./use_editing";
import { type Hover, rangeOf, useGestures } from "./use_gestures";
import { say } from "./words";
import "./relations.css";

/** Relations between words and spans as arcs over the text: to make, change and look at. */
export function Editor(props: ViewProps & { readonly editable: boolean }) {
  const { editable } = props;
  const reading = useReading(props.task);
  const editing = useEditing(props, reading, editable);
  const { options, choices } = editing;
  const [root, scroller, canvas, text] = [useElement(), useElement(), useElement(), useElement()];
  const withSpans = reading.spans.length > 0 || options.spanLabels.length > 0;
  const measures = useMeasures(withSpans);
  const drawing = useDrawing({ scroller, text, reading, measures, wrap: choices.wrap, editable, direction: options.direction });
  const gestures = useGestures(editing, drawing, canvas);
  const cursor = useCursor(editing, drawing, root);
  useSteadyText(scroller, drawing, cursor.cursor);
  const colorOfSpan = useCallback((span: Span) => paint(options.spanLabels, span.label, span.color), [options.spanLabels]);
  const colorOfArc = useCallback((arc: Arc) => paint(options.labels, arc.relation.label, arc.relation.color), [options.labels]);
  const nameOfArc = useCallback((arc: Arc) => nameOf(arc, reading), [reading]);
  const lit = litArcs(editing, gestures.hover, drawing);
  const dims = editing.arc !== null || gestures.hover.arc !== null;
  const { arcs } = drawing.layout;
  const marks = marksOf(editing, gestures.hover, cursor, lit, arcs, colorOfArc);

  return (
    <div class="pf-rel" ref={root} data-editable={editable} data-mode={editing.mode} onPointerDown={keepFromCard}>
      {editable && <Labels editing={editing} />}
      <Strip editing={editing} colorOfArc={editing.arc === null ? "" : paint(options.labels, editing.arc.label, editing.arc.color)} />
      <Lost reading={reading} />
      <div class="pf-rel-scroller" ref={scroller} data-wrap={choices.wrap} dir={options.direction} style={{ "--margin": `${measures.margin}px` }}>
        <div
          class="pf-rel-canvas"
          ref={canvas}
          data-dims={dims}
          data-ready={drawing.geometry.rowCount > 0}
          style={{ marginTop: `${drawing.top}px`, "--text": `${measures.text}px`, "--drop": `${measures.text - measures.ascent + measures.below}px` }}
          {...gestures.handlers}
          onFocusIn={(event) => followFocus(event, editing, cursor.setCursor)}
        >
          <SpanBoxes spans={reading.spans} {...drawing} measures={measures} direction={options.direction} colorOf={colorOfSpan} />
          <Marks marks={marks} {...drawing} measures={measures} />
          <TextOfTask
            element={text}
            tokens={reading.tokens}
            wrap={choices.wrap}
            direction={options.direction}
            editable={editable}
            struts={useStruts(drawing)}
            names={useNames(reading)}
            tabStop={cursor.tabStop}
            picked={editing.pending?.first ?? null}
          />
          <ArcLines arcs={arcs} rows={drawing.rows} arrows={options.arrows} colorOf={colorOfArc} lit={lit} />
          <Preview editing={editing} hover={gestures.hover} cursor={cursor.node} drawing={drawing} />
          <ArcLabels
            arcs={arcs}
            rows={drawing.rows}
            colorOf={colorOfArc}
            nameOf={nameOfArc}
            lit={lit}
            selected={editing.arc?.key ?? null}
            tabStop={tabStopOfArcs(editing, arcs, cursor.node)}
            title={say().relations}
          />
        </div>
      </div>
    </div>
  );
}

/** The card's swipes are not meant here: fingers scroll the text and the labels, or tap on them. */
function keepFromCard(event: PointerEvent): void {
  if (event.pointerType === "touch") event.stopPropagation();
}

function useElement(): RefObject<HTMLDivElement | null> {
  return useRef<HTMLDivElement>(null);
}

/** The arc of a relation that is begun, towards where the pointer or the cursor is. */
function Preview({ editing, hover, cursor, drawing }: {
  readonly editing: Editing;
  readonly hover: Hover;
  readonly cursor: Node | null;
  readonly drawing: Drawing;
}) {
  if (editing.mode !== "relations" || !editing.editable) return null;
  const { spans } = editing.reading;
  const head = hover.from === null ? editing.pending : nodeAt(hover.from, spans);
  const child = hover.token === null ? (hover.from === null ? cursor : null) : nodeAt(hover.token, spans);
  if (head === null || child === null || isSameNode(head, child)) return null;
  const [from, to] = [topOf(head, drawing), topOf(child, drawing)];
  if (from === null || to === null) return null;
  const color = paint(editing.options.labels, editing.choices.label ?? "", undefined);
  return (
    <svg class="pf-rel-lines pf-rel-preview" aria-hidden="true" focusable="false" style={{ "--label": color }}>
      <path class="pf-rel-line" d={previewPath(from, to)} />
    </svg>
  );
}

function topOf(node: Node, { geometry, rows }: { readonly geometry: Geometry; readonly rows: Drawing["rows"] }) {
  const [part] = partsOf(geometry, node);
  return part === undefined ? null : { x: (part.left + part.right) / 2, y: rows.foot(part.row) };
}

function nameOf({ relation }: Arc, { tokens }: Reading): string {
  return say().arc(relation.label, nodeText(relation.head, tokens), nodeText(relation.child, tokens));
}

/** The arcs to show before the others: the one selected or pointed at, or those of the word pointed at. */
function litArcs(editing: Editing, hover: Hover, { layout }: Drawing): ReadonlySet<string> {
  const pointed = hover.arc ?? editing.arc?.key ?? null;
  if (pointed !== null) return new Set(hover.arc !== null && editing.arc !== null ? [hover.arc, editing.arc.key] : [pointed]);
  if (hover.token === null || hover.from !== null || editing.pending !== null) return new Set();
  const node = nodeAt(hover.token, editing.reading.spans);
  const ofNode = layout.arcs.filter(({ relation }) => isSameNode(relation.head, node) || isSameNode(relation.child, node));
  return new Set(ofNode.map((arc) => arc.relation.key));
}

function marksOf(
  editing: Editing,
  hover: Hover,
  cursor: { readonly node: Node | null },
  lit: ReadonlySet<string>,
  arcs: readonly Arc[],
  colorOfArc: (arc: Arc) => string,
): readonly Mark[] {
  const marks: Mark[] = [];
  const { spans } = editing.reading;
  if (editing.arc !== null || hover.arc !== null) {
    for (const arc of arcs.filter((one) => lit.has(one.relation.key))) {
      const color = colorOfArc(arc);
      marks.push({ kind: "end", node: arc.relation.head, color }, { kind: "end", node: arc.relation.child, color });
    }
  }
  const range = rangeOf(editing, hover, cursor.node?.first ?? null);
  const spanColor = paint(editing.options.spanLabels, editing.choices.spanLabel ?? "", undefined);
  const arcColor = paint(editing.options.labels, editing.choices.label ?? "", undefined);
  if (range !== null) marks.push({ kind: "range", node: range, color: spanColor });
  else if (hover.token !== null && editing.editable) {
    marks.push({ kind: "hover", node: nodeAt(hover.token, spans), color: editing.mode === "spans" ? spanColor : arcColor });
  }
  const head = hover.from !== null && editing.mode === "relations" ? nodeAt(hover.from, spans) : editing.pending;
  if (head !== null && editing.mode === "relations") marks.push({ kind: "pending", node: head, color: arcColor });
  if (editing.span !== null) marks.push({ kind: "selected", node: editing.span, color: paint(editing.options.spanLabels, editing.span.label, editing.span.color) });
  if (cursor.node !== null) marks.push({ kind: "cursor", node: cursor.node, color: null });
  return marks;
}

/** The focus on an arc selects it; the focus on a word puts the cursor there. */
function followFocus(event: FocusEvent, editing: Editing, setCursor: (token: number) => void): void {
  const target = event.target as HTMLElement;
  const { arc, token } = target.dataset;
  if (arc !== undefined && arc !== editing.arc?.key) editing.selectArc(arc);
  if (token === undefined) return;
  setCursor(Number(token));
  editing.deselect();
}

/** The tab key goes to the selected arc, or to the first of the word where the cursor is, or to the first of all. */
function tabStopOfArcs(editing: Editing, arcs: readonly Arc[], node: Node | null): string | null {
  if (editing.arc !== null) return editing.arc.key;
  const here = arcs.find(({ relation }) => isSameNode(relation.head, node) || isSameNode(relation.child, node));
  return (here ?? arcs[0])?.relation.key ?? null;
}

/** The height of each row, by the token that begins it. */
function useStruts({ geometry, rows }: Drawing): ReadonlyMap<number, number> {
  return useMemo(() => new Map(geometry.rowStarts.map((token, row) => [token, rows.heights[row] ?? 0])), [geometry, rows]);
}

/** Words that begin a span are read as the span. */
function useNames(reading: Reading): ReadonlyMap<number, string> {
  const { spans, tokens } = reading;
  return useMemo(() => new Map(spans.map((span) => [span.first, say().spanOf(nodeText(span, tokens), span.label)])), [spans, tokens]);
}

/** Where a row above grows, the text that the annotator works on stays where it is on the screen. */
function useSteadyText(scroller: RefObject<HTMLElement | null>, drawing: Drawing, cursor: number | null): void {
  const before = useRef<{ readonly geometry: Geometry; readonly y: number; readonly row: number } | null>(null);
  useLayoutEffect(() => {
    const row = drawing.geometry.tokens[cursor ?? 0]?.[0]?.row ?? 0;
    const y = drawing.top + drawing.rows.text(row);
    const last = before.current;
    if (last !== null && last.geometry === drawing.geometry && last.row === row && y !== last.y) {
      scroller.current!.scrollTop += y - last.y;
    }
    before.current = { geometry: drawing.geometry, y, row };
  }, [drawing, cursor]);
}
