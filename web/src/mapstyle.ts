// The map's style: quiet base, loud data. Every colour is a token of the page, so day, night and wall follow by themselves.
import type { ExpressionSpecification, FilterSpecification, LayerSpecification, StyleSpecification, SymbolLayerSpecification } from "maplibre-gl";
import type { Ink } from "./mapmarks";
import { LEVELS } from "./palette";

const FONT = ["anlan"]; // drawn from the machine's own fonts: there is no glyph server
const EMPTY = { type: "FeatureCollection" as const, features: [] };
const is = (layer: string): FilterSpecification => ["==", ["get", "layer"], layer];
const get = (name: string): ExpressionSpecification => ["get", name];
/** Where a village's name may stand, best first; [x, y] in letters from the mark's middle to the anchor of the text. */
const BESIDE_MARK = [
  "top", [0, 1.6], "bottom", [0, -1.6], "left", [1.7, 0], "right", [-1.7, 0],
  "top-left", [1.3, 0.6], "top-right", [-1.3, 0.6], "bottom-left", [1.3, -0.6], "bottom-right", [-1.3, -0.6],
  "left", [1.7, 0.9], "left", [1.7, -0.9], "right", [-1.7, 0.9], "right", [-1.7, -0.9],
  "top", [1.6, 1.6], "top", [-1.6, 1.6], "bottom", [1.6, -1.6], "bottom", [-1.6, -1.6],
] as unknown as ExpressionSpecification;
const BESIDE_DOT = ["left", [0.8, 0], "right", [-0.8, 0], "top", [0, 0.7], "bottom", [0, -0.7]] as unknown as ExpressionSpecification;
/** The most urgent name is placed first, the chosen one before all: what has no room is left out. */
export const nameOrder = (chosen: string): ExpressionSpecification =>
  ["case", ["==", ["get", "ref"], chosen], -1e6, ["-", 0, ["coalesce", ["get", "order"], 0]]];
const byLevel: ExpressionSpecification = [
  "match", get("level"), ...Object.values(LEVELS).flatMap((each) => [each.code, each.ground]), "#777777",
] as unknown as ExpressionSpecification;

/** What a click may choose, topmost first. */
export const CHOOSABLE = ["call", "crowd-call", "exceedance", "gauge", "flood", "alert", "village"];

/** Below this zoom marks that would cover each other stand as one, with their number; in ink where one of them is silent, lost or calls for help. */
const CROWDED = 10;
const BAD = ["silent", "lost", "help", "refused"];

export interface Shade { tiles: string[]; bounds?: [number, number, number, number] }

export function style(ink: Ink, shade?: Shade): StyleSpecification {
  return {
    version: 8,
    sources: {
      base: { type: "geojson", data: EMPTY },
      state: { type: "geojson", data: EMPTY },
      draw: { type: "geojson", data: EMPTY },
      measure: { type: "geojson", data: EMPTY },
      crowd: { type: "geojson", data: EMPTY, cluster: true, clusterMaxZoom: CROWDED - 1, clusterRadius: 24,
        clusterProperties: { bad: ["+", ["case", ["in", ["get", "state"], ["literal", BAD]], 1, 0]] } },
      ...(shade && { shade: { type: "raster" as const, tileSize: 256, minzoom: 7, maxzoom: 15, ...shade } }),
    },
    layers: [...base(ink, Boolean(shade)), ...areas(ink), ...points(ink), ...drawing(ink)],
  };
}

