import { Picture } from "../../parts/Picture";
import { nameOf } from "../../parts/Body";
import { missing } from "../../parts/content";
import { labelsOf } from "../../parts/labels";
import { shapesOf } from "../../parts/shapes";
import { textOf } from "../../types";
import type { View } from "../view";

/** `{"image", "spans"?}`: a picture with its marked areas, in pixels of the original. */
export const image: View = {
  id: "image",
  Content: ({ task, settings }) => (
    <Picture url={textOf(task, "image") ?? ""} name={nameOf(task)} shapes={shapesOf(task, labelsOf(settings.config))} />
  ),
  fills: () => true,
  problem: (task) => (textOf(task, "image") === null ? missing("image", "“image”", task) : null),
  pictures: (task) => [textOf(task, "image") ?? []].flat(),
};
