// Marks of the map, drawn to canvas images: shape and character first, colour second. The same shapes as the tags in app.css.
import { LEVELS, STATES } from "./palette";

export type Ink = (token: string) => string;
const SIZE = 40;
const RATIO = 2;

/** "state-silent", "level-red" (lawful warnings), "assess-red" (our own findings), "gauge-rain", "gauge-stage", "gauge-silent", "hatch-flood", "hatch-alert". */
export function names(): string[] {
  return [
    ...Object.keys(STATES).map((code) => `state-${code}`),
    ...Object.keys(LEVELS).flatMap((code) => [`level-${code}`, `assess-${code}`]),
    "gauge-rain", "gauge-stage", "gauge-silent", "hatch-flood",
  ];
}

export const pixelRatio = RATIO;

export function draw(name: string, ink: Ink): ImageData {
  const hatch = name.startsWith("hatch-");
  const size = (hatch ? 8 : SIZE) * RATIO;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("this browser cannot draw on a canvas");
  pen.scale(RATIO, RATIO);
  if (hatch) hatches(pen, 8, ink("--flood"), 1.6, 8);
  else {
    pen.translate(SIZE / 2, SIZE / 2);
    paint(name, pen, ink);
  }
  return pen.getImageData(0, 0, size, size);
}

function paint(name: string, pen: CanvasRenderingContext2D, ink: Ink): void {
  const [kind, code] = name.split("-") as [string, string];
  if (kind === "state") state(code as keyof typeof STATES, pen, ink);
  else if (kind === "level") level(code as keyof typeof LEVELS, pen, ink);
  else if (kind === "assess") assess(code as keyof typeof LEVELS, pen, ink);
  else gauge(code, pen, ink);
}

// ---------- states ----------
function state(code: keyof typeof STATES, pen: CanvasRenderingContext2D, ink: Ink): void {
  const { look, sign } = STATES[code];
  let text = ink("--ink");
  if (look === "dashed") { pen.setLineDash([4, 3]); circle(pen, 14); fillStroke(pen, ink("--surface"), ink("--ink"), 2); }
  else if (look === "frame") { box(pen, 13, 4); fillStroke(pen, ink("--surface"), ink("--safe"), 3); }
  else if (look === "arrow") { path(pen, [[-15, -14], [9, -14], [18, 0], [9, 14], [-15, 14]]); fillStroke(pen, ink("--accent"), ink("--surface"), 1.5); text = ink("--on-accent"); }
  else if (look === "solid") { box(pen, 14, 4); fillStroke(pen, ink("--safe"), ink("--surface"), 1.5); text = ink("--on-safe"); }
  else if (look === "diamond") { path(pen, [[0, -19], [19, 0], [0, 19], [-19, 0]]); fillStroke(pen, ink("--ink"), ink("--surface"), 1.5); text = ink("--on-ink"); }
  else if (look === "ink") { box(pen, 17, 0); fillStroke(pen, ink("--ink"), ink("--surface"), 2);  box(pen, 13, 0); fillStroke(pen, ink("--ink"), ink("--on-ink"), 1.5); text = ink("--on-ink"); }
  else if (look === "hatched") { hatched(pen, ink); }
  else { box(pen, 12, 12); fillStroke(pen, ink("--surface"), ink("--line-2"), 1.5); text = ink("--ink-2"); }
  character(pen, sign, text, look === "arrow" ? -1 : 0, ink);
}

function hatched(pen: CanvasRenderingContext2D, ink: Ink): void {
  box(pen, 17, 0);
  fillStroke(pen, ink("--surface"), ink("--ink"), 2);
  pen.save();
  pen.clip();
  pen.translate(-20, -20);
  hatches(pen, 40, ink("--hatch"), 2, 6);
  pen.restore();
  box(pen, 10, 0);
  pen.fillStyle = ink("--surface");
  pen.fill();
}

// ---------- levels, findings, gauges ----------
const SHAPES: Record<string, [number, number][]> = {
  square: [[-12, -12], [12, -12], [12, 12], [-12, 12]],
  triangle: [[0, -15], [16, 12], [-16, 12]],
  octagon: [[-6, -14], [6, -14], [14, -6], [14, 6], [6, 14], [-6, 14], [-14, 6], [-14, -6]],
};

function level(code: keyof typeof LEVELS, pen: CanvasRenderingContext2D, ink: Ink): void {
  const { shape, ground, ink: on, roman } = LEVELS[code];
  if (shape === "circle") circle(pen, 14);
  else path(pen, SHAPES[shape] ?? []);
  fillStroke(pen, ground, ink("--surface"), 1.5);
  character(pen, roman, on, 0, ink, shape === "triangle" ? 4 : 0);
}

/** Four rising steps in a frame, filled by grade: never a level's shape or colour, so that nobody takes it for a signal. */
function assess(code: keyof typeof LEVELS, pen: CanvasRenderingContext2D, ink: Ink): void {
  box(pen, 14, 2);
  fillStroke(pen, ink("--surface"), ink("--ink"), 2);
  for (let i = 0; i < 4; i += 1) {
    const height = 5 + i * 4.5;
    pen.beginPath();
    pen.rect(-10.5 + i * 5.4, 9.5 - height, 4.2, height);
    fillStroke(pen, i < 5 - LEVELS[code].grade ? ink("--ink") : ink("--surface"), ink("--ink"), 1);
  }
}

function gauge(kind: string, pen: CanvasRenderingContext2D, ink: Ink): void {
  if (kind === "stage") path(pen, [[-9, -7], [9, -7], [0, 8]]);
  else path(pen, [[0, -9], [9, 0], [0, 9], [-9, 0]]);
  if (kind === "silent") pen.setLineDash([3, 2]);
  fillStroke(pen, kind === "silent" ? ink("--hatch") : ink("--surface"), ink("--ink"), 1.8);
}

// ---------- pen ----------
function character(pen: CanvasRenderingContext2D, text: string, colour: string, x: number, ink: Ink, y = 0): void {
  pen.setLineDash([]);
  pen.font = `700 15px ${ink("--font")}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillStyle = colour;
  pen.fillText(text, x, y + 1);
}

function circle(pen: CanvasRenderingContext2D, r: number): void {
  pen.beginPath();
  pen.arc(0, 0, r, 0, Math.PI * 2);
}

function box(pen: CanvasRenderingContext2D, half: number, radius: number): void {
  pen.beginPath();
  if (!radius) return pen.rect(-half, -half, half * 2, half * 2);
  pen.moveTo(0, -half);
  for (const [x, y] of [[1, -1], [1, 1], [-1, 1], [-1, -1]] as const) {
    const [nextX, nextY] = [x === y ? 0 : x * half, x === y ? y * half : 0]; // the middle of the side that follows
    pen.arcTo(x * half, y * half, nextX, nextY, radius);
  }
  pen.closePath();
}

function path(pen: CanvasRenderingContext2D, points: readonly [number, number][]): void {
  pen.beginPath();
  points.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.closePath();
}

function fillStroke(pen: CanvasRenderingContext2D, fill: string, stroke: string, width: number): void {
  pen.fillStyle = fill;
  pen.fill();
  pen.lineWidth = width;
  pen.strokeStyle = stroke;
  pen.stroke();
}

function hatches(pen: CanvasRenderingContext2D, size: number, colour: string, width: number, gap: number): void {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.beginPath();
  for (let x = -size; x <= size * 2; x += gap) {
    pen.moveTo(x, size + 1);
    pen.lineTo(x + size + 1, 0);
    pen.moveTo(x - 1, 1);
    pen.lineTo(x, 0);
  }
  pen.stroke();
}
