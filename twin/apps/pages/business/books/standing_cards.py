"""Cards about cash and stock: where cash came from and went in a window, both ways, and what every material is worth now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from twin.apps.components.paged_table import PagedTable
from twin.apps.feed import Feed
from twin.apps.row_table import Row
from twin.apps.theme import card
from twin.apps.words import exact, material_title
from twin.erp.rows import StockRow
from twin.results.settlement.cash_flow import METHODS, FlowRow
from twin.results.settlement.opening.shown import stock_worth_now
from twin.results.settlement.opening.worth import WorthOf, worth_then

WHOLE = 60  # lines of a statement: it is read as one


class StandingCards:
    """Cash flow by both methods, and stock, for one viewer."""

    def __init__(self, feed: Feed, on_pick: Callable[[PagedTable[Any]], None]) -> None:
        self._feed, self._plant, currency = feed, feed.run.plant, feed.run.plant.layout.currency
        self._flows = {method: self._flow(method, f"Amount, {currency}", on_pick) for method in METHODS}
        self._stock = PagedTable[StockRow](
            "stock by material", ("Material", "On hand", f"Worth now, {currency}"), self._material, numeric=(1, 2),
            name=lambda it: f"stock: {it.material}", on_change=lambda: on_pick(self._stock),
        )  # fmt: skip
        worth = f"Worth, {currency}"
        self._then = PagedTable[WorthOf]("stock at the end", ("Material", worth), self._worth_of_stock, numeric=(1,))
        self._work_then = PagedTable[WorthOf]("work at the end", ("Request", "Makes", worth), self._worth_of_work, numeric=(2,))
        self.then = [
            card("Stock at the end of the window, as booked", self._then.shown),
            card("Work in progress at the end of the window, as booked", self._work_then.shown),
        ]
        self.tables: tuple[PagedTable[Any], ...] = (*self._flows.values(), self._stock)
        self.flows = [card(f"Cash flow in the window, {method}", table.shown) for method, table in self._flows.items()]
        self.stock = card("Stock now", self._stock.shown)

    def show(self, flow: Sequence[FlowRow], until_us: int) -> None:
        """Bring the cards up to date; the cash flow stands beside statements of the same instant, which is `until_us`."""
        for method, table in self._flows.items():
            table.show([it for it in flow if it.method == method], empty="Nothing is booked.")
        worth = self._feed.look(stock_worth_now)
        total = Row(cells=("All", "", exact(sum(it.value_minor for it in worth))), mark="total")
        self._stock.show(worth, empty="Nothing that is in stock is worth anything.", total=total)

        then = self._feed.look(worth_then(until_us))
        all_of = (exact(then.stock_minor), exact(then.work_minor))
        self._then.show(then.stock, empty="Nothing was worth anything.", total=Row(cells=("All", all_of[0]), mark="total"))
        self._work_then.show(then.work, empty="Nothing was in work.", total=Row(cells=("All", "", all_of[1]), mark="total"))

    def _worth_of_stock(self, it: WorthOf) -> Row:
        return Row(cells=(material_title(self._plant, it.material), exact(it.value_minor)))

    def _worth_of_work(self, it: WorthOf) -> Row:
        return Row(cells=(it.of, material_title(self._plant, it.material) if it.material else "", exact(it.value_minor)))

    def _flow(self, method: str, amount: str, on_pick: Callable[[PagedTable[Any]], None]) -> PagedTable[FlowRow]:
        made: PagedTable[FlowRow] = PagedTable(
            f"cash flow, {method}", ("", "Activity", amount), _flow_row, numeric=(2,), name=lambda it: f"cash flow: {it.line}", size=WHOLE,
            on_change=lambda: on_pick(made),
        )  # fmt: skip
        return made

    def _material(self, it: StockRow) -> Row:
        return Row(cells=(material_title(self._plant, it.material), f"{it.on_hand:,} {it.unit}", exact(it.value_minor)))


def _flow_row(it: FlowRow) -> Row:
    return Row(cells=(it.line, it.section, exact(it.amount_minor)), mark="total" if it.is_total else "")
