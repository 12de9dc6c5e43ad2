// Keeps light and dark from page to page: what the viewer chose, and until then what the system prefers. A cookie, so that the
// server draws the next page right from the start; it says "dark" or "light" if chosen, "system-dark" or "system-light" if not.

const NAME = "twin_theme";

export function render({ model }) {
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const kept = () => (document.cookie.match(new RegExp(`(?:^|; )${NAME}=([a-z-]+)`)) || [])[1] || "";
  const keep = (text) => { document.cookie = `${NAME}=${text}; path=/; max-age=31536000; samesite=lax`; };
  const isFree = () => kept() !== "dark" && kept() !== "light" && !model.asked;

  // The system may change its mind: then the page is asked for once more. That it looks like the system when it is opened is seen to
  // before anything of it is drawn (FOLLOWS_THE_SYSTEM). Where cookies are not kept it stays as it is.
  function follow() {
    const preferred = system.matches ? "system-dark" : "system-light";
    if (!isFree() || kept() === preferred) return;
    keep(preferred);
    if (kept() === preferred && model.dark !== system.matches) window.location.reload();
  }

  model.on("dark", () => keep(model.dark ? "dark" : "light"));
  system.addEventListener("change", follow);
  model.on("remove", () => system.removeEventListener("change", follow));
  follow(); // it may have changed while the page was being drawn
}
