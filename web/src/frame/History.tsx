import { type Task, isRecord, textOf } from "../types";
import type { Answered } from "../state/desk";
import { seen } from "../state/desk";
import { picked } from "../views/choice/pick";
import { Thumb } from "../parts/Thumb";
import { nameOf } from "../parts/Body";
import { contentOf, optionsOf } from "../parts/content";
import { words } from "../words";
import { useApp } from "./context";
import { Icon } from "./icons";
import "./history.css";

/** The answers of this session, newest first; a click opens one to change it. */
export function History() {
  const { session, state, drawer } = useApp();
  const { answered, current } = state.value.desk;
  const opened = current?.former == null ? null : current.task._task_hash;
  return (
    <section class="pf-history" aria-label={words.history}>
      <h2 class="pf-heading">{words.history}</h2>
      {answered.length === 0 && <p class="pf-quiet">{words.historyEmpty}</p>}
      <ol class="pf-history-list">
        {answered.map((entry) => (
          <li key={entry.task._task_hash}>
            <button
              type="button"
              class="pf-entry"
              aria-current={entry.task._task_hash === opened}
              aria-label={words.changeAnswer(words.answered[entry.answer], titleOf(entry))}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => {
                drawer.value = false;
                void session.reopen(entry.task._task_hash);
              }}
            >
              <span class={`pf-badge pf-badge-${entry.answer}`}>
                <Icon name={entry.answer} size={14} />
              </span>
              <Small entry={entry} />
              <span class="pf-entry-text">{titleOf(entry)}</span>
              {seen(entry)["flagged"] === true && <Icon name="flag" size={14} />}
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Small({ entry }: { readonly entry: Answered }) {
  const content = contentOf(entry.task);
  return content?.kind === "image" ? <Thumb url={content.url} alt="" /> : null;
}

const LONGEST_TITLE = 90;

/** A task in a few words: what was picked, its text, its label or its file. */
export function titleOf(entry: Answered): string {
  const task = seen(entry);
  const ids = picked(task);
  const options = (optionsOf(task) ?? []).filter((option) => ids.includes(option.id));
  const chosen = options.map((option) => (option.content?.kind === "text" ? option.content.text : String(option.id)));
  const content = contentOf(task);
  const html = content?.kind === "html" ? plain(content.html) : null;
  const file = content?.kind === "image" ? shortFile(nameOf(task), textOf(task, "image") ?? "") : null;
  const own = [chosen.join(", "), textOf(task, "text"), html, textOf(task, "label"), file].find((words) => !!words);
  const text = own ?? textInside(task);
  return (text ?? words.noText).slice(0, LONGEST_TITLE);
}

/** The first text in what a task is made of, where it has none of its own. */
function textInside(task: Task): string | null {
  const [page] = Array.isArray(task["pages"]) ? (task["pages"] as unknown[]) : [];
  const llm = isRecord(task["llm"]) ? { text: task["llm"]["response"] ?? task["llm"]["prompt"] } : null;
  const texts = [task["input"], task["accept"], page, llm].map((part) => (isRecord(part) ? textOf(part, "text") : null));
  return texts.find((text) => text !== null) ?? textOf(task, "added") ?? null;
}

function plain(html: string): string {
  // A space before each tag keeps the words of neighbouring blocks apart.
  const text = new DOMParser().parseFromString(html.replaceAll("<", " <"), "text/html").body.textContent ?? "";
  return text.replace(/\s+/g, " ").trim() || words.html;
}

function shortFile(name: string, url: string): string {
  // An opaque address says nothing to people.
  if (name === url && !/\.\w{2,5}$/.test(url)) return words.image;
  return name.startsWith("data:") ? words.image : (name.split("/").at(-1) ?? name);
}
