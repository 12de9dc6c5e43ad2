"""What a run says of buying and selling: `run.purchase_orders()`, `run.supplier_scorecard()` and their like."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    import pandas as pd

    from twin.results.run import Run

T = TypeVar("T")


class TradeOfRun:
    """The part of a run that shows what was bought and sold. Every table is tidy, and shows the run as far as it has come."""

    lock: threading.RLock

    def purchase_orders(self) -> pd.DataFrame:
        """Every purchase order with what came of it, its price, and what it was placed for."""
        from twin.results.trade.buying import purchase_orders_table

        return self._traded(purchase_orders_table)

    def at_suppliers(self) -> pd.DataFrame:
        """What of ours lies at suppliers that do an operation for us: components and lots, with their worth and the order."""
        from twin.results.trade.buying import at_suppliers_table

        return self._traded(at_suppliers_table)

    def requisitions(self) -> pd.DataFrame:
        """What somebody wants to have bought: how it stands, who decided, what was ordered."""
        from twin.results.trade.buying import requisitions_table

        return self._traded(requisitions_table)

    def quotes(self, rfq: str = "") -> pd.DataFrame:
        """Quotes of suppliers, by request the best first: what of each we would order, and its total cost; "": of every request.

        Raises
        ------
        ValueError : nobody was asked by that request
        """
        from twin.results.trade.buying import quotes_table

        return self._traded(lambda run: quotes_table(run, rfq))

    def blanket_orders(self) -> pd.DataFrame:
        """Prices that suppliers hold: how much of each is called off, and until when the rest can be."""
        from twin.results.trade.buying import blanket_orders_table

        return self._traded(blanket_orders_table)

    def supplier_scorecard(self, *, by_material: bool = False) -> pd.DataFrame:
        """How well suppliers serve us: in time, as much as ordered, of what quality, at which price; and one score of the four, 0 to 1."""
        from twin.results.trade.buying import scorecard_table

        return self._traded(lambda run: scorecard_table(run, by_material))

    def bill_matches(self) -> pd.DataFrame:
        """Every bill beside its order and what came on it: what differs, why it is blocked, who has released it and why."""
        from twin.results.trade.buying import bill_matches_table

        return self._traded(bill_matches_table)

    def sales_quotes(self) -> pd.DataFrame:
        """What was offered to customers: net price, promised date and why then, the order that came of it."""
        from twin.results.trade.selling import sales_quotes_table

        return self._traded(sales_quotes_table)

    def allocations(self) -> pd.DataFrame:
        """Every open customer order: what of it is ready to leave, what is on back order, and what holds it."""
        from twin.results.trade.selling import allocations_table

        return self._traded(allocations_table)

    def trade_paper(self, kind: str, number: str) -> dict[str, Any]:
        """What goes to a customer or supplier, money in minor units; as a file: `twin.results.papers.papers.paper_file`.

        `kind`: order_confirmation, invoice (or credit note), reminder or purchase_order; `number`: of the order or invoice.

        Raises
        ------
        ValueError : there is no such kind, or nobody knows such a number
        """
        from twin.results.papers.papers import trade_paper

        return self._traded(lambda run: trade_paper(run, kind, number).plain())

    def _traded(self, table: Callable[[Run], T]) -> T:
        with self.lock:
            return table(cast("Run", self))
