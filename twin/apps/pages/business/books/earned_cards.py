"""Cards about what was earned: budgets against what they came to, margins by customer, order and lot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel_material_ui as pmui

from twin.apps.components.paged_table import PagedTable
from twin.apps.feed import Feed
from twin.apps.row_table import Row
from twin.apps.theme import card
from twin.apps.words import exact
from twin.results.settlement.dimensions import BudgetRow
from twin.results.settlement.margins import MARGINS_BY
from twin.results.settlement.opening.shown import MarginNow, budgets_now, margins_now

FRESH_S = 5.0
"""Margins go through every lot; nobody earns twice in five seconds."""


class EarnedCards:
    """Budgets, where there are some, and margins, for one viewer."""

    def __init__(self, feed: Feed, on_pick: Callable[[PagedTable[Any]], None]) -> None:
        self._feed, currency = feed, feed.run.plant.layout.currency
        self._accounts = feed.run.erp.ledger.accounts
        self.by = pmui.Select(
            label="margins by", options=list(MARGINS_BY[::-1]), value=MARGINS_BY[-1], width=160, size="small", margin=(6, 8)
        )
        self._budgets = PagedTable[BudgetRow](
            "budgets", ("Month", "Account", *(f"{it}, {currency}" for it in ("Planned", "Came to", "Better than planned"))), self._budget,
            numeric=(2, 3, 4), name=lambda it: f"budget: {it.month} {it.account}", on_change=lambda: on_pick(self._budgets),
        )  # fmt: skip
        amounts = ("Revenue", "Cost of goods sold", "Scrap, rework, variance", "Margin")
        self._margins = PagedTable[MarginNow](
            "margins", ("On", *(f"{it}, {currency}" for it in amounts)), _margin, numeric=(1, 2, 3, 4), name=lambda it: it.figure,
            on_change=lambda: on_pick(self._margins),
        )  # fmt: skip
        self.by.param.watch(lambda _: self.show(), "value")
        self.tables: tuple[PagedTable[Any], ...] = (self._budgets, self._margins)
        self.cards = [
            card("Budgets", self._budgets.shown),
            card("Margins since the start, down to the operating result", self.by, self._margins.shown),
        ]

    def show(self) -> None:
        """Bring the cards up to date."""
        budgets = self._feed.look(budgets_now)
        self.cards[0].visible = bool(budgets)
        self._budgets.show(budgets, empty="Nothing was planned.")
        self._margins.show(self._feed.look(margins_now(str(self.by.value)), FRESH_S), empty="Nothing is booked.")

    def _budget(self, it: BudgetRow) -> Row:
        amounts = map(exact, (it.budget_minor, it.actual_minor, it.better_minor))
        cells = (it.month, self._accounts[it.account].title, *amounts)
        return Row(cells=cells, mark="bad" if it.better_minor < 0 else "good")


def _margin(it: MarginNow) -> Row:
    parts = (exact(minor) if minor else "–" for minor in (it.revenue_minor, it.sold_minor, it.made_minor))
    return Row(cells=(it.title, *parts, exact(it.margin_minor)), mark="total" if it.is_total else "bad" if it.margin_minor < 0 else "")
