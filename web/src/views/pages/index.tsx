import { viewHere } from "../registry";
import type { Settings, View } from "../view";
import type { Task } from "../../types";
import { Pages } from "./Pages";
import { concludePages, pagesOf, seenPages, stoppedAt, viewOf, withPage } from "./pages";
import { say } from "./words";

/** `{"pages": [{"view_id", ...}, ...]}`: several tasks, one page each, answered as one. What is done on a page goes into
 * its entry of `pages`. */
export const view: View = {
  id: "pages",
  Content: Pages,
  fills: (task, settings) => all(task, settings).some((page) => viewOf(page)?.fills?.(page.task, page.settings) === true),
  problem: (task, settings) => (pagesOf(task, settings) === null ? say().needs : null),
  pictures: (task, settings) => all(task, settings).flatMap((page) => viewHere(page.viewId)?.pictures?.(page.task, page.settings) ?? []),
  prefetch: (task, settings) => all(task, settings).forEach((page) => viewOf(page)?.prefetch?.(page.task, page.settings)),
  initialChanges(task, settings) {
    let pages: unknown = task["pages"];
    all(task, settings).forEach((page, place) => {
      const changes = viewOf(page)?.initialChanges?.(page.task, page.settings) ?? {};
      if (Object.keys(changes).length > 0) pages = withPage(pages, place, changes);
    });
    return pages === task["pages"] ? {} : { pages };
  },
  conclude(task, settings, given) {
    const pages = all(task, settings);
    const stops = stoppedAt(pages, given, seenPages(task._task_hash), settings.config["pages_require_all"] === true);
    return stops === null ? concludePages(task, pages, given) : { stopped: String(stops) };
  },
  keys(task, settings) {
    const rows = all(task, settings).flatMap((page) => viewHere(page.viewId)?.keys?.(page.task, page.settings) ?? []);
    const own = rows.filter(([what], place) => rows.findIndex(([other]) => other === what) === place);
    return [[say().previous, ["pageup", ","]], [say().next, ["pagedown", "."]], ...own];
  },
  uses: (task, settings) => [...new Set(all(task, settings).map((page) => page.viewId))],
};

function all(task: Task, settings: Settings) {
  return pagesOf(task, settings) ?? [];
}
