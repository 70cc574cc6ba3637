import { Component, type JSX, createRef } from "preact";
import { nameOfShape, sizeOfShape } from "./announcer";
import type { Editor, EditorState } from "./editor";
import { ToolIcon, type ToolIconName } from "./icons";
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

interface ListState {
  /** Which rows are in view. */
  readonly first: number;
  readonly last: number;
  /** The row under the pointer. */
  readonly pointed: string | null;
}

/** The height of a row; the style sheet has the same numbers. */
const ROW_PX = { mouse: 34, finger: 44 };
/** Rows above and below those in view. */
const SPARE_ROWS = 10;

/** All shapes with their sizes: to find them, select, hide and delete them. Has elements only for the rows in view. */
export class ShapeList extends Component<ListProps, ListState> {
  private readonly list = createRef<HTMLDivElement>();
  private readonly rowPx = matchMedia("(pointer: coarse)").matches ? ROW_PX.finger : ROW_PX.mouse;
  private readonly observer = new ResizeObserver(() => this.look());
  override state: ListState = { first: 0, last: 2 * SPARE_ROWS, pointed: null };

  override componentDidMount(): void {
    this.observer.observe(this.list.current!);
    this.showSelected();
  }

  override componentWillUnmount(): void {
    this.observer.disconnect();
  }

  override shouldComponentUpdate({ state, flaws, namesShown }: ListProps, { first, last, pointed }: ListState): boolean {
    const { props, state: seen } = this;
    const sameShapes = state.shapes === props.state.shapes && flaws === props.flaws && namesShown === props.namesShown;
    const sameChoice = state.selected === props.state.selected && state.hidden === props.state.hidden;
    return !sameShapes || !sameChoice || first !== seen.first || last !== seen.last || pointed !== seen.pointed;
  }

  override componentDidUpdate(before: ListProps): void {
    if (before.state.selected !== this.props.state.selected) this.showSelected();
  }

  private readonly look = (): void => {
    const { scrollTop, clientHeight } = this.list.current!;
    const first = Math.max(0, Math.floor(scrollTop / this.rowPx) - SPARE_ROWS);
    const last = Math.ceil((scrollTop + clientHeight) / this.rowPx) + SPARE_ROWS;
    if (first !== this.state.first || last !== this.state.last) this.setState({ first, last });
  };

  private readonly point = (id: string | null): void => {
    this.setState({ pointed: id });
    this.props.hover(id);
  };

  /** Scroll to the row of the selected shape. */
  private showSelected(): void {
    const { shapes, selected } = this.props.state;
    const place = shapes.findIndex(({ id }) => id === selected);
    const list = this.list.current!;
    if (place < 0) return;
    const top = place * this.rowPx;
    list.scrollTop = Math.min(top, Math.max(list.scrollTop, top + this.rowPx - list.clientHeight));
    this.look();
  }

  override render(props: ListProps, { first, last, pointed }: ListState): JSX.Element {
    const { editor, state, flaws, namesShown, toggleNames, close, reveal, focusCanvas } = props;
    const { shapes, selected, hidden } = state;
    const tabStop = selected ?? shapes[0]?.id;
    const room = { paddingTop: `${first * this.rowPx}px`, paddingBottom: `${Math.max(0, shapes.length - last) * this.rowPx + 8}px` };
    return (
      <section class="pf-shape-list" aria-label={say().list}>
        <header class="pf-shape-list-head">
          <h2 class="pf-heading">
            {say().shapes} <span class="pf-shape-count">{shapes.length}</span>
          </h2>
          <HeadButton icon="names" name={say().names} pressed={namesShown} onPress={toggleNames} />
          <HeadButton icon="release" name={say().dismiss} onPress={close} />
        </header>
        {shapes.length === 0 && <p class="pf-quiet pf-shape-list-empty">{say().noShapes}</p>}
        <div class="pf-shape-scroller" ref={this.list} onScroll={this.look}>
          <ul style={room} onKeyDown={(event) => walkRows(event, editor, focusCanvas)} onMouseLeave={() => this.point(null)}>
            {shapes.slice(first, last).map((shape, place) => (
              <Row
                key={shape.id}
                shape={shape}
                place={first + place + 1}
                count={shapes.length}
                flaw={flaws.get(shape.id) ?? null}
                selected={shape.id === selected}
                hidden={hidden.has(shape.id)}
                reachable={shape.id === tabStop}
                active={shape.id === selected || shape.id === pointed || hidden.has(shape.id)}
                editor={editor}
                point={this.point}
                reveal={reveal}
              />
            ))}
          </ul>
        </div>
      </section>
    );
  }
}

