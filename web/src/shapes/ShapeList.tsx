import { Component, type JSX } from "preact";
import { nameOfShape, sizeOfShape } from "./announcer";
import type { Editor, EditorState } from "./editor";
import { ToolIcon } from "./icons";
import type { Flaw, Shape } from "./shape";
import { say } from "./words";
import "./shape_list.css";

interface ListProps {
  readonly editor: Editor;
  readonly state: EditorState;
  readonly flaws: ReadonlyMap<string, Flaw>;
  readonly namesShown: boolean;
  readonly toggleNames: () => void;
  readonly close: () => void;
  readonly hover: (id: string | null) => void;
  readonly reveal: (id: string) => void;
  /** Go on with keys at the shape itself. */
  readonly focusCanvas: () => void;
}

/** All shapes with their sizes: to find them, select, hide and delete them. Drawn anew only when a shape is. */
export class ShapeList extends Component<ListProps> {
  override shouldComponentUpdate({ state, flaws, namesShown }: ListProps): boolean {
    const before = this.props;
    const same = state.shapes === before.state.shapes && state.selected === before.state.selected && state.hidden === before.state.hidden;
    return !same || flaws !== before.flaws || namesShown !== before.namesShown;
  }

  render({ editor, state, flaws, namesShown, toggleNames, close, hover, reveal, focusCanvas }: ListProps): JSX.Element {
    const { shapes, selected, hidden } = state;
    const tabStop = selected ?? shapes[0]?.id;
    return (
      <section class="pf-shape-list" aria-label={say().list}>
        <header class="pf-shape-list-head">
          <h2 class="pf-heading">
            {say().shapes} <span class="pf-shape-count">{shapes.length}</span>
          </h2>
          <button type="button" class="pf-draw-tool" aria-pressed={namesShown} title={say().names} aria-label={say().names} onMouseDown={keepFocus} onClick={toggleNames}>
            <ToolIcon name="names" size={18} />
          </button>
          <button type="button" class="pf-draw-tool pf-shape-list-close" title={say().dismiss} aria-label={say().dismiss} onMouseDown={keepFocus} onClick={close}>
            <ToolIcon name="release" size={18} />
          </button>
        </header>
        {shapes.length === 0 && <p class="pf-quiet pf-shape-list-empty">{say().noShapes}</p>}
        <ul class="pf-shape-rows" onKeyDown={(event) => walkRows(event, focusCanvas)} onMouseLeave={() => hover(null)}>
          {shapes.map((shape) => (
            <Row
              key={shape.id}
              shape={shape}
              flaw={flaws.get(shape.id) ?? null}
              selected={shape.id === selected}
              hidden={hidden.has(shape.id)}
              reachable={shape.id === tabStop}
              editor={editor}
              hover={hover}
              reveal={reveal}
            />
          ))}
        </ul>
      </section>
    );
  }
}

interface RowProps {
  readonly shape: Shape;
  readonly flaw: Flaw | null;
  readonly selected: boolean;
  readonly hidden: boolean;
  /** Whether tab stops at this row; arrow keys go to the others. */
  readonly reachable: boolean;
  readonly editor: Editor;
  readonly hover: (id: string | null) => void;
  readonly reveal: (id: string) => void;
}

class Row extends Component<RowProps> {
  override shouldComponentUpdate(next: RowProps): boolean {
    const { shape, flaw, selected, hidden, reachable } = this.props;
    const same = next.shape === shape && next.flaw === flaw && next.selected === selected;
    return !same || next.hidden !== hidden || next.reachable !== reachable;
  }

  render({ shape, flaw, selected, hidden, reachable, editor, hover, reveal }: RowProps): JSX.Element {
    const name = nameOfShape(shape);
    const tabIndex = reachable ? 0 : -1;
    const pick = () => {
      editor.select(shape.id);
      reveal(shape.id);
    };
    return (
      <li class="pf-shape-row" data-row={shape.id} data-selected={selected} data-hidden={hidden} onMouseEnter={() => hover(shape.id)}>
        <button
          type="button"
          class="pf-shape-pick"
          aria-pressed={selected}
          tabIndex={tabIndex}
          onMouseDown={keepFocus}
          onFocus={(event) => event.currentTarget.matches(":focus-visible") && pick()}
          onClick={pick}
        >
          <span class="pf-shape-swatch" style={{ color: shape.color }}>
            <ToolIcon name={shape.type} size={16} />
          </span>
          <span class="pf-shape-words">
            <span class="pf-shape-label">{shape.label ?? say().noName}</span>
            <span class="pf-hidden">, {say().types[shape.type]}, </span>
            <span class={flaw === null ? "pf-shape-size" : "pf-shape-size pf-shape-flaw"}>
              {flaw === null ? sizeOfShape(shape) : say().flaws[flaw]}
            </span>
          </span>
        </button>
        <button
          type="button"
          class="pf-shape-act pf-shape-hide"
          aria-pressed={hidden}
          aria-label={hidden ? say().unhide(name) : say().hide(name)}
          tabIndex={tabIndex}
          onMouseDown={keepFocus}
          onClick={() => editor.toggleHidden(shape.id)}
        />
        <button
          type="button"
          class="pf-shape-act pf-shape-remove"
          aria-label={say().remove(name)}
          tabIndex={tabIndex}
          onMouseDown={keepFocus}
          onClick={(event) => removeRow(event.currentTarget, () => editor.remove(shape.id))}
        />
      </li>
    );
  }
}

/** A click keeps the focus where it is: keys go on meaning what they meant. */
export function keepFocus(event: MouseEvent): void {
  event.preventDefault();
}

/** Up and down go through the rows, enter to the shape itself; delete leaves the focus in the list. */
function walkRows(event: KeyboardEvent & { readonly currentTarget: HTMLElement }, focusCanvas: () => void): void {
  const { target, key } = event;
  const row = target instanceof Element ? target.closest(".pf-shape-row") : null;
  if (row === null || !(target instanceof Element)) return;
  const acts: Readonly<Record<string, () => void>> = {
    ArrowDown: () => focusRow(row.nextElementSibling),
    ArrowUp: () => focusRow(row.previousElementSibling),
    Delete: () => row.querySelector<HTMLElement>(".pf-shape-remove")?.click(),
    ...(target.matches(".pf-shape-pick") && { Enter: focusCanvas }),
  };
  if (acts[key] === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  acts[key]();
}

function focusRow(row: Element | null): void {
  row?.querySelector<HTMLElement>(".pf-shape-pick")?.focus();
}

/** The focus goes to a neighbour, or it would be nowhere. */
function removeRow(button: Element, remove: () => void): void {
  const row = button.closest(".pf-shape-row");
  const hadFocus = row?.contains(document.activeElement) === true;
  const neighbour = row?.nextElementSibling ?? row?.previousElementSibling ?? null;
  remove();
  if (hadFocus) focusRow(neighbour);
}
