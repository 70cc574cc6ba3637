/** The names of shapes as tags: how large they are, and tags as elements for what is worked on. */

import { inkOn } from "../../text/tints";
import type { NameBox } from "./name_places";

export interface Tag {
  /** The name, with dots at its end where it is too long. */
  readonly text: string;
  readonly width: number;
  readonly height: number;
}

export interface Tags {
  readonly font: string;
  readonly fontPx: number;
  of(name: string): Tag;
}

const WIDEST_PX = 220;
const PADDING_PX = 6;

/** Measures names in the font of an element; each name only once. */
export function createTags(root: HTMLElement, fontPx: number): Tags {
  const font = `650 ${fontPx}px ${getComputedStyle(root).fontFamily}`;
  const context = document.createElement("canvas").getContext("2d");
  if (context !== null) context.font = font;
  const known = new Map<string, Tag>();
  const widthOf = (text: string) => context?.measureText(text).width ?? text.length * fontPx * 0.6;

  function measure(name: string): Tag {
    let text = name;
    while (widthOf(text) > WIDEST_PX && text.length > 2) text = `${text.slice(0, Math.ceil(text.length * 0.8) - 1).trimEnd()}…`;
    return { text, width: Math.ceil(widthOf(text)) + 2 * PADDING_PX, height: Math.ceil(fontPx * 1.3) + 3 };
  }

  return {
    font,
    fontPx,
    of(name) {
      let tag = known.get(name);
      if (tag === undefined) known.set(name, (tag = measure(name)));
      return tag;
    },
  };
}

/** A tag that is an element of its own: it moves without anything else being painted. */
export function createTagElement(element: HTMLElement) {
  let shown = "";
  return {
    show(tag: Tag, color: string, place: NameBox | null) {
      element.style.visibility = place === null ? "hidden" : "visible";
      if (place === null) return;
      if (shown !== `${tag.text} ${color}`) {
        element.textContent = tag.text;
        element.style.background = color;
        element.style.color = inkOn(color);
        shown = `${tag.text} ${color}`;
      }
      element.style.transform = `translate(${Math.round(place.left)}px, ${Math.round(place.top)}px)`;
    },
    hide() {
      element.style.visibility = "hidden";
    },
  };
}
