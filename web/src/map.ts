// The entry of every page with a map: the element where the browser can draw it, the server's drawing where it cannot, and on paper always.
import "maplibre-gl/dist/maplibre-gl.css";
import * as paper from "./mappaper";

paper.start();
if (paper.canDraw()) import("./mapelement").catch(() => paper.instead("no-script"));
else paper.instead("no-webgl");
