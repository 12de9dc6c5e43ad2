"""What a run says of money that is owed and paid: `run.receivables()`, `run.cash_flow()`, `run.behind("revenue")` and their like."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    import pandas as pd

    from twin.results.run import Run
    from twin.results.settlement.behind import Behind

T = TypeVar("T")


class SettlementOfRun:
    """The part of a run that shows open items, cash, budgets and dimensions. Every table is tidy; instants are microseconds, UTC."""

    lock: threading.RLock

    def receivables(self, now: int | None = None) -> pd.DataFrame:
        """What customers owe after an instant (left out: as it stands), item by item with its age; credits are below zero."""
        from twin.results.settlement.items import items_table

        return self._told(lambda run: items_table(run, "receivable", now))

    def payables(self, now: int | None = None) -> pd.DataFrame:
        """What we owe to suppliers after an instant (left out: as it stands), item by item with its age; what is blocked, and why."""
        from twin.results.settlement.items import items_table

        return self._told(lambda run: items_table(run, "payable", now))

    def ageing(self, side: str = "receivable", now: int | None = None) -> pd.DataFrame:
        """What is open by party and age: not due, 1 to 30 days over, 31 to 60, 61 to 90, more.

        Raises
        ------
        ValueError : neither "receivable" nor "payable"
        """
        from twin.results.settlement.items import ageing_table

        return self._told(lambda run: ageing_table(run, side, now))

    def payments(self) -> pd.DataFrame:
        """Every payment made and received, and the line of the bank that confirms it."""
        from twin.results.settlement.items import payments_table

        return self._told(payments_table)

    def bank(self) -> pd.DataFrame:
        """Every line of the bank: which payment it is and by what, or why it is left."""
        from twin.results.settlement.items import bank_table

        return self._told(bank_table)

    def dunning(self) -> pd.DataFrame:
        """Every reminder that was sent, and what is still open of its invoice."""
        from twin.results.settlement.items import dunning_table

        return self._told(dunning_table)

    def cash_flow(self, from_us: int | None = None, to_us: int | None = None) -> pd.DataFrame:
        """The cash flow statement of [from_us, to_us), by the direct and by the indirect method; both end in the change of cash."""
        from twin.results.settlement.cash_flow import cash_flow_table

        return self._told(lambda run: cash_flow_table(run, from_us, to_us))

    def variances(self, from_us: int | None = None, to_us: int | None = None) -> pd.DataFrame:
        """Why it has cost more than planned in [from_us, to_us), by kind, order, request and overhead: dearer is above zero."""
        from twin.results.settlement.statements_table import variances_table

        return self._told(lambda run: variances_table(run, from_us, to_us))

    def budgets(self) -> pd.DataFrame:
        """What was planned for each month and account, what it came to, and the difference; better than planned is above zero."""
        from twin.results.settlement.dimensions import budgets_table

        return self._told(budgets_table)

    def tax_return(self, from_us: int | None = None, to_us: int | None = None) -> pd.DataFrame:
        """What was sold and bought by each tax code, and its tax; all rows of a side are what its account has changed by."""
        from twin.results.settlement.taxes.tax_return import tax_table

        return self._told(lambda run: tax_table(run, from_us, to_us))

    def by_dimension(self, dimension: str, from_us: int | None = None, to_us: int | None = None) -> pd.DataFrame:
        """Every account by "plant", "product", "order", "work_center", "customer", "supplier" or "person".

        All rows of an account are its change.

        Raises
        ------
        ValueError : no such dimension
        """
        from twin.results.settlement.dimensions import dimension_table

        return self._told(lambda run: dimension_table(run, dimension, from_us, to_us))

    def margins(self, by: str = "lot", from_us: int | None = None, to_us: int | None = None) -> pd.DataFrame:
        """What was earned by "lot" (a row for each order that it was sold on), "order" or "customer", by entries in [from_us, to_us).

        The lots of an order add up to it, and all rows but the last, with what is nobody's by account, to the operating result, the last.

        Raises
        ------
        ValueError : nothing of that kind
        """
        from twin.results.settlement.margins import margins_table

        return self._told(lambda run: margins_table(run, by, from_us, to_us))

    def behind(self, figure: str, from_us: int | None = None, to_us: int | None = None) -> Behind:
        """A figure down to its entries, documents and the facts of the journal: an account, or a line of a statement ("Gross profit").

        Raises
        ------
        ValueError : no such figure
        """
        from twin.results.settlement.behind import behind

        return self._told(lambda run: behind(run, figure, from_us, to_us))

    def export_books(self, folder: Path | str) -> list[Path]:
        """Write the books to take away: a CSV file for each table, all of them as sheets of books.xlsx, ledger.beancount, ledger.hledger.

        Raises
        ------
        StoreError : the folder cannot be written
        """
        from twin.results.settlement.export import export_books

        return self._told(lambda run: export_books(run, Path(folder)))

    def _told(self, table: Callable[[Run], T]) -> T:
        with self.lock:
            return table(cast("Run", self))
