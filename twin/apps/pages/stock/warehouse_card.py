"""What a viewer says of the warehouse: put away, brought elsewhere, counted, reserved, picked; the answer stands below the fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel_material_ui as pmui

from twin.apps.feed import Feed
from twin.apps.speaking.answers import Answer, button, offer, select
from twin.apps.speaking.speaker import Speaker
from twin.model.events import BinCounted, BinTransferred, Picked, PutAway, StockReserved
from twin.results.warehouse.stock_now import StockNow, titled

NONE = "–"


class WarehouseCard:
    """The fields: a lot, how many, from where, to where, for whom."""

    def __init__(self, feed: Feed, speaker: Speaker, refresh: Callable[[], None]) -> None:
        self._speaker, self._refresh, self._answer = speaker, refresh, Answer()
        declared = feed.run.plant.layout.warehouse
        bins = {titled(name, it): name for name, it in declared.bins.items()} if declared else {}
        self._lots: dict[str, str] = {}  # material by lot
        self._lists: dict[str, str] = {}  # open pick list by order
        self.lot = pmui.TextInput(label="lot", width=200, size="small", margin=(6, 8))
        self.quantity = pmui.TextInput(label="quantity", width=110, size="small", margin=(6, 8))
        self.from_bin = select("from bin", {NONE: "", **bins})
        self.bin = select("bin", {NONE: "", **bins})
        self.order = select("for order", {NONE: ""})
        acts = (
            ("Put away", self._put_away), ("Bring elsewhere", self._transfer), ("Counted", self._count), ("Reserve", self._reserve),
            ("Picked", self._pick),
        )  # fmt: skip
        fields = (self.lot, self.quantity, self.from_bin, self.bin, self.order)
        self.fields = [
            pmui.FlexBox(*fields, align_items="center"),
            pmui.FlexBox(*(button(*it) for it in acts), align_items="center"),
            self._answer.pane,
        ]

    def show(self, now: StockNow) -> None:
        """Offer the orders that are open."""
        self._lots = {it.lot: it.material for it in now.lots}
        self._lists = {it.order: it.pick_list for it in now.open_lists}
        offer(self.order, {NONE: "", **{name: name for name in now.open_orders}})

    def _say(self, kind: type[Any], done: str, **said: Any) -> None:
        """Say it of the lot and the quantity that stand in the fields."""
        lot, text = _written(self.lot), _written(self.quantity)
        if not text.isdecimal():
            self._answer.show(f"Refused: '{text}' is no number of units; allowed: 0, 1, 2 and so on", is_good=False)
            return
        said |= {"lot": lot, "material": self._lots.get(lot, ""), "quantity": int(text)}
        self._speaker.say(kind, self._answer, done, self._refresh, **said)

    def _put_away(self, _: Any) -> None:
        self._say(PutAway, "It is put away.", bin=str(self.bin.value))

    def _transfer(self, _: Any) -> None:
        self._say(
            BinTransferred, "It is there now.", from_bin=str(self.from_bin.value), bin=str(self.bin.value), reason=self._speaker.reason
        )

    def _count(self, _: Any) -> None:
        self._say(BinCounted, "It is counted; a difference is posted.", bin=str(self.bin.value))

    def _reserve(self, _: Any) -> None:
        self._say(StockReserved, "It is kept for the order.", bin=str(self.bin.value), order=str(self.order.value))

    def _pick(self, _: Any) -> None:
        self._say(Picked, "It is picked.", bin=str(self.from_bin.value), pick_list=self._lists.get(str(self.order.value), ""))


def _written(field: pmui.TextInput) -> str:
    return str(field.value_input or field.value or "").strip()
