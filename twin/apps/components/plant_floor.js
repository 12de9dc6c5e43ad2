// The plant floor as SVG tiles: one tile a work unit, grouped by work center. The whole state travels every time
// (a tile is 60 bytes), so nothing that was sent before the page was drawn can be missing.

const SVG = "http://www.w3.org/2000/svg";
const TILE = { width: 158, height: 84, gap: 12, head: 30, pad: 12 };

const STYLE = `
  :host { display: block; width: 100%; }
  svg { display: block; width: 100%; font-family: Roboto, system-ui, sans-serif; }
  text { fill: currentColor; }
  .center { fill: color-mix(in srgb, currentColor 4%, transparent); stroke: color-mix(in srgb, currentColor 16%, transparent); }
  .center-title { font-size: 14px; font-weight: 600; }
  .tile { fill: var(--mui-palette-background-paper, var(--panel-surface-color, transparent)); stroke: color-mix(in srgb, currentColor 26%, transparent); }
  .unit { cursor: pointer; outline: none; }
  .unit:focus-visible .tile, .unit.selected .tile { stroke: var(--mui-palette-primary-main, #0f4c81); stroke-width: 3; }
  .name { font-size: 14px; font-weight: 700; }
  .state { font-size: 12.5px; font-weight: 500; }
  .detail { font-size: 11.5px; opacity: 0.75; }
  .track { fill: color-mix(in srgb, currentColor 14%, transparent); }
  .bar { transition: fill 0.25s; }
`;

function element(name, attributes, parent, text) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  if (parent) parent.appendChild(node);
  return node;
}

function clipped(text, length) {
  return text.length > length ? text.slice(0, length - 1) + "\u2026" : text;
}

// Work centers side by side in rows no wider than the page; each as wide as its units need.
function placed(centers, width) {
  const boxes = [];
  let x = 0, y = 0, rowHeight = 0;
  for (const center of centers) {
    const columns = Math.max(1, Math.min(center.units.length, Math.floor((width - 2 * TILE.pad + TILE.gap) / (TILE.width + TILE.gap))));
    const rows = Math.ceil(center.units.length / columns);
    const box = {
      center, columns,
      width: 2 * TILE.pad + columns * (TILE.width + TILE.gap) - TILE.gap,
      height: TILE.head + rows * (TILE.height + TILE.gap) - TILE.gap + TILE.pad,
    };
    if (x > 0 && x + box.width > width) { x = 0; y += rowHeight + TILE.gap; rowHeight = 0; }
    boxes.push({ ...box, x, y });
    x += box.width + TILE.gap;
    rowHeight = Math.max(rowHeight, box.height);
  }
  return { boxes, height: y + rowHeight };
}

export function render({ model, el }) {
  const style = document.createElement("style");
  style.textContent = STYLE;
  const holder = document.createElement("div");
  el.append(style, holder);
  let tiles = {};
  let drawnWidth = 0;

  function drawTile(unit, x, y, parent) {
    const group = element("g", { transform: `translate(${x},${y})`, tabindex: 0, class: "unit", role: "button", "data-id": unit.id }, parent);
    element("rect", { width: TILE.width, height: TILE.height, rx: 8, class: "tile" }, group);
    const bar = element("rect", { width: 8, height: TILE.height, rx: 4, class: "bar" }, group);
    element("text", { x: 18, y: 20, class: "name" }, group, clipped(unit.title, 18));
    const state = element("text", { x: 18, y: 38, class: "state" }, group, "");
    const detail = element("text", { x: 18, y: 55, class: "detail" }, group, "");
    element("rect", { x: 18, y: TILE.height - 18, width: TILE.width - 30, height: 6, rx: 3, class: "track" }, group);
    const progress = element("rect", { x: 18, y: TILE.height - 18, width: 0, height: 6, rx: 3 }, group);
    const title = element("title", {}, group, unit.title);
    const pick = () => { model.selected = unit.id; };
    group.addEventListener("click", pick);
    group.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); pick(); }
    });
    tiles[unit.id] = { group, bar, state, detail, progress, title, name: unit.title };
  }

  function layOut() {
    const width = Math.max(TILE.width + 2 * TILE.pad, holder.clientWidth || el.clientWidth || 900);
    if (Math.abs(width - drawnWidth) < 2) return;
    drawnWidth = width;
    const { boxes, height } = placed(model.centers, width);
    const svg = element("svg", { viewBox: `0 0 ${width} ${height}`, height, role: "group", "aria-label": "Plant floor: the state of every work unit" });
    tiles = {};
    for (const box of boxes) {
      const group = element("g", { transform: `translate(${box.x},${box.y})` }, svg);
      element("rect", { width: box.width, height: box.height, rx: 12, class: "center" }, group);
      element("text", { x: TILE.pad, y: 20, class: "center-title" }, group, clipped(box.center.title, Math.floor(box.width / 8)));
      box.center.units.forEach((unit, i) => {
        const column = i % box.columns, row = Math.floor(i / box.columns);
        drawTile(unit, TILE.pad + column * (TILE.width + TILE.gap), TILE.head + row * (TILE.height + TILE.gap), group);
      });
    }
    holder.replaceChildren(svg);
    show();
  }

  function show() {
    for (const [id, now] of Object.entries(model.states)) {
      const tile = tiles[id];
      if (!tile) continue;
      const color = model.colors[now.state] || "#8a94a0";
      tile.bar.setAttribute("fill", color);
      tile.progress.setAttribute("fill", color);
      tile.progress.setAttribute("width", (TILE.width - 30) * Math.min(1, Math.max(0, now.progress)));
      tile.state.textContent = clipped(now.reason ? `${now.label}: ${now.reason}` : now.label, 20);
      tile.detail.textContent = clipped(now.job_order || (now.waiting ? `${now.waiting} waiting` : "no order"), 20);
      tile.title.textContent = `${tile.name}: ${now.label}${now.reason ? " (" + now.reason + ")" : ""}; ${now.job_order || "no order"}; ${now.waiting} waiting`;
      tile.group.setAttribute("aria-label", tile.title.textContent);
    }
    el.dataset.frames = String(1 + Number(el.dataset.frames || 0));
  }

  const mark = () => { for (const [id, tile] of Object.entries(tiles)) tile.group.classList.toggle("selected", id === model.selected); };
  model.on("states", show);
  model.on("selected", mark);
  const observer = new ResizeObserver(layOut);
  observer.observe(holder);
  model.on("remove", () => observer.disconnect());
  layOut();
}
