// The map's worker: the library's own, lowered to the browsers that we serve, after what they lack.
import "./older";
import "maplibre-gl/dist/maplibre-gl-worker.mjs";
