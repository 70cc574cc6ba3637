import { useId } from "preact/hooks";
import { Icon } from "../../frame/icons";
import type { Task } from "../../types";
import { words } from "../../words";
import { type Version, namesOf, summaryOf, votesOf } from "./versions";
import { say } from "./words";

interface VersionListProps {
  readonly versions: readonly Version[];
  readonly task: Task;
  readonly picked: number;
  readonly blind: boolean;
  readonly pick: (version: Version) => void;
}

/** The versions to pick from: who gave each, with which answer, and what is in it. */
export function VersionList({ versions, task, picked, blind, pick }: VersionListProps) {
  const group = useId();
  const names = namesOf(versions);
  return (
    <fieldset class="pf-versions">
      <legend class="pf-versions-title">
        {say().versions}
        <span class="pf-versions-state" role="status">
          {picked < 0 ? say().own : say().like(picked + 1)}
        </span>
      </legend>
      {versions.map((version) => (
        <label key={version.place} class="pf-given">
          <input
            class="pf-hidden"
            type="radio"
            name={group}
            checked={version.place === picked}
            onClick={() => pick(version)}
            onChange={() => pick(version)}
          />
          <span class="pf-given-what">
            {version.answer !== null && (
              <span class={`pf-badge pf-badge-${version.answer}`} title={words.answered[version.answer]}>
                <Icon name={version.answer} size={14} />
                <span class="pf-hidden">{words.answered[version.answer]}</span>
              </span>
            )}
            <span class="pf-given-summary">{summaryOf(version.made, task, say())}</span>
          </span>
          <Who sessions={version.sessions} names={names} blind={blind} />
          <kbd class="pf-key" aria-hidden="true">
            {version.place < 9 ? version.place + 1 : "]"}
          </kbd>
        </label>
      ))}
    </fieldset>
  );
}

/** The votes, where nothing but the answer was asked. */
export function VoteList({ versions, blind }: { readonly versions: readonly Version[]; readonly blind: boolean }) {
  const names = namesOf(versions);
  const votes = votesOf(versions);
  return (
    <section class="pf-votes" aria-label={say().votes}>
      {votes.map(({ answer, sessions }) => (
        <div key={answer} class="pf-vote" style={{ flexGrow: sessions.length }}>
          <span class={`pf-badge pf-badge-${answer}`}>
            <Icon name={answer} size={14} />
          </span>
          <span class="pf-strong">{words.answered[answer]}</span>
          <Who sessions={sessions} names={names} blind={blind} />
        </div>
      ))}
    </section>
  );
}

interface WhoProps {
  readonly sessions: readonly string[];
  readonly names: ReadonlyMap<string, string>;
  readonly blind: boolean;
}

const MOST_NAMES = 6;

function Who({ sessions, names, blind }: WhoProps) {
  const count = say().annotators(sessions.length);
  if (blind || sessions.length === 0) return <span class="pf-who">{sessions.length === 0 ? say().nobody : count}</span>;
  const shown = sessions.slice(0, MOST_NAMES).map((session) => names.get(session) ?? session);
  const more = sessions.length > shown.length ? ` +${sessions.length - shown.length}` : "";
  return (
    <span class="pf-who">
      <span class="pf-who-count" title={count}>
        {sessions.length}
      </span>
      {shown.join(", ") + more}
    </span>
  );
}
