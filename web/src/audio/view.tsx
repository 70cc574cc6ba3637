/** The views of recordings: `audio` and `video` to listen and look, `audio_manual` to mark regions in either. */

import { makeEventId } from "../http/event_id";
import { missing } from "../parts/content";
import { type Task, textOf } from "../types";
import type { View } from "../views/view";
import { Recording } from "./Recording";
import { waves } from "./deck";
import { type Kind, prepareElement } from "./elements";
import { keyRows } from "./keys";
import { regionsOf, withIds } from "./spans";

interface Source {
  readonly kind: Kind;
  readonly url: string;
}

/** What a task plays: its video where it has one, since that has its sound in it. */
export function sourceOf(task: Task): Source | null {
  const video = textOf(task, "video");
  if (video !== null) return { kind: "video", url: video };
  const audio = textOf(task, "audio");
  return audio === null ? null : { kind: "audio", url: audio };
}

export function recordingView(id: string, manual: boolean): View {
  return {
    id,
    Content: (props) => {
      const source = sourceOf(props.task);
      return source === null ? null : <Recording key={source.url} {...props} {...source} manual={manual} />;
    },
    fills: () => true,
    problem: (task) => (sourceOf(task) === null ? missing(id, "“audio” or “video”", task) : null),
    prefetch(task) {
      const source = sourceOf(task);
      if (source === null) return;
      waves.prefetch(source.url);
      prepareElement(source.kind, source.url);
    },
    keys: (task, { config }) =>
      keyRows(manual, sourceOf(task)?.kind === "video", manual || regionsOf(task["audio_spans"]).regions.length > 0, config),
    ...(manual && { initialChanges: (task) => ({ audio_spans: withIds(task["audio_spans"], makeEventId) }) }),
  };
}
