// The page's clock: the server's moment at load, run on at the world's speed, set right by every pushed event.
const body = document.body.dataset;
let base = body.now ? Date.parse(body.now) : Date.now();
let since = performance.now();
let speed = Number(body.speed ?? "1");

export function now(): number {
  return base + (performance.now() - since) * speed;
}

/** An exercise's clock may jump; a live one is never turned back by an old event. */
export function set(at: number, newSpeed = speed): void {
  if (newSpeed === 1 && at < now()) return;
  base = at;
  since = performance.now();
  speed = newSpeed;
}

/** "02:48" left, "−00:12" over, "1:05:00" with hours; the same words as anlan.ui.format.countdown. */
export function left(deadline: number): string {
  const seconds = Math.trunc((deadline - now()) / 1000);
  const size = Math.abs(seconds), hours = Math.floor(size / 3600), rest = size % 3600;
  const tail = `${two(Math.floor(rest / 60))}:${two(rest % 60)}`;
  return (deadline < now() && size > 0 ? "−" : "") + (hours ? `${hours}:${tail}` : tail);
}

/** "2021-08-12 04:07:12" in Beijing time, whatever the reader's machine is set to. */
export function beijing(at: number, length = 19): string {
  return new Date(at + 8 * 3600_000).toISOString().replace("T", " ").slice(19 - length, 19);
}

const two = (n: number) => String(n).padStart(2, "0");

export function tick(): void {
  for (const mark of document.querySelectorAll<HTMLElement>("[data-deadline]")) {
    if (mark.closest("[data-frozen]")) continue; // a past moment stands still
    const deadline = Date.parse(mark.dataset.deadline ?? "");
    const text = left(deadline);
    if (mark.textContent !== text) mark.textContent = text;
    mark.classList.toggle("clock--over", deadline < now());
    mark.classList.toggle("clock--later", deadline - now() > 900_000);
  }
  for (const part of document.querySelectorAll<HTMLElement>("[data-gone-after]")) {
    if (performance.now() > Number(part.dataset.goneAfter) * 1000) part.remove(); // what can be undone, for as long as it can
  }
  for (const mark of document.querySelectorAll<HTMLElement>("[data-clock]")) {
    mark.textContent = beijing(now(), mark.dataset.clock === "full" ? 19 : 8);
  }
}
