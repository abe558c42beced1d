// Water of a model run on the map: a picture of ranks (grey = rank × 36) from the server, coloured here with the page's own inks.
// One small file a moment; what was shown once is kept, so that a slider runs without waiting.
import type { CanvasSource, Map } from "maplibre-gl";
import type { Ink } from "./mapmarks";

const STEP = 36;
const KEPT = 60;
type Box = [number, number, number, number];
interface Ranks { width: number; height: number; cells: Uint8Array }

/** "depth 5": the ink's name and how many ranks there are; higher ranks are darker. "less+more 6": half the ranks in each of two inks. */
export function colours(look: string, ink: Ink): [number, number, number, number][] {
  const [names, count] = look.split(" ") as [string, string];
  const bases = names.split("+").map((name) => plain(ink(`--${name}`)));
  const most = Number(count) / bases.length;
  const one = (rank: number) => [...(bases[Math.floor((rank - 1) / most)] ?? [0, 0, 0]), Math.round(255 * opacity(((rank - 1) % most) + 1, most))];
  return Array.from({ length: Number(count) + 1 }, (_, rank) => (rank ? one(rank) : [0, 0, 0, 0])) as [number, number, number, number][];
}

/** Legends of ranks anywhere on the page: <canvas data-rank="depth 5:3">. */
export function keys(ink: Ink): void {
  for (const canvas of document.querySelectorAll<HTMLCanvasElement>("canvas[data-rank]")) {
    const pen = canvas.getContext("2d");
    const [look, rank] = (canvas.dataset.rank ?? "").split(":") as [string, string];
    const [r, g, b, a] = colours(look, ink)[Number(rank)] ?? [0, 0, 0, 0];
    if (!pen) continue;
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.fillStyle = `rgba(${r}, ${g}, ${b}, ${a / 255})`;
    pen.fillRect(0, 0, canvas.width, canvas.height);
  }
}

const opacity = (rank: number, most: number) => 0.3 + (0.66 * (rank - 1)) / Math.max(1, most - 1);

function plain(colour: string): [number, number, number] {
  const pen = document.createElement("canvas").getContext("2d") as CanvasRenderingContext2D;
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 1, 1);
  const [r, g, b] = pen.getImageData(0, 0, 1, 1).data;
  return [r ?? 0, g ?? 0, b ?? 0];
}

export class Water {
  private readonly canvas = document.createElement("canvas");
  private readonly kept = new globalThis.Map<string, Promise<Ranks>>();
  private shown?: Ranks;
  private wanted = "";

  constructor(private readonly map: Map, private readonly ink: Ink) {
    this.canvas.width = this.canvas.height = 1;
  }

  /** After each change of style: the source and the layer stand again, below whatever is `before`. */
  dress(box: Box | undefined, look: string, before: string): void {
    if (!box || this.map.getSource("run")) return;
    this.map.addSource("run", { type: "canvas", canvas: this.canvas, coordinates: around(box), animate: false });
    this.map.addLayer({ id: "run", source: "run", type: "raster", paint: { "raster-resampling": "nearest", "raster-fade-duration": 0 } }, before);
    this.paint(look);
  }

  place(box: Box): void {
    this.map.getSource<CanvasSource>("run")?.setCoordinates(around(box));
  }

  /** Shows what lies at an address; "" shows nothing. Raises what the fetch raised; an older answer never covers a newer one. */
  async show(url: string, look: string): Promise<void> {
    this.wanted = url;
    const ranks = url ? await this.ranks(url) : undefined;
    if (this.wanted !== url) return;
    this.shown = ranks;
    this.paint(look);
  }

  ahead(urls: string[]): void {
    for (const url of urls.slice(0, KEPT)) this.ranks(url).catch(() => undefined); // the moment that is shown says what failed
  }

  private ranks(url: string): Promise<Ranks> {
    const held = this.kept.get(url);
    if (held) return held;
    const made = fetchRanks(url);
    made.catch(() => this.kept.delete(url));
    this.kept.set(url, made);
    for (const old of this.kept.keys()) if (this.kept.size > KEPT) this.kept.delete(old);
    return made;
  }

  private paint(look: string): void {
    const source = this.map.getSource<CanvasSource>("run");
    if (!source) return;
    const { width, height, cells } = this.shown ?? { width: 1, height: 1, cells: new Uint8Array(1) };
    this.canvas.width = width;
    this.canvas.height = height;
    const pen = this.canvas.getContext("2d") as CanvasRenderingContext2D;
    const image = pen.createImageData(width, height);
    const inks = colours(look, this.ink);
    cells.forEach((rank, n) => { if (rank) image.data.set(inks[rank] ?? [0, 0, 0, 0], 4 * n); });
    pen.putImageData(image, 0, 0);
    source.play();
    source.pause();
  }
}

async function fetchRanks(url: string): Promise<Ranks> {
  const reply = await fetch(url, { credentials: "same-origin", headers: { Accept: "image/png" } });
  if (!reply.ok) throw new Error(`${reply.status}`);
  const image = await createImageBitmap(await reply.blob(), { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  const { width, height } = image;
  const pen = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D;
  pen.drawImage(image, 0, 0);
  const { data } = pen.getImageData(0, 0, width, height);
  return { width, height, cells: Uint8Array.from({ length: width * height }, (_, n) => Math.round((data[4 * n] ?? 0) / STEP)) };
}

const around = ([west, south, east, north]: Box): [[number, number], [number, number], [number, number], [number, number]] =>
  [[west, north], [east, north], [east, south], [west, south]];
