import type { Open } from "../state/desk";
import { words } from "../words";
import { useApp } from "./context";
import { Icon } from "./icons";

/** Above the open task: why its answer came back, that it is answered already, that a draft of it is here. */
export function CardNotices({ open }: { readonly open: Open }) {
  const { session, notice, notices } = useApp();
  const own = notice.value.filter(({ taskHash }) => taskHash === open.task._task_hash);
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
      {own.map(({ id, text, tone }) => (
        <p key={id} class={tone === "bad" ? "pf-notice pf-notice-bad" : "pf-notice"} role="alert">
          <Icon name="alert" size={18} />
          <span>{text}</span>
          <button type="button" class="pf-tool" aria-label={words.dismiss} onClick={() => notices.dismiss(id)}>
            <Icon name="close" size={18} />
          </button>
        </p>
      ))}
      {open.former !== null && (
        <p class="pf-notice">
          <Icon name={open.former} size={18} />
          <span>{words.looking(words.answered[open.former])}</span>
          <button type="button" class="pf-button pf-button-small" onClick={() => void session.leave()}>
            {words.goOn}
          </button>
        </p>
      )}
      {open.restored && (
        <p class="pf-notice" role="status">
          <Icon name="undo" size={18} />
          <span>{words.restored}</span>
          <button type="button" class="pf-button pf-button-small" onClick={() => void session.startOver()}>
            {words.startOver}
          </button>
        </p>
      )}
    </>
  );
}
