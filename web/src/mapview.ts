// What one does with a large map: its view and layers stand in the address (#map=zoom/lat/lon&off=gauge), so that a link shows the same and "back"
// comes back to it; measure a way or a piece of land, read a point's coordinates, find oneself, walk the marks by arrow keys.
import type { GeoJSONSource, Map, MapMouseEvent } from "maplibre-gl";
import { STATES } from "./palette";

type Point = [lon: number, lat: number];
const LAYERS: Record<string, string[]> = {
  call: ["call", "crowd"], gauge: ["gauge"], exceedance: ["exceedance"], alert: ["alert"], flood: ["flood"], road: ["road", "building"],
};
const WALKED = ["call", "exceedance", "gauge"];
const EARTH_M = 6_371_008.8;
const rad = (degrees: number) => (degrees * Math.PI) / 180;

export class View {
  private mode = "";
  private points: Point[] = [];
  private at = -1;
  private readonly says: HTMLOutputElement | null;

  constructor(private readonly map: Map, private readonly host: HTMLElement, private readonly kit: HTMLElement, private readonly marks: () => GeoJSON.Feature[], signal: AbortSignal) {
    this.says = kit.querySelector("output");
    map.on("moveend", (event) => { if ("originalEvent" in event && event.originalEvent) this.write(); });
    map.on("click", (event) => this.press(event));
    kit.addEventListener("click", (event) => this.tool((event.target as HTMLElement).closest<HTMLElement>("[data-map]")?.dataset.map ?? ""));
    kit.addEventListener("change", () => { this.dress(); this.write(); });
    kit.addEventListener("keydown", (event) => this.walk(event));
    addEventListener("hashchange", () => this.read(), { signal });
  }

  /** While one measures, a click chooses nothing. */
  get busy(): boolean {
    return this.mode !== "";
  }

  /** What the address asks for; false where it says nothing of a place. */
  read(): boolean {
    const asked = new URLSearchParams(location.hash.slice(1));
    const off = (asked.get("off") ?? "").split(",");
    for (const box of this.boxes()) box.checked = !off.includes(box.dataset.layer ?? "");
    this.dress();
    const [zoom, lat, lon] = (asked.get("map") ?? "").split("/").map(Number);
    if (!(zoom && lat && lon && Math.abs(lat) <= 85 && Math.abs(lon) <= 180)) return false;
    this.map.jumpTo({ center: [lon, lat], zoom });
    return true;
  }

  private write(): void {
    const { lng, lat } = this.map.getCenter();
    const off = this.boxes().filter((box) => !box.checked).map((box) => box.dataset.layer);
    const hash = `#map=${this.map.getZoom().toFixed(2)}/${lat.toFixed(5)}/${lng.toFixed(5)}${off.length ? `&off=${off.join()}` : ""}`;
    history.replaceState(history.state, "", hash);
    for (const form of document.querySelectorAll("form[data-timebar]")) form.setAttribute("action", location.pathname + hash);
    for (const link of document.querySelectorAll<HTMLAnchorElement>('.duty__past a[href^="?"]')) link.hash = hash;
  }

  private boxes(): HTMLInputElement[] {
    return Array.from(this.kit.querySelectorAll<HTMLInputElement>("input[data-layer]"));
  }

  /** Layers as chosen and the line that is measured, at first and after a change of theme. */
  dress(): void {
    if (!this.map.isStyleLoaded()) return void this.map.once("idle", () => this.dress());
    for (const box of this.boxes()) {
      const beginnings = LAYERS[box.dataset.layer ?? ""] ?? [];
      for (const { id } of this.map.getStyle().layers) {
        if (beginnings.some((each) => id === each || id.startsWith(`${each}-`))) this.map.setLayoutProperty(id, "visibility", box.checked ? "visible" : "none");
      }
    }
    this.draw();
  }

  // ---------- measuring ----------
  private tool(name: string): void {
    if (name === "where") return this.where();
    if (name === "copy") return void navigator.clipboard.writeText(this.says?.value ?? "");
    if (!["way", "land", "point"].includes(name)) return;
    this.mode = this.mode === name ? "" : name;
    this.points = [];
    for (const button of this.kit.querySelectorAll<HTMLElement>("[data-map][aria-pressed]")) button.setAttribute("aria-pressed", String(button.dataset.map === this.mode));
    this.map.getCanvas().classList.toggle("is-drawing", this.busy);
    this.say(this.mode ? this.word("press") : "");
    this.draw();
  }

