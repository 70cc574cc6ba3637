import { useEffect } from "preact/hooks";
import { seen } from "../state/desk";
import { type Command, type Keymap, commandOf, commandOfEvent } from "../state/keymap";
import { isFinal } from "../state/trouble";
import type { Answer, Project } from "../types";
import { type App, useApp } from "./context";
import { listenToKeys } from "./keyboard";
import { mayAnswer } from "./wishes";

/** What may be done while the open task is not shown. */
const ALWAYS: ReadonlySet<Command> = new Set(["save", "help", "back"]);

/** The keys of the page: those of the open view first, then the commands. */
export function usePageKeys(project: Project, keymap: Keymap): void {
  const app = useApp();
  useEffect(() => {
    const { session, keyHandlers } = app;
    const commands = commandsOf(app, project);
    return listenToKeys(
      (name, event) => {
        const blocked = isFinal(session.state().trouble);
        if (!blocked && session.state().desk.current !== null && keyHandlers.some((handle) => handle(name, event))) return true;
        if (event.repeat) return false;
        const command = commandOfEvent(keymap, name, event.shiftKey);
        return command === null || (blocked && !ALWAYS.has(command)) ? false : commands[command]();
      },
      // The browser would save the page.
      (name) => name.startsWith("ctrl+") && commandOf(keymap, name) === "save" && commands.save(),
    );
  }, [project, keymap]);
}

/** What each command does; false where the recipe does not want it. */
function commandsOf(app: App, project: Project): Readonly<Record<Command, () => boolean>> {
  const { session, dialog, drawer } = app;
  const give = (answer: Answer) => () => mayAnswer(project, answer) && did(session.answer(answer));
  const flagged = () => {
    const { current } = session.state().desk;
    return current !== null && seen(current)["flagged"] === true;
  };
  const mayFlag = project.buttons.includes("flag") || project.config["show_flag"] !== false;
  return {
    accept: give("accept"),
    reject: give("reject"),
    ignore: give("ignore"),
    undo: () => project.buttons.includes("undo") && did(session.undo()),
    flag: () => mayFlag && did(session.change({ flagged: !flagged() })),
    save: () => did(session.save()),
    help: () => did((dialog.value = "help")),
    back: () => (drawer.value ? !(drawer.value = false) : did(session.leave())),
  };
}

function did(_done: unknown): true {
  return true;
}
