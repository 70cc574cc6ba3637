import type { Stored } from "../state/storage";
import { summaryOf } from "../parts/summary";
import { words } from "../words";
import { useApp } from "./context";
import { Icon } from "./icons";
import { Modal } from "./Modal";

/** Answers that did not reach the server: look, send again, download, or throw away. Nothing is dropped by itself. */
export function Kept() {
  const { session, state, dialog } = useApp();
  const { outbox } = state.value;
  const refused = outbox?.refused ?? [];
  const elsewhere = outbox?.elsewhere ?? [];
  return (
    <Modal title={words.keptTitle} onClose={() => (dialog.value = null)}>
      {refused.length > 0 && (
        <section>
          <p>{words.keptText}</p>
          <Items items={refused} />
          <p class="pf-modal-buttons">
            <button type="button" class="pf-button" onClick={() => void session.retryRefused()}>
              {words.keptRetry}
            </button>
            <KeepOrNot items={refused} />
          </p>
        </section>
      )}
      {elsewhere.length > 0 && (
        <section>
          <p>{words.keptElsewhereText}</p>
          <Items items={elsewhere} />
          <p class="pf-modal-buttons">
            <KeepOrNot items={elsewhere} />
          </p>
        </section>
      )}
      {refused.length + elsewhere.length === 0 && <p>{words.saved}</p>}
    </Modal>
  );
}

function Items({ items }: { readonly items: readonly Stored[] }) {
  return (
    <ul class="pf-kept-list">
      {items.map((item) => (
        <li key={item.eventId}>
          {item.kind === "answer" && (
            <span class={`pf-badge pf-badge-${item.answer}`}>
              <Icon name={item.answer} size={14} />
            </span>
          )}
          <span>{item.kind === "answer" ? summaryOf(item).title : words.answers.undo}</span>
          {item.refused !== null && <span class="pf-kept-why">{item.refused.message}</span>}
        </li>
      ))}
    </ul>
  );
}

function KeepOrNot({ items }: { readonly items: readonly Stored[] }) {
  const { session } = useApp();
  return (
    <>
      <button type="button" class="pf-button" onClick={() => download(items)}>
        {words.keptDownload}
      </button>
      <button
        type="button"
        class="pf-button pf-button-bad"
        onClick={() => confirm(words.keptDiscardSure) && void session.discard(items)}
      >
        {words.keptDiscard}
      </button>
    </>
  );
}

function download(items: readonly Stored[]): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(items, null, 2)], { type: "application/json" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: "prodflow-unsent-answers.json" });
  link.click();
  URL.revokeObjectURL(url);
}
