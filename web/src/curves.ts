// Small curves that share one time axis: the slider, the pointer and the arrow keys move one line through all of them, and each row says its
// value at that minute. <figure data-curve='[[10,20],[30,120]]' data-from="0" data-to="180" tabindex="0"> with <line class="curve__now"> and
// [data-curve-value] in the same row. Without script the picture, its label and the table beside it say everything.
interface Seen { figure: HTMLElement; points: [number, number][]; from: number; to: number; left: number; right: number }
let chosen = "";

export function start(): void {
  document.addEventListener("anlan:minute", (event) => { chosen = (event as CustomEvent<string>).detail; all(chosen); });
  document.addEventListener("anlan:swapped", () => all(chosen));
  document.addEventListener("pointermove", (event) => {
    const found = figure(event.target);
    if (!found) return;
    const { left, width } = found.figure.getBoundingClientRect();
    all(nearest(found, (event.clientX - left) / width));
  });
  document.addEventListener("pointerout", (event) => { if (figure(event.target) && !figure(event.relatedTarget)) all(chosen); });
  document.addEventListener("keydown", (event) => {
    const found = event.target === document.activeElement ? figure(event.target) : undefined;
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!found || !step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const at = found.points.findIndex(([minute]) => String(minute) === found.figure.dataset.at);
    const next = found.points[at < 0 ? (step > 0 ? 0 : found.points.length - 1) : Math.min(found.points.length - 1, Math.max(0, at + step))];
    if (next) all((chosen = String(next[0])));
  });
}

function figure(target: EventTarget | null): Seen | undefined {
  const found = target instanceof Element ? target.closest<HTMLElement>("[data-curve]") : null;
  return found ? read(found) : undefined;
}

function read(figure: HTMLElement): Seen {
  const told = figure.dataset;
  return {
    figure, points: JSON.parse(told.curve ?? "[]") as [number, number][], from: Number(told.from), to: Number(told.to),
    left: Number(told.left), right: Number(told.right),
  };
}

function nearest(seen: Seen, share: number): string {
  const minute = seen.from + ((share - seen.left) / (seen.right - seen.left)) * (seen.to - seen.from);
  const sorted = [...seen.points].sort((a, b) => Math.abs(a[0] - minute) - Math.abs(b[0] - minute));
  return sorted[0] ? String(sorted[0][0]) : "";
}

function all(minute: string): void {
  for (const each of document.querySelectorAll<HTMLElement>("[data-curve]")) mark(read(each), minute);
}

function mark(seen: Seen, minute: string): void {
  const point = seen.points.find(([at]) => String(at) === minute);
  const line = seen.figure.querySelector<SVGLineElement>(".curve__now");
  const value = seen.figure.parentElement?.querySelector<HTMLElement>("[data-curve-value]");
  seen.figure.dataset.at = point ? minute : "";
  line?.classList.toggle("is-off", !point);
  if (value) value.textContent = point ? (value.dataset.words ?? "").replace("{n}", minute).replace("{m}", (point[1] / 100).toFixed(2)) : "";
  if (!point || !line) return;
  const width = seen.figure.querySelector("svg")?.viewBox.baseVal.width ?? 0;
  const x = width * (seen.left + ((point[0] - seen.from) / (seen.to - seen.from)) * (seen.right - seen.left));
  line.setAttribute("x1", String(x));
  line.setAttribute("x2", String(x));
}
