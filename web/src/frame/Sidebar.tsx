import { useEffect, useRef } from "preact/hooks";
import type { Project } from "../types";
import type { SessionState } from "../state/session";
import { number, words } from "../words";
import { useApp } from "./context";
import { History } from "./History";
import { Icon } from "./icons";
import { Logo } from "./Logo";
import { SaveState } from "./SaveState";
import { SignOut } from "./SignOut";
import { ThemeButton } from "./ThemeButton";
import { projectInfo } from "./wishes";
import "./sidebar.css";

/** What is annotated, by whom, how far it is, and what was answered. A drawer on small screens. */
export function Sidebar({ project, narrow }: { readonly project: Project; readonly narrow: boolean }) {
  const { drawer, dialog, state } = useApp();
  const closeButton = useRef<HTMLButtonElement>(null);
  const away = narrow && !drawer.value;
  useEffect(() => {
    if (narrow && drawer.value) closeButton.current?.focus();
  }, [narrow, drawer.value]);
  return (
    <>
      {narrow && drawer.value && <div class="pf-shade" onClick={() => (drawer.value = false)} />}
      <aside class="pf-sidebar" aria-label={words.sidebar} data-open={!away} inert={away}>
        <header class="pf-sidebar-head">
          <Logo />
          <span class="pf-tools">
            <ThemeButton />
            <button
              type="button"
              class="pf-tool"
              title={words.help}
              aria-label={words.help}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => (dialog.value = "help")}
            >
              <Icon name="help" />
            </button>
            {narrow && (
              <button
                type="button"
                class="pf-tool"
                aria-label={words.closeSidebar}
                ref={closeButton}
                onClick={() => (drawer.value = false)}
              >
                <Icon name="close" />
              </button>
            )}
          </span>
        </header>
        <section class="pf-about">
          <p class="pf-dataset" title={project.dataset}>
            {project.dataset}
          </p>
          <p class="pf-quiet">
            {project.annotator ?? words.unnamed}
            {project.role === "admin" && project.annotator === null && (
              <>
                {" · "}
                <a class="pf-link" href="dashboard">
                  {words.dashboard}
                </a>
              </>
            )}
            {project.signed_in === true && (
              <>
                {" · "}
                <SignOut />
              </>
            )}
          </p>
          <Info project={project} />
        </section>
        <Numbers project={project} state={state.value} />
        <History />
        <footer class="pf-sidebar-foot">
          <SaveState />
        </footer>
      </aside>
    </>
  );
}

/** What the recipe wants to be known about the project. */
function Info({ project }: { readonly project: Project }) {
  const info = projectInfo(project);
  if (info.length === 0) return null;
  return (
    <dl class="pf-info" aria-label={words.projectInfo}>
      {info.map(([key, value]) => (
        <div key={key}>
          <dt>{words.info[key]}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Numbers({ project, state }: { readonly project: Project; readonly state: SessionState }) {
  return (
    <section class="pf-numbers" aria-label={words.progress}>
      <ProgressBar project={project} state={state} />
      {project.show_stats && (
        <dl class="pf-stats">
          <div>
            <dt>{words.thisSession}</dt>
            <dd data-testid="session-total">{number(state.sessionTotal)}</dd>
          </div>
          <div>
            <dt>{words.total}</dt>
            <dd data-testid="total">{number(state.total)}</dd>
          </div>
        </dl>
      )}
    </section>
  );
}

export function ProgressBar({ project, state }: { readonly project: Project; readonly state: SessionState }) {
  const { share, text } = progressOf(project, state);
  return (
    <div class="pf-progress">
      {share !== null && (
        <progress class="pf-bar" max={1} value={share} aria-label={words.progress} aria-valuetext={text} />
      )}
      <p class="pf-progress-text">{text}</p>
    </div>
  );
}

/** How far it is, in words that say what is measured. */
export function progressOf(project: Project, state: SessionState): { share: number | null; text: string } {
  const { kind } = state.progress;
  const value = state.progress.value === null ? null : Math.min(Math.max(state.progress.value, 0), 1);
  if (kind === "target" && project.total_examples_target > 0) {
    const target = project.total_examples_target;
    const share = Math.min(state.total / target, 1);
    const [total, goal] = [number(state.total), number(target)];
    return { share, text: share >= 1 ? words.targetReached(total, goal) : words.ofTarget(total, goal) };
  }
  if (value === null) return { share: null, text: kind === "model" ? words.modelUntaught : words.openEnd };
  const percent = number(Math.floor(value * 100) / 100, { style: "percent" });
  if (kind === "source") return { share: value, text: words.ofSource(percent) };
  if (kind === "model") return { share: value, text: words.ofModel(percent) };
  return { share: value, text: words.ofRecipe(percent) };
}
