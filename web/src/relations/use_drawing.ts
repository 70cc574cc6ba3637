/** Measures the text as the browser set it, and lays the arcs over it. */

import type { RefObject } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Geometry, NOWHERE, measureTokens } from "./geometry";
import { type Layout, layOut } from "./layout";
import { type Measures, type Rows, reservedPx, stackRows } from "./sizes";
import type { Reading } from "./task";

export interface Drawing {
  readonly geometry: Geometry;
  readonly layout: Layout;
  readonly rows: Rows;
  /** Free space over the text, so that little text stands in the middle. */
  readonly top: number;
}

interface Room {
  readonly width: number;
  readonly height: number;
}

export interface DrawingOptions {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly text: RefObject<HTMLElement | null>;
  readonly reading: Reading;
  readonly measures: Measures;
  readonly wrap: boolean;
  readonly editable: boolean;
  readonly direction: string;
}

export function useDrawing(options: DrawingOptions): Drawing {
  const { scroller, reading, measures, editable } = options;
  const room = useRoom(scroller);
  const geometry = useGeometry(options, room.width);
  const layout = useMemo(
    () => layOut(reading.relations, geometry, { labelWidth, margin: measures.margin }),
    [reading.relations, geometry, measures],
  );
  const reserved = editable ? reservedPx(geometry.rowCount, room.height, measures) : 0;
  const kept = useRef<{ geometry: Geometry; reserved: number; lanesPx: readonly number[] }>({ geometry, reserved, lanesPx: [] });
  return useMemo(() => {
    const before = kept.current.geometry === geometry && kept.current.reserved === reserved ? kept.current.lanesPx : [];
    // Rows never become lower while the annotator works: taking an arc away moves nothing.
    const lanesPx = layout.lanes.map((count, row) => Math.max(count * measures.lane, reserved, before[row] ?? 0));
    kept.current = { geometry, reserved, lanesPx };
    const rows = stackRows(lanesPx, measures);
    const usual = editable ? stackRows(layout.lanes.map(() => reserved), measures).height : rows.height;
    // Where a row grows beyond what was kept free, the space over the text gives way first.
    const free = Math.max(0, Math.round((room.height - usual) * ABOVE_SHARE));
    return { geometry, layout, rows, top: Math.max(0, free - (rows.height - usual)) };
  }, [layout, reserved, room.height, measures]);
}

const ABOVE_SHARE = 0.42;

/** The inner size of the scroller; no height where it grows with what is in it. */
function useRoom(scroller: RefObject<HTMLElement | null>): Room {
  const [room, setRoom] = useState<Room>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = scroller.current!;
    const grows = element.closest(".pf-card-fills") === null;
    const measure = () => {
      const next = { width: element.clientWidth, height: grows ? 0 : element.clientHeight };
      setRoom((now) => (now.width === next.width && now.height === next.height ? now : next));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return room;
}

/** Where the tokens are; measured again when the room, the font or the wrapping changes. */
function useGeometry({ text, reading, measures, wrap, direction }: DrawingOptions, width: number): Geometry {
  const [geometry, setGeometry] = useState(NOWHERE);
  const [fonts, setFonts] = useState(0);
  const relevantWidth = wrap ? width : 0;
  useLayoutEffect(() => {
    const elements = [...text.current!.querySelectorAll<HTMLElement>("[data-token]")];
    setGeometry(measureTokens(text.current!, elements));
  }, [reading.tokens, relevantWidth, measures, wrap, direction, fonts]);
  useLayoutEffect(() => {
    let here = true;
    void document.fonts?.ready.then(() => here && setFonts((count) => count + 1));
    return () => void (here = false);
  }, []);
  return geometry;
}

const LABEL_PADDING_PX = 19;
const WIDEST_LABEL_PX = 170;
const LABEL_FONT = "600 12px";
const widths = new Map<string, number>();
let pen: CanvasRenderingContext2D | null = null;

/** How wide the label of an arc is. */
export function labelWidth(label: string): number {
  const known = widths.get(label);
  if (known !== undefined) return known;
  pen ??= document.createElement("canvas").getContext("2d");
  if (pen === null) return label.length * 7 + LABEL_PADDING_PX;
  pen.font = `${LABEL_FONT} ${getComputedStyle(document.body).fontFamily}`;
  const width = Math.max(26, Math.min(WIDEST_LABEL_PX, Math.ceil(pen.measureText(label || "–").width) + LABEL_PADDING_PX));
  widths.set(label, width);
  return width;
}
