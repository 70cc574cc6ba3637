import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Open, seen } from "../state/desk";
import { type Answer, type Project, type Task, isRecord } from "../types";
import { TaskView, problemOf, useView } from "../views/TaskView";
import { guarded } from "../views/guarded";
import { type AnswerWords, type Settings, type View, settingsOf } from "../views/view";
import { words } from "../words";
import { CardNotices } from "./CardNotices";
import { useApp } from "./context";
import { Icon } from "./icons";
import { type Swipe, watchSwipes } from "./swipe";
import { mayAnswer, showsFlag } from "./wishes";
import "./card.css";

/** The open task: its label, its content as its view shows it, what is known about it. */
export function Card({ open, project }: { readonly open: Open; readonly project: Project }) {
  const { session } = useApp();
  const task = seen(open);
  const viewId = task._view_id ?? project.view_id;
  const view = useView(viewId);
  const settings = settingsOf(project, task);
  const shown = useShown(view, task, settings);
  useRecipe(open, view);
  return (
    <SwipeCard
      project={project}
      fills={guarded(false, () => shown?.fills?.(task, settings))}
      own={guarded({}, () => shown?.answerWords?.(task, settings))}
    >
      <CardNotices open={open} />
      {settings.label !== null && shown?.ownsLabel !== true && <h2 class="pf-label prodigy-title">{settings.label}</h2>}
      <Scroller taskHash={task._task_hash} lang={project.config["lang"]}>
        <TaskView
          key={task._task_hash}
          viewId={viewId}
          task={task}
          settings={settings}
          change={(changes) => void session.change(changes, task._task_hash)}
          answer={(answer) => void session.answer(answer)}
          stopped={open.stopped ?? 0}
        />
      </Scroller>
      <footer class="pf-card-foot">
        {showsFlag(project) ? <Flag task={task} /> : <span />}
        {settings.config["hide_meta"] !== true && <Meta task={task} hidden={settings.config["hide_meta"]} />}
      </footer>
    </SwipeCard>
  );
}

/** The view, where it can show the task. */
function useShown(view: ReturnType<typeof useView>, task: Task, settings: Settings): View | null {
  if (view === null || typeof view === "string") return null;
  return problemOf(view, { task, settings }) === null ? view : null;
}

/** The recipe's scripts hear of what is on the page once it is there. */
function useRecipe(open: Open, view: ReturnType<typeof useView>): void {
  const { recipe } = useApp();
  const there = view !== "coming" && view !== "late";
  useLayoutEffect(() => {
    if (there) recipe.shown(seen(open));
  }, [open.task, open.changes, there]);
}

/** Long content scrolls inside the card; a new task starts at its top. */
function Scroller(props: { readonly taskHash: number; readonly lang: unknown; readonly children: ComponentChildren }) {
  const { taskHash, lang, children } = props;
  const box = useRef<HTMLDivElement>(null);
  const [scrolls, setScrolls] = useState(false);
  useLayoutEffect(() => {
    box.current?.scrollTo(0, 0);
  }, [taskHash]);
  useLayoutEffect(() => {
    const element = box.current!;
    const measure = () => setScrolls(element.scrollHeight > element.clientHeight + 1);
    measure();
    // What is inside may grow by itself: a page turned, a field drawn larger, a picture that has come.
    const observer = new ResizeObserver(measure);
    for (const part of [element, ...element.children]) observer.observe(part);
    return () => observer.disconnect();
  });
  return (
    <div
      class="pf-content prodigy-content"
      ref={box}
      data-scrolls={scrolls}
      {...(typeof lang === "string" && lang !== "" && { lang })}
      {...(scrolls && { tabIndex: 0, role: "region", "aria-label": words.taskRegion })}
    >
      {children}
    </div>
  );
}

interface SwipeCardProps {
  readonly project: Project;
  readonly fills: boolean;
  /** The view's own words for the answers. */
  readonly own: AnswerWords;
  readonly children: ComponentChildren;
}

function SwipeCard({ project, fills, own, children }: SwipeCardProps) {
  const { session } = useApp();
  const element = useRef<HTMLElement>(null);
  const swipe = useSignal<Swipe | null>(null);
  const sides = useRef(own);
  sides.current = own;
  useEffect(
    () =>
      watchSwipes(element.current!, {
        allowed: (answer) => session.state().desk.current !== null && (answer === null || mayAnswer(project, answer)),
        onMove: (moved) => {
          swipe.value = moved && { ...moved, answer: moved.answer && towards(moved.answer, sides.current) };
        },
        onAnswer: (answer) => void session.answer(towards(answer, sides.current)),
      }),
    [project],
  );
  const moved = swipe.value;
  const style = moved === null ? {} : { transform: `translate(${moved.x}px, ${moved.y}px) rotate(${moved.x / 40}deg)` };
  return (
    <article
      ref={element}
      class={fills ? "pf-card pf-card-fills prodigy-container" : "pf-card prodigy-container"}
      data-moving={moved !== null}
      style={style}
      aria-label={words.taskRegion}
    >
      {children}
      {moved?.answer && (
        <div class={`pf-stamp pf-stamp-${moved.answer}`} aria-hidden="true">
          <Icon name={moved.answer} size={56} />
          {own[moved.answer] ?? words.answers[moved.answer]}
        </div>
      )}
    </article>
  );
}

/** Where accept and reject are the first and the second of two, their buttons stand in that order, and swipes go to them. */
function towards(answer: Answer, own: AnswerWords): Answer {
  if (own.accept === undefined || answer === "ignore") return answer;
  return answer === "accept" ? "reject" : "accept";
}

function Flag({ task }: { readonly task: Task }) {
  const { session } = useApp();
  const flagged = task["flagged"] === true;
  return (
    <button
      type="button"
      class="pf-flag"
      aria-pressed={flagged}
      title={flagged ? words.unflag : words.flag}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => void session.change({ flagged: !flagged })}
    >
      <Icon name="flag" size={18} />
      <span class={flagged ? "" : "pf-hidden"}>{flagged ? words.flagged : words.flag}</span>
    </button>
  );
}

/** The task's meta, small; nested values are skipped, and keys that the recipe hides. */
function Meta({ task, hidden }: { readonly task: Task; readonly hidden: unknown }) {
  const meta = isRecord(task["meta"]) ? task["meta"] : {};
  const left = Array.isArray(hidden) ? (hidden as readonly unknown[]) : [];
  const pairs = Object.entries(meta).filter(
    ([key, value]) => value !== null && typeof value !== "object" && value !== "" && !left.includes(key),
  );
  if (pairs.length === 0) return null;
  return (
    <dl class="pf-meta prodigy-meta" aria-label={words.meta}>
      {pairs.map(([key, value]) => (
        <div key={key}>
          <dt>{key}</dt>
          <dd>{typeof value === "number" ? Number(value.toPrecision(6)) : String(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
