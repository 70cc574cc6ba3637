/** The dashboard: panels that the server draws, put in their places and kept fresh. A report has the same ones. */

import { speak } from "../words";
import { followPanels } from "./panels";
import { say } from "./words";

export async function startDashboard(root: HTMLElement): Promise<void> {
  await speak(navigator.language);
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = "dashboard.css";
  document.head.append(style);
  document.body.style.overflow = "auto";

  const main = make("main", "dashboard");
  const head = make("header", "title");
  const name = make("h1", "");
  const state = make("p", "pf-live");
  state.setAttribute("role", "status");
  const print = make("button", "pf-button pf-button-small no-print");
  print.textContent = say().print;
  print.addEventListener("click", () => window.print());
  head.append(name, state, print);
  main.append(head);
  root.append(main);

  const source = new EventSource("dashboard/events");
  const show = (live: boolean) => {
    state.dataset["live"] = String(live);
    state.textContent = live ? say().live : say().away;
  };
  state.textContent = say().begin;
  followPanels(source, main, (dataset) => {
    name.textContent = dataset;
    document.title = say().title(dataset);
    show(true);
  });
  source.addEventListener("open", () => name.textContent && show(true));
  source.addEventListener("error", () => show(false));
}

function make(tag: string, className: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  return made;
}
