"""What a planner supposes before he plans anew: a unit is down, somebody is away, a delivery or a customer comes, maintenance is done."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from itertools import count
from typing import Any

import panel as pn
import panel_material_ui as pmui

from twin.apps.feed import Feed
from twin.apps.row_table import FONT
from twin.apps.speaking.answers import offer, select
from twin.apps.words import (
    customer_choices,
    customer_title,
    equipment_choices,
    equipment_title,
    material_choices,
    material_title,
    person_choices,
    person_titles,
)
from twin.model.measures import read_duration, write_duration
from twin.results.run import Run
from twin.study.scheduling.readiness import held_lots

NONE = "–"
RUSH = "rush"
KINDS = {
    "a unit is down": "down",
    "a person is away": "absent",
    "a purchase order comes": "late",
    "a customer orders in a hurry": RUSH,
    "a lot on hold is released": "released",
    "maintenance is done, its window before it": "maintained",
}
ASKS = {"down": "for how long", "absent": "for how long", "late": "in how long", RUSH: "due in", "released": "in how long",
        "maintained": "done in"}  # fmt: skip
SAYS = {
    "down": "{} is down for {}", "absent": "{} is away for {}", "late": "{} comes in {}", "released": "{} is released in {}",
    "maintained": "{} is done in {}",
}  # fmt: skip


class Supposing:
    """A row of fields, and what was supposed with them; `said` as `twin.study.schedule` takes it."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._found: list[tuple[str, Any, str]] = []  # of which kind, of what, for or in how long
        self.kind, self.what = select("suppose that", {NONE: "", **KINDS}), select("which", {NONE: ""})
        self.customer = select("customer", customer_choices(feed.run.plant))
        self.pieces = pmui.IntInput(label="pieces", value=1, start=1, end=1_000_000, width=110, size="small", margin=(6, 8))
        self.span = pmui.TextInput(label="for how long", value="4 h", width=130, size="small", margin=(6, 8))
        self._add = pmui.Button(label="Suppose it", variant="outlined", margin=(6, 8))
        self._forget = pmui.Button(label="Suppose nothing", variant="text", margin=(6, 8), visible=False)
        self._words = pn.pane.HTML("", sizing_mode="stretch_width", margin=0)
        self.kind.param.watch(lambda _: self.refresh(), "value")
        self._add.on_click(lambda _: self._suppose())
        self._forget.on_click(lambda _: self._clear())
        fields = (self.kind, self.what, self.customer, self.pieces, self.span, self._add, self._forget)
        self.view = pn.Column(pmui.FlexBox(*fields, align_items="center", sizing_mode="stretch_width"), self._words, margin=0,
                              sizing_mode="stretch_width")  # fmt: skip
        self.refresh()

    @property
    def said(self) -> dict[str, Any]:
        """What is supposed now."""
        found: dict[str, Any] = {}
        for kind, what, span in self._found:
            if kind == RUSH:
                found.setdefault(RUSH, []).append({**what, "due": span})
            else:
                found.setdefault(kind, {})[what] = span
        return found

    def refresh(self) -> None:
        """Offer what can be supposed now."""
        kind = str(self.kind.value)
        with self._feed.run.lock:
            offered = _offered(self._feed.run, kind)
        offer(self.what, {NONE: "", **offered})
        self.what.label = "product" if kind == RUSH else "which"
        self.what.visible = self.span.visible = self._add.visible = bool(kind)
        self.customer.visible = self.pieces.visible = kind == RUSH
        self.span.label = ASKS.get(kind, "for how long")

    def _suppose(self) -> None:
        kind, what, span = str(self.kind.value), str(self.what.value), str(self.span.value_input or self.span.value or "").strip()
        if words := _doubt(what, span):
            self._words.object = _line(words)
            return
        made: Any = what
        if kind == RUSH:
            known = {*self._feed.run.erp.customer_orders.orders, *(it["order"] for kind, it, _ in self._found if kind == RUSH)}
            name = next(name for n in count(1) if (name := f"what-if-{n}") not in known)
            made = {"order": name, "customer": str(self.customer.value), "material": what, "quantity": int(self.pieces.value or 1)}
        self._found = [it for it in self._found if it[:2] != (kind, made)] + [(kind, made, write_duration(read_duration(span)))]
        self._show()

    def _clear(self) -> None:
        self._found = []
        self._show()

    def _show(self) -> None:
        self._words.object = _line("Supposed: " + "; ".join(map(self._sentence, self._found)) + ".") if self._found else ""
        self._forget.visible = bool(self._found)

    def _sentence(self, said: tuple[str, Any, str]) -> str:
        kind, what, span = said
        plant = self._feed.run.plant
        if kind == RUSH:
            product, customer = material_title(plant, what["material"]), customer_title(plant, what["customer"])
            return f"{customer} orders {what['quantity']} {product}, due in {span}"
        titles: dict[str, Callable[[Any, str], str]] = {"down": equipment_title, "absent": person_titles}
        return SAYS[kind].format(titles[kind](plant, what) if kind in titles else what, span)


def _offered(run: Run, kind: str) -> dict[str, str]:
    """By title what can be supposed of that kind."""
    plant, mes = run.plant, run.mes
    match kind:
        case "down":
            return equipment_choices(plant, [*plant.layout.work_units, *plant.layout.production_lines])
        case "absent":
            return person_choices(plant)
        case "late":
            return {name: name for name in sorted(run.erp.purchasing.open)}
        case "rush":
            return material_choices(plant, [name for name, it in plant.materials.materials.items() if it.kind == "finished"])
        case "released":
            return {name: name for name in held_lots(run)}
        case "maintained":
            orders = [it.maintenance for it in mes.maintenance.orders.values() if it.is_open and not it.by_plant]
            return {name: name for name in (*orders, *mes.maintenance.plans)}
    return {}


def _doubt(what: str, span: str) -> str:
    """What is wrong with a supposition, in words; "" if nothing is."""
    if not what:
        return "Not supposed: choose which."
    try:
        read_duration(span)
    except ValueError as error:
        return f"Not supposed: {error}"
    return ""


def _line(words: str) -> str:
    return f"<div role='status' style='{FONT};margin:4px 8px'>{escape(words)}</div>"
