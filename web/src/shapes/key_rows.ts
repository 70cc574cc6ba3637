import type { Task } from "../types";
import type { KeyRow, Settings } from "../views/view";
import { drawSettings } from "./settings";
import { say } from "./words";

/** What the keys of the editor do, for the help. */
export function keyRows(_task: Task, settings: Settings): readonly KeyRow[] {
  const { labels } = drawSettings(settings.config);
  const { keys } = say();
  const labelKeys = labels.flatMap(({ key }) => (key === null ? [] : [key]));
  return [
    [keys.label, labelKeys],
    [keys.modes, ["r", "p", "h"]],
    [keys.walk, ["]", "["]],
    [keys.move, ["arrowleft", "arrowup", "arrowdown", "arrowright"]],
    [keys.resize, ["alt+arrowright"]],
    [keys.press, ["enter"]],
    [keys.remove, ["delete"]],
    [keys.corners, ["v", "n"]],
    [keys.duplicate, ["ctrl+d"]],
    [keys.steps, ["ctrl+z"]],
    [keys.zoom, ["+", "-", "0"]],
    [keys.pan, ["space"]],
    [keys.names, ["l"]],
    [keys.release, ["escape"]],
  ];
}
