import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "../frame/icons";
import { type Task, textOf } from "../types";
import { words } from "../words";
import { findView, viewNames } from "./registry";
import type { Settings, View, ViewProps } from "./view";

const TRY_AGAIN_MS = 2000;

/** A task as a view shows it, or why it cannot be shown. */
export function TaskView({ viewId, ...props }: ViewProps & { readonly viewId: string }) {
  const view = useView(viewId);
  if (view === "coming") return null;
  if (view === null) return <CannotShow problem={words.unknownView(viewId, viewNames().join(", "))} />;
  const problem = problemOf(view, props.task, props.settings);
  if (problem !== null) return <CannotShow problem={problem} />;
  return <view.Content {...props} />;
}

/** Why a view cannot show a task: what the server found, else what the view says itself; null when it can. */
export function problemOf(view: View, task: Task, settings: Settings): string | null {
  return textOf(task, "_error") ?? view.problem(task, settings);
}

/** The view of a name; null when there is none. */
export function useView(viewId: string): View | "coming" | null {
  const found = findView(viewId);
  const [, redraw] = useState(0);
  useEffect(() => {
    if (!(found instanceof Promise)) return;
    const again = () => redraw((count) => count + 1);
    found.then(again, () => setTimeout(again, TRY_AGAIN_MS));
  }, [viewId]);
  return found instanceof Promise ? "coming" : found;
}

/** In place of what cannot be shown: why, and what to do. */
export function CannotShow({ problem, children }: { readonly problem: string; readonly children?: ComponentChildren }) {
  return (
    <div class="pf-cannot" role="alert">
      <Icon name="alert" size={40} />
      <p class="pf-strong">{words.cannotShow}</p>
      <p>{problem}</p>
      {children ?? <p>{words.cannotShowText}</p>}
    </div>
  );
}
