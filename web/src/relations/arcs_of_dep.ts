/** The forms in which a parse comes: one `arc`, a list of `arcs`, or `relations`. */

import { type Task, isRecord } from "../types";
import { type Entry, entriesOf } from "./task";

/** The task with its arcs as relations. */
export function withRelations(task: Task): Task {
  const arcs = [...(isRecord(task["arc"]) ? [task["arc"]] : entriesOf(task, "arc")), ...entriesOf(task, "arcs")];
  if (arcs.length === 0) return task;
  return { ...task, relations: [...arcs.map((arc) => (isRecord(arc) ? asRelation(arc) : arc)), ...entriesOf(task, "relations")] };
}

/** Arcs may also name their ends from left to right, with the side on which the child is. */
function asRelation(arc: Entry): Entry {
  if (arc["head"] !== undefined || arc["start"] === undefined) return arc;
  const [left, right] = [arc["start"], arc["end"]];
  return arc["dir"] === "left" ? { ...arc, head: right, child: left } : { ...arc, head: left, child: right };
}
