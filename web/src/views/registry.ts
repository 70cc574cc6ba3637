/** The views by name. A view that is large enough to be fetched on demand is given as a function that imports it. */

import { choice } from "./choice";
import { classification } from "./classification";
import { html } from "./html";
import { image } from "./image";
import { text } from "./text";
import type { View } from "./view";

type Lazy = () => Promise<View>;

const VIEWS: Readonly<Record<string, View | Lazy>> = { choice, classification, html, image, text };

const arrived = new Map<string, View>();

/** The view of a name; a promise of it while it is on its way; null when there is none. */
export function findView(viewId: string): View | Promise<View> | null {
  const found = Object.hasOwn(VIEWS, viewId) ? VIEWS[viewId] : undefined;
  if (found === undefined) return null;
  if (typeof found !== "function") return found;
  return arrived.get(viewId) ?? found().then((view) => (arrived.set(viewId, view), view));
}

export function viewNames(): readonly string[] {
  return Object.keys(VIEWS);
}
