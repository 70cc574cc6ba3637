/** One annotator at the spans of one text: what is selected, what is picked, which label comes next. Knows no screen. */

import type { Steps } from "../parts/steps";
import type { Document } from "./document";
import { type Rules, type Spans, type TokenRange, add, relabel, remove, resize, withinNeighbours } from "./edit";
import { type Mark, type Marks, type Span, marksAt } from "./marks";
import { type Selectable, onToken, rangeBetween, standAt, stepFrom } from "./select";

/** Tokens by their places: where picking began, and where the cursor is. */
export interface Picked {
  readonly anchor: number;
  readonly cursor: number;
}

export interface Deed {
  readonly kind: "added" | "relabelled" | "removed" | "resized" | "back" | "forth";
  readonly label: string | null;
}

export interface EditState extends Marks {
  readonly spans: Spans;
  readonly selected: Span | null;
  readonly picked: Picked | null;
  /** The label that is given next. */
  readonly active: string | null;
  /** The last thing done, to be told. */
  readonly deed: Deed | null;
  /** How many steps can be taken back, and forth. */
  readonly steps: readonly [back: number, forth: number];
}

export interface EditingOptions {
  readonly document: Document;
  readonly read: (spans: unknown) => Marks;
  readonly rules: Rules;
  readonly allowed: Selectable;
  readonly active: string | null;
  readonly steps: Steps<Spans>;
  /** Put the spans into the task. */
  readonly write: (spans: Spans) => void;
  readonly onChange: () => void;
}

export type Editing = ReturnType<typeof createEditing>;

export function createEditing(options: EditingOptions) {
  const { document, read, rules, allowed, steps, write } = options;
  let state: EditState = { spans: [], marks: [], misfits: [], selected: null, picked: null, active: options.active, deed: null, steps: [0, 0] };
  /** Written, and not yet come back as part of the task. */
  let underway: readonly Spans[] = [];
  let received: unknown;

  function patch(changes: Partial<EditState>): void {
    state = { ...state, ...changes };
    options.onChange();
  }

  /** The spans of the task as it is now. Ours come back later than they were written; others replace them. */
  function receive(given: unknown): void {
    if (given === received) return;
    received = given;
    const place = underway.indexOf(given as Spans);
    underway = underway.slice(place + 1);
    if (place >= 0) return;
    underway = [];
    const spans: Spans = Array.isArray(given) ? given : [];
    const selected = spans.includes(state.selected) ? state.selected : null;
    state = { ...state, ...read(spans), spans, selected };
  }

  function put(spans: Spans, deed: Deed, more: Partial<EditState> = {}): void {
    underway = [...underway, spans];
    write(spans);
    patch({ ...read(spans), spans, deed, ...more });
  }

  function edit(spans: Spans, deed: Deed, more: Partial<EditState> = {}): void {
    if (spans === state.spans) return patch({ deed: null, ...more });
    steps.before(state.spans);
    put(spans, deed, { ...more, steps: [state.steps[0] + 1, 0] });
  }

  const pickedRange = (): TokenRange | null => {
    const { picked } = state;
    return picked === null ? null : rangeBetween(document, onToken(picked.anchor), onToken(picked.cursor), allowed);
  };
  const only = (place: number): Picked | null => (place < 0 ? null : { anchor: place, cursor: place });

  /** The span that keys are meant for: the selected one, or that at the cursor. */
  function focused(): Mark | null {
    const { marks, selected, picked } = state;
    if (selected !== null) return marks.find((mark) => mark.span === selected) ?? null;
    if (picked === null || picked.anchor !== picked.cursor) return null;
    return marksAt(marks, picked.cursor)[0] ?? null;
  }

  function label(name: string): void {
    const { selected, picked, spans, marks } = state;
    const deed: Deed = { kind: "relabelled", label: name };
    if (selected !== null) {
      const next = relabel(spans, selected, name);
      return edit(next, deed, { active: name, selected: next[spans.indexOf(selected)] as Span });
    }
    const range = pickedRange();
    if (picked === null || range === null) return patch({ active: name });
    const here = rules.overlap || picked.anchor !== picked.cursor ? null : focused();
    const next = here === null ? add(document, marks, spans, range, name, rules) : relabel(spans, here.span, name);
    const after = rules.single ? stepFrom(document, range.last, 1, allowed) : range.last;
    edit(next, here === null ? { kind: "added", label: name } : deed, { active: name, picked: only(after) });
  }

  return {
    state: () => state,
    receive,
    focused,
    pickedRange,
    /** Give a label to what is selected or picked; without either it is the one that comes next. */
    label,
    select: (span: Span | null) => patch({ selected: span, picked: null, deed: null }),
    /** Set the cursor, or with `extend` move it on from where picking began. */
    point(place: number, extend = false): void {
      const stand = place < 0 ? -1 : standAt(document, place, allowed);
      if (stand < 0) return patch({ picked: null, selected: null, deed: null });
      const anchor = extend ? (state.picked?.anchor ?? stand) : stand;
      patch({ picked: { anchor, cursor: stand }, selected: null, deed: null });
    },
    /** Tokens were selected in one go: they get the label at once if one is active. */
    mark(range: TokenRange): void {
      const { active, marks, spans } = state;
      const picked = { anchor: range.first, cursor: range.last };
      if (active === null) return patch({ picked, selected: null, deed: null });
      const next = add(document, marks, spans, range, active, rules);
      edit(next, { kind: "added", label: active }, { picked: null, selected: null });
    },
    /** Give the selected span other tokens, as far as they are free. */
    resize(mark: Mark, wanted: TokenRange): void {
      const range = withinNeighbours(state.marks, mark, wanted, rules);
      if (mark.fits && range.first === mark.first && range.last === mark.last) return;
      const { spans, span } = resize(document, state.spans, mark, range);
      edit(spans, { kind: "resized", label: mark.label }, { selected: span });
    },
    remove(mark: Mark): void {
      const picked = state.selected === null ? state.picked : null;
      edit(remove(state.spans, mark.span), { kind: "removed", label: mark.label }, { selected: null, picked });
    },
    /** Leave what is selected or picked; tells whether there was anything. */
    leave(): boolean {
      if (state.selected === null && state.picked === null) return false;
      patch({ selected: null, picked: null, deed: null });
      return true;
    },
    /** Take the last step back; tells whether there was one. */
    back: () => step("back"),
    forth: () => step("forth"),
  };

  function step(kind: "back" | "forth"): boolean {
    const spans = steps[kind](state.spans);
    if (spans === null) return false;
    const [back, forth] = state.steps;
    const left: EditState["steps"] = kind === "back" ? [back - 1, forth + 1] : [back + 1, forth - 1];
    put(spans, { kind, label: null }, { selected: null, steps: left });
    return true;
  }
}
