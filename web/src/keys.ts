// Keys: j k choose, Enter does the primary action, 1–8 press [data-key="1"]…, "/" searches, "?" helps. Off while a field has focus.
export function start(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || inField(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (act(event.key)) event.preventDefault();
  });
}

function inField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}

function act(key: string): boolean {
  if (key === "j" || key === "k") return choose(key === "j" ? 1 : -1);
  if (key === "?") return help();
  if (key === "Enter") return primary();
  if (!/^[1-8/ ]$/.test(key)) return false;
  const hit = document.querySelector<HTMLElement>(`[data-key="${key}"]:not([disabled])`);
  if (!hit) return false;
  if (hit.matches("input")) hit.focus();
  else hit.click();
  return true;
}

function choose(step: number): boolean {
  const rows = Array.from(document.querySelectorAll<HTMLElement>("[data-row]")).filter((row) => row.offsetParent !== null);
  if (!rows.length) return false;
  const at = rows.findIndex((row) => row.hasAttribute("aria-current"));
  const next = rows[Math.min(Math.max(at < 0 ? 0 : at + step, 0), rows.length - 1)];
  if (!next) return false;
  rows.forEach((row) => row.removeAttribute("aria-current"));
  next.setAttribute("aria-current", "true");
  const link = next.querySelector<HTMLElement>("a[href], button");
  link?.focus();
  next.scrollIntoView({ block: "nearest" });
  next.dispatchEvent(new CustomEvent("anlan:chosen", { bubbles: true, detail: next.dataset.row }));
  return true;
}

/** Enter on a focused link or button keeps its own meaning; otherwise it presses the page's one primary button. */
function primary(): boolean {
  const active = document.activeElement;
  if (active && active.matches("a[href], button, summary")) return false;
  const button = document.querySelector<HTMLElement>("[data-key='Enter'], .button--primary:not([disabled])");
  if (!button || button.closest("[aria-busy]")) return false; // another thing is on its way there
  button.click();
  return true;
}

function help(): boolean {
  const dialog = document.querySelector<HTMLDialogElement>("dialog[data-keys]");
  dialog?.showModal();
  return dialog !== null;
}
