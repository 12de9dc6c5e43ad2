"""Cards about what the bank says, and about the same money asked by work center, product, customer, person and the like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
import panel_material_ui as pmui

from twin.apps.components.paged_table import PagedTable
from twin.apps.feed import Feed
from twin.apps.figures import figures_html
from twin.apps.row_table import Row
from twin.apps.theme import card
from twin.apps.words import customer_title, debit_credit, exact, material_title, person_titles, supplier_title, work_center_title
from twin.results.settlement.bank_now import BankLineNow, BankNow, bank_now
from twin.results.settlement.dimensions import DIMENSIONS
from twin.results.settlement.opening.shown import CellNow, cells_now
from twin.results.views.overview import local_time

FRESH_S = 5.0
"""A dimension goes through every entry; nobody reads two of them in five seconds."""
WORDS = {name: name.replace("_", " ") for name in DIMENSIONS}


class MoneyCards:
    """The bank and the dimensions, for one viewer; `window` is what the page shows."""

    def __init__(self, feed: Feed, window: Callable[[], str], on_pick: Callable[[PagedTable[Any]], None]) -> None:
        self._feed, self._plant, self._window, currency = feed, feed.run.plant, window, feed.run.plant.layout.currency
        self._currency, self._accounts = currency, feed.run.erp.ledger.accounts
        self._stands = pn.pane.HTML("", sizing_mode="stretch_width", margin=0)
        self._lines = PagedTable[BankLineNow](
            "lines of the bank", ("Statement", "Line", "When", "Reference", "Party", f"Amount, {currency}", "What it is"), self._line,
            numeric=(1, 5),
        )  # fmt: skip
        self.by = pmui.Select(
            label="by", options={words: name for name, words in WORDS.items() if name != "plant"}, value="work_center", width=160,
            size="small", margin=(6, 8),
        )  # fmt: skip
        self._cells = PagedTable[CellNow](
            "the window by dimension", ("Of", "Account", f"Debit, {currency}", f"Credit, {currency}"), self._cell, numeric=(2, 3),
            name=lambda it: it.figure, on_change=lambda: on_pick(self._cells),
        )  # fmt: skip
        self.by.param.watch(lambda _: self.show(), "value")
        self.tables: tuple[PagedTable[Any], ...] = (self._cells,)
        self.bank = card("The bank", self._stands, self._lines.shown)
        self.dimension = card("The window by work center, product, customer, person", self.by, self._cells.shown)

    def show(self) -> None:
        """Bring the cards up to date."""
        now = self._feed.look(bank_now)
        self.bank.visible = bool(now.lines)
        self._stands.object = _bank_html(now, self._currency)
        self._lines.show(now.lines, empty="The bank has said nothing yet.")
        self._cells.show(self._feed.look(cells_now(str(self.by.value), self._window()), FRESH_S), empty="Nothing is booked in this window.")

    def _line(self, it: BankLineNow) -> Row:
        what = f"{it.payment}, by {it.by}" if it.payment else f"left: {it.reason}"
        when, amount = local_time(self._plant, it.at_us), exact(it.amount_minor)
        cells = (it.statement, str(it.number), when, it.reference or "–", it.party or "–", amount, what)
        return Row(cells=cells, mark="" if it.payment else "warn")

    def _cell(self, it: CellNow) -> Row:
        return Row(cells=(self._title(it.name), self._accounts[it.account].title, *debit_credit(it.amount_minor)))

    def _title(self, name: str) -> str:
        titles = {
            "work_center": work_center_title, "product": material_title, "customer": customer_title, "supplier": supplier_title,
            "person": person_titles,
        }  # fmt: skip
        title = titles.get(str(self.by.value))
        return (title(self._plant, name) if title else name) if name else "of none"


def _bank_html(now: BankNow, currency: str) -> str:
    return figures_html(
        (
            ("At the bank", exact(now.bank_minor), currency, ["by its statements"]),
            ("Cash in the books", exact(now.cash_minor), currency, ["with what is under way"]),
            ("Under way", exact(now.under_way_minor), currency, ["booked, and no line of the bank yet"]),
            ("Left", exact(now.left_minor), currency, [f"{len(now.left)} lines that nobody knows: say below what they are"]),
        )
    )
