import type { Answer, Project } from "../types";
import { ANSWERS } from "../types";
import type { SessionState } from "../state/session";
import { isFinal } from "../state/trouble";
import { number, words } from "../words";
import { useApp } from "./context";
import { Icon } from "./icons";
import "./done.css";

/** In the card's place while nothing is open: why, and what this session has done. */
export function Done({ project, state }: { readonly project: Project; readonly state: SessionState }) {
  const { session } = useApp();
  if (state.trouble !== null) return <TroubleCard state={state} />;
  if (state.doneReason === null && !state.empty) return <Loading />;
  const counts = countAnswers(state);
  const total = ANSWERS.reduce((sum, answer) => sum + counts[answer], 0);
  return (
    <section class="pf-card pf-done" aria-label={words.doneTitle}>
      <Icon name="done" size={56} />
      <h2>{words.doneTitle}</h2>
      <p class="pf-done-reason">{state.doneReason ?? words.doneNoReason}</p>
      <dl class="pf-done-counts" aria-label={words.thisSessionGave}>
        {total < state.sessionTotal ? (
          // The history is shorter than the session: what is in it would be less than the truth.
          <div>
            <dt>{words.thisSession}</dt>
            <dd>{number(state.sessionTotal)}</dd>
          </div>
        ) : (
          ANSWERS.filter((answer) => counts[answer] > 0 || project.buttons.includes(answer)).map((answer) => (
            <div key={answer}>
              <dt>
                <span class={`pf-badge pf-badge-${answer}`}>
                  <Icon name={answer} size={14} />
                </span>
                {words.answered[answer]}
              </dt>
              <dd>{number(counts[answer])}</dd>
            </div>
          ))
        )}
      </dl>
      <p class="pf-quiet">{state.outbox?.waiting.length ? words.doneUnsent : words.doneWatching}</p>
      <button type="button" class="pf-button" onClick={() => session.tryNow()}>
        {words.checkNow}
      </button>
    </section>
  );
}

export function TroubleCard({ state }: { readonly state: Pick<SessionState, "trouble"> }) {
  const { session } = useApp();
  const { trouble } = state;
  if (trouble === null) return <Loading />;
  const isMistaken = trouble.kind === "annotator" || trouble.kind === "dataset";
  const title = {
    link: words.linkTitle,
    forbidden: words.forbiddenTitle,
    annotator: words.annotatorTitle,
    dataset: words.datasetTitle,
    network: words.networkTitle,
    server: words.serverTitle,
  }[trouble.kind];
  const said: Partial<Record<typeof trouble.kind, string>> = {
    link: words.linkText,
    annotator: words.annotatorText,
    dataset: words.datasetText,
    network: words.networkText,
  };
  return (
    <section class="pf-card pf-done" role="alert">
      <Icon name={trouble.kind === "link" ? "link" : trouble.kind === "network" ? "offline" : "alert"} size={56} />
      <h2>{title}</h2>
      <p class="pf-done-reason">{said[trouble.kind] ?? trouble.message}</p>
      {isMistaken && (
        <button type="button" class="pf-button" onClick={() => location.reload()}>
          {words.reloadPage}
        </button>
      )}
      {!isFinal(trouble) && (
        <button type="button" class="pf-button" onClick={() => session.tryNow()}>
          {words.tryNow}
        </button>
      )}
    </section>
  );
}

export function Loading() {
  return (
    <section class="pf-card pf-done pf-loading" role="status">
      <p>{words.loading}</p>
    </section>
  );
}

/** In place of the page, where it failed. */
export function Crashed() {
  return (
    <section class="pf-card pf-done" role="alert">
      <Icon name="alert" size={56} />
      <h2>{words.crashedTitle}</h2>
      <p class="pf-done-reason">{words.crashedText}</p>
      <button type="button" class="pf-button" onClick={() => location.reload()}>
        {words.reloadPage}
      </button>
    </section>
  );
}

function countAnswers(state: SessionState): Record<Answer, number> {
  const counts = { accept: 0, reject: 0, ignore: 0 };
  for (const entry of state.desk.answered) counts[entry.answer] += 1;
  return counts;
}
