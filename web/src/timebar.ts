// The time slider. <form class="timebar" data-timebar> holds input[type=range][name=at] in epoch seconds; without script it is a plain form
// that reloads the page at that moment. With script, maps follow while it is dragged and the page follows when it is let go.
import * as clock from "./clock";

export function start(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-timebar]");
  const range = form?.querySelector<HTMLInputElement>("input[type=range]");
  if (!form || !range) return;
  const shown = form.querySelector("[data-moment]");
  let dragged = false;
  if (range.hasAttribute("data-follows")) setInterval(() => {
    if (dragged) return;
    range.dataset.known = range.value = String(Math.floor(clock.now() / 1000)); // now moves on while nobody looks back
    if (shown) shown.textContent = clock.beijing(clock.now());
  }, 1000);
  range.addEventListener("input", () => {
    if (!dragged) document.dispatchEvent(new Event("anlan:past")); // what is foreseen now was not foreseen then
    dragged = true;
    range.value = String(Math.min(Number(range.value), Number(range.dataset.known ?? range.max))); // the future cannot be shown
    const at = Number(range.value) * 1000;
    if (shown) shown.textContent = clock.beijing(at);
    range.setAttribute("aria-valuetext", clock.beijing(at));
    for (const map of document.querySelectorAll("anlan-map")) map.setAttribute("at", new Date(at).toISOString());
  });
  range.addEventListener("change", () => form.requestSubmit());
}
