/** Puts a recipe's scripts and style sheets on the page. */

/** Load scripts one after another; `onBroken` hears of those that cannot be fetched, and the next is loaded. */
export async function loadScripts(urls: readonly string[], onBroken: (url: string) => void): Promise<void> {
  for (const url of urls) {
    const script = Object.assign(document.createElement("script"), { src: url, async: false });
    if (!(await loaded(script))) onBroken(url);
  }
}

/** Load style sheets side by side, above all those of the app; done when all are there or the time is up. */
export async function loadStyles(urls: readonly string[], onBroken: (url: string) => void, atMostMs: number): Promise<void> {
  const all = urls.map(async (url) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: url });
    if (!(await loaded(link))) onBroken(url);
  });
  if (all.length > 0) await Promise.race([Promise.all(all), new Promise((resolve) => setTimeout(resolve, atMostMs))]);
}

function loaded(element: HTMLScriptElement | HTMLLinkElement): Promise<boolean> {
  return new Promise((resolve) => {
    element.onload = () => resolve(true);
    element.onerror = () => resolve(false);
    document.head.append(element);
  });
}
