"""Packages on the stock page: what lies in which, how heavy it is, what has left; and the packing list of an order to be taken away."""

from __future__ import annotations

import io

import panel as pn
import panel_material_ui as pmui

from twin.apps.feed import Feed
from twin.apps.row_table import Row, row_table
from twin.apps.speaking.answers import Answer, offer, select
from twin.apps.theme import card
from twin.apps.words import customer_title, material_title
from twin.results.exports.writing import packing_list
from twin.results.views.overview import local_time
from twin.results.warehouse.packages import PackageNow, package_types, packages_now

SHOWN_PACKAGES = 40
PACKAGE_HEAD = ("Package", "Kind", "Order", "Customer", "Product", "What lies in it", "Pieces", "Weight", "Standing")


class PackagesCard:
    """For one viewer; there is none where nothing is packed."""

    def __init__(self, feed: Feed) -> None:
        self._feed, self._plant = feed, feed.run.plant
        self._rows = pn.pane.HTML("", sizing_mode="stretch_width", margin=0)
        self._order, self._answer = select("packing list of order", {"–": ""}), Answer()
        taken = pmui.FileDownload(
            callback=self._list, filename="packing_list.pdf", label="Packing list", variant="outlined", size="small", margin=(6, 4)
        )
        self._taking = pmui.FlexBox(self._order, taken, align_items="center", visible=False)  # there is a list of what is packed
        self.cards = [card("Packages", self._taking, self._answer.pane, self._rows)] if feed.look(package_types) else []

    def show(self) -> None:
        """Bring it up to date."""
        if not self.cards:
            return
        now = self._feed.look(packages_now)
        offer(self._order, {"–": "", **{it.order: it.order for it in now}})
        self._taking.visible = bool(now)
        rows = [self._row(it) for it in now[:SHOWN_PACKAGES]]
        self._rows.object = row_table(PACKAGE_HEAD, rows or [Row(cells=("Nothing is packed yet.",), mark="done")], numeric=(6, 7))

    def _row(self, it: PackageNow) -> Row:
        stands = f"packed {local_time(self._plant, it.packed_us)}"
        if it.shipped_us is not None:
            stands = f"left {local_time(self._plant, it.shipped_us)}"
        content = ", ".join(f"{quantity:,} of {lot}" for lot, quantity in it.content)
        cells = (
            it.package, it.title, it.order, customer_title(self._plant, it.customer), material_title(self._plant, it.material), content,
            f"{it.quantity:,}", it.weight or "–", stands,
        )  # fmt: skip
        return Row(cells=cells, mark="good" if it.shipped_us is None else "done")

    def _list(self) -> io.BytesIO | None:
        self._answer.show("", is_good=True)
        try:
            with self._feed.run.lock:
                return io.BytesIO(packing_list(self._feed.run, str(self._order.value)))
        except ValueError as error:
            self._answer.show(f"Refused: {error}", is_good=False)
            return None
