// <anlan-map base="…geojson" state="…geojson" at="ISO" live-on="warn. observe." panel="id" selected="ref" draw="field-id" bounds="w,s,e,n"
//   water="…png" water-bounds="w,s,e,n" water-look="depth 5" water-says="03:50（+30 分钟）" shade="/…/{z}/{x}/{y}.png">
// The one map of the product. Features say in `properties.layer` what they are; see the README of anlan.ui. No tiles, no fonts, no
// images come from anywhere: the worker is our own file, names are drawn with the machine's fonts, marks on a canvas.
import "./older";
import { type GeoJSONSource, Map, type MapMouseEvent, NavigationControl, ScaleControl, setWorkerUrl } from "maplibre-gl";
import workerUrl from "./mapworker?worker&url";
import * as clock from "./clock";
import { show } from "./live";
import { Draw } from "./mapdraw";
import * as marks from "./mapmarks";
import { CHOOSABLE, nameOrder, style } from "./mapstyle";
import { View } from "./mapview";
import { keys, Water } from "./mapwater";

setWorkerUrl(workerUrl);
const AT_MOST_EVERY = 1000;
type Data = GeoJSON.FeatureCollection & { at?: string };

class AnlanMap extends HTMLElement {
  static observedAttributes = ["at", "state", "selected", "bounds", "water", "water-bounds", "water-says"];
  private map?: Map;
  private drawer?: Draw;
  private water?: Water;
  private view?: View;
  private base?: Data;
  private shown?: Data;
  private asked?: AbortController;
  private due = 0;
  private readonly missing = new Set<string>();
  private readonly later = new AbortController();

  connectedCallback(): void {
    if (this.map) return;
    const box = this.piece("canvas");
    box.textContent = "";
    this.say("");
    this.map = new Map({
      container: box, style: this.styled(), attributionControl: false, dragRotate: false, pitchWithRotate: false, maxPitch: 0,
      localIdeographFontFamily: this.ink("--font"), fadeDuration: 0, bounds: this.bounds(), fitBoundsOptions: { padding: this.margin() }, minZoom: 5, maxZoom: 16,
      locale: { "Map.Title": this.getAttribute("aria-label") ?? "", "NavigationControl.ZoomIn": this.word("zoom-in"), "NavigationControl.ZoomOut": this.word("zoom-out") },
    });
    this.water = new Water(this.map, this.ink);
    this.map.touchZoomRotate.disableRotation();
    this.map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    this.map.addControl(new ScaleControl({ unit: "metric" }), "bottom-right");
    this.map.on("style.load", () => this.dressed());
    this.map.on("click", (event) => this.press(event));
    this.map.on("mousemove", (event) => this.hover(event));
    const kit = this.querySelector<HTMLElement>(".anlan-map__kit");
    if (kit) {
      kit.hidden = false;
      this.view = new View(this.map, this, kit, () => this.shown?.features ?? [], this.later.signal);
      this.addEventListener("anlan:map-open", (event) => this.open(String((event as CustomEvent<{ url?: string }>).detail.url ?? "")));
    }
    this.listen();
    this.legend();
    void this.load();
  }

  disconnectedCallback(): void {
    this.later.abort();
    this.map?.remove();
    this.map = undefined;
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (!this.map || before === after) return;
    if (name === "selected") this.choose();
    else if (name === "bounds") this.goTo();
    else if (name.startsWith("water")) void this.showWater();
    else this.soon(150);
  }

  // ---------- colours, words ----------
  private readonly ink = (token: string): string => getComputedStyle(this).getPropertyValue(token).trim() || "#888888";
  private readonly word = (name: string): string => this.dataset[name.replace(/-(\w)/g, (_, c: string) => c.toUpperCase())] ?? "";

  private piece(name: string): HTMLElement {
    const found = this.querySelector<HTMLElement>(`.anlan-map__${name}`);
    if (found) return found;
    const made = document.createElement("div");
    made.className = `anlan-map__${name}`;
    this.append(made);
    return made;
  }

  private say(name: string): void {
    const line = this.piece("say");
    line.setAttribute("role", "status");
    line.textContent = name ? this.word(name) : "";
    line.hidden = !name;
  }

