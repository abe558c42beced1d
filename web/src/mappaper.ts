// The drawing that the server makes (the wall's): for printing, and where the browser cannot draw the living map.
import { show } from "./live";

export function canDraw(): boolean {
  return Boolean(document.createElement("canvas").getContext("webgl2")) && "customElements" in window;
}

/** A canvas of WebGL prints empty. What is shown at this very moment is asked for before printing, and the browser waits for it. */
export function start(): void {
  addEventListener("beforeprint", () => {
    for (const map of maps()) {
      const url = map.getAttribute("paper");
      if (!url || map.querySelector("[data-paper] svg")) continue;
      const ask = new XMLHttpRequest();
      ask.open("GET", at(map, url), false);
      ask.setRequestHeader("X-Anlan-Part", "paper");
      ask.send();
      if (ask.status === 200) box(map).innerHTML = ask.responseText;
    }
  });
  addEventListener("afterprint", () => { for (const each of document.querySelectorAll("[data-paper]:not([data-live])")) each.remove(); });
}

/** Where the map does not open: the drawing in its place, fresh when something happens, and a sentence that says what to do. */
export function instead(why: string): void {
  for (const map of maps()) {
    const canvas = map.querySelector(".anlan-map__canvas"), url = map.getAttribute("paper");
    const says = map.dataset[why.replace(/-(\w)/g, (_, c: string) => c.toUpperCase())] ?? "";
    if (canvas) canvas.innerHTML = "";
    const line = document.createElement("p");
    line.className = "note";
    line.setAttribute("role", "status");
    line.textContent = says;
    canvas?.append(line);
    map.classList.add("anlan-map--paper");
    if (!url) continue;
    const drawn = box(map);
    drawn.id = "paper";
    drawn.dataset.liveOn = map.getAttribute("live-on") ?? "";
    show(drawn, at(map, url));
    new MutationObserver(() => show(drawn, at(map, map.getAttribute("paper") ?? url))).observe(map, { attributeFilter: ["paper", "at"] });
  }
}

const maps = () => document.querySelectorAll<HTMLElement>("anlan-map");

function box(map: HTMLElement): HTMLElement {
  const found = map.querySelector<HTMLElement>("[data-paper]");
  if (found) return found;
  const made = document.createElement("div");
  made.dataset.paper = "";
  made.className = "anlan-map__paper";
  map.insertBefore(made, map.querySelector(".anlan-map__foot"));
  return made;
}

function at(map: HTMLElement, url: string): string {
  const moment = map.getAttribute("at");
  return moment ? `${url}${url.includes("?") ? "&" : "?"}at=${encodeURIComponent(moment)}` : url;
}