function base(ink: Ink, hasShade: boolean): LayerSpecification[] {
  const light: LayerSpecification[] = hasShade ? [{ id: "shade", source: "shade", type: "raster", paint: { "raster-fade-duration": 0 } }] : [];
  const edge = (id: string, width: number, colour: string, minzoom = 0): LayerSpecification => ({
    id: `${id}-edge`, source: "base", type: "line", filter: is(id), minzoom, paint: { "line-color": colour, "line-width": width },
  });
  return [
    { id: "ground", type: "background", paint: { "background-color": ink("--land-2") } },
    { id: "land", source: "base", type: "fill", filter: ["in", get("layer"), ["literal", ["land", "county"]]], paint: { "fill-color": ink("--land") } },
    { id: "village", source: "base", type: "fill", filter: is("village"), minzoom: 9.5, paint: { "fill-color": ink("--land"), "fill-opacity": 0.01 } },
    { id: "chosen", source: "base", type: "fill", filter: ["==", get("ref"), ""], paint: { "fill-color": ink("--accent-soft") } },
    ...light,
    { id: "stream", source: "base", type: "line", filter: is("stream"), layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": ink("--water"), "line-width": ["interpolate", ["linear"], ["zoom"], 8, ["coalesce", get("width"), 1], 13, ["*", 3, ["coalesce", get("width"), 1]]] } },
    { id: "road", source: "base", type: "line", filter: is("road"), minzoom: 9, paint: { "line-color": ink("--road"), "line-width": 1.5 } },
    { id: "building", source: "base", type: "fill", filter: is("building"), minzoom: 12.5, paint: { "fill-color": ink("--ink-2"), "fill-opacity": 0.55 } },
    edge("village", 0.8, ink("--border"), 10),
    edge("township", 1.2, ink("--border"), 8),
    edge("county", 2, ink("--line-2")),
    edge("land", 2, ink("--line-2")),
    { id: "chosen-edge", source: "base", type: "line", filter: ["==", get("ref"), ""], paint: { "line-color": ink("--accent"), "line-width": 3 } },
    words("county-name", "base", is("county"), ink, { size: 16, maxzoom: 10 }),
    words("township-name", "base", is("township"), ink, { size: 13, minzoom: 8.5, maxzoom: 11.5 }),
  ];
}

function areas(ink: Ink): LayerSpecification[] {
  return [
    { id: "alert", source: "state", type: "fill", filter: is("alert"), paint: { "fill-color": byLevel, "fill-opacity": 0.16 } },
    { id: "alert-casing", source: "state", type: "line", filter: is("alert"), paint: { "line-color": ink("--ink"), "line-width": 5, "line-opacity": 0.55 } },
    { id: "alert-edge", source: "state", type: "line", filter: is("alert"), paint: { "line-color": byLevel, "line-width": 2.5 } },
    { id: "flood", source: "state", type: "fill", filter: is("flood"), paint: { "fill-pattern": "hatch-flood" } },
    { id: "flood-edge", source: "state", type: "line", filter: is("flood"), paint: { "line-color": ink("--flood"), "line-width": 1.5, "line-dasharray": [3, 2] } },
  ];
}

function points(ink: Ink): LayerSpecification[] {
  const order: ExpressionSpecification = ["coalesce", get("order"), 0];
  const mark = { "icon-image": ["concat", "state-", get("state")], "icon-allow-overlap": true, "icon-padding": 0, "symbol-sort-key": order,
    "icon-size": ["interpolate", ["linear"], ["zoom"], 7, 0.3, 9, 0.5, 10.5, 1] } as unknown as SymbolLayerSpecification["layout"];
  return [
    { id: "home-name", source: "state", type: "symbol", filter: ["all", is("home"), ["==", ["get", "wet"], true]] as FilterSpecification,
      layout: { ...text(13, [0, 0], "top"), "text-variable-anchor-offset": BESIDE_DOT, "text-padding": 1, "symbol-sort-key": nameOrder(""),
        "text-field": ["format", get("name"), {}, "\n", {}, get("label"), { "font-scale": 0.86 }] }, paint: halo(ink, "--ink") },
    { id: "home", source: "state", type: "circle", filter: is("home"),
      paint: { "circle-radius": ["case", ["get", "wet"], 6, 4], "circle-color": ["case", ["get", "wet"], ink("--ink"), ink("--surface")],
        "circle-stroke-width": 2, "circle-stroke-color": ["case", ["get", "wet"], ink("--surface"), ink("--ink-2")] } },
    // names are layers of their own: a layout value is read at whole zooms, a layer's minzoom is not;
    // below the marks, so that a name gives way to a mark
    { id: "gauge-name", source: "state", type: "symbol", filter: is("gauge"), minzoom: 10.5,
      layout: { ...text(12, [0.9, 0], "left"), "text-field": ["coalesce", get("label"), ""] }, paint: halo(ink, "--ink-2") },
    { id: "call-name", source: "state", type: "symbol", filter: is("call"), minzoom: CROWDED,
      layout: { ...text(14, [0, 0], "top"), "text-variable-anchor-offset": BESIDE_MARK, "text-padding": 1, "symbol-sort-key": nameOrder(""),
        "text-field": ["format", get("name"), {}, "\n", {}, ["coalesce", get("label"), ""], { "font-scale": 0.86 }] },
      paint: halo(ink, "--ink") },
    { id: "gauge", source: "state", type: "symbol", filter: is("gauge"), minzoom: 9,
      layout: { "icon-image": ["concat", "gauge-", get("kind")], "icon-size": 0.9, "icon-allow-overlap": true } },
    { id: "exceedance", source: "state", type: "symbol", filter: is("exceedance"),
      layout: { "icon-image": ["concat", "assess-", get("level")], "icon-size": 0.8, "icon-allow-overlap": true, "symbol-sort-key": order } },
    { id: "call", source: "state", type: "symbol", filter: is("call"), minzoom: CROWDED, layout: mark },
    { id: "crowd-call", source: "crowd", type: "symbol", filter: ["!", ["has", "point_count"]], maxzoom: CROWDED, layout: mark },
    { id: "crowd", source: "crowd", type: "circle", filter: ["has", "point_count"], maxzoom: CROWDED,
      paint: { "circle-radius": ["step", get("point_count"), 12, 10, 15, 100, 19], "circle-stroke-width": 2, "circle-stroke-color": ink("--ink"),
        "circle-color": ["case", [">", get("bad"), 0], ink("--ink"), ink("--surface")] } },
    { id: "crowd-number", source: "crowd", type: "symbol", filter: ["has", "point_count"], maxzoom: CROWDED,
      layout: { ...text(13, [0, -0.6], "top"), "text-field": ["to-string", get("point_count")], "text-allow-overlap": true },
      paint: { "text-color": ["case", [">", get("bad"), 0], ink("--on-ink"), ink("--ink")] } },
  ];
}

function drawing(ink: Ink): LayerSpecification[] {
  return [
    { id: "measure-casing", source: "measure", type: "line", paint: { "line-color": ink("--surface"), "line-width": 6 } },
    { id: "measure-line", source: "measure", type: "line", paint: { "line-color": ink("--ink"), "line-width": 2.5, "line-dasharray": [2, 1] } },
    { id: "measure-point", source: "measure", type: "circle", filter: ["==", ["geometry-type"], "Point"],
      paint: { "circle-radius": 5, "circle-color": ink("--surface"), "circle-stroke-color": ink("--ink"), "circle-stroke-width": 2 } },
    { id: "draw-fill", source: "draw", type: "fill", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": ink("--accent"), "fill-opacity": 0.16 } },
    { id: "draw-casing", source: "draw", type: "line", filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": ink("--surface"), "line-width": 6 } },
    { id: "draw-line", source: "draw", type: "line", filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": ink("--accent"), "line-width": 3 } },
    { id: "draw-point", source: "draw", type: "circle", filter: ["==", ["geometry-type"], "Point"],
      paint: { "circle-radius": 6, "circle-color": ink("--surface"), "circle-stroke-color": ink("--accent"), "circle-stroke-width": 2.5 } },
  ];
}

function words(id: string, source: string, filter: FilterSpecification, ink: Ink, at: { size: number; minzoom?: number; maxzoom?: number }): LayerSpecification {
  const { size, ...zooms } = at;
  return { id, source, type: "symbol", filter, ...zooms, layout: { ...text(size, [0, 0], "center"), "text-field": get("name"), "text-variable-anchor": ["center", "top", "bottom", "left", "right"], "text-radial-offset": 1.6 }, paint: halo(ink, "--ink-2") };
}

const text = (size: number, offset: [number, number], anchor: "top" | "left" | "center") =>
  ({ "text-font": FONT, "text-size": size, "text-offset": offset, "text-anchor": anchor, "text-max-width": 9 });

const halo = (ink: Ink, colour: string) =>
  ({ "text-color": ink(colour), "text-halo-color": ink("--land"), "text-halo-width": 2 });
