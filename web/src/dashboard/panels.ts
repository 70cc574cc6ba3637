/** Panels by name: each is replaced when it changed, and what the reader opened or scrolled stays so. */

interface Fresh {
  readonly dataset: string;
  readonly order: readonly string[];
  readonly panels: Readonly<Record<string, string>>;
}

export function followPanels(source: EventSource, main: HTMLElement, onFresh: (dataset: string) => void): void {
  const middle = document.createElement("div");
  middle.className = "panels";
  main.append(middle);
  source.addEventListener("message", (event: MessageEvent<string>) => {
    const { dataset, order, panels } = JSON.parse(event.data) as Fresh;
    for (const [name, html] of Object.entries(panels)) put(main, middle, name, html);
    arrange(main, middle, order);
    onFresh(dataset);
  });
}

/** The server escaped what is not its own; scripts would not run anyhow. */
function put(main: HTMLElement, middle: HTMLElement, name: string, html: string): void {
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.firstElementChild;
  if (fresh === null) return;
  const old = main.querySelector(`#panel-${name}`);
  if (old === null) middle.append(fresh);
  else {
    keep(old, fresh);
    old.replaceWith(fresh);
  }
}

function keep(old: Element, fresh: Element): void {
  for (const details of old.querySelectorAll("details")) {
    const same = details.id === "" ? null : fresh.querySelector<HTMLDetailsElement>(`#${details.id}`);
    if (same !== null) same.open = details.open;
  }
  const scrolled = [...old.querySelectorAll(".scroll")].map((box) => box.scrollLeft);
  queueMicrotask(() => fresh.querySelectorAll(".scroll").forEach((box, place) => (box.scrollLeft = scrolled[place] ?? 0)));
}

/** The headline over the columns, what is wide under them, the rest inside in the server's order. */
function arrange(main: HTMLElement, middle: HTMLElement, order: readonly string[]): void {
  const here = new Set(order.map((name) => `panel-${name}`));
  for (const panel of main.querySelectorAll("section")) if (!here.has(panel.id)) panel.remove();
  let before: Element | null = null;
  for (const name of order) {
    const panel = main.querySelector(`#panel-${name}`);
    if (panel === null) continue;
    if (panel.classList.contains("tiles")) {
      if (panel.nextElementSibling !== middle) middle.before(panel);
    } else if (panel.classList.contains("wide")) {
      if (panel.previousElementSibling !== middle) middle.after(panel);
    } else {
      if (panel.parentElement !== middle || panel.previousElementSibling !== before) {
        if (before === null) middle.prepend(panel);
        else before.after(panel);
      }
      before = panel;
    }
  }
}
