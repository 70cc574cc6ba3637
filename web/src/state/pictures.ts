/** Pictures of the tasks to come, loaded and decoded before they are shown. */

export type Picture =
  | { readonly status: "loading"; readonly ready: Promise<void> }
  | { readonly status: "ready"; readonly element: HTMLImageElement }
  | { readonly status: "broken" };

const MOST_KEPT = 48;

export interface Pictures {
  /** Load and decode these soon; nothing happens for those that are here. */
  prefetch(urls: readonly string[]): void;
  /** How it stands with a picture; starts loading it if need be. */
  get(url: string): Picture;
  /** An element to put on the page: the decoded one, or a copy if that is on the page already. */
  take(url: string): HTMLImageElement | null;
  /** Load a broken one again. */
  retry(url: string): Picture;
}

export function createPictures(makeImage: () => HTMLImageElement = () => new Image()): Pictures {
  const known = new Map<string, Picture>();

  function load(url: string): Picture {
    const element = makeImage();
    element.decoding = "async";
    element.draggable = false;
    element.src = url;
    const ready = element.decode().then(
      () => void remember(url, { status: "ready", element }),
      () => void remember(url, { status: "broken" }),
    );
    return remember(url, { status: "loading", ready });
  }

  function remember<Kind extends Picture>(url: string, picture: Kind): Kind {
    known.delete(url);
    known.set(url, picture);
    for (const oldest of known.keys()) {
      if (known.size <= MOST_KEPT) break;
      known.delete(oldest);
    }
    return picture;
  }

  function get(url: string): Picture {
    const found = known.get(url);
    return found === undefined ? load(url) : found;
  }

  return {
    prefetch: (urls) => urls.forEach(get),
    get,
    take(url) {
      const found = known.get(url);
      if (found?.status !== "ready") return null;
      return found.element.isConnected ? (found.element.cloneNode() as HTMLImageElement) : found.element;
    },
    retry(url) {
      known.delete(url);
      return load(url);
    },
  };
}
