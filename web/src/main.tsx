/** Puts the parts together and starts. */

import { signal } from "@preact/signals";
import { render } from "preact";
import { type App, AppContext } from "./frame/context";
import { Page } from "./frame/Page";
import { createApi } from "./http/api";
import { seen } from "./state/desk";
import { createPictures } from "./state/pictures";
import { type SessionState, createSession } from "./state/session";
import { openStorage } from "./state/storage";
import { createTheme } from "./state/theme";
import type { Answer, Changes, Conclusion, Project, Task } from "./types";
import { fetchViews, viewHere } from "./views/registry";
import { settingsOf } from "./views/view";
import { speak } from "./words";
import "./styles/tokens.css";
import "./styles/base.css";

const AHEAD_TO_LOAD = 6;

async function start(root: HTMLElement): Promise<void> {
  const base = new URL(".", location.href);
  const session = createSession({
    api: createApi(base.href),
    storage: await openStorage(),
    place: base.href,
    sessionName: new URLSearchParams(location.search).get("session"),
    prepare: (tasks, project) => Promise.all(tasks.map((task) => prepare(task, project))).then(() => undefined),
    initialChanges,
    conclude,
  });
  const theme = createTheme();
  const pictures = createPictures();
  const state = signal(session.state());
  const themeChoice = signal(theme.get());
  const app: App = { session, state, pictures, theme, themeChoice, dialog: signal(null), keyHandlers: [], drawer: signal(false) };

  theme.subscribe((name) => {
    themeChoice.value = name;
  });
  session.subscribe((next) => {
    if (next.project !== null && next.project !== state.value.project) present(next.project);
    pictures.prefetch(picturesOf(next));
    state.value = next;
  });
  addEventListener("online", () => session.tryNow());
  document.addEventListener("visibilitychange", () => (document.hidden ? session.hide() : session.show()));
  addEventListener("pagehide", () => session.hide());

  render(
    <AppContext.Provider value={app}>
      <Page />
    </AppContext.Provider>,
    root,
  );
  await session.start();
}

function present(project: Project): void {
  speak(project.lang);
  document.title = `${project.dataset} · prodflow`;
}

function initialChanges(task: Task, project: Project): Changes {
  const view = viewHere(task._view_id ?? project.view_id);
  return view?.initialChanges?.(task, settingsOf(project, task)) ?? {};
}

function conclude(task: Task, project: Project, given: Answer): Conclusion | null {
  const view = viewHere(task._view_id ?? project.view_id);
  const settings = settingsOf(project, task);
  // Whatever cannot be shown can be skipped.
  if (view === null || view.problem(task, settings) !== null) return null;
  return view.conclude?.(task, settings, given) ?? null;
}

/** Fetch what a task is shown with; one whose view cannot be fetched says so when it is its turn. */
function prepare(task: Task, project: Project): Promise<void> {
  return fetchViews(task._view_id ?? project.view_id, task, settingsOf(project, task)).catch(() => undefined);
}

function picturesOf({ desk, project }: SessionState): readonly string[] {
  if (project === null) return [];
  const open = desk.current === null ? desk.ahead : [desk.current, ...desk.ahead];
  return open.slice(0, AHEAD_TO_LOAD).flatMap((entry) => {
    const task = seen(entry);
    return viewHere(task._view_id ?? project.view_id)?.pictures?.(task, settingsOf(project, task)) ?? [];
  });
}

const root = document.getElementById("app");
if (root === null) throw new Error("index.html has no element #app");
void start(root);
