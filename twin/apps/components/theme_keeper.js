// Keeps light and dark from page to page: what the viewer chose, and until then what the system prefers. A cookie, so that the
// server draws the next page right from the start; it says "dark" or "light" if chosen, "system-dark" or "system-light" if not.

const NAME = "twin_theme";

export function render({ model }) {
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const kept = () => (document.cookie.match(new RegExp(`(?:^|; )${NAME}=([a-z-]+)`)) || [])[1] || "";
  const keep = (text) => { document.cookie = `${NAME}=${text}; path=/; max-age=31536000; samesite=lax`; };
  const isChosen = () => kept() === "dark" || kept() === "light";

  function follow() {
    if (isChosen() || model.asked) return;
    keep(system.matches ? "system-dark" : "system-light");
    if (model.dark !== system.matches) model.dark = system.matches;
  }

  model.on("dark", () => {
    if (isChosen() || model.dark !== system.matches) keep(model.dark ? "dark" : "light");
  });
  system.addEventListener("change", follow);
  model.on("remove", () => system.removeEventListener("change", follow));

  // What is said while the page is still being drawn reaches nobody.
  function begin() {
    if (window.Bokeh && window.Bokeh.documents.every((each) => each.is_idle)) follow();
    else setTimeout(begin, 50);
  }
  begin();
}
