import type { Task } from "../types";
import type { Size } from "./shape";

/** The size of the original as the task tells it. */
export function toldSize(task: Task): Size | null {
  const { width, height } = task;
  return isLength(width) && isLength(height) ? { width, height } : null;
}

/** The size of the original: browsers count it as it is shown, turned upright. A drawing without one gets what is told. */
export function sizeOfPicture(element: HTMLImageElement, told: Size | null): Size {
  const { naturalWidth: width, naturalHeight: height } = element;
  return width > 0 && height > 0 ? { width, height } : (told ?? { width: 1000, height: 1000 });
}

export function isSameSize(one: Size | null, other: Size): boolean {
  return one?.width === other.width && one.height === other.height;
}

function isLength(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}
