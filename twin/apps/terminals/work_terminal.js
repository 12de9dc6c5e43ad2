// The terminal of a work center: large buttons, one thing at a time; what is chosen comes from short lists. The server says what is there
// and answers each entry in words; `entry_keeper.js` (put in front of this file) keeps what it has not answered yet.

const STYLE = `
  :host { display: block; width: 100%; max-height: none !important; font: 16px Roboto, system-ui, sans-serif; }
  * { box-sizing: border-box; }
  .top { display: flex; flex-wrap: wrap; gap: 10px 16px; align-items: center; margin-bottom: 10px; }
  label { display: flex; flex-direction: column; gap: 3px; font-size: 13.5px; max-width: 100%; min-width: 0; }
  select, input { font: inherit; font-size: 17px; min-height: 48px; padding: 6px 10px; border-radius: 10px; color: inherit; max-width: 100%;
    border: 1px solid color-mix(in srgb, currentColor 45%, transparent); background: var(--mui-palette-background-paper, Canvas); }
  option { color: CanvasText; background: Canvas; }
  .line { margin-left: auto; font-size: 14px; padding: 8px 12px; border-radius: 10px; border: 1px solid color-mix(in srgb, currentColor 25%, transparent); }
  .line.away { background: #E69F00; color: #1b1200; font-weight: 700; border-color: #E69F00; }
  .said { padding: 12px 14px; border-radius: 10px; margin-bottom: 10px; font-weight: 500; border: 1px solid currentColor; }
  .said.bad { background: color-mix(in srgb, #D55E00 16%, transparent); border-color: #D55E00; }
  .said.warn { background: color-mix(in srgb, #E69F00 18%, transparent); border-color: #E69F00; }
  .said.good { background: color-mix(in srgb, #009E73 14%, transparent); border-color: #009E73; }
  .grid { display: grid; gap: 12px; grid-template-columns: repeat(auto-fit, minmax(min(340px, 100%), 1fr)); }
  section { border: 1px solid color-mix(in srgb, currentColor 18%, transparent); border-radius: 14px; padding: 14px; margin-bottom: 12px;
    background: var(--mui-palette-background-paper, transparent); }
  h2 { font-size: 19px; margin: 0; } h3 { font-size: 16px; margin: 0 0 8px; }
  .head { display: flex; gap: 10px; align-items: center; flex-wrap: wrap; margin-bottom: 8px; }
  .state { padding: 4px 12px; border-radius: 999px; font-weight: 700; font-size: 15px; border: 2px solid var(--color); }
  .detail { font-size: 14.5px; opacity: 0.85; overflow-wrap: anywhere; }
  .count { font-size: 26px; font-weight: 700; font-variant-numeric: tabular-nums; margin: 4px 0; }
  .buttons { display: grid; gap: 10px; grid-template-columns: repeat(auto-fill, minmax(min(148px, 46%), 1fr)); margin-top: 10px; }
  button { font: inherit; font-size: 18px; font-weight: 700; min-height: 72px; padding: 8px 10px; border-radius: 14px; cursor: pointer; color: inherit;
    border: 2px solid color-mix(in srgb, currentColor 30%, transparent); background: color-mix(in srgb, currentColor 6%, transparent); }
  button.go { background: #00734f; color: #fff; border-color: #00734f; } button.bad { background: #a63c00; color: #fff; border-color: #a63c00; }
  button.small { min-height: 52px; font-size: 16px; } button:focus-visible { outline: 3px solid #56B4E9; outline-offset: 2px; }
  button[aria-pressed=true] { background: #0f4c81; color: #fff; border-color: #56B4E9; }
  form { display: flex; flex-wrap: wrap; gap: 10px; align-items: flex-end; margin-top: 10px; } form .wrong { flex-basis: 100%; white-space: pre-line; padding: 8px 12px; border-radius: 10px; border: 1px solid #D55E00; background: color-mix(in srgb, #D55E00 16%, transparent); font-weight: 700; } form .wrong:empty { display: none; }
  [hidden] { display: none !important; } .top form { margin-top: 0; }
  form input { width: 110px; } form input.wide { width: 220px; }
  fieldset { flex-basis: 100%; min-width: 0; border: 1px solid color-mix(in srgb, currentColor 30%, transparent); border-radius: 10px; padding: 4px 12px; }
  .tick { flex-direction: row; align-items: center; gap: 12px; min-height: 48px; font-size: 16px; overflow-wrap: anywhere; }
  form .tick input { width: 26px; height: 26px; min-height: 0; flex: none; } .signed { font-weight: 700; padding: 8px 0; }
  ol { list-style: none; margin: 0; padding: 0; } li { display: flex; gap: 12px; align-items: center; flex-wrap: wrap; padding: 10px 0;
    border-top: 1px solid color-mix(in srgb, currentColor 14%, transparent); } li:first-child { border-top: 0; }
  li .what { flex: 1 1 200px; min-width: 0; overflow-wrap: anywhere; } li .place { font-size: 22px; font-weight: 700; min-width: 1.4em; }
  details { border-left: 3px solid #0072B2; padding: 2px 12px; margin: 8px 0; overflow-wrap: anywhere; } details button { margin: 8px 0; } summary { cursor: pointer; font-weight: 600; padding: 10px 0; }
  .drawing { display: block; max-width: 100%; background: #fff; border-radius: 8px; margin: 8px 0; } a.open { display: inline-block; color: inherit; font-weight: 700; padding: 12px 0; }
  .words { white-space: pre-wrap; font-size: 18px; line-height: 1.5; max-width: 70ch; margin: 4px 0 8px; }
  @media (max-width: 500px) {
    .own { padding: 0 6px; } .count { font-size: 20px; } .top > label { flex: 1 1 40%; } .top > label > * { width: 100%; } .line { margin: 0; }
    section { padding: 12px; } .buttons { display: flex; flex-wrap: wrap; } .buttons button { flex: 1 1 46%; } li > button { flex: 1 1 100%; }
  }
  .alarm { border-left: 4px solid #D55E00; padding: 2px 10px; margin: 8px 0; overflow-wrap: anywhere; } .alarm button { margin: 6px 0; }
  .course { display: flex; flex-wrap: wrap; gap: 2px 12px; align-items: center; padding: 6px 0; } .course b { font-variant-numeric: tabular-nums; }
  .course svg { flex: 1 1 200px; max-width: 320px; height: 48px; overflow: visible; } .course polyline { fill: none; stroke: #4C78A8; stroke-width: 2; vector-effect: non-scaling-stroke; }
  .course .limit { stroke: #C77700; stroke-dasharray: 4 3; vector-effect: non-scaling-stroke; } .course circle { fill: #4C78A8; } .course circle.warn, .course circle.stop { fill: #D55E00; }
  .outside::before { content: "▲ "; color: #C77700; } .outside.stop::before { color: #D55E00; }
  .blocked { font-weight: 600; } .blocked::before { content: "✕ "; color: #D55E00; } .free::before { content: "✓ "; color: #009E73; }
`;
const HELD = 11, ABORTED = 9, EXECUTE = 6, SUSPENDED = 5, IDLE = 4, STARTING = 3;

