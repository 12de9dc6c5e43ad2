"""Cards about what is wanted, offered and agreed; each is there where there is some of it."""

from __future__ import annotations

from collections.abc import Callable

from twin.apps.components.paged_table import PagedTable
from twin.apps.feed import Feed
from twin.apps.row_table import Row
from twin.apps.theme import card
from twin.apps.words import exact, material_title, person_titles, supplier_title
from twin.results.views.business.sourcing import BlanketNow, QuoteNow, RequisitionNow, sourcing_now
from twin.results.views.overview import local_time

STANDING_MARKS = {"raised": "warn", "approved": "good", "rejected": "done", "ordered": "done"}
REQUISITION_HEAD = ("Requisition", "Material", "Quantity", "Wanted", "Raised by", "Standing", "Became")
QUOTE_HEAD = ("Quote", "Supplier", "Quantity", "Would come", "Standing")
QUOTE_AMOUNTS = ("Goods", "Delivery", "Lateness", "All")
BLANKET_HEAD = ("Blanket order", "Supplier", "Material", "Until", "Called off")


class SourcingCards:
    """Requisitions, quotes and blanket orders for one viewer."""

    def __init__(self, feed: Feed, on_change: Callable[[], None]) -> None:
        self._feed, self._plant = feed, feed.run.plant
        currency = self._plant.layout.currency
        amounts = tuple(f"{title}, {currency}" for title in QUOTE_AMOUNTS)
        self._requisitions = PagedTable(
            "requisitions", (*REQUISITION_HEAD, f"Value, {currency}"), self._requisition, numeric=(2, 7), on_change=on_change
        )
        self._quotes = PagedTable("quotes", (*QUOTE_HEAD, *amounts), self._quote, numeric=(2, 5, 6, 7, 8), on_change=on_change)
        self._blankets = PagedTable(
            "blanket orders", (*BLANKET_HEAD, f"Price, {currency}"), self._blanket, numeric=(4, 5), on_change=on_change
        )
        self.cards = [
            card("Requisitions", self._requisitions.shown),
            card("Quotes, compared by what they cost in all", self._quotes.shown),
            card("Blanket orders", self._blankets.shown),
        ]

    def show(self) -> None:
        """Bring the cards up to date."""
        now = self._feed.look(sourcing_now)
        self._requisitions.show(now.requisitions, empty="Nobody wants anything.")
        self._quotes.show(now.quotes, empty="Nobody was asked.")
        self._blankets.show(now.blankets, empty="Nothing is agreed.")
        for shown, rows in zip(self.cards, (now.requisitions, now.quotes, now.blankets), strict=True):
            shown.visible = bool(rows)

    def _requisition(self, it: RequisitionNow) -> Row:
        decided = f" by {person_titles(self._plant, it.decided_by)}" if it.decided_by else ""
        cells = (
            it.requisition, material_title(self._plant, it.material), f"{it.quantity:,} {it.unit}", local_time(self._plant, it.due_us),
            person_titles(self._plant, it.raised_by), f"{it.standing}{decided}", it.order, exact(it.value_minor),
        )  # fmt: skip
        return Row(cells=cells, mark=STANDING_MARKS.get(it.standing, ""))

    def _quote(self, it: QuoteNow) -> Row:
        of, standing = it.of, "accepted" if it.is_accepted else "" if it.of.is_valid else "not valid any more"
        cells = (
            f"{it.rfq}: {of.quote}", supplier_title(self._plant, of.supplier), f"{of.quantity:,}", local_time(self._plant, of.arrives_us),
            standing, *(exact(minor) for minor in (of.goods_minor, of.delivery_minor, of.late_minor, of.total_minor)),
        )  # fmt: skip
        return Row(cells=cells, mark="good" if it.is_accepted else "" if of.is_valid else "done")

    def _blanket(self, it: BlanketNow) -> Row:
        cells = (
            it.blanket, supplier_title(self._plant, it.supplier), material_title(self._plant, it.material),
            local_time(self._plant, it.until_us), f"{it.called:,} of {it.quantity:,} {it.unit}", exact(it.unit_price_minor),
        )  # fmt: skip
        return Row(cells=cells, mark="good" if it.open else "done")
