"""What demand and lead times speak for, material by material, and the field in which a planner takes it."""

from __future__ import annotations

from typing import Any

import panel_material_ui as pmui

from twin.apps.components.paged_table import PagedTable
from twin.apps.feed import Feed
from twin.apps.row_table import Row
from twin.apps.speaking.answers import Answer, button
from twin.apps.speaking.speaker import Speaker
from twin.apps.theme import card
from twin.apps.words import material_title
from twin.model.events import PlanningParametersSet
from twin.results.planning.advice_now import AdviceNow, AdviceRow, advice_now
from twin.results.views.business.plan import FRESH_S

HEAD = ("Material", "Keep", "Now", "Order at", "Lot", "Lot now", "Why")
NOTE = "Pick a material, say who you are, and plans keep that much of it, and order that much at least, from now on."


class AdviceCard:
    """The table, and who takes what of it."""

    def __init__(self, feed: Feed, speaker: Speaker) -> None:
        self._feed, self._plant = feed, feed.run.plant
        self._speaker, self._answer = speaker, Answer()
        self._table = PagedTable("advice", HEAD, self._row, numeric=(1, 2, 3, 4, 5), name=lambda it: it.material, on_change=self.show)
        self._chosen = pmui.Typography("", variant="body2", margin=(12, 8), sx={"fontWeight": 600})
        self._take_it = button("Take the advice", self._take)
        self._least, self._once = button("Take least cost", self._take_least), button("Take for its period", self._take_once)
        self._others = pmui.Typography("", variant="body2", margin=(0, 8))
        note = pmui.Typography(NOTE, variant="body2", sx={"opacity": 0.8}, margin=(0, 8))
        saying = pmui.FlexBox(self._chosen, self._take_it, self._least, self._once, align_items="center", sizing_mode="stretch_width")
        self.shown = card("Safety stock and lot sizes", note, self._table.shown, saying, self._others, self._answer.pane)

    def show(self) -> None:
        """Bring it up to date."""
        now = self._now
        self._table.show(now.rows, empty=now.why_not)
        chosen = self._picked
        self._chosen.object = f"{material_title(self._plant, chosen.material)}: {chosen.said}" if chosen else "no material is picked"
        self._take_it.disabled = chosen is None
        others = [it for it in (chosen.least_cost, chosen.for_once) if it] if chosen else []
        self._others.object = "  \n".join(f"{it.title}: {it.said}; {it.why}." for it in others)
        self._others.visible = bool(others)
        self._least.visible, self._once.visible = (
            bool(chosen and it) for it in ((chosen and chosen.least_cost), (chosen and chosen.for_once))
        )

    @property
    def _now(self) -> AdviceNow:
        return self._feed.look(advice_now, FRESH_S)

    @property
    def _picked(self) -> AdviceRow | None:
        return next((it for it in self._now.rows if it.material == self._table.picked), None)

    def _row(self, it: AdviceRow) -> Row:
        cells = (material_title(self._plant, it.material), it.keep, it.keep_now, it.order_at, it.lot, it.lot_now, it.why)
        return Row(cells=cells, mark="" if it.is_taken else "warn")

    def _take(self, _: Any) -> None:
        if it := self._picked:
            self._say(it.material, it.safety_stock, it.lot_quantity, it.why)

    def _take_least(self, _: Any) -> None:
        if (it := self._picked) and (other := it.least_cost):
            self._say(it.material, other.safety_stock, other.lot_quantity, other.why, other.period_us)

    def _take_once(self, _: Any) -> None:
        if (it := self._picked) and (other := it.for_once):
            self._say(it.material, other.safety_stock, other.lot_quantity, other.why, other.period_us)

    def _say(self, material: str, safety_stock: int, lot_quantity: int, why: str, period_us: int = 0) -> None:
        self._speaker.say(
            PlanningParametersSet, self._answer, "It is taken: plans go by it from now on.", self.show, material=material,
            safety_stock=safety_stock, lot_quantity=lot_quantity, note=why, period_us=period_us,
        )  # fmt: skip
