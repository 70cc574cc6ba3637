import type { Open } from "../state/desk";
import { seen } from "../state/desk";
import { type Keymap, keyLabel } from "../state/keymap";
import { isFinal } from "../state/trouble";
import type { Button, Project } from "../types";
import { viewHere } from "../views/registry";
import { type AnswerWords, settingsOf } from "../views/view";
import { words } from "../words";
import { useApp } from "./context";
import { Icon } from "./icons";
import "./actions.css";

/** More than these need a closer setting. */
const USUAL = 4;

interface ActionsProps {
  readonly buttons: readonly Button[];
  readonly keymap: Keymap;
}

/** The recipe's buttons in its order, told apart by colour, shape, icon and word. */
export function Actions({ buttons, keymap }: ActionsProps) {
  const { session, state } = useApp();
  const { current, answered } = state.value.desk;
  // The task is not shown then, and nobody answers what they do not see.
  const blocked = isFinal(state.value.trouble);
  const own: Partial<Record<Button, string>> = ownWords(state.value.project, current);
  const act: Readonly<Record<Button, () => void>> = {
    accept: () => void session.answer("accept"),
    reject: () => void session.answer("reject"),
    ignore: () => void session.answer("ignore"),
    undo: () => void session.undo(),
    flag: () => void session.change({ flagged: !isFlagged(current) }),
  };
  return (
    <div
      class="pf-actions prodigy-buttons"
      role="group"
      aria-label={words.answerRegion}
      data-many={buttons.length > USUAL}
    >
      {buttons.map((name) => (
        <ActionButton
          key={name}
          name={name}
          keyName={keymap[name][0]}
          own={own[name]}
          disabled={blocked || (name === "undo" ? answered.length === 0 : current === null)}
          pressed={name === "flag" ? isFlagged(current) : current?.former === name && own[name] === undefined}
          onPress={act[name]}
        />
      ))}
    </div>
  );
}

function isFlagged(open: Open | null): boolean {
  return open !== null && seen(open)["flagged"] === true;
}

/** What the view of the open task calls the answers. */
function ownWords(project: Project | null, current: Open | null): AnswerWords {
  if (project === null || current === null) return {};
  const task = seen(current);
  return viewHere(task._view_id ?? project.view_id)?.answerWords?.(task, settingsOf(project, task)) ?? {};
}

interface ActionButtonProps {
  readonly name: Button;
  readonly own: string | undefined;
  readonly keyName: string | undefined;
  readonly disabled: boolean;
  readonly pressed: boolean;
  readonly onPress: () => void;
}

function ActionButton({ name, own, keyName, disabled, pressed, onPress }: ActionButtonProps) {
  return (
    <button
      type="button"
      class={`pf-action pf-action-${name} prodigy-button-${name}${pressed ? " pf-action-former" : ""}`}
      data-own={own !== undefined}
      aria-disabled={disabled}
      {...(own !== undefined && { "aria-label": `${words.answers[name]}: ${own}` })}
      {...(name === "flag" && { "aria-pressed": pressed })}
      {...(keyName !== undefined && { "aria-keyshortcuts": shortcutOf(keyName) })}
      // A click keeps the focus where it is, so that the space bar goes on meaning "ignore" after it.
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => !disabled && onPress()}
    >
      {own === undefined && <Icon name={name} size={name === "undo" || name === "flag" ? 20 : 24} />}
      <span class="pf-action-word">{own ?? words.answers[name]}</span>
      {keyName !== undefined && (
        <kbd class="pf-key" aria-hidden="true">
          {keyLabel(keyName)}
        </kbd>
      )}
    </button>
  );
}

/** A key as ARIA writes it. */
function shortcutOf(keyName: string): string {
  const names: Readonly<Record<string, string>> = { space: "Space", ctrl: "Control", alt: "Alt", shift: "Shift" };
  return keyName.split(/\+(?=.)/).map((part) => names[part] ?? part).join("+");
}
