import { keepFocus } from "./ShapeList";
import { ToolIcon, type ToolIconName } from "./icons";
import { say } from "./words";

interface SelectionBarProps {
  /** A polygon that is being drawn, a selected shape, or one of its points. */
  readonly what: "draft" | "shape" | "corner";
  /** At the top when the shape is at the bottom. */
  readonly atTop: boolean;
  readonly canFinish: boolean;
  readonly finish: () => void;
  readonly giveUp: () => void;
  readonly duplicate: () => void;
  readonly remove: () => void;
  readonly release: () => void;
}

/** What can be done with the shape at hand, for those without a keyboard. */
export function SelectionBar({ what, atTop, ...acts }: SelectionBarProps) {
  return (
    <div class="pf-draw-acts" data-top={atTop}>
      {what === "draft" ? (
        <>
          {acts.canFinish && <Act icon="finish" name={say().finish} onPress={acts.finish} />}
          <Act icon="release" name={say().giveUp} onPress={acts.giveUp} />
        </>
      ) : (
        <>
          <Act icon="remove" name={what === "corner" ? say().removeCorner : say().removeShort} onPress={acts.remove} />
          <Act icon="duplicate" name={say().duplicate} onPress={acts.duplicate} />
          <Act icon="release" name={say().release} onPress={acts.release} />
        </>
      )}
    </div>
  );
}

function Act({ icon, name, onPress }: { readonly icon: ToolIconName; readonly name: string; readonly onPress: () => void }) {
  return (
    <button type="button" class="pf-draw-act" onMouseDown={keepFocus} onClick={onPress}>
      <ToolIcon name={icon} size={17} />
      {name}
    </button>
  );
}
