// The ways to the other pages: a row with a drop-down for each group on a wide window, one button with all of them on a narrow one.
// Plain links: they work with the middle button, in a new tab, and while the server is away from this page.

const STYLE = `
:host { position: relative; z-index: 20; display: block; }
nav { position: relative; font: 500 14px Roboto, system-ui, sans-serif; color: var(--mui-palette-text-primary, inherit); }
ul { list-style: none; margin: 0; padding: 0; }
button, a { font: inherit; color: inherit; text-decoration: none; background: none; border: 0; border-radius: 8px; cursor: pointer;
  display: flex; align-items: center; gap: 8px; padding: 9px 12px; white-space: nowrap; box-sizing: border-box; }
button:hover, a:hover { background: color-mix(in srgb, currentColor 8%, transparent); }
button:focus-visible, a:focus-visible { outline: 2px solid var(--mui-palette-primary-main, #0f4c81); outline-offset: 1px; }
.here > button, a[aria-current=page] { color: var(--mui-palette-primary-main, #0f4c81); font-weight: 700; }
.ground { background: var(--mui-palette-background-paper, #fff); border-radius: 10px; padding: 6px;
  border: 1px solid color-mix(in srgb, currentColor 16%, transparent); box-shadow: 0 6px 24px #0004; }
.icon { font: 20px "Material Icons"; font-feature-settings: "liga"; line-height: 1; width: 20px; height: 20px; overflow: hidden; }
.more { font-size: 18px; width: 18px; height: 18px; opacity: .7; margin-left: -4px; }
@media (min-width: 701px) {
  .all { display: flex; gap: 2px; align-items: center; background: none; border: 0; box-shadow: none; padding: 0; }
  .menu { display: none; }
  .group { position: relative; }
  .group > ul { display: none; position: absolute; top: calc(100% + 4px); left: 0; min-width: 200px; }
  .group.open > ul { display: block; }
  .here > button, .all > a[aria-current=page] { box-shadow: inset 0 -2px currentColor; border-radius: 8px 8px 0 0; }
}
@media (max-width: 700px) {
  .all { display: none; position: absolute; top: calc(100% + 4px); left: 0; width: min(94vw, 360px); }
  .all.open { display: block; }
  .menu { border: 1px solid color-mix(in srgb, currentColor 30%, transparent); }
  .group > button { pointer-events: none; opacity: .7; font-size: 12px; padding: 8px 12px 2px; }
  .group > button .more { display: none; }
  .group > ul { display: grid; grid-template-columns: 1fr 1fr; border: 0; padding: 0; box-shadow: none; }
  a { min-height: 44px; }
}`;

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const icon = (name, more = "") => element("span", { class: `icon ${more}`, "aria-hidden": "true" }, name);

export function render({ model, el }) {
  const opened = [];  // what can be open: [its parent, its button]
  const shut = () => opened.forEach(([part, button]) => { part.classList.remove("open"); button.setAttribute("aria-expanded", "false"); });
  const isOpen = () => opened.some(([part]) => part.classList.contains("open"));

  function opens(button, part) {
    opened.push([part, button]);
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => {
      const wasOpen = part.classList.contains("open");
      shut();
      part.classList.toggle("open", !wasOpen);
      button.setAttribute("aria-expanded", String(!wasOpen));
    });
  }

  function link(entry) {
    const way = element("a", { href: entry.href }, icon(entry.icon), entry.label);
    if (entry.href === model.here) way.setAttribute("aria-current", "page");
    return way;
  }

  const all = element("div", { class: "all ground" });
  for (const group of model.groups) {
    if (!group.title) { all.append(...group.pages.map(link)); continue; }
    const button = element("button", { type: "button" }, group.title, icon("expand_more", "more"));
    const list = element("ul", { class: "ground" }, ...group.pages.map((entry) => element("li", {}, link(entry))));
    const part = element("div", { class: "group", role: "group", "aria-label": group.title }, button, list);
    if (group.pages.some((entry) => entry.href === model.here)) part.classList.add("here");
    opens(button, part);
    all.append(part);
  }
  const menu = element("button", { type: "button", class: "menu" }, icon("menu"), "Menu");
  opens(menu, all);
  el.append(element("style", {}, STYLE), element("nav", { "aria-label": "Pages" }, menu, all));

  const outside = (event) => { if (isOpen() && !event.composedPath().includes(el)) shut(); };
  const escape = (event) => {
    if (event.key !== "Escape" || !isOpen()) return;
    opened.find(([part]) => part.classList.contains("open"))[1].focus();
    shut();
  };
  document.addEventListener("pointerdown", outside);
  document.addEventListener("keydown", escape);
  model.on("remove", () => {
    document.removeEventListener("pointerdown", outside);
    document.removeEventListener("keydown", escape);
  });
}
