/** All shapes but the one that is worked on. Each has its elements, which are touched only when it changes. */

import type { Point, Shape } from "../shape";
import type { Camera } from "./camera";
import { svg } from "./elements";

interface Drawn {
  shape: Shape;
  readonly group: SVGGElement;
  readonly paths: readonly [halo: SVGPathElement, line: SVGPathElement];
}

export interface ShapeLayer {
  /** Show these, in this order. */
  show(shapes: readonly Shape[]): void;
  hover(id: string | null): void;
  look(camera: Camera): void;
}

export function createShapeLayer(root: SVGGElement): ShapeLayer {
  const drawn = new Map<string, Drawn>();
  let hovered: string | null = null;

  function draw(shape: Shape): Drawn {
    const group = svg("g", "pf-canvas-shape");
    const paths = [svg("path", "pf-canvas-halo"), svg("path", "pf-canvas-line")] as const;
    group.append(...paths);
    group.dataset["shape"] = shape.id;
    return paint({ shape, group, paths });
  }

  function paint(entry: Drawn): Drawn {
    const path = pathOf(entry.shape.points);
    entry.paths.forEach((element) => element.setAttribute("d", path));
    entry.group.style.setProperty("--shape", entry.shape.color);
    return entry;
  }

  function show(shapes: readonly Shape[]): void {
    const kept = new Set(shapes.map((shape) => shape.id));
    for (const [id, entry] of drawn) {
      if (kept.has(id)) continue;
      entry.group.remove();
      drawn.delete(id);
    }
    let before: Element | null = null;
    for (const shape of shapes) {
      let entry = drawn.get(shape.id);
      if (entry === undefined) drawn.set(shape.id, (entry = draw(shape)));
      else if (entry.shape !== shape) paint(Object.assign(entry, { shape }));
      const place: Element | null = before === null ? root.firstElementChild : before.nextElementSibling;
      if (place !== entry.group) root.insertBefore(entry.group, place);
      before = entry.group;
    }
  }

  return {
    show,
    hover(id) {
      if (id === hovered) return;
      if (hovered !== null) drawn.get(hovered)?.group.classList.remove("pf-canvas-hovered");
      if (id !== null) drawn.get(id)?.group.classList.add("pf-canvas-hovered");
      hovered = id;
    },
    look({ scale, x, y }) {
      root.setAttribute("transform", `matrix(${scale} 0 0 ${scale} ${x} ${y})`);
    },
  };
}

/** A closed path through points. */
export function pathOf(points: readonly Point[], closed = true): string {
  return points.length === 0 ? "" : `M${points.map((point) => point.join(" ")).join("L")}${closed ? "Z" : ""}`;
}
