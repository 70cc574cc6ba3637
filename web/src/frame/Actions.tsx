import { type Button, ANSWERS } from "../types";
import { type Keymap, keyLabel } from "../state/keymap";
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
  return (
    <div class="pf-actions" role="group" aria-label={words.answerRegion}>
      {ANSWERS.filter((answer) => buttons.includes(answer)).map((answer) => (
        <ActionButton
          key={answer}
          name={answer}
          keyName={keymap[answer][0]}
          disabled={nothingOpen}
          pressed={current?.former === answer}
          onPress={() => void session.answer(answer)}
        />
      ))}
      {buttons.includes("undo") && (
        <ActionButton
          name="undo"
          keyName={keymap.undo[0]}
          disabled={answered.length === 0}
          pressed={false}
          onPress={() => void session.undo()}
        />
      )}
    </div>
  );
}

interface ActionButtonProps {
  readonly name: Button;
  readonly keyName: string | undefined;
  readonly disabled: boolean;
  readonly pressed: boolean;
  readonly onPress: () => void;
}

function ActionButton({ name, keyName, disabled, pressed, onPress }: ActionButtonProps) {
  return (
    <button
      type="button"
      class={pressed ? `pf-action pf-action-${name} pf-action-former` : `pf-action pf-action-${name}`}
      aria-disabled={disabled}
      {...(keyName !== undefined && { "aria-keyshortcuts": keyName === "space" ? "Space" : keyName })}
      // A click keeps the focus where it is, so that the space bar goes on meaning "ignore" after it.
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => !disabled && onPress()}
    >
      <Icon name={name} size={name === "undo" ? 20 : 24} />
      <span class="pf-action-word">{words.answers[name]}</span>
      {keyName !== undefined && (
        <kbd class="pf-key" aria-hidden="true">
          {keyLabel(keyName)}
        </kbd>
      )}
    </button>
  );
}
