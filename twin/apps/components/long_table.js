// A long table of which one part at a time is here: a field to find rows, ways to the parts before and after, and rows to pick.
// On a phone a row is a card, as in all tables of these pages.

const STYLE = `
:host { display: block; width: 100%; font: 14px Roboto, system-ui, sans-serif; }
.bar { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; padding: 4px 8px; }
.bar:empty { display: none; }
input, button { font: inherit; color: inherit; background: none; border-radius: 8px; }
input { border: 1px solid color-mix(in srgb, currentColor 35%, transparent); padding: 7px 10px; width: 220px; max-width: 100%; box-sizing: border-box; }
.bar button { border: 1px solid color-mix(in srgb, currentColor 25%, transparent); padding: 6px 12px; cursor: pointer; }
.bar button:disabled { opacity: .4; cursor: default; }
input:focus-visible, button:focus-visible { outline: 2px solid var(--mui-palette-primary-main, #0f4c81); outline-offset: 1px; }
.says { opacity: .75; }
table { width: 100%; border-collapse: collapse; }
th { text-align: left; font-weight: 600; padding: 6px 8px; border-bottom: 1px solid color-mix(in srgb, currentColor 30%, transparent); }
td { padding: 6px 8px; border-bottom: 1px solid color-mix(in srgb, currentColor 12%, transparent); }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.all { opacity: .75; }
td .pick { border: 0; padding: 0; cursor: pointer; text-align: left; color: var(--mui-palette-primary-main, #0f4c81); font-weight: 500; }
td .pick:hover { text-decoration: underline; }
tr.picked { background: color-mix(in srgb, var(--mui-palette-primary-main, #0f4c81) 12%, transparent); }
td:first-child { border-left: 4px solid transparent; }
tr.bad td:first-child { border-left-color: #D55E00; } tr.warn td:first-child { border-left-color: #E69F00; }
tr.good td:first-child { border-left-color: #009E73; } tr.done td:first-child { border-left-color: #8A94A0; }
tr.total td { font-weight: 700; border-top: 2px solid color-mix(in srgb, currentColor 30%, transparent); }
@media (min-width: 701px) { td:first-child:not(.all) { white-space: nowrap; } .scroll { overflow-x: auto; } }
@media (max-width: 700px) {
  thead { display: none; } table, tbody { display: block; }
  tr { display: grid; grid-template-columns: repeat(auto-fill, minmax(140px, 1fr)); gap: 4px 12px; padding: 8px 0 8px 10px;
    border-bottom: 1px solid color-mix(in srgb, currentColor 16%, transparent); }
  tr.bad { border-left: 4px solid #D55E00; } tr.warn { border-left: 4px solid #E69F00; }
  tr.good { border-left: 4px solid #009E73; } tr.done { border-left: 4px solid #8A94A0; }
  td, td.n { text-align: left; white-space: normal; padding: 0; border: 0 !important; overflow-wrap: anywhere; }
  td:first-child { font-weight: 600; grid-column: 1 / -1; }
  td:empty { display: none; }
  td[data-name]:not(:first-child)::before { content: attr(data-name); display: block; opacity: .7; font-size: 11.5px; font-weight: 400; }
  table.pair tr { grid-template-columns: 1fr max-content; }
  table.pair td:first-child { grid-column: auto; }
  table.pair td:first-child:last-child { grid-column: 1 / -1; }
  table.pair td[data-name]:not(:first-child)::before { display: none; }
  .bar input { flex: 1 1 100%; } .bar button { min-height: 40px; }
}`;

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== "") made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export function render({ model, el }) {
  const before = element("button", { type: "button", "aria-label": "rows before" }, "‹ before");
  const after = element("button", { type: "button", "aria-label": "more rows" }, "more ›");
  const says = element("span", { class: "says", role: "status" });
  const field = element("input", { type: "search", placeholder: "find", "aria-label": `find in ${model.title}` });
  const bar = element("div", { class: "bar" });
  const body = element("tbody", {});
  const names = model.head.map((name, place) => element("th", { class: model.numeric.includes(place) ? "n" : "", scope: "col" }, name));
  const table = element("table", { "aria-label": model.title, class: names.length === 2 ? "pair" : "" }, element("thead", {}, element("tr", {}, ...names)), body);
  el.append(element("style", {}, STYLE), bar, element("div", { class: "scroll" }, table));

  let wait = 0;
  field.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(() => { model.wanted = field.value; }, 250); });
  before.addEventListener("click", () => { model.asked = model.number - 1; });
  after.addEventListener("click", () => { model.asked = model.number + 1; });

  function cell(row, text, place) {
    const made = element("td", { class: model.numeric.includes(place) ? "n" : "", "data-name": model.head[place] || "" });
    if (row.cells.length === 1 && model.head.length > 1) {
      made.className = "all";
      made.colSpan = model.head.length;
    }
    if (place === 0 && row.id !== "") {
      const pick = element("button", { type: "button", class: "pick" }, text);
      pick.addEventListener("click", () => { model.picked = row.id; });
      made.append(pick);
    } else made.append(text);
    return made;
  }

  function draw() {
    const focused = el.getRootNode().activeElement;
    const kept = focused && focused.classList.contains("pick") ? focused.closest("tr").dataset.id : "";
    body.replaceChildren(...model.rows.map((row) => {
      const line = element("tr", { class: row.mark, "data-id": row.id }, ...row.cells.map((text, place) => cell(row, text, place)));
      if (row.id !== "" && row.id === model.picked) line.classList.add("picked");
      return line;
    }));
    if (kept) body.querySelector(`tr[data-id="${CSS.escape(kept)}"] .pick`)?.focus();
    bar.replaceChildren(...(model.finds ? [field] : []), ...(model.count > 1 ? [before, after] : []), ...(model.says ? [says] : []));
    says.textContent = model.says;
    before.disabled = model.number === 0;
    after.disabled = model.number + 1 >= model.count;
  }

  for (const name of ["rows", "picked", "says", "number", "count", "finds"]) model.on(name, draw);
  draw();
}
