// Live push: one EventSource a browser, whoever of its tabs holds the lock; it tells the others by BroadcastChannel. Six streams over HTTP/1.1
// are all that a browser opens to one server: a seventh tab would wait for ever, and so would its answers. Where there are no locks, tabs poll.
// A fragment with data-live="<url>" is fetched anew when an entry arrives whose name starts with one of its data-live-on prefixes; it is
// changed in place, keeps focus and the chosen row, and says so when push has stopped.
import * as clock from "./clock";

const STALE_AFTER = 10_000;
const AT_MOST_EVERY = 700;
const RETRY_AFTER = 3_000;
const POLL_EVERY = 5_000;
const QUIET_AFTER = 60_000; // what is ill is told by no entry: ask then
let heard = performance.now();
let asked = performance.now();
let open = false;
let last = "";

interface Told { seq: number; name: string; at: string; subject: unknown }
type Message = { kind: "open"; open: boolean; last: string } | { kind: "journal"; told: Told; id: string } | { kind: "reload" } | { kind: "ask" };

export function start(): void {
  const url = document.body.dataset.stream;
  if (!url) return;
  last = document.body.dataset.head ?? "";
  if (navigator.locks && "BroadcastChannel" in window) share(url);
  else setInterval(refreshAll, POLL_EVERY);
  setInterval(() => { stale(); outlived(); quiet(); }, 1000);
}

/** The tab that holds the lock has the stream; when it goes, the next takes up where the last entry stood. */
function share(url: string): void {
  const channel = new BroadcastChannel(`anlan:${url}`);
  let leads = false;
  const say = (message: Message) => { hear(message); channel.postMessage(message); };
  channel.onmessage = (event: MessageEvent<Message>) => {
    if (event.data.kind !== "ask") hear(event.data);
    else if (leads) channel.postMessage({ kind: "open", open, last } as Message);
  };
  channel.postMessage({ kind: "ask" } as Message);
  void navigator.locks.request(`anlan:${url}`, () => new Promise<void>((leave) => {
    leads = true;
    addEventListener("pagehide", () => { leads = false; leave(); });
    connect(url, say);
  }));
}

/** A browser comes back by itself after a cut, never after a refusal (a server that starts, a full one): then we do. */
function connect(url: string, say: (message: Message) => void): void {
  const source = new EventSource(last ? `${url}?after=${last}` : url);
  const gone = () => source.close();
  source.addEventListener("open", () => say({ kind: "open", open: true, last }));
  source.addEventListener("error", () => {
    say({ kind: "open", open: false, last });
    if (source.readyState !== EventSource.CLOSED) return;
    removeEventListener("pagehide", gone);
    setTimeout(() => connect(url, say), RETRY_AFTER);
  });
  source.addEventListener("journal", (event) => say({ kind: "journal", told: JSON.parse(event.data) as Told, id: event.lastEventId }));
  source.addEventListener("reload", () => say({ kind: "reload" }));
  addEventListener("pagehide", gone);
}

function hear(message: Message): void {
  heard = performance.now();
  if (message.kind === "journal") {
    if (Number(message.id) <= Number(last)) return; // of the tab before, said again
    last = message.id;
    arrived(message.told);
  } else if (message.kind === "open") {
    open = message.open;
    if (Number(message.last) > Number(last)) { // this page was made before that
      last = message.last;
      refreshAll();
    }
  } else refreshAll();
}

function refreshAll(): void {
  asked = performance.now();
  document.querySelectorAll<HTMLElement>("[data-live]").forEach((part) => refresh(part));
}

function quiet(): void {
  if (performance.now() - asked > QUIET_AFTER && !document.hidden) refreshAll();
}

function arrived(told: Told): void {
  asked = performance.now();
  if (told.at) clock.set(Date.parse(told.at));
  document.dispatchEvent(new CustomEvent("anlan:journal", { detail: told }));
  for (const part of document.querySelectorAll<HTMLElement>("[data-live]")) {
    const prefixes = (part.dataset.liveOn ?? "").split(/\s+/).filter(Boolean);
    if (prefixes.some((each) => told.name.startsWith(each))) refresh(part);
  }
}

function stale(): void {
  const line = document.querySelector<HTMLElement>("[data-stale]");
  const isStale = !open && performance.now() - heard > STALE_AFTER;
  if (!line || line.hidden === !isStale) return;
  line.hidden = !isStale;
  const since = line.querySelector("[data-stale-since]");
  if (isStale && since) since.textContent = clock.beijing(clock.now() - STALE_AFTER, 8);
  if (!isStale) refreshAll();
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
    heard = performance.now();
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
