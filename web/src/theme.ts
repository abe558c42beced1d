// Light and dark without a round trip. The cookie is the one that the server reads, so the next page comes right at once.
export function start(): void {
  const link = document.querySelector<HTMLAnchorElement>("[data-theme-switch]");
  link?.addEventListener("click", (event) => {
    event.preventDefault();
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    const next = dark ? "light" : "dark";
    root.dataset.theme = next;
    link.href = link.href.replace(/theme=\w+/, `theme=${dark ? "dark" : "light"}`);
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `anlan_theme=${next}; path=/; max-age=31536000; SameSite=Lax${secure}`;
    document.dispatchEvent(new CustomEvent("anlan:theme"));
  });
}
