// A unit that takes several lots at once (a furnace): what goes in together, and what is counted of each when it comes out.

function severalLots({ form, enter, model, isAway }) {
  // Several lots that are in one unit: each is counted by itself, and what is left of all of them is good only if somebody says so.
  const completeAll = (parent, unit, jobs) => form(parent, (made) => {
    node("div", made, `${jobs.map((job) => `${job.left} of ${job.job_order}`).join(", ")}: not counted yet. Good?`, "detail").style.flexBasis = "100%";
    button(made, `All of ${jobs.length} lots are good`, () => {
      const left = jobs.map((job) => [`Complete ${job.job_order}`, { equipment: unit.id, job_order: job.job_order, good: `${job.left}` }]);
      const next = () => { // the next once the one before was taken; while the server is away all of them are kept
        const [label, said] = left.shift();
        made.next = left.length ? next : null;
        enter("PiecesCounted", label, said, made);
        if (isAway() && left.length) next();
      };
      next();
    }, "go small");
  });
  // What goes into a unit that takes several lots at once: the first of the queue and what fits in with it stand ticked.
  const startSeveral = (parent, unit, batch) => form(parent, (made) => {
    const set = node("fieldset", made);
    node("legend", set, `Together on ${unit.title}, ${batch.most}`);
    const boxes = batch.job_orders.map((name) => {
      const it = model.now.queue.find((one) => one.job_order === name), label = node("label", set, "", "tick"), input = node("input", label);
      Object.assign(input, { type: "checkbox", value: name, checked: batch.proposed.includes(name) });
      node("span", label, `${name} · ${it.quantity} × ${it.material} · due ${it.due}`);
      return input;
    });
    button(made, "Start them together", () => {
      const chosen = boxes.filter((it) => it.checked).map((it) => it.value);
      if (!chosen.length) { made.wrong("choose one or more"); return; }
      enter("Start", `Start ${chosen.join(" and ")}`, { equipment: unit.id, job_order: chosen.join("+") }, made);
    }, "go small");
  });
  return { completeAll, startSeveral };
}
