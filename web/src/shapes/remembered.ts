import type { ShapeType } from "./shape";

interface Remembered {
  mode?: ShapeType;
  label?: string;
  namesShown?: boolean;
  listOpen?: boolean;
  /** Whether the canvas of the task before had the focus. */
  focused?: boolean;
}

/** What the annotator chose on the tasks before, as long as the page is open. */
export const remembered: Remembered = {};