  private legend(): void {
    for (const canvas of this.querySelectorAll<HTMLCanvasElement>("canvas[data-mark]")) {
      const image = marks.draw(canvas.dataset.mark ?? "", this.ink);
      canvas.width = image.width;
      canvas.height = image.height;
      canvas.getContext("2d")?.putImageData(image, 0, 0);
    }
    keys(this.ink);
  }

  // ---------- style: at first and after a change of theme ----------
  private dressed(): void {
    const map = this.map;
    if (!map) return;
    for (const name of marks.names()) if (!map.hasImage(name)) map.addImage(name, marks.draw(name, this.ink), { pixelRatio: marks.pixelRatio });
    this.put("base", this.base);
    this.put("state", this.shown);
    this.water?.dress(this.edges("water-bounds"), this.look(), "alert-casing");
    this.choose();
    const field = document.getElementById(this.getAttribute("draw") ?? "");
    if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) this.drawer ??= new Draw(map, field, this.piece("tools"));
    this.drawer?.show();
    this.view?.dress();
  }

  private redress(): void {
    this.map?.setStyle(this.styled(), { diff: false });
    this.legend();
  }

  private styled(): ReturnType<typeof style> {
    const shade = this.getAttribute("shade");
    return style(this.ink, shade ? { tiles: [location.origin + shade], bounds: this.edges("water-bounds") } : undefined);
  }

  private choose(): void {
    const ref = this.getAttribute("selected") ?? "";
    for (const layer of ["chosen", "chosen-edge"]) this.map?.setFilter(layer, ["==", ["get", "ref"], ref]);
    this.map?.setLayoutProperty("call-name", "symbol-sort-key", nameOrder(ref));
  }

  // ---------- data ----------
  private bounds(): [number, number, number, number] | undefined {
    return this.edges("bounds");
  }

  private edges(name: string): [number, number, number, number] | undefined {
    const edges = (this.getAttribute(name) ?? "").split(",").map(Number);
    return edges.length === 4 && edges.every(Number.isFinite) ? (edges as [number, number, number, number]) : undefined;
  }

  /** Names stand beside the outermost marks: they need room, as far as the map is wide enough to give it. */
  private margin(): number {
    const names = this.hasAttribute("state") ? 56 : 16; // a run's map has no marks with names
    return Math.max(12, Math.min(names, this.clientWidth / 9));
  }

  private goTo(): void {
    const edges = this.bounds();
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (edges) this.map?.fitBounds(edges, { padding: this.margin(), animate: !isCalm, duration: 300 });
  }

  private async load(): Promise<void> {
    await Promise.all([this.loadBase(), this.loadState(), this.showWater()]);
    this.setAttribute("data-ready", "");
  }

  private async loadBase(): Promise<void> {
    const url = this.getAttribute("base");
    if (!url) return;
    this.base = await this.fetch("base", url);
    this.put("base", this.base);
    const edges = this.bounds() ?? around(this.base);
    if (!this.view?.read() && edges) this.map?.fitBounds(edges, { padding: this.margin(), animate: false });
  }

  private async loadState(): Promise<void> {
    const url = this.getAttribute("state");
    if (!url) return;
    this.asked?.abort();
    this.asked = new AbortController();
    const at = this.getAttribute("at");
    const asked = at ? `${url}${url.includes("?") ? "&" : "?"}at=${encodeURIComponent(at)}` : url;
    const data = await this.fetch("state", asked, this.asked.signal);
    if (!data) return;
    this.shown = data;
    this.put("state", data);
    const moment = this.querySelector("[data-map-moment]");
    if (moment && data.at) moment.textContent = clock.beijing(Date.parse(data.at));
  }

  private async fetch(kind: string, url: string, signal?: AbortSignal): Promise<Data | undefined> {
    try {
      const reply = await fetch(url, { signal, credentials: "same-origin", headers: { Accept: "application/geo+json" } });
      if (!reply.ok) throw new Error(`${reply.status}`);
      const data = (await reply.json()) as Data;
      this.missing.delete(kind);
      return data;
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) this.missing.add(kind);
      return undefined;
    } finally {
      this.say(this.missing.size ? "no-layer" : "");
    }
  }

  // ---------- water of a model run ----------
  private readonly look = (): string => this.getAttribute("water-look") ?? "depth 5";

  /** Gets pictures in time, before a slider asks for them. */
  ahead(urls: string[]): void {
    this.water?.ahead(urls);
  }

  /** Colours legends of ranks that came onto the page after the map. */
  keys(): void {
    keys(this.ink);
  }

  private async showWater(): Promise<void> {
    const url = this.getAttribute("water") ?? "", box = this.edges("water-bounds");
    const line = this.querySelector<HTMLElement>("[data-map-water]");
    const says = this.getAttribute("water-says") ?? "";
    if (line) {
      line.textContent = url ? says : "";
      line.hidden = !url || !says;
    }
    if (!box || !this.water) return;
    if (this.map?.isStyleLoaded()) this.water.dress(box, this.look(), "alert-casing");
    this.water.place(box);
    try {
      await this.water.show(url, this.look());
      this.missing.delete("water");
    } catch {
      this.missing.add("water");
    }
    this.say(this.missing.size ? "no-layer" : "");
  }

  private put(name: string, data?: Data): void {
    if (data) this.map?.getSource<GeoJSONSource>(name)?.setData(data);
    if (data && name === "state") this.put("crowd", { ...data, features: data.features.filter((each) => each.properties?.layer === "call") });
  }

  /** Many events, one fetch. */
  private soon(wait: number): void {
    if (this.due) return;
    this.due = window.setTimeout(() => { this.due = 0; void this.loadState(); }, wait);
  }

  private listen(): void {
    const { signal } = this.later;
    const prefixes = (this.getAttribute("live-on") ?? "").split(/\s+/).filter(Boolean);
    document.addEventListener("anlan:journal", (event) => {
      const { name } = (event as CustomEvent<{ name: string }>).detail;
      if (!this.hasAttribute("at") && prefixes.some((each) => name.startsWith(each))) this.soon(AT_MOST_EVERY);
    }, { signal });
    document.addEventListener("anlan:theme", () => this.redress(), { signal });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redress(), { signal });
  }

  // ---------- choosing ----------
  private hit(event: MapMouseEvent): GeoJSON.GeoJsonProperties {
    const { x, y } = event.point;
    const layers = CHOOSABLE.filter((each) => this.map?.getLayer(each));
    const found = this.map?.queryRenderedFeatures([[x - 6, y - 6], [x + 6, y + 6]], { layers }) ?? [];
    const sorted = [...found].sort((a, b) => CHOOSABLE.indexOf(a.layer.id) - CHOOSABLE.indexOf(b.layer.id));
    return sorted[0]?.properties ?? null;
  }

  private hover(event: MapMouseEvent): void {
    this.map?.getCanvas().classList.toggle("is-choosable", !this.drawer?.busy && !this.view?.busy && Boolean(this.hit(event)));
  }

  private press(event: MapMouseEvent): void {
    if (this.drawer?.busy || this.view?.busy) return;
    const crowd = this.map?.queryRenderedFeatures(event.point, { layers: ["crowd"] })[0];
    if (crowd) return void this.map?.easeTo({ center: event.lngLat, zoom: (this.map?.getZoom() ?? 8) + 1.5 }, { originalEvent: event.originalEvent });
    const chosen = this.hit(event);
    if (!chosen) return;
    const told = new CustomEvent("anlan:map-chosen", { bubbles: true, cancelable: true, detail: chosen });
    if (chosen.ref) this.setAttribute("selected", String(chosen.ref));
    if (this.dispatchEvent(told) && typeof chosen.url === "string") this.open(chosen.url);
  }

  /** What is clicked opens beside the map, not over it; without a panel the link is followed. */
  private open(url: string): void {
    const panel = document.getElementById(this.getAttribute("panel") ?? "");
    if (!panel) return location.assign(url);
    show(panel, url);
  }
}

function around(data?: Data): [number, number, number, number] | undefined {
  const edges: [number, number, number, number] = [180, 90, -180, -90];
  const walk = (at: unknown): void => {
    if (!Array.isArray(at)) return;
    if (typeof at[0] !== "number") return at.forEach(walk);
    const [x, y] = at as [number, number];
    edges[0] = Math.min(edges[0], x); edges[1] = Math.min(edges[1], y);
    edges[2] = Math.max(edges[2], x); edges[3] = Math.max(edges[3], y);
  };
  for (const each of data?.features ?? []) if ("coordinates" in each.geometry) walk(each.geometry.coordinates);
  return edges[0] < edges[2] ? edges : undefined;
}

customElements.define("anlan-map", AnlanMap);
