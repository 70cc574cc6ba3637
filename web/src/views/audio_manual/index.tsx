import { recordingView } from "../../audio/view";

/** `{"audio" | "video"}`: regions of a recording are marked; the answer has `"audio_spans": [{start, end, label, id, color}]`. */
export const view = recordingView("audio_manual", true);
