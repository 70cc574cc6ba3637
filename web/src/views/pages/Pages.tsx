import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { keyLabel } from "../../state/keymap";
import type { Answer, Changes } from "../../types";
import { TaskView } from "../TaskView";
import { type KeyHandler, KeyScope, useKeys } from "../keys";
import type { ViewProps } from "../view";
import { type Page, answerOfPage, isOpen, pagesOf, see, seenPages, stoppedAt, viewOf, withPage } from "./pages";
import { say } from "./words";
import "./pages.css";

/** One page at a time, with where one is and what was not seen yet. */
export function Pages(props: ViewProps) {
  const { task, settings, stopped = 0 } = props;
  const pages = pagesOf(task, settings) ?? [];
  const { place, go } = usePlace(props, pages);
  const inside = useRef<KeyHandler[]>([]);
  const latest = useRef(task["pages"]);
  latest.current = task["pages"];
  useKeys((name, event) => {
    const step = name === "pageup" ? -1 : name === "pagedown" ? 1 : 0;
    if (step === 0 && inside.current.some((handle) => handle(name, event))) return true;
    return go(place + (step || (name === "," ? -1 : name === "." ? 1 : 0)));
  });
  const page = pages[place];
  if (page === undefined) return null;
  const change = (changes: Changes) => {
    latest.current = withPage(latest.current, place, changes);
    props.change({ pages: latest.current });
  };
  const onAnswer = (given: Answer) => {
    const own = answerOfPage(page, given);
    if (own !== null) change(own);
    // What answers by itself, such as a choice, goes on to the next page first.
    if ((given !== "accept" && own === null) || !go(place + 1)) props.answer(own === null ? given : "accept");
  };
  return (
    <div class={viewOf(page)?.fills?.(page.task, page.settings) === true ? "pf-pages pf-pages-fill" : "pf-pages"}>
      <PageBar {...props} pages={pages} place={place} go={go} />
      <section class="pf-one-page" aria-label={say().page(place + 1, pages.length)}>
        {page.heading !== null && viewOf(page)?.ownsLabel !== true && <h3 class="pf-page-label">{page.heading}</h3>}
        <KeyScope value={inside.current}>
          <TaskView
            key={place}
            viewId={page.viewId}
            task={page.task}
            settings={page.settings}
            change={change}
            answer={onAnswer}
            stopped={stopped}
          />
        </KeyScope>
      </section>
    </div>
  );
}

/** Where one is; what is shown counts as seen, and a page that stops an answer is shown. */
function usePlace({ task, settings, stopped = 0 }: ViewProps, pages: readonly Page[]) {
  const [place, setPlace] = useState(0);
  const here = useRef<number>(place);
  here.current = place;
  const [, redraw] = useState(0);
  useLayoutEffect(() => {
    see(task._task_hash, place);
    redraw((count) => count + 1);
    document.querySelector(".pf-content")?.scrollTo(0, 0);
  }, [place]);
  useEffect(() => {
    if (stopped === 0) return;
    const stops = stoppedAt(pages, "accept", seenPages(task._task_hash), settings.config["pages_require_all"] === true);
    if (stops !== null) setPlace(stops);
  }, [stopped]);
  const go = (to: number): boolean => {
    if (to === here.current || pages[to] === undefined) return false;
    setPlace(to);
    return true;
  };
  return { place, go };
}

interface PageBarProps extends ViewProps {
  readonly pages: readonly Page[];
  readonly place: number;
  readonly go: (to: number) => boolean;
}

const MOST_DOTS = 14;

function PageBar({ task, settings, stopped = 0, pages, place, go }: PageBarProps) {
  const seen = seenPages(task._task_hash);
  const unseen = pages.filter((_, at) => !seen.has(at)).length;
  const tried = stopped > 0;
  const mustSee = tried && unseen > 0 && settings.config["pages_require_all"] === true;
  const mustChoose = tried && isOpen(pages[place]!);
  const hint = mustChoose ? say().mustChoose : mustSee ? say().mustSee : unseen > 0 && say().unseen(unseen);
  return (
    <nav class="pf-page-bar" aria-label={say().pages}>
      <Step word={say().previous} sign="‹" keyName="," disabled={place === 0} press={() => go(place - 1)} />
      <span class="pf-page-number">{say().page(place + 1, pages.length)}</span>
      {pages.length <= MOST_DOTS && (
        <span class="pf-dots">
          {pages.map((_, at) => (
            <button
              key={at}
              type="button"
              class="pf-dot"
              aria-label={say().goTo(at + 1, seen.has(at))}
              aria-current={at === place ? "page" : undefined}
              data-seen={seen.has(at)}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => go(at)}
            />
          ))}
        </span>
      )}
      <span class={mustChoose || mustSee ? "pf-page-hint pf-page-stop" : "pf-page-hint"} role="status">
        {hint}
      </span>
      <Step word={say().next} sign="›" keyName="." disabled={place === pages.length - 1} press={() => go(place + 1)} />
    </nav>
  );
}

interface StepProps {
  readonly word: string;
  readonly sign: string;
  readonly keyName: string;
  readonly disabled: boolean;
  readonly press: () => void;
}

function Step({ word, sign, keyName, disabled, press }: StepProps) {
  return (
    <button
      type="button"
      class="pf-page-step"
      aria-label={word}
      title={`${word} (${keyLabel(keyName)})`}
      aria-disabled={disabled}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => !disabled && press()}
    >
      {sign}
    </button>
  );
}
