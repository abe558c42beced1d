// The alarm: every new key of the red line (data-alarms) rings once, shows a notice and is counted in the tab's title.
// Muting is visible and ends by itself after ten minutes; it mutes the sound alone.
import { refresh } from "./live";

const MUTE_MS = 600_000;
const MUTED = "anlan-muted-until";
const RUNG = `anlan-rung:${document.body.dataset.stream ?? ""}`;
const OPENS = ["pointerdown", "keydown"];
const title = document.title;
let audio: AudioContext | null = null;
let waits = false;

export function start(): void {
  const button = document.querySelector<HTMLButtonElement>("[data-mute]");
  if (!button) return;
  button.hidden = false;
  const unlock = () => open().then(() => {
    for (const each of OPENS) removeEventListener(each, unlock, true);
    say(button);
    if (waits) ring();
  });
  for (const each of OPENS) addEventListener(each, unlock, true);
  button.addEventListener("click", () => {
    localStorage.setItem(MUTED, String(mutedUntil() > Date.now() ? 0 : Date.now() + MUTE_MS));
    say(button);
  });
  setInterval(() => say(button), 1000);
  say(button);
  asking(document.querySelector<HTMLButtonElement>("[data-notify]"));
  document.addEventListener("anlan:swapped", look);
  const asks = document.querySelector<HTMLElement>("#alarm[data-live]");
  if (asks) refresh(asks, 0);
  look();
}

/** Browsers give sound only after a touch or a key; the first one opens it. What should have rung before rings then. */
async function open(): Promise<void> {
  audio ??= new AudioContext();
  await audio.resume();
}

function look(): void {
  const told = document.querySelector<HTMLElement>("[data-alarms]");
  if (!told) return;
  const keys = (told.dataset.alarms ?? "").split(" ").filter(Boolean);
  const before = (localStorage.getItem(RUNG) ?? "").split(" ");
  localStorage.setItem(RUNG, keys.join(" "));
  document.title = keys.length ? `(${keys.length}) ${title}` : title;
  if (!keys.some((key) => !before.includes(key))) return;
  notify(told.textContent ?? "");
  ring();
}

const mutedUntil = () => Number(localStorage.getItem(MUTED) ?? 0);

function say(button: HTMLButtonElement): void {
  const left = Math.ceil((mutedUntil() - Date.now()) / 1000);
  const muted = left > 0;
  button.dataset.word ??= button.textContent ?? "";
  button.setAttribute("aria-pressed", String(muted));
  const loud = audio?.state === "running" ? button.dataset.word : button.dataset.locked ?? button.dataset.word;
  const text = muted ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")} ✕♪` : loud;
  if (button.textContent !== text) button.textContent = text;
}

/** The browser asks its question only after a press on a button that says what for. */
function asking(button: HTMLButtonElement | null): void {
  if (!button || !("Notification" in window) || Notification.permission !== "default") return;
  button.hidden = false;
  button.addEventListener("click", () => void Notification.requestPermission().then(() => { button.hidden = true; }));
}

function notify(text: string): void {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  try {
    const notice = new Notification(title, { body: text.trim(), tag: RUNG });
    notice.onclick = () => window.focus();
  } catch {
    // A phone's browser gives notices to installed pages only; sound and title remain.
  }
}

function ring(): void {
  waits = audio?.state !== "running";
  if (!audio || waits || mutedUntil() > Date.now()) return;
  const at = audio.currentTime;
  for (let i = 0; i < 3; i += 1) beep(audio, at + i * 0.45);
}

function beep(context: AudioContext, at: number): void {
  const tone = context.createOscillator(), gain = context.createGain();
  tone.frequency.value = 880;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(0.3, at + 0.02);
  gain.gain.setValueAtTime(0.3, at + 0.25);
  gain.gain.linearRampToValueAtTime(0, at + 0.3);
  tone.connect(gain).connect(context.destination);
  tone.start(at);
  tone.stop(at + 0.32);
}
