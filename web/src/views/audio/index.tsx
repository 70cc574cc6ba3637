import { recordingView } from "../../audio/view";

/** `{"audio", "audio_spans"?}`: a recording to listen to, with its regions. */
export const view = recordingView("audio", false);
