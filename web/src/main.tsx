/** Puts the parts together and starts. */

import { signal } from "@preact/signals";
import { render } from "preact";
import { type App, AppContext } from "./frame/context";
import { Boundary } from "./frame/Boundary";
import { Crashed } from "./frame/Done";
import { Page } from "./frame/Page";
import { fetchSanitiser, hasHtml } from "./html/sanitiser";
import { createApi } from "./http/api";
import { createRecipePage } from "./recipe/page";
import { seen } from "./state/desk";
import { createNotices } from "./state/notices";
import { createPictures } from "./state/pictures";
import { type Done, type SessionState, createSession } from "./state/session";
import { openStorage } from "./state/storage";
import { openTabs } from "./state/tabs";
import { createTheme } from "./state/theme";
import type { Answer, Changes, Conclusion, Project, Task } from "./types";
import { guarded } from "./views/guarded";
import { fetchViews, viewHere } from "./views/registry";
import { settingsOf } from "./views/view";
import { speak } from "./words";
import "./styles/tokens.css";
import "./styles/base.css";

const AHEAD_TO_LOAD = 6;
const AHEAD_TO_PREFETCH = 2;

async function start(root: HTMLElement): Promise<void> {
  const base = new URL(".", location.href);
  const api = createApi(base.href);
  const done = signal<Done | null>(null);
  const session = createSession({
    api,
    storage: await openStorage(),
    place: base.href,
    openTabs,
    sessionName: new URLSearchParams(location.search).get("session"),
    meet: async (project) => {
      await Promise.all([speak(project.ui_lang ?? project.lang), recipe.meet(project)]);
      document.title = `${project.dataset} · prodflow`;
    },
    prepare: (tasks, project) => Promise.all(tasks.map((task) => prepare(task, project))).then(() => undefined),
    initialChanges,
    onDone: (what) => {
      done.value = what;
      recipe.done(what);
    },
    conclude,
  });
  const notices = createNotices();
  const recipe = createRecipePage({ session, notices, callEvent: api.callEvent });
  const theme = createTheme();
  const pictures = createPictures();
  const state = signal(session.state());
  const themeChoice = signal(theme.get());
  const notice = signal(notices.get());
  const app: App = {
    session,
    state,
    pictures,
    recipe,
    notices,
    notice,
    done,
    theme,
    themeChoice,
    dialog: signal(null),
    keyHandlers: [],
    drawer: signal(false),
  };

  theme.subscribe((name) => {
    themeChoice.value = name;
  });
  notices.subscribe((all) => {
    notice.value = all;
  });
  session.subscribe((next) => {
    pictures.prefetch(picturesOf(next));
    prefetchNext(next);
    notices.leaveTask(next.desk.current?.task._task_hash ?? null);
    state.value = next;
  });
  // Before the project says in which language, what there is to say is said in the browser's.
  void speak(navigator.language);
  addEventListener("online", () => session.tryNow());
  document.addEventListener("visibilitychange", () => (document.hidden ? session.hide() : session.show()));
  addEventListener("pagehide", () => session.hide());

  render(
    <AppContext.Provider value={app}>
      <Boundary fallback={() => <Crashed />}>
        <Page />
      </Boundary>
    </AppContext.Provider>,
    root,
  );
  await session.start();
}

function initialChanges(task: Task, project: Project): Changes {
  const view = viewHere(task._view_id ?? project.view_id);
  return guarded({}, () => view?.initialChanges?.(task, settingsOf(project, task)));
}

function conclude(task: Task, project: Project, given: Answer): Conclusion | null {
  const view = viewHere(task._view_id ?? project.view_id);
  const settings = settingsOf(project, task);
  // Whatever cannot be shown can be skipped.
  return guarded<Conclusion | null>(null, () => {
    if (view === null || view.problem(task, settings) !== null) return null;
    return view.conclude?.(task, settings, given) ?? null;
  });
}

/** Fetch what a task is shown with; one whose view cannot be fetched says so when it is its turn. */
async function prepare(task: Task, project: Project): Promise<void> {
  const views = fetchViews(task._view_id ?? project.view_id, task, settingsOf(project, task));
  await Promise.allSettled([views, hasHtml(task) && fetchSanitiser()]);
}

function picturesOf({ desk, project }: SessionState): readonly string[] {
  if (project === null) return [];
  const open = desk.current === null ? desk.ahead : [desk.current, ...desk.ahead];
  return open.slice(0, AHEAD_TO_LOAD).flatMap((entry) => {
    const task = seen(entry);
    const view = viewHere(task._view_id ?? project.view_id);
    return guarded<readonly string[]>([], () => view?.pictures?.(task, settingsOf(project, task)));
  });
}

/** What is not a picture, of the very next tasks. */
function prefetchNext({ desk, project }: SessionState): void {
  if (project === null || desk.current === null) return;
  for (const entry of desk.ahead.slice(0, AHEAD_TO_PREFETCH)) {
    const task = seen(entry);
    guarded(undefined, () => viewHere(task._view_id ?? project.view_id)?.prefetch?.(task, settingsOf(project, task)));
  }
}

const root = document.getElementById("app");
if (root === null) throw new Error("index.html has no element #app");
if (/\/dashboard$/.test(location.pathname)) void import("./dashboard/Dashboard").then(({ startDashboard }) => startDashboard(root));
else void start(root);
