"""What a figure is made of that no account is: its portions, their entries, and the events that made these."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import panel as pn

from twin.apps.components.paged_table import PagedTable
from twin.apps.feed import Feed
from twin.apps.row_table import Row, row_table
from twin.apps.theme import card
from twin.apps.words import debit_credit, exact
from twin.model.plant import Plant
from twin.results.settlement.opening.figures import is_of_window
from twin.results.settlement.opening.shown import FigureNow, PortionNow, figure_now
from twin.results.views.business.finance import EntryOpened, entry_opened
from twin.results.views.overview import local_time

NOTHING = "Pick a total, a line of the cash flow, a variance, what somebody owes, stock, a margin: what it is made of stands here."
FRESH_S = 5.0
"""A kind of variance is of thousands of legs; nobody opens it twice in five seconds."""


class OpenedCard:
    """The figure that one viewer has picked, and of it the entry."""

    def __init__(self, feed: Feed, window: Callable[[], str], on_change: Callable[[], None]) -> None:
        self._feed, self._plant, self._currency = feed, feed.run.plant, feed.run.plant.layout.currency
        self._figure, self._window = "", window  # of statements and the cash flow; other figures are as they stand
        self._heading, self._entry = (pn.pane.HTML("", sizing_mode="stretch_width", margin=0) for _ in range(2))
        head = ("Entry", "When", "Document", "Account", "Concerns", f"Part of the figure, {self._currency}")
        self._portions = PagedTable[PortionNow](
            "what it is made of", head, self._row, numeric=(5,), name=lambda it: "" if it.entry is None else str(it.entry),
            on_change=on_change,
        )  # fmt: skip
        self.card = card("What it is made of", self._heading, self._portions.shown, self._entry)

    def take(self, figure: str, others: Sequence[PagedTable[Any]]) -> None:
        """A figure was picked in a table: it is the one that is opened, and nothing is picked in the other tables any more."""
        if figure and figure != self._figure:
            self._figure = figure
            self._portions.pick("")
            for it in others:
                it.pick("")

    def show(self) -> None:
        """Bring it up to date."""
        now = self._feed.look(figure_now(self._figure, self._window()), FRESH_S) if self._figure else None
        self._heading.object = row_table((), [Row(cells=(self._said(now),), mark="good" if now else "done")])
        total = Row(cells=("", "", "All of it", "", "", exact(now.amount_minor)), mark="total") if now else None
        self._portions.show(now.portions if now else [], empty="Nothing.", total=total)
        picked = self._portions.picked if now else ""
        opened = self._feed.look(entry_opened(int(picked)), 3600.0) if picked else None  # what is booked does not change
        self._entry.object = entry_html(self._plant, opened, self._currency)

    def _said(self, now: FigureNow | None) -> str:
        if now is None:
            gone = f"{self._figure}: nothing in this window." if is_of_window(self._figure) else f"{self._figure} is no more."
            return gone if self._figure else NOTHING
        return f"{now.figure}: {exact(now.amount_minor, self._currency)}, of {len(now.portions):,} parts"

    def _row(self, it: PortionNow) -> Row:
        number, when = ("", "") if it.entry is None or it.at_us is None else (str(it.entry), local_time(self._plant, it.at_us))
        cells = (number, when, it.document, it.account, it.concerns, exact(it.amount_minor))
        return Row(cells=cells, mark="" if it.entry is not None else "done")


def entry_html(plant: Plant, it: EntryOpened | None, currency: str) -> str:
    """The legs of an entry, and below them the events from it back to the fact that began it."""
    if it is None:
        return ""
    legs = [Row(cells=(title, *debit_credit(amount))) for _, title, amount in it.legs]
    late = f" It is late: {it.reference}, known {local_time(plant, it.recorded_us)}." if it.reference else ""
    what = f"Entry {it.number}, {it.document}, {local_time(plant, it.effective_us)}: {it.concerns or 'the whole plant'}.{late}"
    steps = [
        Row(cells=(f"{place}. {step.event}", local_time(plant, step.at_us), step.said_by, step.words, str(step.seq)), mark="done")
        for place, step in enumerate(it.steps, start=1)
    ]
    head = row_table((), [Row(cells=(what,), mark="good")])
    booked = row_table(("Account", f"Debit, {currency}", f"Credit, {currency}"), legs, numeric=(1, 2))
    return head + booked + row_table(("How it came about", "When", "Said by", "Says", "In the journal"), steps, numeric=(4,))
