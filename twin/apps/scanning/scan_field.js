
// One field. Scans that nobody has answered yet are kept (`entry_keeper.js`, put in front of this file), but for a PIN. A scanner that types like a keyboard is heard wherever the focus is. What a camera sees goes to the server in grey, which reads it:
// few browsers read codes by themselves.
const CSS = `
  :host { display: block; font: 16px Roboto, system-ui, sans-serif }
  .row { display: flex; gap: 10px; flex-wrap: wrap }
  input { flex: 1 1 220px; min-width: 0; box-sizing: border-box; height: 60px; padding: 0 16px; font: 600 22px Roboto, system-ui, sans-serif;
    color: inherit; background: transparent; border: 2px solid color-mix(in srgb, currentColor 45%, transparent); border-radius: 12px }
  input:focus-visible, button:focus-visible { outline: 3px solid #0072B2; outline-offset: 2px }
  button { height: 60px; padding: 0 22px; font: 600 16px Roboto, system-ui, sans-serif; color: inherit; cursor: pointer;
    background: color-mix(in srgb, currentColor 10%, transparent); border: 1px solid color-mix(in srgb, currentColor 30%, transparent); border-radius: 12px }
  .where { font-size: 18px; font-weight: 700; margin: 2px 2px 10px }
  .next { margin: 10px 2px; font-size: 17px }
  .answer { margin: 12px 0; padding: 16px 18px; border-radius: 12px; font-size: 20px; font-weight: 700; color: #fff; overflow-wrap: anywhere;
    min-height: 26px; background: #5D6873 }
  .answer.good { background: #00684a } .answer.bad { background: #a33c00 } .answer.away { background: #E69F00; color: #1b1200 }
  .camera { opacity: .85; margin: 8px 2px } video { display: block; width: 100%; max-width: 480px; border-radius: 12px; margin: 10px 0 }
  [hidden] { display: none !important }
`;
const FAST_MS = 40; // between two keys: nobody types so fast
const SHORTEST = 3;
const PICTURE_MS = 200, WIDEST = 640, PATIENCE_MS = 3000; // a picture each; pixels; until one that was not answered is given up
const NO_CAMERA = "A browser gives its camera only to pages on https or on this machine.";

