import { useMemo, useRef } from "preact/hooks";
import { TaskView } from "../TaskView";
import { type KeyHandler, KeyScope, useKeys } from "../keys";
import type { ViewProps } from "../view";
import { type Block, blocksOf, joinChanges, order, viewOf } from "./blocks";
import { say } from "./words";
import "./blocks.css";

/** The blocks of a task. Pictures share the room that the others leave. */
export function Blocks(props: ViewProps) {
  const { task, settings } = props;
  const blocks = useMemo(() => blocksOf(task, settings) ?? [], [task, settings]);
  const used = useRef(0);
  const handlers = useRef<KeyHandler[][]>([]);
  const handlersOf = (place: number) => (handlers.current[place] ??= []);
  useKeys((name, event) =>
    order(blocks.length, used.current).some((place) => handlersOf(place).some((handle) => handle(name, event))),
  );
  // Changes that come together each see what the one before it did.
  const latest = useRef(task);
  latest.current = task;
  const use = (place: number) => {
    used.current = place;
  };
  return (
    <div class="pf-blocks">
      {blocks.map((block, place) => (
        <section
          key={place}
          class={fills(block) ? "pf-one-block pf-one-block-fills" : "pf-one-block"}
          aria-label={block.heading ?? say().block(place + 1, blocks.length)}
          onPointerDownCapture={() => use(place)}
          onFocusCapture={() => use(place)}
        >
          {block.heading !== null && block.heading !== settings.label && <h3 class="pf-one-block-label">{block.heading}</h3>}
          <KeyScope value={handlersOf(place)}>
            <TaskView
              {...props}
              viewId={block.viewId}
              task={block.task}
              settings={block.settings}
              change={(changes) => {
                const joined = joinChanges(blocks, place, latest.current, changes);
                latest.current = { ...latest.current, ...joined };
                props.change(joined);
              }}
            />
          </KeyScope>
        </section>
      ))}
    </div>
  );
}

function fills(block: Block): boolean {
  return viewOf(block)?.fills?.(block.task, block.settings) ?? false;
}
