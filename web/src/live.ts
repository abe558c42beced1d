// Live push: one EventSource a page. A fragment with data-live="<url>" is fetched anew when an entry arrives whose name starts with
// one of its data-live-on prefixes; it is changed in place, keeps focus and the chosen row, and says so when push has stopped.
import * as clock from "./clock";

const STALE_AFTER = 10_000;
const AT_MOST_EVERY = 700;
const RETRY_AFTER = 3_000;
let heard = performance.now();
let beats = false;
let open = false;

interface Told { seq: number; name: string; at: string; subject: unknown }

export function start(): void {
  const url = document.body.dataset.stream;
  if (!url) return;
  connect(url, document.body.dataset.head ?? "");
  setInterval(() => { stale(); outlived(); }, 1000);
}

/** A browser comes back by itself after a cut, never after a refusal (a server that starts, a full one): then we do. */
function connect(url: string, after: string): void {
  const source = new EventSource(after ? `${url}?after=${after}` : url);
  let last = after;
  const hear = () => { heard = performance.now(); };
  const gone = () => source.close();
  source.addEventListener("open", () => { open = true; hear(); });
  source.addEventListener("error", () => {
    open = false;
    if (source.readyState !== EventSource.CLOSED) return;
    removeEventListener("pagehide", gone);
    setTimeout(() => connect(url, last), RETRY_AFTER);
  });
  source.addEventListener("journal", (event) => {
    hear();
    last = event.lastEventId || last;
    arrived(JSON.parse(event.data) as Told);
  });
  source.addEventListener("beat", (event) => { hear(); beats = true; beat(event.data); });
  source.addEventListener("reload", () => { hear(); document.querySelectorAll<HTMLElement>("[data-live]").forEach((part) => refresh(part)); });
  addEventListener("pagehide", gone);
}

function beat(data: string): void {
  const told = JSON.parse(data || "{}") as { now?: string; speed?: number };
  if (told.now) clock.set(Date.parse(told.now), told.speed ?? 1);
}

function arrived(told: Told): void {
  if (told.at) clock.set(Date.parse(told.at));
  document.dispatchEvent(new CustomEvent("anlan:journal", { detail: told }));
  for (const part of document.querySelectorAll<HTMLElement>("[data-live]")) {
    const prefixes = (part.dataset.liveOn ?? "").split(/\s+/).filter(Boolean);
    if (prefixes.some((each) => told.name.startsWith(each))) refresh(part);
  }
}

function stale(): void {
  const line = document.querySelector<HTMLElement>("[data-stale]");
  const silent = performance.now() - heard > STALE_AFTER;
  const isStale = silent && (!open || beats);
  if (!line || line.hidden === !isStale) return;
  line.hidden = !isStale;
  const since = line.querySelector("[data-stale-since]");
  if (isStale && since) since.textContent = clock.beijing(clock.now() - STALE_AFTER, 8);
  if (!isStale) document.querySelectorAll<HTMLElement>("[data-live]").forEach((part) => refresh(part));
}

/** What holds until a moment (data-live-until) goes by itself when it has passed: nothing need have been told. */
function outlived(): void {
  for (const told of document.querySelectorAll<HTMLElement>("[data-live-until]")) {
    const part = told.closest<HTMLElement>("[data-live]");
    if (!part || clock.now() < Date.parse(told.dataset.liveUntil ?? "")) continue;
    delete told.dataset.liveUntil;
    refresh(part);
  }
}

// ---------- fragments ----------
const due = new WeakMap<HTMLElement, number>();
const running = new WeakMap<HTMLElement, AbortController>();

/** At most one fetch in flight per fragment and one each AT_MOST_EVERY ms; the last event always leads to a fetch after it. */
export function refresh(part: HTMLElement, wait = Number(part.dataset.liveEvery ?? AT_MOST_EVERY)): void {
  if (due.has(part)) return;
  due.set(part, window.setTimeout(() => {
    due.delete(part);
    if (running.has(part)) return refresh(part);
    void fetchInto(part);
  }, wait));
}