  private press(event: MapMouseEvent): void {
    if (!this.mode) return;
    const point: Point = [event.lngLat.lng, event.lngLat.lat];
    this.points = this.mode === "point" ? [point] : [...this.points, point];
    if (this.mode === "point") this.say(`${point[1].toFixed(6)}, ${point[0].toFixed(6)}`);
    if (this.mode === "way" && this.points.length > 1) this.say(length(way(this.points)));
    if (this.mode === "land" && this.points.length > 2) this.say(area(land(this.points)));
    this.draw();
  }

  private draw(): void {
    const features: GeoJSON.Feature[] = this.points.map((coordinates) => ({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates } }));
    const closed = this.mode === "land" && this.points.length > 2 ? [...this.points, this.points[0] as Point] : this.points;
    if (closed.length > 1) features.push({ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: closed } });
    this.map.getSource<GeoJSONSource>("measure")?.setData({ type: "FeatureCollection", features });
  }

  private where(): void {
    if (!("geolocation" in navigator)) return this.say(this.word("no-where"));
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      this.points = [[coords.longitude, coords.latitude]];
      this.map.jumpTo({ center: this.points[0], zoom: Math.max(this.map.getZoom(), 13) });
      this.say(`${coords.latitude.toFixed(6)}, ${coords.longitude.toFixed(6)} ±${Math.round(coords.accuracy)} m`);
      this.draw();
      this.write();
    }, () => this.say(this.word("no-where")), { enableHighAccuracy: true, timeout: 10_000 });
  }

  // ---------- marks by arrow keys ----------
  private walk(event: KeyboardEvent): void {
    if (!(event.target as HTMLElement).closest("[data-map=walk]")) return;
    const found = this.walked();
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const now = found[this.at];
    if (event.key === "Enter" && now) this.host.dispatchEvent(new CustomEvent("anlan:map-open", { detail: now.properties }));
    if (step === undefined || !found.length) return;
    event.preventDefault();
    this.at = Math.min(Math.max(this.at + step, 0), found.length - 1);
    const next = found[this.at] as GeoJSON.Feature<GeoJSON.Point>;
    const told = next.properties ?? {};
    this.host.setAttribute("selected", String(told.ref ?? ""));
    this.map.jumpTo({ center: next.geometry.coordinates as Point, zoom: Math.max(this.map.getZoom(), 10.5) });
    const state = STATES[told.state as keyof typeof STATES];
    const word = state ? (document.documentElement.lang === "en" ? state.en : state.zh) : "";
    this.say([told.name, word, told.label, `${this.at + 1}/${found.length}`].filter(Boolean).join(" · "));
  }

  private walked(): GeoJSON.Feature<GeoJSON.Point>[] {
    const points = this.marks().filter((each): each is GeoJSON.Feature<GeoJSON.Point> => each.geometry.type === "Point" && WALKED.includes(String(each.properties?.layer)));
    const rank = (each: GeoJSON.Feature) => WALKED.indexOf(String(each.properties?.layer)) * 1e6 - Number(each.properties?.order ?? 0);
    return points.sort((a, b) => rank(a) - rank(b));
  }

  private word(name: "press" | "no-where"): string {
    return this.kit.dataset[name === "press" ? "press" : "noWhere"] ?? "";
  }

  private say(text: string): void {
    if (this.says) this.says.value = text;
    const copy = this.kit.querySelector<HTMLElement>("[data-map=copy]");
    if (copy) copy.hidden = !text || !("clipboard" in navigator) || !this.points.length;
  }
}

/** Metres along a way on the globe. */
export function way(points: Point[]): number {
  return points.slice(1).reduce((sum, [lon, lat], i) => {
    const [lon0, lat0] = points[i] as Point;
    const h = Math.sin(rad(lat - lat0) / 2) ** 2 + Math.cos(rad(lat0)) * Math.cos(rad(lat)) * Math.sin(rad(lon - lon0) / 2) ** 2;
    return sum + 2 * EARTH_M * Math.asin(Math.sqrt(h));
  }, 0);
}

/** Square metres of a ring on the globe. */
export function land(points: Point[]): number {
  const sum = points.reduce((all, [lon, lat], i) => {
    const [next, nextLat] = points[(i + 1) % points.length] as Point;
    return all + rad(next - lon) * (2 + Math.sin(rad(lat)) + Math.sin(rad(nextLat)));
  }, 0);
  return Math.abs((sum * EARTH_M * EARTH_M) / 2);
}

const length = (m: number) => (m < 1000 ? `${Math.round(m)} m` : `${(m / 1000).toFixed(2)} km`);
const area = (m2: number) => (m2 < 100_000 ? `${Math.round(m2)} m²` : `${(m2 / 1e6).toFixed(3)} km²`);
