// The moments of a model run as a slider. <div data-frames> holds links (one a moment, data-water, data-says, data-minute) that open the page at
// that moment; with script they become a range and a play button: the map, the curves and the address follow without a new page.
//   data-frames="live": the newest forecast over the situation; a button puts it on and off, and it goes off by itself when one looks back.
const BEAT = 800;
interface Stop { water: string; says: string; minute: string; url: string }
interface WaterMap extends HTMLElement { ahead?(urls: string[]): void; keys?(): void }

let isOn = false; // the forecast stays on, at its minute, when a newer one takes its place
let minute = "";

export function start(): void {
  for (const part of document.querySelectorAll<HTMLElement>("[data-frames]")) begin(part);
  document.addEventListener("anlan:swapped", (event) => {
    const inside = (event as CustomEvent<HTMLElement>).detail;
    for (const part of inside.querySelectorAll<HTMLElement>("[data-frames]")) begin(part);
    if (isOn && inside.matches("[data-frames-home]") && !inside.querySelector("[data-frames]")) hide();
  });
  document.addEventListener("anlan:past", () => document.querySelector<HTMLButtonElement>("[data-frames-on][aria-pressed=true]")?.click());
}

const map = () => document.querySelector<WaterMap>("anlan-map");

function hide(): void {
  map()?.removeAttribute("water");
}

function begin(part: HTMLElement): void {
  const bar = part.querySelector<HTMLElement>("[data-frames-bar]");
  const range = bar?.querySelector<HTMLInputElement>("input[type=range]");
  if (!bar || !range) return;
  const links = Array.from(part.querySelectorAll<HTMLAnchorElement>("a[data-water]"));
  const stops = links.filter((link) => link.dataset.minute).map(stop);
  if (!stops.length) return;
  const isLive = part.dataset.frames === "live";
  new Frames(part, bar, range, stops, links, isLive);
}

const stop = (link: HTMLAnchorElement): Stop =>
  ({ water: link.dataset.water ?? "", says: link.dataset.says ?? "", minute: link.dataset.minute ?? "", url: link.href });

class Frames {
  private timer = 0;
  private readonly play: HTMLButtonElement | null;
  private readonly shown: HTMLElement | null;

  constructor(
    private readonly part: HTMLElement, private readonly bar: HTMLElement, private readonly range: HTMLInputElement,
    private readonly stops: Stop[], private readonly links: HTMLAnchorElement[], private readonly isLive: boolean,
  ) {
    this.play = bar.querySelector("[data-frames-play]");
    this.shown = bar.querySelector("[data-frames-moment]");
    range.max = String(stops.length - 1);
    for (const link of links) if (link.dataset.minute) (link.closest("li") ?? link).hidden = true;
    range.addEventListener("input", () => { this.halt(); this.go(Number(range.value)); });
    range.addEventListener("focus", () => this.ahead(), { once: true });
    range.addEventListener("pointerenter", () => this.ahead(), { once: true });
    if (this.play) {
      this.play.hidden = matchMedia("(prefers-reduced-motion: reduce)").matches;
      this.play.addEventListener("click", () => (this.timer ? this.halt() : this.run()));
    }
    part.addEventListener("click", (event) => this.press(event));
    if (isLive) this.live();
    else this.stand();
  }

  /** A page that was opened at a moment, or at none: the slider stands there. */
  private stand(): void {
    this.bar.hidden = false;
    const chosen = this.links.find((link) => link.hasAttribute("aria-current"));
    const at = this.stops.findIndex((each) => each.minute === chosen?.dataset.minute);
    this.range.value = String(Math.max(0, at));
    this.word(at);
    if (at >= 0) this.tell(this.stops[at]?.minute ?? "");
  }

  private live(): void {
    const button = this.part.querySelector<HTMLButtonElement>("[data-frames-on]");
    if (!button) return;
    button.hidden = false;
    const box = this.part.dataset.bounds ?? "";
    const set = (on: boolean) => {
      isOn = on;
      button.setAttribute("aria-pressed", String(on));
      this.bar.hidden = !on;
      const key = this.part.querySelector<HTMLElement>("[data-frames-key]");
      if (key) key.hidden = !on;
      map()?.setAttribute("water-bounds", box);
      this.halt();
      if (!on) return hide();
      const before = this.stops.findIndex((each) => each.minute === minute);
      this.go(Math.max(0, before));
      this.ahead();
    };
    button.addEventListener("click", () => set(!isOn));
    map()?.keys?.();
    if (isOn) set(true);
  }

  private press(event: Event): void {
    const link = (event.target as HTMLElement).closest<HTMLAnchorElement>("a[data-water]");
    if (!link || !map()) return;
    event.preventDefault();
    this.halt();
    if (link.dataset.minute) return this.go(this.stops.findIndex((each) => each.url === link.href));
    this.show(stop(link));
    this.word(-1);
  }

  private go(at: number): void {
    const stop = this.stops[at];
    if (!stop) return;
    this.range.value = String(at);
    this.show(stop);
    this.word(at);
    minute = stop.minute;
  }

  private show(at: Stop): void {
    map()?.setAttribute("water-says", at.says);
    map()?.setAttribute("water", at.water);
    this.tell(at.minute);
    for (const link of this.links) {
      if (link.dataset.minute === at.minute || (!link.dataset.minute && !at.minute)) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    if (!this.isLive) history.replaceState(null, "", at.url);
  }

  private tell(at: string): void {
    if (!this.isLive) document.dispatchEvent(new CustomEvent("anlan:minute", { detail: at }));
  }

  private word(at: number): void {
    const says = this.stops[at]?.says ?? "";
    const word = says || (this.range.dataset.none ?? "");
    if (this.shown) this.shown.textContent = word;
    this.range.setAttribute("aria-valuetext", word);
    this.range.classList.toggle("is-off", at < 0);
  }

  private ahead(): void {
    map()?.ahead?.(this.stops.map((each) => each.water));
  }

  private run(): void {
    this.ahead();
    this.named(true);
    const isDone = Number(this.range.value) >= this.stops.length - 1 || this.range.classList.contains("is-off");
    this.go(isDone ? 0 : Number(this.range.value) + 1);
    this.timer = window.setInterval(() => {
      const next = Number(this.range.value) + 1;
      if (next >= this.stops.length || !this.part.isConnected) return this.halt();
      this.go(next);
    }, BEAT);
  }

  private halt(): void {
    clearInterval(this.timer);
    this.timer = 0;
    this.named(false);
  }

  private named(runs: boolean): void {
    const word = this.play?.querySelector("span");
    if (word && this.play) word.textContent = (runs ? this.play.dataset.stop : this.play.dataset.go) ?? "";
    this.play?.setAttribute("data-runs", String(runs));
  }
}