/** Another thing was chosen: what stands there is taken away at once, its acts with it, until the new one has come; older fetches end. */
export function show(part: HTMLElement, url: string): void {
  part.dataset.live = url;
  part.setAttribute("aria-busy", "true");
  for (const act of part.querySelectorAll<HTMLButtonElement>("button, input, select, textarea")) act.disabled = true;
  for (const link of part.querySelectorAll("a[href]")) link.removeAttribute("href");
  clearTimeout(due.get(part));
  due.delete(part);
  running.get(part)?.abort();
  void fetchInto(part);
}

const isBusy = (part: HTMLElement) => part.hasAttribute("aria-busy");

async function fetchInto(part: HTMLElement): Promise<void> {
  if (!isBusy(part) && (part.matches("[data-paused]") || typing(part))) return refresh(part);
  const stop = new AbortController();
  const isLatest = () => running.get(part) === stop;
  running.set(part, stop);
  try {
    // no-store: parts of one page share an address, and a browser's cache would let them wait for each other
    const reply = await fetch(part.dataset.live ?? "", {
      headers: { "X-Anlan-Part": part.id || "1" }, credentials: "same-origin", cache: "no-store", signal: stop.signal,
    });
    const html = await reply.text();
    if (!isLatest()) return;
    if (reply.redirected || reply.status === 401 || reply.status === 403) return location.reload();
    if (reply.ok) {
      part.removeAttribute("aria-busy");
      swap(part, html);
    }
  } catch {
    // The stale line tells; the next event or the reconnect fetches again.
  } finally {
    if (isLatest()) {
      running.delete(part);
      if (isBusy(part)) refresh(part, RETRY_AFTER);
    }
  }
}

/** Someone who writes in a form is never interrupted; the fragment comes when they are done. */
function typing(part: HTMLElement): boolean {
  const active = document.activeElement;
  return active instanceof HTMLElement && part.contains(active) && active.matches("input:not([type=checkbox]):not([type=radio]), textarea, select");
}

function swap(part: HTMLElement, html: string): void {
  const active = document.activeElement instanceof HTMLElement && part.contains(document.activeElement) ? document.activeElement : null;
  const focus = active ? address(part, active) : null;
  const chosen = part.querySelector("[data-row][aria-current]")?.getAttribute("data-row");
  const known = new Set(Array.from(part.querySelectorAll("[data-row]"), (row) => row.getAttribute("data-row")));
  const scroll = part.scrollTop;
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const same = part.id ? fresh.getElementById(part.id) : null;
  part.textContent = "";
  part.append(...Array.from((same ?? fresh.body).childNodes));
  part.scrollTop = scroll;
  const stays = chosen && part.querySelector(`[data-row="${CSS.escape(chosen)}"]`);
  for (const row of part.querySelectorAll<HTMLElement>("[data-row]")) {
    if (stays && row.dataset.row === chosen) row.setAttribute("aria-current", "true");
    else if (stays) row.removeAttribute("aria-current");
    if (known.size && !known.has(row.dataset.row ?? "")) row.classList.add("is-new");
  }
  if (focus) part.querySelector<HTMLElement>(focus)?.focus({ preventScroll: true });
  clock.tick();
  document.dispatchEvent(new CustomEvent("anlan:swapped", { detail: part }));
}

/** How to find the focused element again: its id, its link, its name, else its row. */
function address(part: HTMLElement, element: HTMLElement): string | null {
  const row = element.closest<HTMLElement>("[data-row]");
  const within = row && part.contains(row) ? `[data-row="${CSS.escape(row.dataset.row ?? "")}"] ` : "";
  if (element.id) return `#${CSS.escape(element.id)}`;
  const link = element.getAttribute("href");
  if (link) return `${within}a[href="${CSS.escape(link)}"]`;
  const name = element.getAttribute("name");
  const value = element.getAttribute("value");
  if (name) return `${within}[name="${CSS.escape(name)}"]` + (value ? `[value="${CSS.escape(value)}"]` : "");
  return within ? `${within}a, ${within}button` : null;
}