function node(tag, parent, text = "", className = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  parent?.appendChild(made);
  return made;
}
function button(parent, text, act, className = "") {
  const made = node("button", parent, text, className);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}
function field(parent, name, type = "text", wide = false) {
  const label = node("label", parent, name), input = node("input", label);
  input.setAttribute("aria-label", name);
  if (type === "number") { input.inputMode = "decimal"; input.placeholder = "0"; } else input.type = type;
  if (wide) input.className = "wide";
  return input;
}
function choice(parent, name, options) {
  const label = node("label", parent, name), select = node("select", label);
  select.setAttribute("aria-label", name);
  for (const it of options) { const one = node("option", select, it.title ?? it); one.value = it.id ?? it; }
  return select;
}

export function render({ model, el }) {
  node("style", el, STYLE);
  const page = node("div", el, "", model.is_signed_elsewhere ? "" : "own"), top = node("div", page, "", "top"), said = node("div", page), main = node("div", page), desk = node("div", page);
  said.setAttribute("role", "status");
  const name = model.terminal;
  let open = null, waiting = {}, drawn = {}, isPressed = false;
  const turned = {}; // by job order and document: whether somebody has opened or closed it
  const courses = {}; // by unit: where its process values are drawn
  const details = {}; // by unit: since when, and who; it changes every minute, and must not take a button from under a finger
  page.addEventListener("pointerdown", () => { isPressed = true; });
  for (const kind of ["pointerup", "pointercancel"]) window.addEventListener(kind, () => setTimeout(() => { isPressed = false; }, 50));

  const person = signOn({ model, top, name, tell, send: (entry) => { const id = keeper.now(entry); nowEntries[id] = entry; return id; } });
  const line = node("div", top, "", "line");
  const shows = () => Object.fromEntries((model.now.units ?? []).map((it) => [it.id, [it.state, it.job_order]]));
  const keeper = keepEntries(model, name, heard, { isWriting: watchWriting(page, top, () => (Object.values(waiting).includes(open) ? null : open)), shows });
  keepShown(model, "WorkTablet", OF_TABLET, keeper);

  function tell(text, mark) {
    said.textContent = text;
    said.className = text ? `said ${mark}` : "";
  }
  function showLine() {
    line.className = keeper.isAway() ? "line away" : "line";
    line.textContent = lineWords(keeper);
  }
  function heard(entry, words) {
    showLine();
    if (!entry) return;
    if (isPressed) { setTimeout(() => heard(entry, words), 20); return; } // nothing is drawn under a finger, so nothing is said of it yet
    const form = waiting[entry.id];
    delete waiting[entry.id];
    if (words && form?.isConnected) { form.wrong(words); tell("", ""); return; }
    if (form?.next && !words) { form.next(); return; }
    if (form && form === open) { close(); draw(); } // what has come of it stands there before the words that say so
    if (person.isOf(entry, words)) { person.answered(entry, words); return; }
    const note = words ? "" : model.notes[entry.id], what = entry.label || entry.kind;
    tell(words ? `${what}: ${words}` : note ? `${what}: entered, and ${note}` : `${what}: done`, words ? "bad" : note ? "warn" : "good");
  }
  function enter(kind, label, values, form, isNow = "") { // "secret", "file": what is not kept in the browser
    if (form && Object.values(waiting).includes(form)) return; // pressed twice: what is on its way is answered first
    if (!person.value) { (form ? form.wrong : (it) => tell(it, "bad"))(person.missing); return; }
    const entry = { kind, label, person: person.value, token: person.token, said: values, was_kept: keeper.isAway() };
    if (isNow && keeper.isAway()) { form.wrong(notKept(keeper, isNow)); return; }
    const id = isNow ? keeper.now(entry) : keeper.add(entry);
    if (isNow) nowEntries[id] = entry;
    if (form && !keeper.isAway()) { waiting[id] = form; tell("", ""); } // what was said before is no answer to this
    else { if (form && form === open) close(); tell(keeper.isAway() ? `${label}: kept here` : `${label} ...`, "good"); }
    showLine();
  }
  const nowEntries = {};
  model.on("answers", () => {
    for (const id of Object.keys(nowEntries)) if (id in model.answers) { heard({ ...nowEntries[id], id }, model.answers[id]); delete nowEntries[id]; }
  });

  // Forms: one is open at a time
  function close() { open?.remove(); open = null; }
  function form(parent, build) {
    close();
    const made = open = node("form", parent);
    made.addEventListener("submit", (event) => event.preventDefault());
    made.wrong = (text, name = "") => {
      const at = name && made.querySelector(`[name="${CSS.escape(name)}"]`);
      if (at) { (at.closest("label, fieldset") ?? at).after(warning); (at.querySelector?.("input") ?? at).focus(); }
      warning.textContent = text;
    };
    build(made);
    const warning = node("div", null, "", "wrong");
    warning.setAttribute("role", "alert");
    made.appendChild(warning);
    button(made, "Cancel", close, "small");
    made.querySelector("input, button, select")?.focus();
    return made;
  }
  const earlier = (made, label = "When, if earlier, as in 14:05") => { const at = field(made, label); return () => (at.value ? { happened: at.value } : {}); };
  const ask = (parent, kind, label, reasons, values, name = "reason") => form(parent, (made) => {
    node("div", made, label.startsWith("Why") ? `${label}?` : `${label}: why?`, "detail").style.flexBasis = "100%";
    for (const reason of reasons) button(made, reason, () => enter(kind, label, { ...values, [name]: reason, ...(then?.() ?? {}) }, made), "small");
    const then = kind === "StopReported" ? earlier(made, "Since, if earlier, as in 14:05") : null;
  });
  const count = (parent, unit, job) => form(parent, (made) => {
    const good = field(made, "Good pieces", "number"), scrap = field(made, "Scrap", "number"), why = choice(made, "Why scrap", ["", ...model.reasons.scrap]);
    const rework = field(made, "Rework", "number"), again = choice(made, "Why rework", ["", ...model.reasons.rework]);
    button(made, "Count", () => {
      const numbers = { good: good.value || "0", scrap: scrap.value || "0", rework: rework.value || "0" };
      for (const [what, text] of Object.entries(numbers)) if (!/^[0-9]+$/.test(text)) { made.wrong(`${what}: '${text}' is no number of pieces; allowed: 0, 1, 2 and so on`); return; }
      if (+numbers.scrap && !why.value) { made.wrong("scrap: it needs a reason"); why.focus(); return; }
      if (+numbers.rework && !again.value) { made.wrong("rework: it needs a reason"); again.focus(); return; }
      if (+numbers.scrap && +numbers.rework && why.value !== again.value) { made.wrong("scrap and rework have different reasons: count them one after the other"); return; }
      enter("PiecesCounted", "Count", { equipment: unit.id, job_order: job.job_order, ...numbers, reason: why.value || again.value }, made);
    }, "go small");
  });

  // Nobody has counted what is left: whoever completes says that all of it is good, or counts it.
  const complete = (parent, unit, job) => form(parent, (made) => {
    const pieces = job.left === 1 ? "1 piece has" : `${job.left} pieces have`;
    node("div", made, `${pieces} not been counted yet. Good?`, "detail").style.flexBasis = "100%";
    const said = { equipment: unit.id, job_order: job.job_order, good: `${job.left}` }; // as many as were asked about, whoever counts meanwhile
    button(made, job.left === 1 ? "It is good" : `All ${job.left} are good`, () => enter("PiecesCounted", `Complete ${job.job_order}`, said, made), "go small");
    button(made, "Count them", () => count(parent, unit, job), "small");
  });

  const { completeAll, startSeveral } = severalLots({ form, enter, model, isAway: () => keeper.isAway() });

  // What is there
  function actions(box, unit) {
    const grid = node("div", box, "", "buttons"), desk = node("div", box), job = unit.jobs[0];
    const at = { equipment: unit.id }, about = { ...at, job_order: unit.job_order };
    const can = model.by_hand;
    if (unit.state === IDLE && model.now.next[unit.id]) {
      const next = model.now.next[unit.id], it = model.now.queue.find((one) => one.job_order === next);
      node("div", grid, `Next: ${next}, ${it.step}`, "detail").style.cssText = "grid-column: 1 / -1; flex-basis: 100%";
      button(grid, `Start ${it.quantity} × ${it.material}`, () => enter("Start", `Start ${next}`, { ...at, job_order: next }), "go");
      const batch = model.now.batches?.[unit.id];
      if (batch) button(grid, "Start several", () => startSeveral(desk, unit, batch), "go");
    }
    if (unit.state === STARTING && can) button(grid, "Set-up done", () => enter("SetupDone", "Set-up done", about), "go");
    if (unit.state === EXECUTE && job) {
      const open = can ? unit.jobs.filter((it) => it.left > 0) : [], of = (it) => (unit.jobs.length > 1 ? ` ${it.job_order}` : "");
      if (open.length > 1) button(grid, "Complete all", () => completeAll(desk, unit, open), "go");
      for (const it of open) {
        button(grid, `Count${of(it)}`, () => count(desk, unit, it), "go");
        button(grid, `Complete${of(it)}`, () => complete(desk, unit, it), "go");
      }
      button(grid, "Pause", () => ask(desk, "Pause", "Pause", model.reasons.pause, about));
      button(grid, "Hold", () => ask(desk, "Hold", "Hold", model.reasons.stop, about));
    }
    if (unit.state === SUSPENDED && job) button(grid, "Resume", () => enter("Resume", "Resume", about), "go");
    if (unit.state === HELD && job && !unit.is_stopped) button(grid, "Restart", () => enter("Restart", "Restart", about), "go");
    if (unit.is_stopped) button(grid, "Works again", () => enter("StopEnded", "Works again", at), "go");
    else if (can && unit.state !== HELD && unit.state !== ABORTED) button(grid, "Machine down", () => ask(desk, "StopReported", "Machine down", model.reasons.stop, at), "bad");
    if (unit.stop && !can) button(grid, "Why it stands", () => ask(desk, "StopReasonCorrected", "Why it stands", model.reasons.stop, { stop: unit.stop }));
    button(grid, "Call help", () => ask(desk, "HelpCalled", "Call help", model.reasons.help, at, "help"));
    for (const call of unit.calls) button(grid, `${call} is here`, () => enter("HelpAnswered", `${call} is here`, { ...at, help: call }), "go");
    return desk;
  }
  // What stands at a machine: whoever is there has seen it, or is done with it.
  function drawAlarm(parent, it) {
    const row = node("div", parent, "", "alarm");
    row.dataset.alarm = it.key;
    node("b", row, it.title, it.calls ? "blocked" : "");
    node("div", row, [it.state, it.since].join(", "), "detail");
    if (it.message) node("div", row, it.message);
    if (it.response) node("div", row, `What to do: ${it.response}`);
    if (it.calls) button(row, "I have seen it", () => enter("AlarmAccepted", `${it.title} is seen`, { alarm: it.key }), "go small");
    if (it.resets) button(row, "Dealt with", () => enter("AlarmReset", `${it.title} is dealt with`, { alarm: it.key }), "go small");
  }
  function drawUnit(parent, unit) {
    const box = node("section", parent);
    box.dataset.unit = unit.id;
    const head = node("div", box, "", "head");
    node("h2", head, unit.title);
    node("span", head, unit.label, "state").style.setProperty("--color", unit.color);
    details[unit.id] = node("span", head, "", "detail");
    for (const call of unit.calls) node("div", box, `Called: ${call}`, "blocked");
    for (const it of unit.alarms) drawAlarm(box, it);
    for (const job of unit.jobs) {
      node("div", box, `${job.job_order} · ${job.material} · ${job.step}`);
      node("div", box, `${job.good} of ${job.quantity} good · ${job.scrap} scrap · ${job.rework} rework`, "count");
      node("div", box, `${job.left} left · order ${job.order || "–"} · due ${job.due}`, "detail");
      drawDocuments(box, job, true);
    }
    courses[unit.id] = node("div", box);
    actions(box, unit);
  }
  // What is done by: the words as they are released now. Whoever has to read them does so here, before the start.
  function drawDocuments(parent, job, isAtWork) {
    for (const it of job.documents ?? []) {
      const id = `${job.job_order}/${it.id}`, box = node("details", parent);
      box.dataset.document = it.id;
      box.open = turned[id] ?? isAtWork;
      box.addEventListener("toggle", () => { turned[id] = box.open; });
      node("summary", box, it.revision ? `${it.title}, revision ${it.revision}` : it.title);
      node("p", box, it.text, it.revision ? "words" : "words blocked");
      if (!it.revision) continue;
      node("div", box, `Digest ${it.digest}${it.asks ? ` · read by ${it.read_by}` : ""}`, "detail");
      drawFile(box, it);
      const label = `Revision ${it.revision} of ${it.id} is read and understood`, said = { document: it.id, revision: it.revision };
      if (!it.asks) continue;
      button(box, "I have read and understood it", () => enter("DocumentAcknowledged", label, said), "go small");
      button(box, "Earlier", () => form(box, (made) => {
        const then = earlier(made, "When, as in 14:05");
        button(made, "I had read and understood it", () => enter("DocumentAcknowledged", label, { ...said, ...then() }, made), "go small");
      }), "small");
    }
  }
  function drawQueue(parent, queue) {
    const box = node("section", parent);
    node("h3", box, "What is next, and why");
    const list = node("ol", box);
    if (!queue.length) node("li", list, "Nothing waits here.");
    queue.forEach((it, place) => {
      const row = node("li", list);
      row.dataset.job = it.job_order;
      node("span", row, `${place + 1}`, "place");
      const what = node("div", row, "", "what");
      node("b", what, `${it.job_order} · ${it.quantity} × ${it.material}`);
      node("div", what, `${it.step} · order ${it.order || "–"} · ${it.rank}`, "detail");
      node("div", what, it.blocked || "ready", it.is_free ? "free detail" : "blocked detail");
      drawDocuments(what, it, false);
      const start = (unit, made) => enter("Start", `Start ${it.job_order}`, { equipment: unit.id, job_order: it.job_order }, made);
      if (it.free_units.length === 1) button(row, `Start on ${it.free_units[0].title}`, () => start(it.free_units[0]), "go small");
      else if (it.free_units.length) button(row, "Start", () => form(row, (made) => {
        node("div", made, "Start on which?", "detail").style.flexBasis = "100%";
        for (const unit of it.free_units) button(made, unit.title, () => start(unit, made), "go small");
      }), "go small");
    });
  }
  function drawChecks(parent, checks) {
    const box = node("section", parent);
    node("h3", box, "To be checked");
    const list = node("ol", box);
    if (!checks.length) node("li", list, "Nothing.");
    for (const it of checks) {
      const row = node("li", list), what = node("div", row, "", "what"), values = { plan: it.plan, lot: it.lot, characteristic: it.characteristic };
      row.dataset.check = `${it.lot}/${it.characteristic}`;
      node("b", what, `${it.title}: ${it.name}`);
      node("div", what, `lot ${it.lot} · allowed: ${it.asked} ${it.missing}`, "detail");
      if (it.until) node("div", what, it.is_late ? `overdue, ${it.until}` : it.until, it.is_late ? "blocked detail" : "detail");
      const label = `Check ${it.name}`;
      if (it.kind === "yes_no") {
        button(row, "Yes", () => enter("Check", label, { ...values, value: "1" }), "go small");
        button(row, "No", () => enter("Check", label, { ...values, value: "0" }), "bad small");
        button(row, "Earlier", () => form(row, (made) => {
          const then = earlier(made, "When, as in 14:05");
          for (const [title, value] of [["Yes, then", "1"], ["No, then", "0"]]) button(made, title, () => enter("Check", label, { ...values, value, ...then() }, made), "small");
        }), "small");
      } else button(row, "Enter", () => form(row, (made) => {
        const isCounted = it.kind === "defectives" || it.kind === "defects";
        const value = field(made, it.unit ? `${it.name}, ${it.unit}` : it.name, "number");
        const of = isCounted ? field(made, `Of how many looked at, if not ${it.pieces}`, "number") : null;
        const codes = isCounted ? it.codes.map((code) => [code, field(made, code, "number")]) : [], then = earlier(made);
        const byCode = () => codes.filter(([, count]) => count.value.trim()).map(([code, count]) => `${code} ${count.value.trim()}`).join(", ");
        button(made, "Record", () => {
          if (!/^-?[0-9]+([.,][0-9]+)?$/.test(value.value.trim())) { made.wrong(`'${value.value}' is no number; allowed: as in 4.5`); return; }
          enter("Check", label, { ...values, value: value.value, ...(of && of.value ? { inspected: of.value } : {}), ...(byCode() ? { codes: byCode() } : {}), ...then() }, made);
        }, "go small");
      }), "small");
    }
  }
  function drawQuality(parent, now) {
    const box = node("section", parent);
    node("h3", box, "Lots and records");
    const grid = node("div", box, "", "buttons"), desk = node("div", box);
    for (const [lot, why] of Object.entries(now.held)) node("div", box, `${lot} is on hold: ${why}`, "blocked detail");
    button(grid, "Hold a lot", () => form(desk, (made) => {
      const lot = choice(made, "Lot", now.lots), reason = field(made, "Reason", "text", true), then = earlier(made);
      button(made, "Hold it", () => enter("LotHoldRequested", `Hold lot ${lot.value}`, { lot: lot.value, reason: reason.value, ...then() }, made), "bad small");
    }));
    button(grid, "Release a lot", () => form(desk, (made) => {
      const lot = choice(made, "Held lot", Object.keys(now.held)), reason = field(made, "Reason", "text", true), then = earlier(made);
      button(made, "Release it", () => enter("LotReleaseRequested", `Release lot ${lot.value}`, { lot: lot.value, reason: reason.value, ...then() }, made), "go small");
    }));
    button(grid, "Sign a record", () => form(desk, (made) => {
      const record = choice(made, "Completed job order", now.done), meaning = choice(made, "Meaning", ["authored", "reviewed", "approved"]);
      const secret = field(made, "Your secret", "password", true);
      secret.autocomplete = "off";
      button(made, "Sign", () => {
        enter("Sign", `Sign ${record.value}`, { job_order: record.value, meaning: meaning.value, secret: secret.value }, made, "secret");
        secret.value = "";
      }, "go small");
    }));
  }

  const places = { units: node("div", main, "", "grid"), queue: node("div", main), checks: node("div", main), quality: node("div", main) };
  const groups = node("div", main, "", "grid"), groupPlaces = {};
  function drawForms(forms) {
    for (const gone of Object.keys(groupPlaces).filter((id) => !forms.some((it) => it.id === id))) {
      if (open && groupPlaces[gone].contains(open)) continue;
      groupPlaces[gone].remove();
      delete groupPlaces[gone], delete drawn[`forms ${gone}`];
    }
    for (const it of forms) {
      const place = (groupPlaces[it.id] ??= node("div", groups)), text = JSON.stringify([it, person.value]);
      const empty = open && place.contains(open) ? open.emptyOf : null; // there may be something to choose from now
      if (drawn[`forms ${it.id}`] === text || (open && place.contains(open) && !empty)) continue;
      drawn[`forms ${it.id}`] = text;
      if (empty) close();
      place.replaceChildren();
      drawGroup(place, it, { form, enter, who: () => person.value });
      if (empty) [...place.querySelectorAll(".buttons button")].find((one) => one.textContent === empty)?.click();
    }
  }
  function draw() {
    if (isPressed) return;
    const now = { units: [], ...model.now }, lasting = now.units.map((unit) => ({ ...unit, since: "", courses: [] }));
    const parts = { units: [lasting, now.next, now.batches], queue: now.queue, checks: now.checks, quality: [now.held, now.lots, now.done] };
    for (const [part, place] of Object.entries(places)) {
      const text = JSON.stringify(parts[part]);
      if (drawn[part] === text || (open && place.contains(open))) continue; // a form that somebody fills in stays
      drawn[part] = text;
      place.replaceChildren();
      if (part === "units") now.units.forEach((unit) => drawUnit(place, unit));
      if (part === "queue" && now.queue) drawQueue(place, now.queue);
      if (part === "checks" && now.checks) drawChecks(place, now.checks);
      if (part === "quality" && now.held) drawQuality(place, now);
    }
    drawForms(now.forms ?? []);
    for (const unit of now.units) if (details[unit.id]) details[unit.id].textContent = [unit.reason, unit.since, unit.person].filter(Boolean).join(" · ");
    for (const unit of now.units) if (courses[unit.id]) drawCourses(courses[unit.id], unit.courses);
    showLine();
  }
  model.on("now", draw);
  const timer = setInterval(draw, 1000); // what was left out while a form was open
  model.on("remove", () => clearInterval(timer));
  draw();
}
