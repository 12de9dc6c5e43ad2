"""Cards about receivables and payables: ages by party, and the open items behind them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel_material_ui as pmui

from twin.apps.components.downloads import papers
from twin.apps.components.paged_table import PagedTable
from twin.apps.feed import Feed
from twin.apps.row_table import Row
from twin.apps.theme import card
from twin.apps.words import customer_title, exact, supplier_title
from twin.results.run import Run
from twin.results.settlement.opening.owed import SIDES
from twin.results.views.business.owed import BUCKETS, AgesOf, ItemNow, OwedNow, owed_then, payables_now, receivables_now
from twin.results.views.overview import local_time

ITEM_HEAD = ("Document", "Party", "Order", "Due", "Overdue", "Reminders or block")

SENT = {"invoice": "Invoice or credit note, PDF", "reminder": "Last reminder, PDF"}


class OwedCards:
    """One side of what is owed, for one viewer."""

    def __init__(
        self, feed: Feed, title: str, look: Callable[[Run], OwedNow], on_pick: Callable[[PagedTable[Any]], None]
    ) -> None:  # fmt: skip
        self._feed, self._look, self._plant, side = feed, look, feed.run.plant, title.lower()
        self._side, self._until_us = SIDES[side], -1  # at the end of an earlier window; -1: as it stands, and opens to what it is made of
        self._note = pmui.Typography("", variant="body2", sx={"opacity": 0.8}, margin=(2, 12))
        currency, places = self._plant.layout.currency, range(1, len(BUCKETS) + 2)
        age_head = ("Party", *(f"{bucket} days, {currency}" if bucket != BUCKETS[0] else f"{bucket}, {currency}" for bucket in BUCKETS))
        self._ages = PagedTable[AgesOf](
            f"{title} by age", (*age_head, f"All, {currency}"), self._party, numeric=places,
            name=lambda it: self._name(f"{side}: {it.party}"), on_change=lambda: on_pick(self._ages),
        )  # fmt: skip
        amounts = ("Open", f"As booked, {currency}")
        self._items = PagedTable[ItemNow](
            f"{title}, item by item", (*ITEM_HEAD, *amounts), self._item, numeric=(6, 7),
            name=lambda it: self._name(f"{side}: {it.party}, {it.item}"), on_change=lambda: on_pick(self._items),
        )  # fmt: skip
        self.tables: tuple[PagedTable[Any], ...] = (self._ages, self._items)
        sent = [papers(feed, "number of an invoice", SENT)] if look is receivables_now else []
        self.card = card(f"{title}, by age and item by item", self._note, self._ages.shown, *sent, self._items.shown)

    def show(self, until_us: int | None = None) -> None:
        """Bring the card up to date; `until_us`: the end of a window that is over, at which it is shown."""
        self._until_us = -1 if until_us is None else until_us
        is_now = until_us is None
        words = (
            "" if until_us is None else f"As it was when {local_time(self._plant, until_us)} came; blocks and reminders are those of now."
        )
        self._note.param.update(object=words, visible=not is_now)
        now = self._feed.look(self._look if until_us is None else owed_then(self._side, until_us))
        total = self._party(now.all)
        self._ages.show(now.parties, empty="Nothing is open.", total=Row(cells=total.cells, mark="total"))
        self._items.show(now.items, empty="Nothing is open.")

    def _name(self, figure: str) -> str:
        """By which it is opened; what was so then opens to nothing, since figures open as they stand."""
        return figure if self._until_us < 0 else ""

    def _title(self, party: str) -> str:
        known = self._plant.materials.customers
        return customer_title(self._plant, party) if party in known else supplier_title(self._plant, party)

    def _party(self, it: AgesOf) -> Row:
        return Row(cells=(self._title(it.party), *(exact(minor) if minor else "–" for minor in it.ages), exact(it.open_minor)))

    def _item(self, it: ItemNow) -> Row:
        said = it.blocked or (f"reminded {it.reminders} times" if it.reminders > 1 else "reminded once" if it.reminders else "")
        order = "" if it.order == f"{it.party}/{it.item}" else it.order  # a bill that is for no order is its own
        due = local_time(self._plant, it.due_us).partition(",")[0]  # the day: it is overdue once that is over
        age = it.age if it.age == BUCKETS[0] else f"{it.age} days"
        cells = (
            it.item, self._title(it.party), order, due, age, said,
            exact(it.amount_minor, it.currency), exact(it.open_minor),
        )  # fmt: skip
        return Row(cells=cells, mark="bad" if it.blocked else "warn" if it.age != BUCKETS[0] else "")


def owed_cards(feed: Feed, on_pick: Callable[[PagedTable[Any]], None]) -> tuple[OwedCards, OwedCards]:
    """Receivables, payables."""
    return (
        OwedCards(feed, "Receivables", receivables_now, on_pick),
        OwedCards(feed, "Payables", payables_now, on_pick),
    )
