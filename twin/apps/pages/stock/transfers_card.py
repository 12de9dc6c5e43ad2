"""Transfers between sites on the stock page: what is on its way, what has come, what was lost."""

from __future__ import annotations

import panel as pn

from twin.apps.feed import Feed
from twin.apps.row_table import Row, row_table
from twin.apps.theme import card
from twin.apps.words import material_title
from twin.erp.warehouse.transfers.transferring import StockTransfer
from twin.results.views.overview import local_time
from twin.results.warehouse.transfers_now import transfers_now

SHOWN_TRANSFERS = 40
TRANSFER_HEAD = ("Transfer", "Material", "Lot", "From", "To", "Sent", "Came", "Lost", "On its way", "Since")


class TransfersCard:
    """For one viewer; there is none where the plant has one site."""

    def __init__(self, feed: Feed) -> None:
        self._feed, self._plant = feed, feed.run.plant
        self._rows = pn.pane.HTML("", sizing_mode="stretch_width", margin=0)
        declared = self._plant.layout.warehouse
        self.cards = [card("Transfers between sites", self._rows)] if declared and declared.transit else []

    def show(self) -> None:
        """Bring it up to date."""
        if not self.cards:
            return
        rows = [self._row(it) for it in self._feed.look(transfers_now)[:SHOWN_TRANSFERS]]
        none = [Row(cells=("Nothing was sent to another site yet.",), mark="done")]
        self._rows.object = row_table(TRANSFER_HEAD, rows or none, numeric=(5, 6, 7, 8))

    def _row(self, it: StockTransfer) -> Row:
        numbers = (f"{it.quantity:,}", f"{it.received:,}", f"{it.lost:,}" if it.lost else "", f"{it.open_quantity:,}")
        about = (it.transfer, material_title(self._plant, it.material), it.lot, it.from_bin, it.bin)
        mark = "bad" if it.lost else "warn" if it.open_quantity else "done"
        return Row(cells=(*about, *numbers, local_time(self._plant, it.issued_us)), mark=mark)
