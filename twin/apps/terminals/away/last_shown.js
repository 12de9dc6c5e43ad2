// What a page at a machine showed last, kept in the browser: the page that a worker of the browser (`terminal_worker.js`) gives while the
// server is away draws the same from it, and goes on. A browser has such workers only on https and on the machine of the server itself.

const SHOWN_MS = 2000;
const AT_MACHINES = ["/terminal", "/scan"];

// `names`: the properties of the model from which `kind` is drawn. `keeper`: while the server is away nothing new is known.
function keepShown(model, kind, names, keeper) {
  const path = window.location.pathname;
  if (model.is_kept || !AT_MACHINES.includes(path)) return;
  navigator.serviceWorker?.register("/terminal_worker.js", { scope: path }).catch(() => {}); // without one, only a reload needs the server
  const keep = () => {
    if (keeper.isAway()) return;
    const key = `twin-shown:${path}${window.location.search}`, props = Object.fromEntries(names.map((name) => [name, model[name]]));
    let shown = {};
    try { shown = JSON.parse(localStorage.getItem(key)) ?? {}; } catch { /* what cannot be read is not kept */ }
    shown = { ...shown, [kind]: { at_ms: Date.now(), props }, title: document.title };
    try { localStorage.setItem(key, JSON.stringify(shown)); } catch { localStorage.removeItem(key); } // full: entries need it more
  };
  const timer = setInterval(keep, SHOWN_MS);
  model.on("remove", () => clearInterval(timer));
}

const OF_TABLET = ["terminal", "persons", "reasons", "by_hand", "asks_pin", "is_signed_elsewhere", "who_first", "idle_s", "now"];
const SIGNING_MS = 30000; // so long whoever signs on is not disturbed; what is left in those fields holds nobody up for longer

// Whether somebody writes on a tablet: in the form that is open, or who it is.
function watchWriting(page, top, openForm) {
  let typedAt = 0;
  page.addEventListener("input", () => { typedAt = Date.now(); const open = openForm(); if (open) open.isWritten = true; });
  return () => Boolean(openForm()?.isWritten) || (Date.now() - typedAt < SIGNING_MS && [...top.querySelectorAll("input")].some((it) => it.value));
}
function lineWords(keeper) {
  const count = keeper.count(), kept = count ? `${count} ${count === 1 ? "entry is" : "entries are"} kept here` : "";
  if (!keeper.isAway()) return kept || "Connected";
  const more = kept ? `${kept} and sent when ${keeper.isBack() ? "that is done" : "it is back"}.` : "You can go on.";
  const what = keeper.isBack() ? "The server is back. End what you write, or cancel it: then this page is loaded anew." : "The server is away.";
  return `${what} ${more} What stands here is as of ${keeper.asOf()}.`;
}
function notKept(keeper, what) {
  return `${keeper.isBack() ? "Cancel this, so that the page can be loaded anew" : "The server is away"}, and this is not kept: it holds a ${what}.`;
}
