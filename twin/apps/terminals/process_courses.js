// Process values of what a unit works on: the last one, what is allowed, and the way there between its limits, so that one sees where it goes.

function drawCourses(place, courses) {
  const text = JSON.stringify(courses);
  if (place.dataset.drawn === text) return; // values come often, and must not take a button from under a finger: they have a place of their own
  place.dataset.drawn = text;
  place.replaceChildren();
  for (const it of courses) {
    const row = node("div", place, "", "course");
    row.dataset.course = it.id;
    node("b", row, `${it.title}: ${it.value}`, it.level ? `${it.level} outside` : "");
    node("span", row, `allowed: ${it.asked}`, "detail");
    if (it.points.length < 2) continue;
    const all = [...it.points, ...it.limits], low = Math.min(...all), span = Math.max(...all) - low || 1;
    const high = (value) => (37 - (34 * (value - low)) / span).toFixed(1), wide = (n) => (3 + (194 * n) / (it.points.length - 1)).toFixed(1);
    const draw = (name, to, fields) => {
      const one = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const [key, value] of Object.entries(fields)) one.setAttribute(key, value);
      return to.appendChild(one);
    };
    const label = `${it.title}: the last ${it.points.length} values, from ${it.points[0]} to ${it.points.at(-1)}`;
    const picture = draw("svg", row, { viewBox: "0 0 200 40", role: "img", "aria-label": label });
    for (const limit of it.limits) draw("line", picture, { x1: 0, x2: 200, y1: high(limit), y2: high(limit), class: "limit" });
    draw("polyline", picture, { points: it.points.map((value, n) => `${wide(n)},${high(value)}`).join(" ") });
    draw("circle", picture, { cx: wide(it.points.length - 1), cy: high(it.points.at(-1)), r: 3, class: it.level });
  }
}
