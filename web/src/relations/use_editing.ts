/** The state of an editor on one task and what can be done in it. The lists are in the task; here are gestures and choices. */

import { useMemo, useState } from "preact/hooks";
import type { Label } from "../parts/labels";
import { useSteps } from "../parts/steps";
import type { Task } from "../types";
import type { ViewProps } from "../views/view";
import {
  type Lists,
  type Outcome,
  addRelation,
  addSpan,
  isRefusal,
  relabelRelation,
  relabelSpan,
  removeRelation,
  removeSpan,
  turnRelation,
} from "./edit";
import { type Options, optionsOf } from "./options";
import { type Node, type Reading, type Relation, type Span, entriesOf, isSameNode, nodeAt, nodeText, readTask, usableTokens } from "./task";
import { say } from "./words";

export type Mode = "relations" | "spans";

export interface Choices {
  readonly mode: Mode;
  readonly label: string | null;
  readonly spanLabel: string | null;
  readonly wrap: boolean;
}

/** What is chosen stays chosen from task to task. */
let lastChoices: Partial<Choices> = {};

interface Moment {
  /** The head of a relation, or the start of a span, that waits for its other end. */
  readonly pending: Node | null;
  /** The key of the selected relation. */
  readonly arc: string | null;
  /** The tokens of the selected span. */
  readonly span: Node | null;
  readonly message: { readonly text: string; readonly bad: boolean } | null;
}

const AT_REST: Moment = { pending: null, arc: null, span: null, message: null };

export type Editing = ReturnType<typeof useEditing>;

