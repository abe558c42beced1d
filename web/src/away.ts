// "You were away": a browser remembers, for each account and world, which journal entry was the last while somebody was at it. After a pause a line
// leads to what changed since then; the page itself works without script, from the last time one signed out.
const AWAY_MIN = 15;
const EVERY_MS = 20_000;

export function start(): void {
  const line = document.querySelector<HTMLElement>("[data-away]");
  const link = line?.querySelector("a");
  if (!line || !link) return;
  const key = `anlan:here:${line.dataset.away}:${link.pathname}`;
  let head = document.body.dataset.head ?? "0";
  let noted = 0;
  const here = () => {
    const now = Date.now();
    if (now - noted < EVERY_MS) return;
    noted = now;
    try {
      const [seq, at] = (localStorage.getItem(key) ?? "").split(" ");
      const minutes = Math.floor((now - Number(at)) / 60_000);
      if (seq && at && minutes >= AWAY_MIN && Number(head) > Number(seq)) {
        link.search = `?after=${seq}`;
        line.hidden = false;
        const said = line.querySelector("[data-away-min]");
        if (said) said.textContent = String(minutes);
      }
      localStorage.setItem(key, `${head} ${now}`);
    } catch { /* a browser that keeps nothing */ }
  };
  document.addEventListener("anlan:journal", (event) => { head = String((event as CustomEvent<{ seq: number }>).detail.seq); });
  for (const kind of ["pointerdown", "keydown", "scroll"]) addEventListener(kind, here, { passive: true });
  here();
}
