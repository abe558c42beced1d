// A list whose chosen row opens beside it. <li data-row="key" data-opens="case town" data-url="?item=key"> with one real link: choosing by j/k
// or by a click loads the named parts from that address, keeps the address bar true, and moves the map. Without script the link is followed.
import { show } from "./live";

export function start(): void {
  document.addEventListener("anlan:chosen", (event) => {
    const row = (event.target as HTMLElement).closest<HTMLElement>("[data-opens]");
    if (row) open(row);
  });
  document.addEventListener("click", (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = (event.target as HTMLElement).closest("a");
    const row = link?.dataset.follow ? rowOf(link.dataset.follow) : link?.closest<HTMLElement>("[data-opens]");
    if (!row) return;
    event.preventDefault();
    if (row.hasAttribute("aria-current") && event.detail === 0) return toPrimary(row); // Enter on the chosen row
    open(row);
  });
  document.addEventListener("anlan:swapped", (event) => {
    const part = (event as CustomEvent<HTMLElement>).detail;
    agree(part);
    const bounds = part.querySelector<HTMLElement>("[data-bounds]")?.dataset;
    if (bounds) for (const map of document.querySelectorAll("anlan-map")) moveTo(map, bounds);
  });
}

function open(row: HTMLElement): void {
  const url = row.dataset.url ?? "";
  mark(row);
  for (const part of panes(row)) show(part, url);
}

/** The row is chosen: it alone, in the list and in the address bar. */
function mark(row: HTMLElement): void {
  const url = row.dataset.url ?? "";
  for (const other of document.querySelectorAll("[data-opens][aria-current]")) other.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  history.replaceState(null, "", url);
  const list = row.closest<HTMLElement>("[data-live]");
  if (list) list.dataset.live = url;
  for (const map of document.querySelectorAll("anlan-map")) map.setAttribute("selected", row.dataset.place ?? "");
}

function panes(row: HTMLElement): HTMLElement[] {
  const found = (row.dataset.opens ?? "").split(" ").map((id) => document.getElementById(id));
  return found.filter((part): part is HTMLElement => part !== null);
}

const rowOf = (key: string) => document.querySelector<HTMLElement>(`[data-opens][data-row="${CSS.escape(key)}"]`);
const itemOf = (part: HTMLElement) => part.querySelector<HTMLElement>("[data-item]")?.dataset.item;

/** Row and pane say the same: after a new list the pane follows, after a new pane the row; a place that the map opened has no row. */
function agree(part: HTMLElement): void {
  const item = itemOf(part);
  if (item !== undefined) {
    const row = rowOf(item);
    if (row && !row.hasAttribute("aria-current")) mark(row);
    if (!row) document.querySelectorAll("[data-opens][aria-current]").forEach((other) => other.removeAttribute("aria-current"));
    return;
  }
  const row = part.querySelector<HTMLElement>("[data-opens][aria-current]");
  const pane = row && panes(row)[0];
  if (!row || !pane || pane.hasAttribute("aria-busy") || itemOf(pane) === row.dataset.row) return;
  if (pane.dataset.live?.startsWith("?")) open(row);
  else row.removeAttribute("aria-current");
}

/** The first Enter goes to the button, the second presses it: nobody who is half asleep acts by one key too many. */
function toPrimary(row: HTMLElement): void {
  for (const part of panes(row)) {
    const button = part.hasAttribute("aria-busy") ? null : part.querySelector<HTMLElement>(".button--primary");
    if (button) return button.focus();
  }
}

function moveTo(map: Element, told: DOMStringMap): void {
  for (const [name, value] of [["bounds", told.bounds], ["state", told.state], ["paper", told.paperUrl]] as const) {
    if (value && map.getAttribute(name) !== value) map.setAttribute(name, value);
  }
}