export function useEditing({ task, settings, change }: ViewProps, reading: Reading, editable: boolean) {
  const options = useMemo(() => optionsOf(settings.config, reading), [settings.config, reading.relations.length === 0]);
  const [choices, setChoices] = useState<Choices>(() => startingChoices(options));
  const [moment, setMoment] = useState<Moment>(AT_REST);
  const steps = useSteps<Lists>();
  const [[past, future], count] = useState<readonly [number, number]>([0, 0]);
  const lists = listsOf(task);
  const { mode } = choices;
  const arc = reading.relations.find((one) => one.key === moment.arc) ?? null;
  const span = reading.spans.find((one) => isSameNode(one, moment.span)) ?? null;

  const choose = (chosen: Partial<Choices>) => {
    lastChoices = { ...lastChoices, ...chosen };
    setChoices((now) => ({ ...now, ...chosen }));
  };
  const rest = (message: Moment["message"] = null) => setMoment({ ...AT_REST, message });
  const warn = (text: string) => setMoment((now) => ({ ...now, message: { text, bad: true } }));

  /** Put new lists into the task; tells whether they came about. */
  function apply(outcome: Outcome, after: (outcome: Exclude<Outcome, { refused: unknown }>) => Partial<Moment>, self = ""): boolean {
    if (isRefusal(outcome)) {
      if (outcome.refused === "self") setMoment({ ...AT_REST, message: { text: say().self(self), bad: true } });
      if (outcome.refused === "disabled") setMoment((now) => ({ ...now, pending: null, message: { text: say().disabledInside, bad: true } }));
      if (outcome.refused === "there") setMoment({ ...AT_REST, arc: outcome.key, message: { text: say().there, bad: true } });
      if (outcome.refused === "nothing") setMoment((now) => ({ ...now, pending: null, message: null }));
      return false;
    }
    steps.before(lists);
    count([past + 1, 0]);
    change(changesTo(lists, outcome));
    setMoment({ ...AT_REST, ...after(outcome) });
    return true;
  }

  const text = (node: Node) => nodeText(node, reading.tokens);
  const named = (labels: readonly Label[], name: string | null) => {
    const label = labels.find((one) => one.name === name) ?? labels[0];
    return label ?? null;
  };

  function connect(head: Node, child: Node, keepHead = false): void {
    const label = named(options.labels, choices.label);
    if (label === null) return warn(say().noLabels);
    const message = { text: say().made(label.name, text(head), text(child)), bad: false };
    apply(addRelation(lists, reading, head, child, label), () => ({ message, pending: keepHead ? head : null }), text(head));
  }

  function mark(node: Node): void {
    const label = named(options.spanLabels, choices.spanLabel);
    if (label === null) return;
    apply(addSpan(lists, reading, node, label), ({ spansMerged, relationsLost }) => ({
      message: {
        text: sentences(
          spansMerged > 1 ? say().merged(spansMerged) : say().madeSpan(label.name, text(node)),
          relationsLost > 0 ? say().relationsGone(relationsLost) : null,
        ),
        bad: false,
      },
    }));
  }

  /** Pick a token: the head and then the child, or the first and then the last word of a span. */
  function pick(token: number, keepHead = false): void {
    if (!editable) return;
    const found = reading.tokens[token];
    if (found === undefined || found.blank) return;
    if (found.disabled) return warn(say().disabled(found.text));
    const node = nodeAt(token, reading.spans);
    const { pending } = moment;
    if (mode === "relations") {
      if (pending === null) return setMoment({ ...AT_REST, pending: node });
      return connect(pending, node, keepHead);
    }
    if (pending !== null) return mark(around(pending, { first: token, last: token }));
    const inside = reading.spans.find((one) => isSameNode(one, node));
    setMoment(inside === undefined ? { ...AT_REST, pending: node } : { ...AT_REST, span: node });
  }

  /** Remove a relation or a span; `next` is the relation to select then. */
  function remove(target: { readonly arc: Relation | null; readonly span: Span | null } = { arc, span }, next: string | null = null): boolean {
    if (!editable) return false;
    if (target.arc !== null) {
      const gone = target.arc;
      const what = say().arc(gone.label, text(gone.head), text(gone.child));
      const message = { text: sentences(say().removed(what), say().backWith), bad: false };
      return apply(removeRelation(lists, gone), () => ({ message, arc: next }));
    }
    if (target.span === null || options.spanLabels.length === 0) return false;
    const what = say().spanOf(text(target.span), target.span.label);
    return apply(removeSpan(lists, reading, target.span), ({ relationsLost }) => ({
      message: {
        text: sentences(say().removed(what), relationsLost > 0 ? say().relationsGone(relationsLost) : null, say().backWith),
        bad: false,
      },
    }));
  }

  function turn(): boolean {
    if (!editable || arc === null) return false;
    const name = `${arc.child.first}-${arc.child.last} ${arc.head.first}-${arc.head.last} ${arc.label} 0`;
    apply(turnRelation(lists, reading, arc), () => ({ arc: name }));
    return true;
  }

  /** Choose a label for what comes next, and for what is selected. */
  function chooseLabel(name: string): void {
    choose({ label: name });
    const label = options.labels.find((one) => one.name === name);
    if (arc === null || label === undefined || !editable) return setMoment((now) => ({ ...now, message: null }));
    const key = `${arc.head.first}-${arc.head.last} ${arc.child.first}-${arc.child.last} ${name} 0`;
    apply(relabelRelation(lists, reading, arc, label), () => ({ arc: key }));
  }

  function chooseSpanLabel(name: string): void {
    choose({ spanLabel: name });
    const label = options.spanLabels.find((one) => one.name === name);
    if (span === null || label === undefined || !editable) return setMoment((now) => ({ ...now, message: null }));
    apply(relabelSpan(lists, reading, span, label), () => ({ span }));
  }

  function undo(again: boolean): boolean {
    const value = again ? steps.forth(lists) : steps.back(lists);
    if (value === null) return false;
    count(again ? [past + 1, future - 1] : [past - 1, future + 1]);
    change(changesTo(lists, value));
    rest({ text: again ? say().madeAgain : say().takenBack, bad: false });
    return true;
  }

  /** Leave what was begun, then what is selected; tells whether there was something to leave. */
  function leave(): boolean {
    if (moment.pending === null && moment.arc === null && moment.span === null && moment.message === null) return false;
    rest();
    return true;
  }

  return {
    editable,
    reading,
    options,
    choices,
    mode,
    pending: moment.pending,
    arc,
    span,
    message: moment.message,
    canUndo: past > 0,
    canRedo: future > 0,
    pick,
    connect,
    mark,
    remove,
    turn,
    undo,
    leave,
    chooseLabel,
    chooseSpanLabel,
    setMode(wanted: Mode) {
      choose({ mode: wanted });
      rest();
    },
    setWrap: (wrap: boolean) => choose({ wrap }),
    selectArc: (key: string) => setMoment({ ...AT_REST, arc: key }),
    /** Nothing is selected any more; what is begun stays so. */
    deselect: () => (moment.arc !== null || moment.span !== null) && setMoment((now) => ({ ...now, arc: null, span: null })),
    /** Begin a span, or a relation, at a node. */
    begin: (node: Node) => setMoment({ ...AT_REST, pending: node }),
  };
}

function startingChoices(options: Options): Choices {
  const among = (labels: readonly Label[], name: string | null | undefined) =>
    (labels.find((label) => label.name === name) ?? labels[0])?.name ?? null;
  return {
    mode: options.spanLabels.length > 0 ? (lastChoices.mode ?? "relations") : "relations",
    label: among(options.labels, lastChoices.label),
    spanLabel: among(options.spanLabels, lastChoices.spanLabel),
    wrap: options.wrapToggle ? (lastChoices.wrap ?? options.wrap) : options.wrap,
  };
}

/** Both lists as the task has them. */
function listsOf(task: Task): Lists {
  return { spans: entriesOf(task, "spans"), relations: entriesOf(task, "relations") };
}

/** Only the lists that are others now, so that a task without spans does not get any. */
function changesTo(before: Lists, after: Lists) {
  return {
    ...(before.spans !== after.spans && { spans: after.spans }),
    ...(before.relations !== after.relations && { relations: after.relations }),
  };
}

function around(one: Node, other: Node): Node {
  return { first: Math.min(one.first, other.first), last: Math.max(one.last, other.last) };
}

function sentences(...parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null).map((part) => (/[.!?]$/.test(part) ? part : `${part}.`)).join(" ");
}

/** The task read once for as long as its lists are the same. */
export function useReading(task: Task): Reading {
  const tokens = useMemo(() => usableTokens(task), [task["text"], task["tokens"]]);
  return useMemo(() => readTask(task, tokens), [tokens, task["spans"], task["relations"]]);
}
