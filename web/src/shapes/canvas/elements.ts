/** The elements of the canvas, from bottom to top: picture, shapes, guides, what is worked on. */

const SVG = "http://www.w3.org/2000/svg";

export interface CanvasElements {
  readonly picture: HTMLDivElement;
  readonly sheet: HTMLCanvasElement;
  readonly active: SVGSVGElement;
  readonly activeName: HTMLDivElement;
  readonly hoveredName: HTMLDivElement;
  readonly guides: readonly [across: HTMLDivElement, down: HTMLDivElement];
}

/** Fill the root. The layers above the picture are painted for themselves: what moves on top repaints nothing below. */
export function createElements(root: HTMLElement): CanvasElements {
  const picture = box("pf-canvas-picture");
  const sheet = document.createElement("canvas");
  sheet.className = "pf-canvas-layer";
  const guides = [box("pf-canvas-guide pf-canvas-guide-across"), box("pf-canvas-guide pf-canvas-guide-down")] as const;
  const active = svg("svg", "pf-canvas-layer pf-canvas-active");
  const activeName = box("pf-canvas-name");
  const hoveredName = box("pf-canvas-name");
  const above = [sheet, ...guides, active, hoveredName, activeName];
  above.forEach((element) => element.setAttribute("aria-hidden", "true"));
  root.replaceChildren(picture, ...above);
  return { picture, sheet, active, activeName, hoveredName, guides };
}

function box(className: string): HTMLDivElement {
  const element = document.createElement("div");
  element.className = className;
  return element;
}

export function svg<Tag extends keyof SVGElementTagNameMap>(tag: Tag, className: string): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS(SVG, tag);
  element.setAttribute("class", className);
  return element;
}

/** Set attributes, those that changed: what is the same is not painted again. */
export function set(element: Element, attributes: Readonly<Record<string, string | number>>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
  }
}
