import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Open, seen } from "../state/desk";
import { type Command, commandOf, keymapOf } from "../state/keymap";
import type { Project } from "../types";
import { viewHere } from "../views/registry";
import { type KeyRow, settingsOf } from "../views/view";
import { words } from "../words";
import { Actions } from "./Actions";
import { Card } from "./Card";
import { Done, Loading, TroubleCard } from "./Done";
import { Help } from "./Help";
import { Kept } from "./Kept";
import { Sidebar } from "./Sidebar";
import { TopBar } from "./TopBar";
import { useApp } from "./context";
import { Icon } from "./icons";
import { listenToKeys } from "./keyboard";
import "./page.css";

const NARROW = "(max-width: 959px)";

/** The whole page. */
export function Page() {
  const { state } = useApp();
  const { project, trouble } = state.value;
  if (project === null) {
    return (
      <div class="pf-page pf-page-narrow">
        <main class="pf-main">
          <div class="pf-stage">{trouble === null ? <Loading /> : <TroubleCard state={state.value} />}</div>
        </main>
      </div>
    );
  }
  return <Working project={project} />;
}

function Working({ project }: { readonly project: Project }) {
  const { state, dialog } = useApp();
  const narrow = useNarrow();
  const keymap = useMemo(() => keymapOf(project.keymap), [project]);
  usePageKeys(project);
  const { current } = state.value.desk;
  const blocked = state.value.trouble?.kind === "link" || state.value.trouble?.kind === "forbidden";
  return (
    <div class={narrow ? "pf-page pf-page-narrow" : "pf-page"}>
      {narrow && <TopBar project={project} />}
      <Sidebar project={project} narrow={narrow} />
      <main class="pf-main">
        <h1 class="pf-hidden">{project.dataset}</h1>
        <RefusalNotice />
        <div class="pf-stage">
          {current !== null && !blocked ? (
            <Card open={current} project={project} />
          ) : (
            <Done project={project} state={state.value} />
          )}
        </div>
        <Actions buttons={project.buttons} keymap={keymap} />
      </main>
      <Announcer />
      {dialog.value === "help" && <Help project={project} keymap={keymap} rows={viewKeys(project, current)} />}
      {dialog.value === "kept" && <Kept />}
    </div>
  );
}

/** What the keys of the open task's view do, and of those inside it. */
function viewKeys(project: Project, current: Open | null): readonly KeyRow[] {
  if (current === null) return [];
  const task = seen(current);
  const settings = settingsOf(project, task);
  return viewHere(task._view_id ?? project.view_id)?.keys?.(task, settings) ?? [];
}

function usePageKeys(project: Project): void {
  const { session, dialog, drawer, keyHandlers } = useApp();
  const keymap = useMemo(() => keymapOf(project.keymap), [project]);
  useEffect(() => {
    const commands: Readonly<Record<Command, () => void>> = {
      accept: () => void session.answer("accept"),
      reject: () => void session.answer("reject"),
      ignore: () => void session.answer("ignore"),
      undo: () => void session.undo(),
      flag: () => void session.change({ flagged: flagOf() !== true }),
      help: () => (dialog.value = "help"),
      back: () => (drawer.value ? (drawer.value = false) : void session.leave()),
    };
    const flagOf = () => {
      const { current } = session.state().desk;
      return current === null ? true : seen(current)["flagged"];
    };
    return listenToKeys((name, event) => {
      if (session.state().desk.current !== null && keyHandlers.some((handle) => handle(name, event))) return true;
      if (event.repeat) return false;
      const command = commandOf(keymap, name);
      if (command !== null) {
        commands[command]();
        return true;
      }
      return false;
    });
  }, [project]);
}

function useNarrow(): boolean {
  const query = useMemo(() => matchMedia(NARROW), []);
  const [narrow, setNarrow] = useState(query.matches);
  useEffect(() => {
    const follow = () => setNarrow(query.matches);
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, []);
  return narrow;
}

/** Says that an answer came back, without taking the annotator away from the open task. */
function RefusalNotice() {
  const { session, state } = useApp();
  const { refusal, desk } = state.value;
  if (refusal === null || desk.current?.task._task_hash === refusal.taskHash) return null;
  return (
    <div class="pf-toast" role="alert">
      <Icon name="alert" size={20} />
      <span>
        <strong>{words.refusedNotice}:</strong> {refusal.message}
      </span>
      <button type="button" class="pf-button pf-button-small" onClick={() => void session.openRefused()}>
        {words.changeNow}
      </button>
      <button type="button" class="pf-tool" aria-label={words.dismiss} onClick={() => session.dismissRefusal()}>
        <Icon name="close" size={18} />
      </button>
    </div>
  );
}

/** Tells screen readers what was answered and what comes. */
function Announcer() {
  const { state } = useApp();
  const { answered, current } = state.value.desk;
  const before = useRef(answered.length);
  const [said, say] = useState("");
  useEffect(() => {
    const grown = answered.length - before.current;
    before.current = answered.length;
    const [last] = answered;
    if (grown === 1 && last !== undefined) say(words.answered[last.answer]);
    if (grown === -1) say(words.undone);
  }, [answered.length, current?.task._task_hash]);
  return (
    <p class="pf-hidden" role="status" aria-live="polite">
      {said}
    </p>
  );
}
