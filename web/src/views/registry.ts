/** The views by name. The small ones come with the page, the others are fetched when a task needs them. */

import type { Task } from "../types";
import { choice } from "./choice";
import { classification } from "./classification";
import { image } from "./image";
import { text } from "./text";
import type { Settings, View } from "./view";

type Fetch = () => Promise<{ readonly view: View }>;

const here = new Map<string, View>([choice, classification, image, text].map((view) => [view.id, view]));

/** A folder `views/<id>` with an `index.ts(x)` that exports `view`. */
const FETCHED = Object.fromEntries(
  Object.entries(
    import.meta.glob<{ readonly view: View }>([
      "./*/index.{ts,tsx}",
      "!./{choice,classification,image,text}/*",
    ]) as Readonly<Record<string, Fetch>>,
  ).map(([path, fetchIt]) => [path.split("/")[1]!, fetchIt]),
);

const onTheWay = new Map<string, Promise<View>>();

/** The view of a name; a promise of it while it is on its way; null when there is none. */
export function findView(viewId: string): View | Promise<View> | null {
  const found = here.get(viewId);
  if (found !== undefined) return found;
  const fetchIt = Object.hasOwn(FETCHED, viewId) ? FETCHED[viewId] : undefined;
  if (fetchIt === undefined) return null;
  let way = onTheWay.get(viewId);
  if (way === undefined) {
    way = fetchIt().then(({ view }) => {
      if (view?.id !== viewId) throw new Error(`views/${viewId} exports no view of that name`);
      here.set(viewId, view);
      return view;
    });
    onTheWay.set(viewId, way);
    void way.catch(() => undefined).then(() => onTheWay.delete(viewId));
  }
  return way;
}

/** The view of a name, if it is here already. */
export function viewHere(viewId: string): View | null {
  return here.get(viewId) ?? null;
}

/** Fetch the view of a task and those inside it. */
export async function fetchViews(viewId: string, task: Task, settings: Settings, around: readonly string[] = []): Promise<void> {
  const view = await findView(viewId);
  const inside = view?.uses?.(task, settings) ?? [];
  const path = [...around, viewId];
  await Promise.all(inside.filter((id) => !path.includes(id)).map((id) => fetchViews(id, task, settings, path)));
}

export function viewNames(): readonly string[] {
  return [...new Set([...here.keys(), ...Object.keys(FETCHED)])].sort();
}
