/** The elements of the canvas, from bottom to top: picture, shade, shapes, their names, what is worked on. */

const SVG = "http://www.w3.org/2000/svg";

export interface CanvasElements {
  readonly picture: HTMLDivElement;
  readonly shapes: SVGGElement;
  readonly names: HTMLDivElement;
  readonly active: SVGSVGElement;
  readonly activeName: HTMLDivElement;
  readonly guides: readonly [across: HTMLDivElement, down: HTMLDivElement];
}

/** Fill the root. The layers above the picture are painted for themselves: what moves on top repaints nothing below. */
export function createElements(root: HTMLElement): CanvasElements {
  const picture = box("pf-canvas-picture");
  const base = svg("svg", "pf-canvas-layer");
  const shapes = svg("g", "pf-canvas-shapes");
  base.append(shapes);
  const names = box("pf-canvas-layer pf-canvas-names");
  const guides = [box("pf-canvas-guide pf-canvas-guide-across"), box("pf-canvas-guide pf-canvas-guide-down")] as const;
  const active = svg("svg", "pf-canvas-layer pf-canvas-active");
  const activeName = box("pf-canvas-name pf-canvas-name-active");
  [base, names, active, activeName, ...guides].forEach((element) => element.setAttribute("aria-hidden", "true"));
  root.replaceChildren(picture, base, names, ...guides, active, activeName);
  return { picture, shapes, names, active, activeName, guides };
}

export function box(className: string): HTMLDivElement {
  const element = document.createElement("div");
  element.className = className;
  return element;
}

export function svg<Tag extends keyof SVGElementTagNameMap>(tag: Tag, className: string): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS(SVG, tag);
  element.setAttribute("class", className);
  return element;
}

export function set(element: Element, attributes: Readonly<Record<string, string | number>>): void {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}
