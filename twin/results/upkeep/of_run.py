"""What a run says of what keeps the plant in order: `run.alarms()`, `run.alarm_indicators()` and their like."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    import pandas as pd

    from twin.results.run import Run

T = TypeVar("T")


class UpkeepOfRun:
    """The part of a run that shows alarms and maintenance. Every table is tidy, and shows the run as far as it has come."""

    lock: threading.RLock

    def alarms(self) -> pd.DataFrame:
        """Every alarm and alert with its ISA-18.2 state: what calls somebody first."""
        from twin.results.upkeep.alarms import alarms_table

        return self._view(alarms_table)

    def alarm_indicators(self, from_us: int | None = None, to_us: int | None = None) -> pd.DataFrame:
        """How well the alarms serve those who answer them, beside what ISA-18.2 holds to be acceptable; over any window, us."""
        from twin.results.upkeep.alarms import alarm_indicators_table

        def table(run: Run) -> pd.DataFrame:
            return alarm_indicators_table(run, run.scenario.start_us if from_us is None else from_us, (to_us or run.now_us + 1))

        return self._view(table)

    def alarm_floods(self) -> pd.DataFrame:
        """When there were more alarms than anybody can follow: from when to when, how many."""
        from twin.results.upkeep.alarms import floods_table

        return self._view(floods_table)

    def _view(self, table: Callable[[Run], T]) -> T:
        with self.lock:
            return table(cast("Run", self))
