// A Gantt chart on canvas: one row a work unit, one bar a job order. Drag to move in time, Ctrl + wheel to zoom,
// arrow keys to go from bar to bar. Bars come as columns of numbers; times are milliseconds since 1970, UTC.

const ROW = 24, LEFT = 128, TOP = 34, MINUTE = 60000;
const STEPS = [15, 30, 60, 120, 240, 480, 1440, 2880, 10080].map((m) => m * MINUTE);

export function render({ model, el }) {
  const holder = document.createElement("div");
  holder.style.cssText = "position:relative;width:100%;border-radius:8px;overflow:hidden";
  const canvas = document.createElement("canvas");
  canvas.tabIndex = 0;
  canvas.style.cssText = "display:block;outline-offset:-2px;touch-action:pan-y";
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", "Schedule. Arrow keys go from job order to job order; the table below has the same content.");
  const tip = document.createElement("div");
  tip.setAttribute("role", "status");
  tip.style.cssText = "position:absolute;pointer-events:none;display:none;background:#1f2933;color:#fff;font:12px Roboto,system-ui,sans-serif;" +
    "padding:6px 9px;border-radius:6px;white-space:pre;z-index:5";
  holder.append(canvas, tip);
  el.append(holder);

  let bars = model.bars, view = null, selected = -1, pan = null, width = 900;
  const height = () => TOP + model.rows.length * ROW + 8;
  const toX = (t) => LEFT + (t - view[0]) / (view[1] - view[0]) * (width - LEFT - 10);
  const toTime = (x) => view[0] + (x - LEFT) / (width - LEFT - 10) * (view[1] - view[0]);
  const clock = (t) => new Date(t + model.offset_ms).toUTCString().slice(0, 22);

  function colors() {
    const text = getComputedStyle(el).color;
    const [r, g, b] = (text.match(/\d+/g) || [0, 0, 0]).map(Number);
    return { text, faint: `rgba(${r},${g},${b},0.10)`, band: `rgba(${r},${g},${b},0.035)` };
  }

  function drawAxis(g, color) {
    const step = STEPS.find((s) => (view[1] - view[0]) / s < (width - LEFT) / 72) || STEPS.at(-1);
    g.textAlign = "center";
    for (let t = Math.ceil((view[0] + model.offset_ms) / step) * step - model.offset_ms; t < view[1]; t += step) {
      const local = new Date(t + model.offset_ms);
      g.fillStyle = color.faint;
      g.fillRect(toX(t), TOP, 1, height());
      g.fillStyle = color.text;
      const midnight = local.getUTCHours() === 0 && local.getUTCMinutes() === 0;
      g.fillText(midnight ? local.toUTCString().slice(0, 11) : local.toISOString().slice(11, 16), toX(t), 18);
    }
    g.textAlign = "left";
    model.rows.forEach((row, i) => {
      if (i % 2) { g.fillStyle = color.band; g.fillRect(0, TOP + i * ROW, width, ROW); }
      g.fillStyle = color.text;
      g.fillText(row.length > 18 ? row.slice(0, 17) + "\u2026" : row, 8, TOP + i * ROW + ROW / 2);
    });
  }

  function drawBar(g, i) {
    const y = TOP + bars.row[i] * ROW + 3, x = toX(bars.start[i]), run = toX(bars.run_start[i]);
    const w = Math.max(1.5, toX(bars.end[i]) - x);
    g.globalAlpha = selected >= 0 && bars.request[selected] !== bars.request[i] ? 0.25 : 1;
    g.fillStyle = bars.color[i] + "66";
    g.fillRect(x, y + 3, Math.max(0, run - x), ROW - 12);
    g.fillStyle = bars.color[i];
    g.fillRect(run, y, Math.max(1.5, x + w - run), ROW - 6);
    if (bars.late[i]) { g.fillStyle = "#D55E00"; g.fillRect(x, y + ROW - 9, w, 3); }
    if (w > 60) { g.fillStyle = "#fff"; g.save(); g.beginPath(); g.rect(run, y, x + w - run - 3, ROW); g.clip(); g.fillText(bars.label[i], run + 4, y + (ROW - 6) / 2); g.restore(); }
    if (i === selected) { g.strokeStyle = colors().text; g.lineWidth = 2; g.strokeRect(x, y, w, ROW - 6); }
    g.globalAlpha = 1;
  }

  function draw() {
    if (!view) view = [...model.window];
    width = holder.clientWidth || 900;
    const ratio = window.devicePixelRatio || 1;
    canvas.width = width * ratio; canvas.height = height() * ratio;
    canvas.style.width = width + "px"; canvas.style.height = height() + "px";
    const g = canvas.getContext("2d");
    g.scale(ratio, ratio);
    g.font = "12px Roboto, system-ui, sans-serif";
    g.textBaseline = "middle";
    const color = colors();
    drawAxis(g, color);
    g.save(); g.beginPath(); g.rect(LEFT, TOP, width, height()); g.clip();
    for (let i = 0; i < bars.start.length; i++) if (bars.end[i] >= view[0] && bars.start[i] <= view[1]) drawBar(g, i);
    if (model.now) { g.fillStyle = "#D55E00"; g.fillRect(toX(model.now), TOP, 2, height()); }
    g.restore();
    el.dataset.bars = String(bars.start.length);
  }

  let frame = 0;
  const redraw = () => { cancelAnimationFrame(frame); frame = requestAnimationFrame(draw); };

  function barAt(event) {
    const box = canvas.getBoundingClientRect(), y = event.clientY - box.top, t = toTime(event.clientX - box.left);
    const row = Math.floor((y - TOP) / ROW);
    for (let i = bars.start.length - 1; i >= 0; i--) if (bars.row[i] === row && t >= bars.start[i] && t <= bars.end[i]) return i;
    return -1;
  }

  function describe(i, x, y) {
    tip.style.display = i >= 0 ? "block" : "none";
    if (i < 0) return;
    tip.textContent = `${bars.job_order[i]}\n${bars.material[i]} on ${model.rows[bars.row[i]]}\n${clock(bars.start[i])} \u2192 ${clock(bars.end[i])}` +
      (bars.late[i] ? "\nits order is late" : "");
    tip.style.left = Math.max(0, Math.min(x + 12, width - 260)) + "px";
    tip.style.top = y + 14 + "px";
  }

  function pick(i) { selected = i; model.selected = i >= 0 ? bars.job_order[i] : ""; redraw(); }

  canvas.addEventListener("pointerdown", (event) => { pick(barAt(event)); pan = { x: event.clientX, view: [...view] }; canvas.setPointerCapture(event.pointerId); });
  canvas.addEventListener("pointermove", (event) => {
    const box = canvas.getBoundingClientRect();
    if (!pan) return describe(barAt(event), event.clientX - box.left, event.clientY - box.top);
    const shift = (event.clientX - pan.x) / (width - LEFT) * (pan.view[1] - pan.view[0]);
    view = pan.view.map((v) => v - shift);
    tip.style.display = "none";
    redraw();
  });
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => { pan = null; });
  canvas.addEventListener("pointerleave", () => { tip.style.display = "none"; });
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const at = toTime(event.clientX - canvas.getBoundingClientRect().left), factor = event.deltaY > 0 ? 1.2 : 1 / 1.2;
    view = [at - (at - view[0]) * factor, at + (view[1] - at) * factor];
    redraw();
  }, { passive: false });
  canvas.addEventListener("dblclick", () => { view = [...model.window]; redraw(); });
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key], rowStep = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if ((!step && !rowStep) || !bars.start.length) return;
    event.preventDefault();
    const current = Math.max(0, selected);
    const row = rowStep ? (bars.row[current] + rowStep + model.rows.length) % model.rows.length : bars.row[current];
    const inRow = [...bars.start.keys()].filter((i) => bars.row[i] === row).sort((a, b) => bars.start[a] - bars.start[b]);
    if (!inRow.length) return;
    const next = rowStep ? inRow[0] : inRow[Math.min(inRow.length - 1, Math.max(0, inRow.indexOf(current) + step))];
    pick(next);
    describe(next, toX(bars.start[next]), TOP + row * ROW);
  });

  model.on("bars", () => { bars = model.bars; redraw(); });
  model.on("window", () => { view = [...model.window]; redraw(); });
  model.on("now", redraw);
  const resize = new ResizeObserver(redraw);
  resize.observe(holder);
  const themed = new MutationObserver(redraw);
  themed.observe(document.documentElement, { attributes: true });
  model.on("remove", () => { resize.disconnect(); themed.disconnect(); });
  draw();
}
