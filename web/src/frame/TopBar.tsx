import type { Project } from "../types";
import { words } from "../words";
import { useApp } from "./context";
import { Icon } from "./icons";
import { SaveState } from "./SaveState";
import { progressOf } from "./Sidebar";
import "./topbar.css";

/** What stays of the sidebar on small screens. */
export function TopBar({ project }: { readonly project: Project }) {
  const { drawer, state } = useApp();
  const { share, text } = progressOf(project, state.value);
  return (
    <header class="pf-topbar">
      <button
        type="button"
        class="pf-tool"
        aria-label={words.openSidebar}
        aria-expanded={drawer.value}
        onClick={() => (drawer.value = true)}
      >
        <Icon name="menu" size={22} />
      </button>
      <p class="pf-topbar-text">
        <strong>{project.dataset}</strong>
        <span>{text}</span>
      </p>
      <SaveState short />
      {share !== null && <span class="pf-topbar-bar" style={{ width: `${share * 100}%` }} aria-hidden="true" />}
    </header>
  );
}
