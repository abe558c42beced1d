// Drawing a polygon: click sets a corner, a corner can be dragged, finishing closes it. The result stands as GeoJSON in a form field.
import type { GeoJSONSource, Map, MapMouseEvent, MapTouchEvent } from "maplibre-gl";

type Corner = [number, number];

export class Draw {
  private corners: Corner[] = [];
  private drawing = false;
  private held = -1;

  constructor(private readonly map: Map, private readonly field: HTMLInputElement | HTMLTextAreaElement, private readonly tools: HTMLElement) {
    this.read();
    map.on("click", (event) => this.click(event));
    map.on("mousedown", "draw-point", (event) => this.hold(event));
    map.on("touchstart", "draw-point", (event) => this.hold(event));
    map.on("mousemove", (event) => this.move(event));
    map.on("touchmove", (event) => this.move(event));
    map.on("mouseup", () => this.release());
    map.on("touchend", () => this.release());
    tools.addEventListener("click", (event) => this.press(event));
    field.addEventListener("input", () => { this.read(); this.show(); });
    this.say();
  }

  get busy(): boolean {
    return this.drawing || this.held >= 0;
  }

  show(): void {
    const source = this.map.getSource<GeoJSONSource>("draw");
    source?.setData({ type: "FeatureCollection", features: this.features() });
  }

  private features(): GeoJSON.Feature[] {
    const points = this.corners.map((at, i) => feature({ type: "Point", coordinates: at }, { i }));
    if (this.corners.length < 2) return points;
    const closed = !this.drawing && this.corners.length > 2;
    const shape: GeoJSON.Geometry = closed
      ? { type: "Polygon", coordinates: [ring(this.corners)] }
      : { type: "LineString", coordinates: this.corners };
    return [feature(shape, {}), ...points];
  }

  private press(event: Event): void {
    const tool = (event.target as HTMLElement).closest<HTMLButtonElement>("button[data-draw]")?.dataset.draw;
    if (tool === "start") { this.drawing = true; }
    if (tool === "undo") this.corners.pop();
    if (tool === "clear") { this.corners = []; this.drawing = true; }
    if (tool === "finish") this.drawing = false;
    if (tool) this.changed();
  }

  private click(event: MapMouseEvent): void {
    if (!this.drawing || this.held >= 0) return;
    this.corners.push([round(event.lngLat.lng), round(event.lngLat.lat)]);
    this.changed();
  }

  private hold(event: (MapMouseEvent | MapTouchEvent) & { features?: GeoJSON.Feature[] }): void {
    const at = event.features?.[0]?.properties?.i as number | undefined;
    if (at === undefined) return;
    event.preventDefault(); // the map stays where it is while a corner moves
    this.held = at;
  }

  private move(event: MapMouseEvent | MapTouchEvent): void {
    if (this.held < 0) return;
    this.corners[this.held] = [round(event.lngLat.lng), round(event.lngLat.lat)];
    this.show();
  }

  private release(): void {
    if (this.held < 0) return;
    this.changed();
    setTimeout(() => { this.held = -1; }); // after the click that a release also makes
  }

  private changed(): void {
    this.field.value = this.corners.length > 2 ? JSON.stringify({ type: "Polygon", coordinates: [ring(this.corners)] }) : "";
    this.field.dispatchEvent(new Event("change", { bubbles: true }));
    this.show();
    this.say();
  }

  private read(): void {
    try {
      const shape = JSON.parse(this.field.value || "{}") as Partial<GeoJSON.Polygon>;
      this.corners = ((shape.coordinates?.[0] ?? []) as Corner[]).slice(0, -1);
    } catch {
      this.corners = [];
    }
  }

  private say(): void {
    for (const button of this.tools.querySelectorAll<HTMLButtonElement>("[data-draw]")) {
      const tool = button.dataset.draw;
      button.hidden = tool === "start" ? this.drawing : !this.drawing && tool !== "clear";
      if (tool === "undo" || tool === "clear") button.disabled = this.corners.length === 0;
      if (tool === "finish") button.disabled = this.corners.length < 3;
    }
    this.map.getCanvas().classList.toggle("is-drawing", this.drawing);
  }
}

const round = (n: number) => Math.round(n * 1e6) / 1e6;
const ring = (corners: Corner[]): Corner[] => [...corners, corners[0] as Corner];

function feature(geometry: GeoJSON.Geometry, properties: GeoJSON.GeoJsonProperties): GeoJSON.Feature {
  return { type: "Feature", geometry, properties };
}
