// A list whose chosen row opens beside it. <li data-row="key" data-opens="case town" data-url="?item=key"> with one real link: choosing by j/k
// or by a click loads the named parts from that address, keeps the address bar true, and moves the map. Without script the link is followed.
import { refresh } from "./live";

export function start(): void {
  document.addEventListener("anlan:chosen", (event) => {
    const row = (event.target as HTMLElement).closest<HTMLElement>("[data-opens]");
    if (row) open(row);
  });
  document.addEventListener("click", (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = (event.target as HTMLElement).closest("a");
    const row = link?.closest<HTMLElement>("[data-opens]");
    if (!row) return;
    event.preventDefault();
    if (row.hasAttribute("aria-current") && event.detail === 0) return toPrimary(row); // Enter on the chosen row
    open(row);
  });
  document.addEventListener("anlan:swapped", (event) => {
    const part = (event as CustomEvent<HTMLElement>).detail;
    const bounds = part.querySelector<HTMLElement>("[data-bounds]")?.dataset;
    if (bounds) for (const map of document.querySelectorAll("anlan-map")) moveTo(map, bounds);
  });
}

function open(row: HTMLElement): void {
  const url = row.dataset.url ?? "";
  for (const other of document.querySelectorAll("[data-opens][aria-current]")) other.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  history.replaceState(null, "", url);
  for (const id of (row.dataset.opens ?? "").split(" ")) {
    const part = document.getElementById(id);
    if (!part) continue;
    part.dataset.live = url;
    refresh(part, 0);
  }
  const list = row.closest<HTMLElement>("[data-live]");
  if (list) list.dataset.live = url;
  for (const map of document.querySelectorAll("anlan-map")) map.setAttribute("selected", row.dataset.place ?? "");
}

/** The first Enter goes to the button, the second presses it: nobody who is half asleep acts by one key too many. */
function toPrimary(row: HTMLElement): void {
  for (const id of (row.dataset.opens ?? "").split(" ")) {
    const button = document.getElementById(id)?.querySelector<HTMLElement>(".button--primary");
    if (button) return button.focus();
  }
}

function moveTo(map: Element, told: DOMStringMap): void {
  if (told.bounds && map.getAttribute("bounds") !== told.bounds) map.setAttribute("bounds", told.bounds);
  if (told.state && map.getAttribute("state") !== told.state) map.setAttribute("state", told.state);
}