interface HeadButtonProps {
  readonly icon: ToolIconName;
  readonly name: string;
  readonly pressed?: boolean;
  readonly onPress: () => void;
}

function HeadButton({ icon, name, pressed, onPress }: HeadButtonProps) {
  const state = pressed === undefined ? {} : { "aria-pressed": pressed };
  return (
    <button type="button" class="pf-draw-tool" {...state} title={name} aria-label={name} onMouseDown={keepFocus} onClick={onPress}>
      <ToolIcon name={icon} size={18} />
    </button>
  );
}

interface RowProps {
  readonly shape: Shape;
  /** The number of the row among all, which is not that among the elements. */
  readonly place: number;
  readonly count: number;
  readonly flaw: Flaw | null;
  readonly selected: boolean;
  readonly hidden: boolean;
  /** Whether tab stops at this row; arrow keys go to the others. */
  readonly reachable: boolean;
  /** Whether it shows what can be done; hundreds of icons would slow down all that moves on the page. */
  readonly active: boolean;
  readonly editor: Editor;
  readonly point: (id: string | null) => void;
  readonly reveal: (id: string) => void;
}

class Row extends Component<RowProps> {
  override shouldComponentUpdate(next: RowProps): boolean {
    const { shape, place, count, flaw, selected, hidden, reachable, active } = this.props;
    const same = next.shape === shape && next.place === place && next.count === count && next.flaw === flaw;
    return !same || next.selected !== selected || next.hidden !== hidden || next.reachable !== reachable || next.active !== active;
  }

  render({ shape, place, count, flaw, selected, hidden, reachable, active, editor, point, reveal }: RowProps): JSX.Element {
    const tabIndex = reachable ? 0 : -1;
    const pick = () => {
      editor.select(shape.id);
      reveal(shape.id);
    };
    return (
      <li
        class="pf-shape-row"
        aria-posinset={place}
        aria-setsize={count}
        data-row={shape.id}
        data-selected={selected}
        data-hidden={hidden}
        onMouseEnter={() => point(shape.id)}
      >
        <button
          type="button"
          class="pf-shape-pick"
          aria-pressed={selected}
          tabIndex={tabIndex}
          onMouseDown={keepFocus}
          onFocus={(event) => event.currentTarget.matches(":focus-visible") && pick()}
          onClick={pick}
        >
          <span class={`pf-shape-swatch pf-shape-swatch-${shape.type}`} style={{ "--shape": shape.color }} />
          <span class="pf-shape-label">{shape.label ?? say().noName}</span>
          <span class="pf-hidden">, {say().types[shape.type]}, </span>
          <span class={flaw === null ? "pf-shape-size" : "pf-shape-size pf-shape-flaw"}>
            {flaw === null ? sizeOfShape(shape) : say().flaws[flaw]}
          </span>
        </button>
        {active && <RowActs shape={shape} hidden={hidden} tabIndex={tabIndex} editor={editor} />}
      </li>
    );
  }
}

type RowActsProps = Pick<RowProps, "shape" | "hidden" | "editor"> & { readonly tabIndex: number };

function RowActs({ shape, hidden, tabIndex, editor }: RowActsProps) {
  const name = nameOfShape(shape);
  return (
    <>
      <button
        type="button"
        class="pf-shape-act"
        aria-pressed={hidden}
        aria-label={hidden ? say().unhide(name) : say().hide(name)}
        tabIndex={tabIndex}
        onMouseDown={keepFocus}
        onClick={() => editor.toggleHidden(shape.id)}
      >
        <ToolIcon name={hidden ? "eyeOff" : "eye"} size={17} />
      </button>
      <button
        type="button"
        class="pf-shape-act pf-shape-remove"
        aria-label={say().remove(name)}
        tabIndex={tabIndex}
        onMouseDown={keepFocus}
        onClick={(event) => removeRow(event.currentTarget, () => editor.remove(shape.id))}
      >
        <ToolIcon name="remove" size={17} />
      </button>
    </>
  );
}

/** A click keeps the focus where it is: keys go on meaning what they meant. */
export function keepFocus(event: MouseEvent): void {
  event.preventDefault();
}

/** Up and down go through the rows, enter to the shape itself; delete leaves the focus in the list. */
function walkRows(event: KeyboardEvent, editor: Editor, focusCanvas: () => void): void {
  const { target, key } = event;
  const row = target instanceof Element ? target.closest<HTMLElement>(".pf-shape-row") : null;
  if (row === null || !(target instanceof Element)) return;
  const acts: Readonly<Record<string, () => void>> = {
    ArrowDown: () => focusRow(row.nextElementSibling),
    ArrowUp: () => focusRow(row.previousElementSibling),
    Delete: () => removeRow(row, () => editor.remove(row.dataset["row"]!)),
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
