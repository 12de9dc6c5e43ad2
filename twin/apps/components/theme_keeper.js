// Keeps light and dark from page to page: what the viewer chose, and until then what the system prefers. A cookie, so that the
// server draws the next page right from the start; it says "dark" or "light" if chosen, "system-dark" or "system-light" if not.

const NAME = "twin_theme";

export function render({ model }) {
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const kept = () => (document.cookie.match(new RegExp(`(?:^|; )${NAME}=([a-z-]+)`)) || [])[1] || "";
  const keep = (text) => { document.cookie = `${NAME}=${text}; path=/; max-age=31536000; samesite=lax`; };
  const isFree = () => kept() !== "dark" && kept() !== "light" && !model.asked;
  const preferred = () => (system.matches ? "system-dark" : "system-light");

  function follow() {
    if (!isFree()) return;
    keep(preferred());
    if (model.dark !== system.matches) model.dark = system.matches;
  }

  model.on("dark", () => {
    if (!isFree() || model.dark !== system.matches) keep(model.dark ? "dark" : "light");
  });
  system.addEventListener("change", follow);
  model.on("remove", () => system.removeEventListener("change", follow));

  // The very first page was drawn before anybody could know: it is asked for once more, unless cookies are not kept at all.
  const before = kept();
  if (isFree() && before !== preferred()) {
    keep(preferred());
    if (kept() === preferred() && model.dark !== system.matches) window.location.reload();
  }
}
