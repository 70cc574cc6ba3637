/** The dialogs, which come after the first task. */
export { Help } from "./Help";
export { Kept } from "./Kept";
