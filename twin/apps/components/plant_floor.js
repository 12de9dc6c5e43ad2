// The plant floor as tiles: one a work unit, grouped by work center, as wide as there is room. The whole state travels every
// time (a tile is 100 bytes), so nothing that was sent before the page was drawn can be missing.

const STYLE = `
  :host { display: block; width: 100%; }
  .floor { display: flex; flex-wrap: wrap; gap: 12px; font: 13px Roboto, system-ui, sans-serif; }
  .center { flex: var(--units) 1 calc(var(--units) * 182px); box-sizing: border-box; max-width: 100%; padding: 8px 12px 12px; border-radius: 12px;
    background: color-mix(in srgb, currentColor 4%, transparent); border: 1px solid color-mix(in srgb, currentColor 16%, transparent); }
  .head { display: flex; justify-content: space-between; gap: 8px; font-size: 14px; margin: 0 2px 6px; }
  .head b { font-weight: 600; }
  .head span { opacity: 0.75; white-space: nowrap; }
  .units { display: grid; gap: 10px; grid-template-columns: repeat(auto-fit, minmax(min(158px, 100%), 1fr)); }
  .unit { position: relative; box-sizing: border-box; min-height: 100px; padding: 8px 10px 20px 18px; border-radius: 8px; overflow: hidden; cursor: pointer;
    display: flex; flex-direction: column; justify-content: flex-start; text-align: left; font: inherit; color: inherit; border: 1px solid color-mix(in srgb, currentColor 26%, transparent);
    background: var(--mui-palette-background-paper, transparent); }
  .unit:focus-visible, .unit.selected { outline: 3px solid var(--mui-palette-primary-main, #0f4c81); outline-offset: -1px; }
  .unit div { overflow-wrap: anywhere; line-height: 1.35; }
  .name { font-size: 14px; font-weight: 700; }
  .state { font-weight: 500; }
  .detail { font-size: 12px; opacity: 0.8; }
  .why { font-size: 12.5px; font-weight: 600; }
  .unit .bar { position: absolute; left: 0; top: 0; bottom: 0; width: 8px; transition: background 0.25s; }
  .unit .track { position: absolute; left: 18px; right: 10px; bottom: 9px; height: 6px; border-radius: 3px; overflow: hidden;
    background: color-mix(in srgb, currentColor 14%, transparent); }
  .unit .progress { height: 100%; border-radius: 3px; }
  @media (max-width: 700px) { .center { flex-basis: 100%; } .units { grid-template-columns: repeat(2, 1fr); } .units.one { grid-template-columns: 1fr; } .unit { min-height: 84px; } }
`;

function element(tag, name, parent, text) {
  const node = document.createElement(tag);
  node.className = name;
  if (text !== undefined) node.textContent = text;
  if (parent) parent.appendChild(node);
  return node;
}

const write = (node, text) => { if (node.textContent !== text) node.textContent = text; };

export function render({ model, el }) {
  const style = document.createElement("style");
  style.textContent = STYLE;
  const floor = element("div", "floor");
  floor.setAttribute("role", "group");
  floor.setAttribute("aria-label", "Plant floor: the state of every work unit");
  el.append(style, floor);
  const tiles = {}, heads = {};

  function drawTile(unit, parent) {
    const tile = element("button", "unit", parent);
    tile.type = "button";
    tile.dataset.id = unit.id;
    const bar = element("div", "bar", tile);
    element("div", "name", tile, unit.title);
    const state = element("div", "state", tile), detail = element("div", "detail", tile), why = element("div", "why", tile);
    const progress = element("div", "progress", element("div", "track", tile));
    tile.addEventListener("click", () => { model.selected = unit.id; });
    tiles[unit.id] = { tile, bar, state, detail, why, progress, name: unit.title };
  }

  for (const center of model.centers) {
    const box = element("section", "center", floor);
    box.style.setProperty("--units", center.units.length);
    const head = element("div", "head", box);
    element("b", "", head, center.title);
    heads[center.id] = element("span", "", head, "");
    const units = element("div", center.units.length === 1 ? "units one" : "units", box);
    for (const unit of center.units) drawTile(unit, units);
  }

  function show() {
    for (const [id, now] of Object.entries(model.states)) {
      const it = tiles[id];
      if (!it) continue;
      const color = model.colors[now.state] || "#8a94a0";
      it.bar.style.background = it.progress.style.background = color;
      it.progress.style.width = `${100 * Math.min(1, Math.max(0, now.progress))}%`;
      write(it.state, [now.reason ? `${now.label}: ${now.reason}` : now.label, now.since].filter(Boolean).join(", "));
      write(it.detail, [now.job_order || (now.idle && !now.why ? "nothing to do" : ""), now.person].filter(Boolean).join(" \u00b7 "));
      write(it.why, now.why);
      it.detail.style.display = it.detail.textContent ? "" : "none";
      it.tile.setAttribute("aria-label", [it.name, it.state.textContent, it.detail.textContent, now.why].filter(Boolean).join("; "));
    }
    el.dataset.frames = String(1 + Number(el.dataset.frames || 0));
  }

  function count() {
    for (const [id, node] of Object.entries(heads)) write(node, model.waiting[id] ? `${model.waiting[id]} waiting` : "");
  }

  const mark = () => { for (const [id, it] of Object.entries(tiles)) it.tile.classList.toggle("selected", id === model.selected); };
  model.on("states", show);
  model.on("waiting", count);
  model.on("selected", mark);
  show(); count(); mark();
}
