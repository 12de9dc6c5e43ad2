// Keeps the session of a page in this tab (`sign_on.js` keeps those of tablets under the same name), so that a page which is loaded anew is
// signed on still; and tells the server, now and then, that somebody presses something: a session ends where nobody does.

const TELL_MS = 15000, DRAWN_MS = 400;

export function render({ model }) {
  const key = `twin-signed:${model.name_of_place}`;
  const read = () => { try { return JSON.parse(sessionStorage.getItem(key)) ?? {}; } catch { return {}; } };
  let told = 0;

  model.on("kept", () => {
    if (model.kept.person) sessionStorage.setItem(key, JSON.stringify(model.kept));
    else sessionStorage.removeItem(key);
  });
  const pressed = () => {
    if (!model.kept.person || Date.now() - told < TELL_MS) return;
    told = Date.now();
    model.send_msg({ pressed: true });
  };
  for (const kind of ["pointerdown", "keydown"]) window.addEventListener(kind, pressed);
  model.on("remove", () => { for (const kind of ["pointerdown", "keydown"]) window.removeEventListener(kind, pressed); });
  // What the server changes while the page is still being drawn may be missed: it is asked once all is there.
  const was = read();
  const ask = () => {
    if (model.kept.person) return;
    if (window.Bokeh?.documents?.every((it) => it.is_idle)) model.send_msg({ kept: was });
    else waiting = setTimeout(ask, DRAWN_MS);
  };
  let waiting = was.person && was.token ? setTimeout(ask, DRAWN_MS) : 0;
  model.on("remove", () => clearTimeout(waiting));
}
