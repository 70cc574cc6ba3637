import { SafeHtml } from "../html/SafeHtml";
import { type Task, isRecord, textOf } from "../types";
import { Passage } from "./Passage";
import { Picture } from "./Picture";
import { contentOf } from "./content";
import { shapesOf } from "./shapes";

/** The image, html or text of a task. */
export function Body({ task }: { readonly task: Task }) {
  const content = contentOf(task);
  if (content === null) return null;
  if (content.kind === "image") return <Picture url={content.url} name={nameOf(task)} shapes={shapesOf(task)} />;
  return content.kind === "html" ? <SafeHtml html={content.html} /> : <Passage text={content.text} />;
}

/** What people call the picture: its file where the task knows it, else its address. */
export function nameOf(task: Task): string {
  const meta = isRecord(task["meta"]) ? task["meta"] : {};
  const names = [textOf(task, "path"), textOf(meta, "file"), textOf(meta, "path"), textOf(meta, "title")];
  return names.find((name) => name !== null) ?? textOf(task, "image") ?? "";
}
