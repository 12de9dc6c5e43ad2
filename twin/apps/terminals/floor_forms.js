// Forms that the server declares (forms.py): large buttons in groups, each of which asks for its fields one below the other. What is wrong
// is said at its field, before anything is sent; what the server refuses is said there, too.

const PATTERNS = {
  whole: /^[0-9]+$/, number: /^-?[0-9]+([.,][0-9]+)?$/, numbers: /^[0-9]+([ ,;]+[0-9]+)*$/,
  // 1,250.00 and 1.250,00, but not 1,250, which is 1250 to one and 1.25 to another (readers.py)
  money: /^-?([0-9]{1,15}|[0-9]{1,3}(,[0-9]{3})+(?=\.)|[0-9]{1,3}(\.[0-9]{3})+(?=,)|[0-9]{1,3}((,[0-9]{3}){2,}|(\.[0-9]{3}){2,})(?![.,]))([.,][0-9]{1,2})?$/,
};

const MOST_PIXELS = 1600; // of the longer side of a picture
const A_DAY = /^[0-9]{4}/; // or a month, or a week; the rest of what a time may be is the server's to read

// A document beside what is done by it: its words, its picture, or a way to open it.
function drawFile(parent, it) {
  if (!it.address) return;
  if (it.is_picture) {
    const picture = node("img", parent, "", "drawing");
    picture.src = it.address;
    picture.alt = it.file;
  }
  const way = node("a", parent, `Open ${it.file}`, "open");
  way.href = it.address;
  way.target = "_blank";
  way.rel = "noopener";
}
function drawShown(parent, it) {
  node("div", parent, it.revision ? `${it.title}, revision ${it.revision}` : it.title, "detail");
  if (!it.revision || !it.address) node("p", parent, it.text, it.revision ? "words" : "words blocked");
  if (it.revision) drawFile(parent, it);
}

