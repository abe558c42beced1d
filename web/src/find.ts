// "/" or Ctrl-K: what one types is found while it is typed and drops down below the field; arrows walk the hits, Enter goes. Without script the
// form leads to the page of finding. An empty field drops down the pages last looked at, which this tab alone remembers, world by world.
const WAIT = 150;
const RECENT = 8;

export function start(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-find]");
  const field = form?.querySelector<HTMLInputElement>("input[type=search]");
  const drop = form?.querySelector<HTMLElement>("[data-found]");
  if (!form || !field || !drop) return;
  const key = `anlan:recent:${form.dataset.find}:${new URL(form.action).pathname}`; // what one looked at is nobody else's
  remember(key);
  let timer = 0;
  let asked = new AbortController();
  const look = async () => {
    asked.abort();
    asked = new AbortController();
    const text = field.value.trim();
    if (!text) return recent(drop, key, form.dataset.recent ?? "");
    try {
      const reply = await fetch(`${form.action}?q=${encodeURIComponent(text)}`, { headers: { "X-Anlan-Part": "found" }, signal: asked.signal });
      if (!reply.ok || reply.redirected) return;
      drop.innerHTML = await reply.text();
      drop.hidden = false;
    } catch { /* another letter came first, or the line is down: Enter still leads to the page */ }
  };
  field.addEventListener("input", () => { clearTimeout(timer); timer = window.setTimeout(() => void look(), WAIT); });
  field.addEventListener("focus", () => { if (drop.hidden) void look(); });
  form.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") { field.focus(); drop.hidden = true; }
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") walk(field, drop, event.key === "ArrowDown" ? 1 : -1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  document.addEventListener("focusin", (event) => { if (!form.contains(event.target as Node)) drop.hidden = true; });
  document.addEventListener("pointerdown", (event) => { if (!form.contains(event.target as Node)) drop.hidden = true; });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    field.focus();
    field.select();
  });
}

/** Arrows go from the field into the hits and back. */
function walk(field: HTMLElement, drop: HTMLElement, step: number): void {
  if (drop.hidden) return;
  const stops = [field, ...drop.querySelectorAll<HTMLElement>("a[href]")];
  const next = stops[stops.indexOf(document.activeElement as HTMLElement) + step];
  next?.focus();
}

type Page = [url: string, title: string];

function kept(key: string): Page[] {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "[]") as Page[];
  } catch {
    return [];
  }
}

function remember(key: string): void {
  const here: Page = [location.pathname + location.search, document.title.replace(/ · [^·]*$/, "")];
  const others = kept(key).filter(([url]) => url.split("?")[0] !== location.pathname);
  try {
    sessionStorage.setItem(key, JSON.stringify([here, ...others].slice(0, RECENT + 1)));
  } catch { /* a browser that keeps nothing */ }
}

function recent(drop: HTMLElement, key: string, word: string): void {
  const pages = kept(key).slice(1);
  drop.textContent = "";
  drop.hidden = !pages.length;
  if (!pages.length) return;
  const list = document.createElement("ul");
  for (const [url, title] of pages) {
    const link = Object.assign(document.createElement("a"), { href: url, textContent: title });
    const row = document.createElement("li");
    row.append(link);
    list.append(row);
  }
  drop.append(Object.assign(document.createElement("h2"), { textContent: word }), list);
}
