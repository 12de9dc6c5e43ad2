// Who stands at the terminal: a name or a badge, and a PIN where persons have one. A session ends by itself when nobody has pressed anything
// for a while; the server, which alone can make its token, ends it too.

const SIGNED_KEY = "twin-signed";
const PLAIN_MISSING = "Say who you are first: choose your name, or scan your badge.";
const PIN_MISSING = "Sign on first: choose your name or scan your badge, then type your PIN.";
const NOBODY = "This plant declares no persons, so nobody can say anything here; allowed: persons in plant.yaml, then serve it again.";

function signOn({ model, top, name, tell, send }) {
  if (model.is_signed_elsewhere) return {
    get value() { return model.signed_on.person ?? ""; },
    get token() { return model.signed_on.token ?? ""; },
    get missing() { return model.persons.length ? model.who_first : NOBODY; },
    isOf: () => false,
    answered() {},
  };
  const read = () => { try { return JSON.parse(sessionStorage.getItem(`${SIGNED_KEY}:${name}`)) ?? {}; } catch { return {}; } };
  const titleOf = (id) => model.persons.find((it) => it.id === id)?.title ?? id;
  let signed = read(), pressed = Date.now(), asked = "";
  if (!model.persons.some((it) => it.id === signed.person) || (model.asks_pin && !signed.token)) signed = {};
  const select = choice(top, "Who are you?", [{ id: "", title: model.persons.length ? "choose, or scan" : "nobody is declared" }, ...model.persons]);
  const badge = field(top, "Badge");
  const gate = node("form", top), pin = field(gate, "PIN", "password"), enter = button(gate, "Sign on", () => ask(), "go small");
  const off = button(top, "Sign off", () => leave(""), "small"), who = node("div", top, "", "signed");
  badge.autocomplete = pin.autocomplete = "off";
  gate.addEventListener("submit", (event) => { event.preventDefault(); ask(); });
  select.addEventListener("change", () => { choose(select.value); });
  badge.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // else the same Enter, in the field for the PIN by now, sends an empty one
    const known = model.persons.find((it) => it.id === badge.value.trim());
    if (known) choose(known.id, true);
    else tell(`Nobody has the badge '${badge.value}'.`, "bad");
    badge.value = "";
  });

  function keep(next) {
    signed = next;
    sessionStorage.setItem(`${SIGNED_KEY}:${name}`, JSON.stringify(signed));
    draw();
  }
  function choose(id, isBadge = false) {
    if (model.asks_pin) {
      asked = id;
      tell(id ? `${titleOf(id)}: type your PIN.` : "", "good");
      draw();
      if (id) pin.focus();
      return;
    }
    keep({ person: id });
    tell(isBadge ? `Hello, ${titleOf(id)}.` : "", "good");
  }
  function ask() {
    if (!asked) return;
    if (!pin.value) { tell(`${titleOf(asked)}: type your PIN.`, "bad"); return; } // costs no try
    send({ kind: "SignOn", label: "Sign on", person: asked, said: { pin: pin.value } });
    pin.value = "";
  }
  function leave(words) {
    if (signed.token) send({ kind: "SignOff", label: "Sign off", person: signed.person, token: signed.token, said: {} });
    asked = "";
    keep({});
    tell(words || "Signed off.", "good");
  }
  function draw() {
    const isOn = Boolean(signed.person);
    select.parentElement.hidden = badge.parentElement.hidden = model.asks_pin && (isOn || Boolean(asked));
    gate.hidden = !model.asks_pin || isOn || !asked;
    enter.textContent = asked ? `Sign on as ${titleOf(asked)}` : "Sign on";
    off.hidden = !model.asks_pin || (!isOn && !asked);
    who.textContent = model.asks_pin && isOn ? titleOf(signed.person) : "";
    select.value = isOn && !model.asks_pin ? signed.person : asked;
  }
  for (const kind of ["pointerdown", "keydown"]) top.getRootNode().addEventListener(kind, () => { pressed = Date.now(); });
  const timer = setInterval(() => {
    if (model.asks_pin && (signed.person || asked) && Date.now() - pressed > model.idle_s * 1000) leave("Signed off: nobody has pressed anything for a while.");
  }, 1000);
  model.on("remove", () => clearInterval(timer));
  if (!model.persons.length) tell(NOBODY, "bad");
  draw();
  return {
    get value() { return signed.person ?? ""; },
    get token() { return signed.token ?? ""; },
    get missing() { return model.persons.length ? (model.asks_pin ? PIN_MISSING : PLAIN_MISSING) : NOBODY; },
    // What is about who stands here; with another PIN nobody does.
    isOf: (entry, words) => ["SignOn", "SignOff"].includes(entry.kind)
      || (entry.kind === "SecretChanged" && !words && entry.said.secret_kind === "pin" && model.asks_pin),
    answered(entry, words) {
      if (entry.kind === "SecretChanged") {
        keep({});
        tell("Your PIN is another now: sign on with it.", "good");
        return;
      }
      if (entry.kind !== "SignOn") return;
      if (words) { tell(words, "bad"); pin.focus(); return; }
      asked = "";
      pressed = Date.now();
      keep({ person: entry.person, token: model.signed_on.token });
      tell(`Hello, ${titleOf(entry.person)}.`, "good");
    },
  };
}