function drawGroup(parent, group, { form, enter, who }) {
  const box = node("section", parent);
  box.dataset.group = group.id;
  node("h3", box, group.title);
  for (const note of group.notes) node("div", box, note, "detail");
  if (group.rows.length) {
    const list = node("ol", box);
    for (const it of group.rows) {
      const row = node("li", list), what = node("div", row, "", "what");
      row.dataset.row = it.id;
      node("b", what, it.title);
      node("div", what, it.text);
      if (it.shown) drawShown(what, it.shown);
      for (const one of it.forms) button(row, one.button, () => askOrSay(row, one), `${one.mark} small`);
    }
  }
  if (!group.forms.length) return;
  const grid = node("div", box, "", "buttons"), desk = node("div", box);
  for (const it of group.forms) button(grid, it.button, () => askOrSay(desk, it), it.mark);

  function askOrSay(place, it) {
    if (it.fields.length) form(place, (made) => fillIn(made, it));
    else enter(it.kind, it.label, it.values);
  }
  function fillIn(made, it) {
    const without = it.fields.find((asked) => ["choice", "several"].includes(asked.of) && !optionsOf(asked).length);
    if (without) {
      node("div", made, without.none, "detail").style.flexBasis = "100%";
      made.emptyOf = it.button;
      return;
    }
    const inputs = it.fields.map((asked) => [asked, inputOf(made, asked)]);
    const send = () => {
      const values = {}, wrongs = []; // all that is wrong is said at once, at the first field of it
      if (made.isReading) { setTimeout(send, 50); return; } // a file that was chosen goes with it
      for (const [asked, input] of inputs) {
        const value = values[asked.name] = input.read(), text = String(value).trim();
        const wrong = (words) => wrongs.push([`${asked.label.split(", as in")[0]}: ${words}`, asked.name]);
        if (input.doubt?.()) wrong(input.doubt());
        else if (asked.of === "several" && asked.is_needed && !value.length) wrong("choose one or more");
        else if (asked.is_needed && !text) wrong(`it is empty; allowed: ${asked.allowed}`);
        else if (text && PATTERNS[asked.of] && !PATTERNS[asked.of].test(text)) wrong(`'${text}' is not ${asked.allowed.split(", as in")[0]}; allowed: ${asked.allowed}`);
        else if (text && asked.allowed?.startsWith("date and time") && !A_DAY.test(text)) wrong(`'${text}' is no time; allowed: ${asked.allowed}`);
      }
      if (wrongs.length) { made.wrong(wrongs.map(([words]) => words).join("\n"), wrongs[0][1]); return; }
      enter(it.kind, it.label, { ...it.values, ...values }, made, it.fields.find((asked) => asked.of === "secret" || (["file", "picture"].includes(asked.of) && values[asked.name]))?.of);
      for (const [asked, input] of inputs) if (asked.of === "secret") input.clear();
    };
    button(made, it.send, send, `${it.mark || "go"} small`);
  }
  function optionsOf(asked) {
    return asked.options.filter((it) => (!it.person || it.person === who()) && (!it.not_person || it.not_person !== who()));
  }
  function inputOf(made, asked) {
    const options = optionsOf(asked);
    if (asked.of === "several") return ticks(made, asked, options);
    if (asked.of === "file" || asked.of === "picture") return fileOf(made, asked);
    const isNumber = ["whole", "number", "money"].includes(asked.of), type = { secret: "password" }[asked.of] ?? "text";
    const input = asked.of === "choice" ? choice(made, asked.label, options) : field(made, asked.label, isNumber ? "number" : type, !isNumber);
    if (asked.of === "secret") input.autocomplete = "off";
    input.name = asked.name;
    return { read: () => input.value, clear: () => { input.value = ""; } };
  }
  // What is chosen is read at once, as base64 behind the name of the file; until it is there it says so instead of sending none.
  function fileOf(made, asked) {
    const input = field(made, asked.label, "file", true);
    input.name = asked.name;
    if (asked.of === "picture") { input.accept = "image/png,image/jpeg"; input.setAttribute("capture", "environment"); }
    let text = "", doubt = "";
    input.addEventListener("change", async () => {
      let chosen = input.files[0];
      text = doubt = "";
      if (!chosen) return;
      if (asked.of === "picture") {
        made.isReading = true;
        const name = chosen.name;
        chosen = await smaller(chosen).catch(() => null);
        made.isReading = false;
        if (!chosen) { doubt = `${name} is no picture that this browser can read; allowed: .png or .jpg`; made.wrong(`${asked.label}: ${doubt}`, asked.name); return; }
      }
      // A message as large would end the page's connection, without words.
      if (chosen.size > asked.most_bytes) doubt = `${chosen.name} is larger than ${asked.most_bytes / 1e6} MB; allowed: up to that`;
      if (doubt) { made.wrong(`${asked.label}: ${doubt}`, asked.name); return; }
      const reader = new FileReader();
      made.isReading = true;
      reader.addEventListener("loadend", () => {
        made.isReading = false;
        text = reader.error ? "" : `${chosen.name}\n${reader.result.slice(reader.result.indexOf(",") + 1)}`;
      });
      reader.readAsDataURL(chosen);
    });
    return { read: () => text, doubt: () => doubt };
  }
  // A camera gives far more than is needed to see a scratch; drawn anew it is as small as a page, and says no more where it was taken.
  async function smaller(file) {
    const bitmap = await createImageBitmap(file), by = Math.min(1, MOST_PIXELS / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.round(bitmap.width * by), Math.round(bitmap.height * by)];
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    const drawn = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    return new File([drawn], `${file.name.replace(/\.[^.]*$/, "")}.jpg`, { type: "image/jpeg" });
  }
  function ticks(made, asked, options) {
    const set = node("fieldset", made);
    set.name = asked.name;
    node("legend", set, asked.label);
    const boxes = options.map((it) => {
      const label = node("label", set, "", "tick"), input = node("input", label);
      input.type = "checkbox";
      input.value = it.id;
      node("span", label, it.title);
      return input;
    });
    return { read: () => boxes.filter((it) => it.checked).map((it) => it.value) };
  }
}
