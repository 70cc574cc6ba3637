import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Boundary } from "../frame/Boundary";
import { Icon } from "../frame/icons";
import { textOf } from "../types";
import { words } from "../words";
import { findView, viewNames } from "./registry";
import type { View, ViewProps } from "./view";

const TRY_AGAIN_MS = 2000;

/** A task as a view shows it, or why it cannot be shown. */
export function TaskView({ viewId, ...props }: ViewProps & { readonly viewId: string }) {
  const view = useView(viewId);
  const ignore = () => props.answer("ignore");
  if (view === "coming") return null;
  if (view === "late") return <Late viewId={viewId} />;
  if (view === null) return <CannotShow problem={words.unknownView(viewId, viewNames().join(", "))} onIgnore={ignore} />;
  const problem = problemOf(view, props);
  if (problem !== null) return <CannotShow problem={problem} onIgnore={ignore} />;
  return (
    <Boundary
      fallback={(error, again) => (
        <CannotShow problem={words.viewBroken(error.message)} onIgnore={ignore} onAgain={again} />
      )}
    >
      <view.Content {...props} />
    </Boundary>
  );
}

/** What is wrong with the task, as the server found or the view says; a view that fails at the question cannot show it either. */
export function problemOf(view: View, { task, settings }: Pick<ViewProps, "task" | "settings">): string | null {
  try {
    return textOf(task, "_error") ?? view.problem(task, settings);
  } catch (error) {
    console.error("prodflow: a view failed", error);
    return words.viewBroken(error instanceof Error ? error.message : String(error));
  }
}

/** The view of a name; null when there is none, "late" while it cannot be fetched and is tried again. */
export function useView(viewId: string): View | "coming" | "late" | null {
  const found = findView(viewId);
  const [failures, setFailures] = useState(0);
  const [, redraw] = useState(0);
  useEffect(() => {
    if (!(found instanceof Promise)) return;
    let wanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const again = () => wanted && setFailures((count) => count + 1);
    found.then(
      () => wanted && redraw((count) => count + 1),
      () => (timer = setTimeout(again, failures === 0 ? 0 : TRY_AGAIN_MS)),
    );
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [viewId, failures]);
  if (!(found instanceof Promise)) return found;
  return failures === 0 ? "coming" : "late";
}

function Late({ viewId }: { readonly viewId: string }) {
  return (
    <div class="pf-cannot" role="alert">
      <Icon name="offline" size={40} />
      <p class="pf-strong">{words.cannotShow}</p>
      <p>{words.viewLate(viewId)}</p>
      <button type="button" class="pf-button" onClick={() => location.reload()}>
        {words.reloadPage}
      </button>
    </div>
  );
}

interface CannotShowProps {
  readonly problem: string;
  readonly onIgnore?: () => void;
  /** Show the task once more, where that may help. */
  readonly onAgain?: () => void;
  readonly children?: ComponentChildren;
}

/** In place of what cannot be shown: why, and what to do. */
export function CannotShow({ problem, onIgnore, onAgain, children }: CannotShowProps) {
  return (
    <div class="pf-cannot" role="alert">
      <Icon name="alert" size={40} />
      <p class="pf-strong">{words.cannotShow}</p>
      <p>{problem}</p>
      {children ?? <p>{words.cannotShowText}</p>}
      {(onAgain ?? onIgnore) && (
        <p class="pf-cannot-buttons">
          {onAgain && (
            <button type="button" class="pf-button" onClick={onAgain}>
              {words.tryAgain}
            </button>
          )}
          {onIgnore && (
            <button type="button" class="pf-button" onClick={onIgnore}>
              {words.ignoreTask}
            </button>
          )}
        </p>
      )}
    </div>
  );
}
