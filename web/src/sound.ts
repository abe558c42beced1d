// One alarm, for red and for contact lost; muting is visible and ends by itself after ten minutes.
const MUTE_MS = 600_000;
const KEY = "anlan-muted-until";
const ALARMS = (document.body.dataset.alarmOn ?? "").split(/\s+/).filter(Boolean);
let audio: AudioContext | null = null;

export function start(): void {
  const button = document.querySelector<HTMLButtonElement>("[data-mute]");
  if (!button) return;
  button.hidden = false;
  // Browsers give sound only after a touch or a key; the first one opens it.
  addEventListener("pointerdown", () => { audio ??= new AudioContext(); void audio.resume(); }, { once: true });
  button.addEventListener("click", () => {
    localStorage.setItem(KEY, String(mutedUntil() > Date.now() ? 0 : Date.now() + MUTE_MS));
    show(button);
  });
  setInterval(() => show(button), 1000);
  show(button);
  document.addEventListener("anlan:journal", (event) => {
    const { name } = (event as CustomEvent<{ name: string }>).detail;
    if (ALARMS.some((each) => name.startsWith(each)) && mutedUntil() <= Date.now()) ring();
  });
}

const mutedUntil = () => Number(localStorage.getItem(KEY) ?? 0);

function show(button: HTMLButtonElement): void {
  const left = Math.ceil((mutedUntil() - Date.now()) / 1000);
  const muted = left > 0;
  button.dataset.word ??= button.textContent ?? "";
  button.setAttribute("aria-pressed", String(muted));
  const text = muted ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")} ✕♪` : button.dataset.word;
  if (button.textContent !== text) button.textContent = text;
}

function ring(): void {
  if (!audio) return;
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
