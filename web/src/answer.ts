// The phone page. The answer is a plain form; with script it is kept on the phone until the server has said that it holds it.
// Later answers do not overwrite earlier ones: all are sent, in order, each with its own key, so that repeats do no harm.
interface Kept { key: string; at: number; body: string }

const STORE = `anlan-answer:${location.pathname}`;
const PATIENCE = 8000;
const form = document.querySelector<HTMLFormElement>("form[data-answer]");
let sending = false;
let wait = 2000;
let timer = 0;
/** What a server said that could write nothing down; empty when nobody answered at all. */
let trouble = "";

const queue = (): Kept[] => JSON.parse(localStorage.getItem(STORE) ?? "[]") as Kept[];
const time = (at: number | string) => new Date(at).toLocaleTimeString("zh-CN", { hour12: false, timeZone: "Asia/Shanghai" });

function show(state: string, at = "", why = ""): void {
  for (const line of document.querySelectorAll<HTMLElement>("[data-state]")) {
    line.hidden = line.dataset.state !== state;
    if (line.hidden) continue;
    const when = line.querySelector("[data-at]"), reason = line.querySelector("[data-why]");
    if (when) when.textContent = at;
    if (reason && why) reason.textContent = why;
  }
}

function press(value: string): void {
  for (const button of form?.querySelectorAll<HTMLButtonElement>("button[name=answer]") ?? []) {
    button.toggleAttribute("aria-pressed", false);
    if (button.value === value) button.setAttribute("aria-pressed", "true");
  }
}

function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** False when the phone cannot store: then nothing is said to be kept. */
function keep(item: Kept): boolean {
  try {
    localStorage.setItem(STORE, JSON.stringify([...queue(), item]));
    return true;
  } catch {
    return false;
  }
}

function drop(key: string): void {
  const rest = queue().filter((item) => item.key !== key);
  if (rest.length) localStorage.setItem(STORE, JSON.stringify(rest));
  else localStorage.removeItem(STORE);
}

async function post(item: Kept): Promise<Response> {
  const stop = new AbortController();
  const alarm = setTimeout(() => stop.abort(), PATIENCE);
  try {
    return await fetch(form?.action ?? location.href, {
      method: "POST", body: item.body, signal: stop.signal, credentials: "same-origin",
      headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "application/json" },
    });
  } finally {
    clearTimeout(alarm);
  }
}

/** True: settled, for better or worse. False: no network or a server in trouble; try again. */
async function deliver(item: Kept): Promise<boolean> {
  let reply: Response;
  trouble = "";
  try {
    reply = await post(item);
  } catch {
    return false;
  }
  const told = (await reply.json().catch(() => ({}))) as { received_at?: string; error?: string; recorded?: boolean };
  if (told.recorded === false) trouble = told.error ?? "";
  if (reply.status >= 500 || reply.status === 429) return false;
  if (reply.ok && !told.received_at) return false; // a hotel's or operator's sign-in page also says 200
  drop(item.key);
  if (reply.ok) show("sent", time(told.received_at ?? Date.now()));
  else show("wrong", "", told.error);
  return true;
}

async function flush(): Promise<void> {
  if (sending) return;
  sending = true;
  clearTimeout(timer);
  try {
    for (let item = queue()[0]; item; item = queue()[0]) {
      if (!(await deliver(item))) {
        show(trouble ? "unrecorded" : "kept", time(item.at), trouble);
        timer = window.setTimeout(() => void flush(), wait);
        wait = Math.min(wait * 2, 30_000);
        return;
      }
      wait = 2000;
    }
  } finally {
    sending = false;
  }
}

form?.addEventListener("submit", (event) => {
  const button = event.submitter as HTMLButtonElement | null;
  if (!button?.value) return;
  event.preventDefault();
  const data = new URLSearchParams();
  new FormData(form).forEach((value, name) => data.set(name, String(value)));
  const item = { key: newKey(), at: Date.now(), body: "" };
  data.set("answer", button.value);
  data.set("key", item.key);
  data.set("said_at", new Date(item.at).toISOString());
  item.body = data.toString();
  press(button.value);
  show("sending");
  if (keep(item)) void flush();
  else void deliver(item).then((settled) => { if (!settled) show(trouble ? "unrecorded" : "lost", "", trouble); });
});

addEventListener("online", () => { wait = 2000; void flush(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) void flush(); });
if (queue().length) void flush();

// How long an answer is still awaited: the server's seconds at load, run on at the world's speed.
const left = document.querySelector<HTMLElement>("[data-left]");
if (left) {
  const seconds = Number(left.dataset.left), speed = Number(left.dataset.speed), start = performance.now();
  const two = (n: number) => String(n).padStart(2, "0");
  setInterval(() => {
    const rest = Math.max(0, Math.trunc(seconds - ((performance.now() - start) / 1000) * speed));
    left.textContent = `${two(Math.floor(rest / 60))}:${two(rest % 60)}`;
  }, 1000);
}
export {};
