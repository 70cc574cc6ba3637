import type { RefObject } from "preact";
import { keyLabel } from "../state/keymap";
import { keepFocus } from "./ShapeList";
import type { Scene } from "./canvas/scene";
import type { Editor } from "./editor";
import { ToolIcon, type ToolIconName } from "./icons";
import type { ShapeType } from "./shape";
import { say } from "./words";

interface ToolbarProps {
  readonly modes: readonly ShapeType[];
  readonly mode: ShapeType;
  readonly editor: Editor;
  readonly scene: Scene | null;
  readonly listOpen: boolean;
  readonly toggleList: () => void;
  readonly count: number;
  /** Written by the canvas. */
  readonly zoomText: RefObject<HTMLSpanElement | null>;
}

const MODE_KEYS: Readonly<Record<ShapeType, string>> = { rect: "r", polygon: "p", freehand: "h" };
const STEP = 1.4;

/** Beside the canvas, or above it where there is little room. */
export function Toolbar({ modes, mode, editor, scene, listOpen, toggleList, count, zoomText }: ToolbarProps) {
  return (
    <div class="pf-draw-tools" role="toolbar" aria-label={say().tools} aria-orientation="vertical">
      <div class="pf-draw-group" role="radiogroup" aria-label={say().modes}>
        {modes.map((one) => (
          <button
            key={one}
            type="button"
            role="radio"
            class="pf-draw-tool"
            aria-checked={one === mode}
            aria-label={say().types[one]}
            aria-keyshortcuts={MODE_KEYS[one]}
            title={`${say().types[one]} (${keyLabel(MODE_KEYS[one])})`}
            onMouseDown={keepFocus}
            onClick={() => editor.setMode(one)}
          >
            <ToolIcon name={one} />
          </button>
        ))}
      </div>
      <div class="pf-draw-group">
        <Tool icon="back" name={say().back} keys="ctrl+z" onPress={editor.back} />
        <Tool icon="forth" name={say().forth} onPress={editor.forth} />
      </div>
      <div class="pf-draw-group pf-draw-zoom">
        <Tool icon="zoomIn" name={say().zoomIn} keys="+" onPress={() => scene?.zoom(STEP)} />
        <span class="pf-draw-percent" ref={zoomText} />
        <Tool icon="zoomOut" name={say().zoomOut} keys="-" onPress={() => scene?.zoom(1 / STEP)} />
        <Tool icon="fit" name={say().fit} keys="0" onPress={() => scene?.fit()} />
      </div>
      <button
        type="button"
        class="pf-draw-tool pf-draw-list-toggle"
        aria-expanded={listOpen}
        aria-label={say().list}
        title={say().list}
        onMouseDown={keepFocus}
        onClick={toggleList}
      >
        <ToolIcon name="list" />
        <span class="pf-draw-count">{count}</span>
      </button>
    </div>
  );
}

interface ToolProps {
  readonly icon: ToolIconName;
  readonly name: string;
  readonly keys?: string;
  readonly onPress: () => void;
}

function Tool({ icon, name, keys, onPress }: ToolProps) {
  const title = keys === undefined ? name : `${name} (${keyLabel(keys)})`;
  return (
    <button type="button" class={`pf-draw-tool pf-draw-${icon}`} aria-label={name} title={title} onMouseDown={keepFocus} onClick={onPress}>
      <ToolIcon name={icon} />
    </button>
  );
}
