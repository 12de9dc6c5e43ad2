"""What a run says of its stock and its warehouse: `run.stock()`, `run.bins()`, `run.pick_lists()` and their like."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    import pandas as pd

    from twin.results.run import Run

T = TypeVar("T")


class WarehouseOfRun:
    """The part of a run that shows stock. Every table is tidy, and shows the run as far as it has come; without a warehouse it is empty."""

    lock: threading.RLock

    def stock(self) -> pd.DataFrame:
        """Every material: on hand, reserved, held, worth; with a warehouse its ABC class, days of stock, turns, whether it moves slowly."""
        from twin.results.warehouse.tables import stock_table

        return self._stored(stock_table)

    def bins(self) -> pd.DataFrame:
        """What lies in which bin, lot by lot: how much, how much of it is reserved, until when it may be used."""
        from twin.results.warehouse.tables import bins_table

        return self._stored(bins_table)

    def reservations(self) -> pd.DataFrame:
        """What is kept for which customer order, in which bin."""
        from twin.results.warehouse.tables import reservations_table

        return self._stored(reservations_table)

    def packages(self) -> pd.DataFrame:
        """What lies in which package for which customer order, how heavy it is, when it left."""
        from twin.results.warehouse.tables import packages_table

        return self._stored(packages_table)

    def pick_lists(self) -> pd.DataFrame:
        """Every line of every pick list, with its wave and what was picked of it."""
        from twin.results.warehouse.tables import pick_lists_table

        return self._stored(pick_lists_table)

    def stock_transfers(self) -> pd.DataFrame:
        """What was sent from one site to another: what of it came, what was lost, what is on its way and what that is worth."""
        from twin.results.warehouse.tables import stock_transfers_table

        return self._stored(stock_transfers_table)

    def cycle_counts(self) -> pd.DataFrame:
        """Every place that was or has to be counted: what was thought to be there, what was found, what that is worth, who counted."""
        from twin.results.warehouse.tables import cycle_counts_table

        return self._stored(cycle_counts_table)

    def serial_numbers(self) -> pd.DataFrame:
        """Every unit that has a number of its own: where it is, or for whom it left."""
        from twin.results.warehouse.tables import serial_numbers_table

        return self._stored(serial_numbers_table)

    def record_accuracy(self) -> float | None:
        """Share of the counted places in which just so much lay as was thought (APICS); None if nothing was counted."""
        from twin.results.warehouse.figures import record_accuracy

        return self._stored(record_accuracy)

    def _stored(self, table: Callable[[Run], T]) -> T:
        with self.lock:
            return table(cast("Run", self))
