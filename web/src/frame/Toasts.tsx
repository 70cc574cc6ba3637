import { words } from "../words";
import { useApp } from "./context";
import { Icon } from "./icons";

/** At the top of the page: what is not of the open task, without taking the annotator away from it. */
export function Toasts() {
  const { notice, notices } = useApp();
  const general = notice.value.filter(({ taskHash }) => taskHash === null);
  return (
    <div class="pf-toasts">
      <Refused />
      {general.map(({ id, text, tone }) => (
        <div key={id} class="pf-toast" data-tone={tone} role="alert">
          <Icon name="alert" size={20} />
          <span>{text}</span>
          <button type="button" class="pf-tool" aria-label={words.dismiss} onClick={() => notices.dismiss(id)}>
            <Icon name="close" size={18} />
          </button>
        </div>
      ))}
    </div>
  );
}

/** An answer came back. */
function Refused() {
  const { session, state } = useApp();
  const { refusal, desk } = state.value;
  if (refusal === null || desk.current?.task._task_hash === refusal.taskHash) return null;
  return (
    <div class="pf-toast" data-tone="bad" role="alert">
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
