// A Gantt chart on canvas: one row a work unit, one bar a job order. Drag to move in time, Ctrl + wheel to zoom,
// arrow keys to go from bar to bar. Bars and stops come as columns of numbers; times are milliseconds since 1970, UTC. What has
// not ended has the end 0 and grows with `now`. A stop is hatched over the bar: the job order was there, nobody worked on it.

const ROW = 24, TOP = 34, MINUTE = 60000, NARROW = 600, NARROW_SPAN = 8 * 60 * MINUTE;
const STOP_COLORS = { "off shift": "#8A94A0", waiting: "#E69F00", down: "#D55E00", "kept free": "#0072B2" };
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
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

  let bars = model.bars, stops = model.stops, view = null, selected = -1, pan = null, width = 900, LEFT = 128;
  const height = () => TOP + model.rows.length * ROW + 8;
  const toX = (t) => LEFT + (t - view[0]) / (view[1] - view[0]) * (width - LEFT - 10);
  const toTime = (x) => view[0] + (x - LEFT) / (width - LEFT - 10) * (view[1] - view[0]);
  const day = (local) => `${DAYS[local.getUTCDay()]} ${local.getUTCDate()} ${MONTHS[local.getUTCMonth()]}`;
  const clock = (t) => { const local = new Date(t + model.offset_ms); return `${day(local)}, ${local.toISOString().slice(11, 16)}`; };
  const ended = (t) => t || model.now;

  function firstView() {
    const [start, end] = model.window;
    if (holder.clientWidth >= NARROW) return [start, end];
    return [Math.max(start, model.now - NARROW_SPAN * 0.75), Math.max(start, model.now - NARROW_SPAN * 0.75) + NARROW_SPAN];
  }

  // The column of titles is as wide as they need, but leaves two thirds to the bars; what is longer ends in dots.
  function fitted(g, text) {
    if (g.measureText(text).width <= LEFT - 14) return text;
    while (text && g.measureText(text + "\u2026").width > LEFT - 14) text = text.slice(0, -1);
    return text + "\u2026";
  }

  function colors() {
    const text = getComputedStyle(el).color;
    const [r, g, b] = (text.match(/\d+/g) || [0, 0, 0]).map(Number);
    const paper = getComputedStyle(el).getPropertyValue("--mui-palette-background-paper") || "#fff";
    return { text, paper, faint: `rgba(${r},${g},${b},0.10)`, band: `rgba(${r},${g},${b},0.035)` };
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
      g.fillText(midnight ? day(local) : local.toISOString().slice(11, 16), toX(t), 18);
    }
    g.textAlign = "left";
    model.rows.forEach((row, i) => {
      if (i % 2) { g.fillStyle = color.band; g.fillRect(0, TOP + i * ROW, width, ROW); }
      g.fillStyle = color.text;
      g.fillText(fitted(g, row), 8, TOP + i * ROW + ROW / 2);
    });
  }

  function drawBar(g, i) {
    const y = TOP + bars.row[i] * ROW + 3, x = toX(bars.start[i]), run = toX(ended(bars.run_start[i]));
    const w = Math.max(1.5, toX(ended(bars.end[i])) - x);
    g.globalAlpha = (selected >= 0 && bars.request[selected] !== bars.request[i] ? 0.25 : 1) * (bars.planned[i] ? 0.5 : 1);
    g.fillStyle = bars.color[i] + "66";
    g.fillRect(x, y, Math.max(0, run - x), ROW - 6);
    g.fillStyle = bars.color[i];
    if (x + w > run) g.fillRect(run, y, Math.max(1.5, x + w - run), ROW - 6);
    if (bars.planned[i]) {
      g.globalAlpha = 1; g.strokeStyle = bars.color[i]; g.lineWidth = 1; g.setLineDash([3, 2]); g.strokeRect(x + 0.5, y + 0.5, w - 1, ROW - 7); g.setLineDash([]);
    }
    if (i === selected) { g.strokeStyle = colors().text; g.lineWidth = 2; g.strokeRect(x, y, w, ROW - 6); }
    g.globalAlpha = 1;
  }

  function drawStop(g, j, color) {
    const y = TOP + stops.row[j] * ROW + 3, x = toX(stops.start[j]), w = toX(ended(stops.end[j])) - x, h = ROW - 6;
    if (w < 0.5) return;
    g.save();
    g.beginPath(); g.rect(x, y, w, h); g.clip();
    g.fillStyle = color.paper; g.globalAlpha = 0.8; g.fillRect(x, y, w, h);
    g.globalAlpha = stops.kind[j] === "off shift" ? 0.55 : 1;
    g.strokeStyle = STOP_COLORS[stops.kind[j]]; g.lineWidth = 1.2;
    g.beginPath();
    const left = Math.max(x, LEFT), right = Math.min(x + w, width);
    for (let at = left - h - ((left - h) % 7); at < right; at += 7) { g.moveTo(at, y + h); g.lineTo(at + h, y); }
    g.stroke();
    g.strokeRect(x + 0.5, y + 0.5, w - 1, h - 1);
    g.restore();
  }

  // The job orders of a batch lie on one another: the first carries the label, and counts the others.
  const mates = (i) => [...bars.start.keys()].filter((k) => bars.row[k] === bars.row[i] && bars.start[k] === bars.start[i]);

  // Labels and the mark of a late order lie over the hatching, the label in the widest part that is not hatched.
  function drawLabel(g, i) {
    const y = TOP + bars.row[i] * ROW + 3, x = toX(bars.start[i]), end = toX(ended(bars.end[i])), batch = mates(i);
    if (bars.late[i]) { g.fillStyle = "#D55E00"; g.fillRect(x, y + ROW - 6, Math.max(1.5, end - x), 3); }
    if (batch[0] !== i) return;
    let from = Math.max(toX(ended(bars.run_start[i])), LEFT), best = [from, from];
    const last = Math.min(end, width);
    for (const j of stops.start.keys()) {
      if (stops.row[j] !== bars.row[i] || stops.start[j] >= ended(bars.end[i]) || ended(stops.end[j]) <= bars.start[i]) continue;
      const until = Math.min(last, toX(stops.start[j]));
      if (until - from > best[1] - best[0]) best = [from, until];
      from = Math.max(from, toX(ended(stops.end[j])));
    }
    if (last - from > best[1] - best[0]) best = [from, last];
    if (best[1] - best[0] < 46) return;
    g.save(); g.beginPath(); g.rect(best[0], y, best[1] - best[0] - 3, ROW); g.clip();
    g.globalAlpha = selected >= 0 && bars.request[selected] !== bars.request[i] ? 0.4 : 1;
    g.fillStyle = "#fff";
    g.fillText(bars.label[i] + (batch.length > 1 ? ` +${batch.length - 1}` : ""), best[0] + 4, y + (ROW - 6) / 2 + 0.5);
    g.restore();
  }

  function draw() {
    width = holder.clientWidth || 900;
    if (!view) view = firstView();
    const ratio = window.devicePixelRatio || 1;
    canvas.width = width * ratio; canvas.height = height() * ratio;
    canvas.style.width = width + "px"; canvas.style.height = height() + "px";
    const g = canvas.getContext("2d");
    g.scale(ratio, ratio);
    g.font = "12px Roboto, system-ui, sans-serif";
    g.textBaseline = "middle";
    LEFT = Math.min(width / 3, 18 + Math.max(...model.rows.map((row) => g.measureText(row).width)));
    const color = colors();
    drawAxis(g, color);
    g.save(); g.beginPath(); g.rect(LEFT, TOP, width, height()); g.clip();
    const isSeen = (start, end) => ended(end) >= view[0] && start <= view[1];
    const seen = [...bars.start.keys()].filter((i) => isSeen(bars.start[i], bars.end[i]));
    for (const i of seen) drawBar(g, i);
    for (const j of stops.start.keys()) if (isSeen(stops.start[j], stops.end[j])) drawStop(g, j, color);
    for (const i of seen) drawLabel(g, i);
    if (model.now) {
      g.fillStyle = color.text;
      g.fillRect(toX(model.now) - 1, TOP - 8, 2, height());
      g.font = "bold 11px Roboto, system-ui, sans-serif";
      g.fillText("now", toX(model.now) + 5, TOP - 4);
    }
    g.restore();
    el.dataset.stops = String(stops.start.length);
    el.dataset.bars = String(bars.start.length);
  }

  let frame = 0;
  const redraw = () => { cancelAnimationFrame(frame); frame = requestAnimationFrame(draw); };

  function stopAt(row, t) {
    return [...stops.start.keys()].find((j) => stops.row[j] === row && t >= stops.start[j] && t <= ended(stops.end[j]));
  }

  function barAt(event) {
    const box = canvas.getBoundingClientRect(), y = event.clientY - box.top, t = toTime(event.clientX - box.left);
    const row = Math.floor((y - TOP) / ROW);
    for (let i = bars.start.length - 1; i >= 0; i--) if (bars.row[i] === row && t >= bars.start[i] && t <= ended(bars.end[i])) return i;
    return -1;
  }

  const lines = (...texts) => texts.filter(Boolean).join("\n");
  const span = (start, end) => `${clock(start)} \u2192 ${end ? clock(end) : "now"}`;

  function describe(i, x, y, row = -1, t = 0) {
    const j = stopAt(row, t);
    tip.style.display = i >= 0 || j !== undefined ? "block" : "none";
    const stood = j === undefined ? "" : `${stops.kind[j]}${stops.reason[j] && stops.reason[j] !== stops.kind[j] ? ": " + stops.reason[j] : ""}, ${span(stops.start[j], stops.end[j])}`;
    tip.textContent = i < 0 ? lines(model.rows[row], stood) : lines(mates(i).map((k) => bars.job_order[k]).join(", "), `${bars.material[i]} on ${model.rows[bars.row[i]]}`,
      span(bars.start[i], bars.end[i]), bars.person[i] && `who: ${bars.person[i]}`, stood, bars.late[i] && "its customer order is late");
    tip.style.left = Math.max(0, Math.min(x + 12, width - tip.offsetWidth - 4)) + "px";
    tip.style.top = Math.min(y + 14, Math.max(0, height() - tip.offsetHeight)) + "px";
  }

  function pick(i) { selected = i; model.selected = i >= 0 ? bars.job_order[i] : ""; redraw(); }

  canvas.addEventListener("pointerdown", (event) => { pick(barAt(event)); pan = { x: event.clientX, view: [...view] }; canvas.setPointerCapture(event.pointerId); });
  canvas.addEventListener("pointermove", (event) => {
    const box = canvas.getBoundingClientRect();
    if (!pan) {
      const y = event.clientY - box.top;
      return describe(barAt(event), event.clientX - box.left, y, Math.floor((y - TOP) / ROW), toTime(event.clientX - box.left));
    }
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
  canvas.addEventListener("dblclick", () => { view = firstView(); redraw(); });
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
  model.on("stops", () => { stops = model.stops; redraw(); });
  model.on("window", () => { view = firstView(); redraw(); });
  let seenNow = model.now;
  model.on("now", () => {
    if (view && !pan && seenNow <= view[1] && model.now > view[1]) view = firstView();
    seenNow = model.now;
    redraw();
  });
  const resize = new ResizeObserver(redraw);
  resize.observe(holder);
  const themed = new MutationObserver(redraw);
  themed.observe(document.documentElement, { attributes: true });
  model.on("remove", () => { resize.disconnect(); themed.disconnect(); });
  draw();
}
