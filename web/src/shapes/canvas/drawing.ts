/** The shape that is being drawn, by pointer or by keys, and the crosshair that keys move. */

import { type Draft, type How, beginDraft } from "../drafts";
import type { Editor } from "../editor";
import { distance } from "../geometry";
import type { Point } from "../shape";

export interface Drawing {
  /** What is there so far; null while nothing is drawn. */
  draft(): Draft | null;
  begin(at: Point): void;
  move(to: Point, how: How): void;
  /** Set a point; the shape is added when that completes it. */
  press(at: Point, how: How): void;
  /** Take back the last point, or drop the shape when that was the first; false when nothing is drawn. */
  back(): boolean;
  /** Add the shape as it is. */
  finish(how: How): void;
  cancel(): boolean;
  /** Whether a press at this point would close the polygon. */
  closes(at: Point, how: How): boolean;
}

export type Complaint = "tooSmall" | "threePoints";

interface DrawingOptions {
  readonly onComplaint: (complaint: Complaint) => void;
  /** A point was set or taken back; null when nothing is drawn any more. */
  readonly onDraft: (draft: Draft | null) => void;
}

export function createDrawing(editor: Editor, { onComplaint: complain, onDraft }: DrawingOptions): Drawing {
  let draft: Draft | null = null;

  function set(next: Draft | null): void {
    draft = next;
    onDraft(next);
  }

  function begin(at: Point): void {
    const { mode, size } = editor.state();
    if (size === null) return;
    editor.select(null);
    set(beginDraft(mode, at, size));
  }

  function press(at: Point, how: How): void {
    if (draft?.press(at, how) === true) finish(how);
    else onDraft(draft);
  }

  function finish(how: How): void {
    const done = draft;
    if (done === null) return;
    const outline = done.outline(how);
    if (done.type === "polygon" && outline.length < 3) return complain("threePoints");
    set(null);
    // A second click at the same place gives the box up.
    const [first, , third] = outline;
    const isClick = done.type === "rect" && first !== undefined && third !== undefined && distance(first, third) < 2 * how.pixel;
    if (!isClick && !editor.add(done.type, outline)) complain("tooSmall");
  }

  function cancel(): boolean {
    const was = draft;
    if (was !== null) set(null);
    return was !== null;
  }

  return {
    draft: () => draft,
    begin,
    move: (to, how) => draft?.move(to, how),
    press,
    back() {
      if (draft === null) return false;
      set(draft.back() ? draft : null);
      return true;
    },
    finish,
    cancel,
    closes(at, how) {
      if (draft?.type !== "polygon" || draft.settled() < 3) return false;
      return distance(draft.points()[0]!, at) <= how.reach * how.pixel;
    },
  };
}