export function render({ model, el }) {
  const make = (tag, name, parent) => {
    const it = document.createElement(tag);
    it.className = name;
    parent.append(it);
    return it;
  };
  const style = document.createElement("style");
  style.textContent = CSS;
  el.append(style);
  const where = make("div", "where", el);
  const row = make("div", "row", el);
  const field = make("input", "", row);
  field.setAttribute("aria-label", "Scan or type a code");
  field.placeholder = "Scan or type";
  field.autocomplete = "off";
  field.autocapitalize = "off";
  field.spellcheck = false;
  const camera = make("button", "", row);
  camera.textContent = "Camera";
  const answer = make("div", "answer", el);
  answer.setAttribute("role", "status");
  answer.setAttribute("aria-live", "assertive");
  const next = make("div", "next", el);
  const actions = make("div", "row", el);
  for (const [code, label] of model.actions) {
    const it = make("button", "", actions);
    it.textContent = label;
    it.addEventListener("click", () => say(code));
  }
  const told = make("div", "camera", el);
  told.hidden = true;
  const video = make("video", "", el);
  video.hidden = true;
  video.muted = true;
  video.playsInline = true;

  const url = new URL(window.location.href);
  if (!url.searchParams.get("terminal")) { // built anew, the page is the same scanner: what it keeps is its own
    url.searchParams.set("terminal", model.terminal);
    window.history.replaceState(window.history.state, "", url);
  }
  const keeper = keepEntries(model, `scan ${model.terminal}`, () => draw(), { isWriting: () => Boolean(field.value) });
  keepShown(model, "ScanField", ["terminal", "standing", "where", "next_step", "actions"], keeper);
  const say = (text) => {
    const code = text.trim();
    field.value = "";
    if (!code) return;
    if (field.type !== "password") keeper.add({ text: code, standing: model.standing });
    else if (!keeper.isAway()) keeper.now({ text: code });
    draw();
  };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || (event.key === "Tab" && field.value)) {
      event.preventDefault();
      say(field.value);
    }
  });

  // What a scanner types while the focus is elsewhere. What a person types into another field is not caught: it is slower.
  let typed = "", last_ms = 0, last_stamp_ms = 0;
  const listen = (event) => {
    const now_ms = performance.now(); // a page that is busy drawing hears a key late: the event says when it was pressed
    const fast = Math.min(now_ms - last_ms, event.timeStamp - last_stamp_ms) < FAST_MS;
    last_ms = now_ms;
    last_stamp_ms = event.timeStamp;
    if (event.composedPath().includes(field)) { typed = ""; return; }
    if (event.key === "Enter" || event.key === "Tab") {
      if (fast && typed.length >= SHORTEST) { event.preventDefault(); event.stopImmediatePropagation(); say(typed); }
      typed = "";
    } else if (event.key.length === 1) {
      typed = fast ? typed + event.key : event.key;
    }
  };
  document.addEventListener("keydown", listen, true);

  let stream = null, seen = "", seen_ms = 0, looking = 0, sent = 0, sent_ms = 0;
  const stop = () => {
    clearInterval(looking);
    if (stream) stream.getTracks().forEach((track) => track.stop());
    stream = null;
    video.hidden = true;
    camera.textContent = "Camera";
  };
  const canvas = document.createElement("canvas"), pen = canvas.getContext("2d", { willReadFrequently: true });
  const look = () => {
    const waits = (model.seen.n ?? 0) < sent && performance.now() - sent_ms < PATIENCE_MS;
    if (waits || !video.videoWidth) return;
    const scale = Math.min(1, WIDEST / video.videoWidth);
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    pen.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data } = pen.getImageData(0, 0, canvas.width, canvas.height), grey = new Uint8Array(data.length / 4);
    for (let at = 0; at < grey.length; at++) grey[at] = (77 * data[4 * at] + 150 * data[4 * at + 1] + 29 * data[4 * at + 2]) >> 8; // as BT.601 weighs them
    let text = "";
    for (let at = 0; at < grey.length; at += 8192) text += String.fromCharCode(...grey.subarray(at, at + 8192));
    sent_ms = performance.now();
    model.send_msg({ grey: btoa(text), width: canvas.width, n: ++sent });
  };
  model.on("seen", () => {
    const { text = "" } = model.seen, now_ms = performance.now();
    if (stream && text && (text !== seen || now_ms - seen_ms > 3000)) say(text);
    if (text) { seen = text; seen_ms = now_ms; }
  });
  camera.addEventListener("click", async () => {
    if (stream) { stop(); return; }
    told.hidden = true;
    if (keeper.isAway()) { told.textContent = "The server reads what a camera sees, and it is away; a scanner that types, and what you type, is kept."; told.hidden = false; return; }
    if (!navigator.mediaDevices) { told.textContent = NO_CAMERA; told.hidden = false; return; }
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.srcObject = stream;
      video.hidden = false;
      await video.play();
      camera.textContent = "Close the camera";
      looking = setInterval(look, PICTURE_MS);
    } catch (reason) {
      stop();
      told.textContent = `The camera cannot be used: ${reason.message}`;
      told.hidden = false;
    }
  });

  const draw = () => {
    const { words = "", is_accepted = true, n = 0 } = model.answer;
    answer.textContent = words || "Nothing scanned yet";
    answer.className = `answer ${n ? (is_accepted ? "good" : "bad") : ""}`;
    const around = { where: model.where, next_step: model.next_step, is_secret: model.is_secret, ...model.answer };
    const kept = keeper.count();
    if (keeper.isAway()) {
      answer.textContent = `${keeper.isBack() ? "The server is back: send what is written, or clear it." : "The server is away."} ${kept ? `${kept} ${kept === 1 ? "scan is" : "scans are"} kept here` : "You can go on. A PIN is not kept, so whoever has one signs on when it is back."}`;
      answer.className = "answer away";
    }
    where.textContent = around.where;
    next.textContent = around.next_step;
    field.type = around.is_secret ? "password" : "text";
  };
  for (const name of ["answer", "where", "next_step", "is_secret"]) model.on(name, draw);
  model.on("remove", () => { stop(); document.removeEventListener("keydown", listen, true); });
  draw();
  setTimeout(() => field.focus(), 50);
}
