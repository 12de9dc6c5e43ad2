// Entries that a person has made and nobody has answered yet: kept in the browser, sent one after the other in their order, each with an
// id of its own, until there is an answer. So an entry made while the server is away arrives once, and in its place, when it is back. How
// long ago it was pressed goes with it, by this device's clock alone: whether that is right does not matter.

// SLOW_MS: a server at work for others may take seconds to answer, and whoever is taken for away too soon loses what is written on the page.
// A connection that is dead without saying so takes as long each time, and a browser keeps half a dozen of them.
const RESEND_MS = 5000, LOOK_MS = 1000, SLOW_MS = 5000;

function newId() {
  if (window.crypto && crypto.randomUUID) return crypto.randomUUID();
  return `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)}`;
}

export function keepEntries(model, name, heard) {
  const key = `twin-entries:${name}`;
  let sentId = "", sentAt = 0, isAway = false, isLooking = false;
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

  // A page whose server was away has no session there any more: it is asked for anew, and what is kept goes with it.
  async function look() {
    if (isLooking) return;
    isLooking = true;
    try {
      const answer = await fetch("/liveness", { cache: "no-store", signal: AbortSignal.timeout(SLOW_MS) });
      if (!answer.ok) throw new Error(answer.status);
      if (isAway) { window.location.reload(); return; }
      hear(); // an answer that came while the page was being drawn made no sound
    } catch {
      isAway = true;
      heard(null, "");
    } finally {
      isLooking = false;
    }
  }

  model.on("answers", hear);
  const timer = setInterval(look, LOOK_MS);
  model.on("remove", () => clearInterval(timer));
  send();
  return {
    isAway: () => isAway,
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
