// Lots below one another, as one went into the next: quantity, lot, material, where it is. A lot is a button: it is traced next.
const CSS = `
  :host { display: block }
  ul { list-style: none; margin: 0; padding: 0; font: 14px Roboto, system-ui, sans-serif }
  li { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 8px; padding: 5px 0;
    border-left: 2px solid color-mix(in srgb, currentColor 25%, transparent) }
  .arm { flex: none; width: 12px; height: 2px; align-self: center; margin-right: -4px; background: color-mix(in srgb, currentColor 25%, transparent) }
  .quantity { font-variant-numeric: tabular-nums; white-space: nowrap; border-radius: 9px; padding: 1px 8px;
    background: color-mix(in srgb, currentColor 12%, transparent) }
  .how, .title, .standing { opacity: .8 }
  .standing { flex-basis: 100%; padding-left: 20px; font-size: 12.5px }
  button { font: inherit; font-weight: 600; color: inherit; background: none; border: 0; padding: 4px 2px; cursor: pointer;
    text-decoration: underline; text-underline-offset: 3px; overflow-wrap: anywhere; text-align: left }
  button:focus-visible { outline: 2px solid currentColor; outline-offset: 1px; border-radius: 4px }
  p { margin: 4px 0; font: 14px Roboto, system-ui, sans-serif; opacity: .8 }
  @media (max-width: 700px) { button { padding: 8px 2px } }
`;

export function render({ model, el }) {
  const style = document.createElement("style");
  style.textContent = CSS;
  const place = document.createElement("div");
  el.append(style, place);
  const part = (name, text) => {
    const it = document.createElement("span");
    it.className = name;
    it.textContent = text;
    return it;
  };
  const line = (node) => {
    const item = document.createElement("li");
    item.setAttribute("role", "treeitem");
    item.setAttribute("aria-level", node.level);
    item.style.marginLeft = `${Math.min(node.level - 1, 8) * 16 + 4}px`;
    const lot = document.createElement("button");
    lot.textContent = node.lot;
    lot.addEventListener("click", () => { model.picked = node.lot; });
    item.append(part("arm", ""), part("quantity", node.quantity));
    if (node.how) item.append(part("how", node.how));
    item.append(lot, part("title", node.title));
    if (node.standing) item.append(part("standing", node.standing));
    return item;
  };
  const draw = () => {
    if (!model.nodes.length) {
      const none = document.createElement("p");
      none.textContent = model.none;
      place.replaceChildren(none);
      return;
    }
    const list = document.createElement("ul");
    list.setAttribute("role", "tree");
    list.append(...model.nodes.map(line));
    place.replaceChildren(list);
  };
  model.on("nodes", draw);
  model.on("none", draw);
  draw();
}
