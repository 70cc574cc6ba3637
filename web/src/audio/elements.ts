/** The elements that play: made for the tasks to come with no more than their heads loaded, and emptied when done. */

export type Kind = "audio" | "video";

const MOST_KEPT = 3;
const ahead = new Map<string, HTMLMediaElement>();

/** Load the head of a recording: how long it is, and whether it is there. */
export function prepareElement(kind: Kind, url: string): void {
  const key = `${kind} ${url}`;
  if (ahead.has(key)) return;
  ahead.set(key, makeElement(kind, url));
  for (const [oldest, element] of ahead) {
    if (ahead.size <= MOST_KEPT) break;
    ahead.delete(oldest);
    emptyElement(element);
  }
}

/** The element to play a recording with. */
export function takeElement(kind: Kind, url: string): HTMLMediaElement {
  const key = `${kind} ${url}`;
  const found = ahead.get(key);
  ahead.delete(key);
  return found ?? makeElement(kind, url);
}

function makeElement(kind: Kind, url: string): HTMLMediaElement {
  const element = document.createElement(kind);
  element.preload = "metadata";
  if (element instanceof HTMLVideoElement) element.playsInline = true;
  element.src = url;
  return element;
}

/** Stop loading and let go of what is loaded. */
export function emptyElement(element: HTMLMediaElement): void {
  element.pause();
  element.removeAttribute("src");
  element.load();
}
