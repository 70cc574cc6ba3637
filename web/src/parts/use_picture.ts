import { useLayoutEffect, useState } from "preact/hooks";
import { useApp } from "../frame/context";
import type { Picture } from "../state/pictures";

export interface UsedPicture {
  readonly picture: Picture;
  /** An element to put on the page, once the picture is here. */
  readonly take: () => HTMLImageElement | null;
  readonly retry: () => void;
}

/** A picture by its address, loaded ahead where that was possible; draws the component anew when it is here. */
export function usePicture(url: string): UsedPicture {
  const { pictures } = useApp();
  const [, redraw] = useState(0);
  const picture = pictures.get(url);
  useLayoutEffect(() => {
    if (picture.status !== "loading") return;
    let wanted = true;
    void picture.ready.then(() => wanted && redraw((count) => count + 1));
    return () => {
      wanted = false;
    };
  }, [picture]);
  const retry = () => {
    pictures.retry(url);
    redraw((count) => count + 1);
  };
  return { picture, take: () => pictures.take(url), retry };
}
