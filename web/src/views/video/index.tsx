import { recordingView } from "../../audio/view";

/** `{"video", "audio_spans"?}`: a video to look at, with the waveform of its sound. */
export const view = recordingView("video", false);
