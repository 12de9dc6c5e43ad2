// Entries that a person has made and nobody has answered yet: kept in the browser, sent one after the other in their order, each with an
// id of its own, until there is an answer. So an entry made while the server is away arrives once, and in its place, when it is back. How
// long ago it was pressed goes with it, by this device's clock alone: whether that is right does not matter.

// SLOW_MS: a server at work for others may take seconds to answer; a connection that is dead without saying so takes as long each time, and a
// browser keeps half a dozen of them. ASK_MS: so often the page asks its own session whether it is heard: a server that was away for less than
// a look, or a connection that broke alone, would leave a page that says "Connected" and never changes. UNHEARD: after so many it is not.
const RESEND_MS = 5000, LOOK_MS = 1000, SLOW_MS = 5000, ASK_MS = 5000, UNHEARD = 3, RELOAD_MS = 60000;

function newId() {
  if (window.crypto && crypto.randomUUID) return crypto.randomUUID();
  return `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)}`;
}

// isWriting: whether somebody writes something here that no page made anew would know; shows: what the server can compare with what is.
export function keepEntries(model, name, heard, { isWriting = () => false, shows = () => null } = {}) {
  const key = `twin-entries:${name}`, writers = (window.twinWriters ??= new Set()).add(isWriting); // a page may hold more than one of these
  let sentId = "", sentAt = 0, isAway = Boolean(model.is_kept), isBack = false, isLooking = false;
  let asked = 0, askedAt = 0, unheard = 0, seenAt = model.kept_ms ?? Date.now();
  const kept = () => { try { return JSON.parse(localStorage.getItem(key)) || []; } catch { return []; } };
  const old = new Set(kept().map((it) => it.id)); // the server was away since they were pressed
  const keep = (entries) => localStorage.setItem(key, JSON.stringify(entries));

  function send() {
    const [first] = kept();
    if (!first || isAway || (first.id === sentId && Date.now() - sentAt < RESEND_MS)) return;
    sentId = first.id;
    sentAt = Date.now();
    model.send_msg(old.has(first.id) ? { ...first, age_s: Math.max(0, (Date.now() - first.pressed_ms) / 1000) } : first);
  }

  // Every answer that the server has given to this page; what is answered is kept no longer.
  function hear() {
    for (const entry of kept()) {
      if (!(entry.id in model.answers)) continue;
      keep(kept().filter((it) => it.id !== entry.id));
      heard(entry, model.answers[entry.id]);
    }
    send();
  }

  function ask() {
    unheard += 1;
    askedAt = Date.now();
    model.send_msg({ look: ++asked, shows: shows() });
  }

  // The session of this page lives: a server that was only slow has lost nothing, and the page goes on.
  function isHeard() {
    unheard = 0;
    if (!isAway) return;
    isAway = isBack = false;
    for (const entry of kept()) old.add(entry.id);
    heard(null, "");
    hear();
  }

  // The session of this page is no more: the page is asked for anew, and what is kept goes with it; not while somebody writes on it.
  function renew() {
    isAway = isBack = true;
    if ([...writers].some((it) => it())) { heard(null, ""); return; }
    if (Date.now() - (window.twinRenewedAt ?? 0) < RELOAD_MS) return; // to ask again would end what is on its way
    window.twinRenewedAt = Date.now();
    window.location.reload();
  }

  async function look() {
    if (isLooking) return;
    isLooking = true;
    try {
      const answer = await fetch("/liveness", { cache: "no-store", signal: AbortSignal.timeout(SLOW_MS) });
      if (!answer.ok) throw new Error(answer.status);
      if (!isAway) seenAt = Date.now();
      if (model.is_kept || unheard >= UNHEARD) { renew(); return; }
      if (isAway || Date.now() - askedAt >= ASK_MS) ask();
      if (!isAway) hear(); // an answer that came while the page was being drawn made no sound
    } catch {
      isAway = true;
      isBack = false;
      unheard = 0;
      heard(null, "");
    } finally {
      isLooking = false;
    }
  }

  model.on("answers", hear);
  model.on("looked", isHeard);
  const timer = setInterval(look, LOOK_MS);
  model.on("remove", () => { clearInterval(timer); writers.delete(isWriting); });
  send();
  return {
    isAway: () => isAway,
    isBack: () => isBack,
    asOf() { const at = new Date(seenAt), isToday = at.toDateString() === new Date().toDateString(); return isToday ? at.toLocaleTimeString() : at.toLocaleString(); },
    count: () => kept().length,
    add(entry) {
      const made = { id: newId(), ...entry, terminal: name, pressed_ms: Date.now() };
      keep([...kept(), made]);
      send();
      return made.id;
    },
    now(entry) { const made = { id: newId(), ...entry, terminal: name }; model.send_msg(made); return made.id; },
  };
}
