import { useEffect, useState } from "preact/hooks";

const USUAL_FRAME_S = 1 / 30;
const MOST_FRAME_S = 1 / 5;

/** How long a frame of a video is: seen while it plays, since no browser tells. */
export function useFrame(element: HTMLMediaElement): number {
  const [seconds, setSeconds] = useState(USUAL_FRAME_S);
  useEffect(() => {
    if (!(element instanceof HTMLVideoElement) || !("requestVideoFrameCallback" in element)) return;
    let before: number | null = null;
    let shortest = MOST_FRAME_S;
    let handle = 0;
    const look: VideoFrameRequestCallback = (_, { mediaTime }) => {
      const passed = before === null ? 0 : mediaTime - before;
      before = mediaTime;
      if (passed > 0.001 && passed < shortest * 0.98) setSeconds((shortest = passed));
      handle = element.requestVideoFrameCallback(look);
    };
    handle = element.requestVideoFrameCallback(look);
    return () => element.cancelVideoFrameCallback(handle);
  }, [element]);
  return seconds;
}
