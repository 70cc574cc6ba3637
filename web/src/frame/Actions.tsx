import { type Button, type Project, ANSWERS } from "../types";
import { type Open, seen } from "../state/desk";
import { type Keymap, keyLabel } from "../state/keymap";
import { viewHere } from "../views/registry";
import { type AnswerWords, settingsOf } from "../views/view";
import { words } from "../words";
import { useApp } from "./context";
import { Icon } from "./icons";
import "./actions.css";

interface ActionsProps {
  readonly buttons: readonly Button[];
  readonly keymap: Keymap;
}

/** Accept, reject, ignore, undo: told apart by colour, shape, icon and word. */
export function Actions({ buttons, keymap }: ActionsProps) {
  const { session, state } = useApp();
  const { current, answered } = state.value.desk;
  const nothingOpen = current === null;
  const own = ownWords(state.value.project, current);
  return (
    <div class="pf-actions" role="group" aria-label={words.answerRegion}>
      {ANSWERS.filter((answer) => buttons.includes(answer)).map((answer) => (
        <ActionButton
          key={answer}
          name={answer}
          keyName={keymap[answer][0]}
          own={own[answer]}
          disabled={nothingOpen}
          pressed={current?.former === answer && own[answer] === undefined}
          onPress={() => void session.answer(answer)}
        />
      ))}
      {buttons.includes("undo") && (
        <ActionButton
          name="undo"
          keyName={keymap.undo[0]}
          own={undefined}
          disabled={answered.length === 0}
          pressed={false}
          onPress={() => void session.undo()}
        />
      )}
    </div>
  );
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
      class={pressed ? `pf-action pf-action-${name} pf-action-former` : `pf-action pf-action-${name}`}
      data-own={own !== undefined}
      aria-disabled={disabled}
      {...(own !== undefined && { "aria-label": `${words.answers[name]}: ${own}` })}
      {...(keyName !== undefined && { "aria-keyshortcuts": keyName === "space" ? "Space" : keyName })}
      // A click keeps the focus where it is, so that the space bar goes on meaning "ignore" after it.
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => !disabled && onPress()}
    >
      {own === undefined && <Icon name={name} size={name === "undo" ? 20 : 24} />}
      <span class="pf-action-word">{own ?? words.answers[name]}</span>
      {keyName !== undefined && (
        <kbd class="pf-key" aria-hidden="true">
          {keyLabel(keyName)}
        </kbd>
      )}
    </button>
  );
}
