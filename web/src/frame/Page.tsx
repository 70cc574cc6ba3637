import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { keymapOf } from "../state/keymap";
import { isFinal } from "../state/trouble";
import type { Project } from "../types";
import { CannotShow } from "../views/TaskView";
import { words } from "../words";
import { Actions } from "./Actions";
import { Boundary } from "./Boundary";
import { Card } from "./Card";
import { Dialogs } from "./Dialogs";
import { Done, Loading, TroubleCard } from "./Done";
import { Sidebar } from "./Sidebar";
import { Toasts } from "./Toasts";
import { TopBar } from "./TopBar";
import { useApp } from "./context";
import { usePageKeys } from "./page_keys";
import { buttonsOf } from "./wishes";
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
  const { session, state, recipe } = useApp();
  const narrow = useNarrow();
  const keymap = useMemo(() => keymapOf(project.keymap), [project]);
  usePageKeys(project, keymap);
  const { desk, trouble, doneReason } = state.value;
  const { current } = desk;
  const blocked = isFinal(trouble);
  const ended = current === null && doneReason !== null;
  useEffect(() => {
    if (ended) recipe.ended();
  }, [ended]);
  return (
    <div
      class={narrow ? "pf-page pf-page-narrow prodigy-root" : "pf-page prodigy-root"}
      data-prodigy-view-id={current?.task._view_id ?? project.view_id}
      data-prodigy-recipe={project.recipe ?? ""}
    >
      {narrow && <TopBar project={project} />}
      <Sidebar project={project} narrow={narrow} />
      <main class="pf-main">
        <h1 class="pf-hidden">{project.dataset}</h1>
        <Toasts />
        <div class="pf-stage">
          {current !== null && !blocked ? (
            <Boundary
              of={current.task._task_hash}
              fallback={({ message }, again) => (
                <section class="pf-card">
                  <CannotShow
                    problem={words.viewBroken(message)}
                    onIgnore={() => void session.answer("ignore")}
                    onAgain={again}
                  />
                </section>
              )}
            >
              <Card open={current} project={project} />
            </Boundary>
          ) : (
            <Done project={project} state={state.value} />
          )}
        </div>
        <Actions buttons={buttonsOf(project)} keymap={keymap} />
      </main>
      <Announcer />
      <Dialogs project={project} keymap={keymap} current={current} />
    </div>
  );
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

/** Tells screen readers what was answered and what was taken back. */
function Announcer() {
  const { done } = useApp();
  const last = done.value;
  const turn = useRef(false);
  const said = useMemo(() => {
    if (last === null) return "";
    turn.current = !turn.current;
    // The same words twice are read twice only if something about them differs.
    return (last.kind === "undo" ? words.undone : words.answered[last.answer]) + (turn.current ? "" : "\u00a0");
  }, [last]);
  return (
    <p class="pf-hidden" role="status" aria-live="polite">
      {said}
    </p>
  );
}
