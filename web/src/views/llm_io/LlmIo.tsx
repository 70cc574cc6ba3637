import { useState } from "preact/hooks";
import { useKeys } from "../keys";
import type { ViewProps } from "../view";
import { type Pane, panesOf } from "./panes";
import { say } from "./words";
import "./llm_io.css";

const KEYS: Readonly<Record<string, Pane["name"]>> = { p: "prompt", r: "response" };
const SAID_FOR_MS = 2000;

export function LlmIo({ task }: ViewProps) {
  const panes = panesOf(task) ?? [];
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const turn = (name: string, close = !closed.has(name)) => {
    setClosed(new Set([...[...closed].filter((other) => other !== name), ...(close ? [name] : [])]));
  };
  useKeys((key, event) => {
    const name = KEYS[key];
    if (name === undefined || event.repeat || !panes.some((pane) => pane.name === name)) return false;
    turn(name);
    return true;
  });
  return (
    <div class="pf-llm">
      {panes.map((pane) => (
        <PaneView key={pane.name} pane={pane} open={!closed.has(pane.name)} turn={(open) => turn(pane.name, !open)} />
      ))}
    </div>
  );
}

interface PaneProps {
  readonly pane: Pane;
  readonly open: boolean;
  readonly turn: (open: boolean) => void;
}

function PaneView({ pane, open, turn }: PaneProps) {
  const title = say()[pane.name];
  return (
    <details class="pf-pane" open={open} onToggle={(event) => event.currentTarget.open !== open && turn(event.currentTarget.open)}>
      <summary class="pf-pane-head">
        <span class="pf-strong">{title}</span>
        <span class="pf-quiet">{say().characters(new Intl.NumberFormat().format([...pane.text].length))}</span>
      </summary>
      <CopyButton text={pane.text} what={title} />
      <pre class="pf-pane-text" dir="auto">
        {pane.text}
      </pre>
    </details>
  );
}

function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [done, setDone] = useState<boolean | null>(null);
  const copyIt = async () => {
    setDone(await copy(text));
    setTimeout(() => setDone(null), SAID_FOR_MS);
  };
  const word = done === null ? say().copy : done ? say().copied : say().notCopied;
  return (
    <button
      type="button"
      class="pf-button pf-button-small pf-pane-copy"
      aria-label={done === null ? say().copyWhat(what) : word}
      aria-live="polite"
      // A click keeps the focus where it is: the space bar goes on meaning "ignore".
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => void copyIt()}
    >
      {word}
    </button>
  );
}

/** Browsers give pages without TLS no clipboard: then by selecting, as it was done before there was one. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "pf-hidden";
    document.body.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    return copied;
  }
}
