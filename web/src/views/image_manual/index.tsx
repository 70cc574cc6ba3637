import { missing } from "../../parts/content";
import { labelsOf } from "../../parts/labels";
import { ShapeEditor } from "../../shapes/ShapeEditor";
import { keyRows } from "../../shapes/key_rows";
import { say } from "../../shapes/words";
import { textOf } from "../../types";
import type { View } from "../view";

/** `{"image", "spans"?}` and labels: boxes, polygons and lines drawn by hand, in pixels of the original. */
export const view: View = {
  id: "image_manual",
  Content: ShapeEditor,
  fills: () => true,
  problem(task, settings) {
    if (textOf(task, "image") === null) return missing("image_manual", "“image”", task);
    if (labelsOf(settings.config).length === 0) return say().noLabels;
    const spans = task["spans"];
    return spans === undefined || spans === null || Array.isArray(spans) ? null : say().spansNoList;
  },
  pictures: (task) => [textOf(task, "image") ?? []].flat(),
  keys: keyRows,
};
