import type { OutboxState } from "../state/outbox";
import { words } from "../words";
import { useApp } from "./context";
import { Icon, type IconName } from "./icons";

interface Said {
  readonly icon: IconName;
  readonly text: string;
  readonly tone: "calm" | "wait" | "bad";
}

/** Where the answers are: all saved, on their way, waiting, or not accepted. */
export function SaveState({ short = false }: { readonly short?: boolean }) {
  const { session, state, dialog } = useApp();
  const { outbox } = state.value;
  if (outbox === null) return <div class="pf-save" />;
  const said = saveWords(outbox);
  const kept = outbox.refused.length > 0 || outbox.elsewhere.length > 0;
  return (
    <div class={short ? "pf-save pf-save-short" : "pf-save"} data-tone={said.tone}>
      <span class="pf-save-line" role={short ? undefined : "status"}>
        <Icon name={said.icon} size={20} />
        <span class={short && said.tone === "calm" ? "pf-hidden" : ""}>{said.text}</span>
      </span>
      {!short && (
        <button
          type="button"
          class="pf-tool pf-save-now"
          title={words.saveNow}
          aria-label={words.saveNow}
          aria-keyshortcuts="Control+S"
          aria-disabled={outbox.waiting.length === 0}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => void session.save()}
        >
          <Icon name="save" />
        </button>
      )}
      {!short && !outbox.durable && <span class="pf-quiet">{words.notDurable}</span>}
      {!short && kept && (
        <button type="button" class="pf-link" onClick={() => (dialog.value = "kept")}>
          {outbox.refused.length > 0 ? words.details : words.elsewhereCount(outbox.elsewhere.length)}
        </button>
      )}
    </div>
  );
}

function saveWords(outbox: OutboxState): Said {
  const count = outbox.waiting.length;
  if (count > 0 && outbox.trouble === "network") return { icon: "offline", text: words.waitingNetwork(count), tone: "wait" };
  if (count > 0 && outbox.trouble === "server") return { icon: "offline", text: words.waitingServer(count), tone: "wait" };
  if (count > 0 && outbox.trouble === "link") return { icon: "link", text: words.waitingLink(count), tone: "wait" };
  if (count > 0 && outbox.trouble === "annotator") return { icon: "link", text: words.waitingAnnotator(count), tone: "wait" };
  if (count > 0 && outbox.trouble === "dataset") return { icon: "link", text: words.waitingDataset(count), tone: "wait" };
  if (outbox.refused.length > 0) return { icon: "alert", text: words.refusedCount(outbox.refused.length), tone: "bad" };
  if (count > 0) return { icon: "saving", text: outbox.sending ? words.saving(count) : words.held(count), tone: "calm" };
  return { icon: "saved", text: words.saved, tone: "calm" };
}
