import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Open, seen } from "../state/desk";
import { type Answer, type Project, type Task, isRecord } from "../types";
import { TaskView, useView } from "../views/TaskView";
import { type AnswerWords, settingsOf } from "../views/view";
import { words } from "../words";
import { useApp } from "./context";
import { Icon } from "./icons";
import { type Swipe, watchSwipes } from "./swipe";
import "./card.css";

/** The open task: its label, its content as its view shows it, what is known about it. */
export function Card({ open, project }: { readonly open: Open; readonly project: Project }) {
  const { session } = useApp();
  const task = seen(open);
  const viewId = task._view_id ?? project.view_id;
  const view = useView(viewId);
  const settings = settingsOf(project, task);
  const shown = view === "coming" || view?.problem(task, settings) !== null ? null : view;
  const flagged = task["flagged"] === true;
  return (
    <SwipeCard fills={shown?.fills?.(task, settings) ?? false} own={shown?.answerWords?.(task, settings) ?? {}}>
      <Notices open={open} />
      {settings.label !== null && shown?.ownsLabel !== true && <h2 class="pf-label">{settings.label}</h2>}
      <Scroller taskHash={task._task_hash}>
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
        <Meta task={task} />
      </footer>
    </SwipeCard>
  );
}

/** Long content scrolls inside the card; a new task starts at its top. */
function Scroller({ taskHash, children }: { readonly taskHash: number; readonly children: ComponentChildren }) {
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
      class="pf-content"
      ref={box}
      data-scrolls={scrolls}
      {...(scrolls && { tabIndex: 0, role: "region", "aria-label": words.taskRegion })}
    >
      {children}
    </div>
  );
}

interface SwipeCardProps {
  readonly fills: boolean;
  /** The view's own words for the answers. */
  readonly own: AnswerWords;
  readonly children: ComponentChildren;
}

function SwipeCard({ fills, own, children }: SwipeCardProps) {
  const { session } = useApp();
  const element = useRef<HTMLElement>(null);
  const swipe = useSignal<Swipe | null>(null);
  const sides = useRef(own);
  sides.current = own;
  useEffect(
    () =>
      watchSwipes(element.current!, {
        allowed: () => session.state().desk.current !== null,
        onMove: (moved) => {
          swipe.value = moved && { ...moved, answer: moved.answer && towards(moved.answer, sides.current) };
        },
        onAnswer: (answer) => void session.answer(towards(answer, sides.current)),
      }),
    [],
  );
  const moved = swipe.value;
  const style = moved === null ? {} : { transform: `translate(${moved.x}px, ${moved.y}px) rotate(${moved.x / 40}deg)` };
  return (
    <article
      ref={element}
      class={fills ? "pf-card pf-card-fills" : "pf-card"}
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

function Notices({ open }: { readonly open: Open }) {
  const { session } = useApp();
  return (
    <>
      {open.problem !== null && (
        <p class="pf-notice pf-notice-bad" role="alert">
          <Icon name="alert" size={18} />
          <span>
            <strong>{words.refusedHere}:</strong> {open.problem}
          </span>
        </p>
      )}
      {open.former !== null && (
        <p class="pf-notice">
          <Icon name={open.former} size={18} />
          <span>{words.looking(words.answered[open.former])}</span>
          <button type="button" class="pf-button pf-button-small" onClick={() => void session.leave()}>
            {words.goOn}
          </button>
        </p>
      )}
    </>
  );
}

/** The task's meta, small; nested values are skipped. */
function Meta({ task }: { readonly task: Task }) {
  const meta = isRecord(task["meta"]) ? task["meta"] : {};
  const pairs = Object.entries(meta).filter(([, value]) => value !== null && typeof value !== "object" && value !== "");
  if (pairs.length === 0) return null;
  return (
    <dl class="pf-meta" aria-label={words.meta}>
      {pairs.map(([key, value]) => (
        <div key={key}>
          <dt>{key}</dt>
          <dd>{typeof value === "number" ? Number(value.toPrecision(6)) : String(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
