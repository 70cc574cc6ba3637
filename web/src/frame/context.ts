import type { Signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { RecipePage } from "../recipe/page";
import type { Notice, Notices } from "../state/notices";
import type { Pictures } from "../state/pictures";
import type { Done, Session, SessionState } from "../state/session";
import type { Theme } from "../state/theme";
import type { KeyHandler } from "../views/keys";

/** What every part of the page may use. */
export interface App {
  readonly session: Session;
  readonly state: Signal<SessionState>;
  readonly pictures: Pictures;
  readonly recipe: RecipePage;
  readonly notices: Notices;
  readonly notice: Signal<readonly Notice[]>;
  /** What the annotator did last. */
  readonly done: Signal<Done | null>;
  readonly theme: Theme;
  readonly themeChoice: Signal<ReturnType<Theme["get"]>>;
  /** Which dialog is open. */
  readonly dialog: Signal<"help" | "kept" | null>;
  /** Of the views on the page, asked in turn before the page's own keys. */
  readonly keyHandlers: KeyHandler[];
  /** Whether the sidebar is open where it is a drawer. */
  readonly drawer: Signal<boolean>;
}

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === null) throw new Error("useApp outside of AppContext");
  return app;
}
