import { words } from "../words";
import { useApp } from "./context";
import { Icon } from "./icons";

/** Colours: as the system, light, dark, and round again. */
export function ThemeButton() {
  const { theme, themeChoice } = useApp();
  const name = themeChoice.value;
  return (
    <button
      type="button"
      class="pf-tool"
      title={words.theme[name]}
      aria-label={words.theme[name]}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => theme.turn()}
    >
      <Icon name={name} />
    </button>
  );
}
