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

    def maintenance(self) -> pd.DataFrame:
        """Every maintenance: due, scheduled, started, done; by the plant itself, by plan, by a condition, or because something failed."""
        from twin.results.upkeep.maintenance import maintenance_table

        return self._view(maintenance_table)

    def maintenance_steps(self) -> pd.DataFrame:
        """How maintenance was done: every step of every order with what was read, by whom, and whether that is allowed."""
        from twin.results.upkeep.instructions import maintenance_steps_table

        return self._view(maintenance_steps_table)

    def maintenance_plans(self) -> pd.DataFrame:
        """Every declared maintenance with how near it is: pieces, lots, hours of work, the next date."""
        from twin.results.upkeep.maintenance import plans_table

        return self._view(plans_table)

    def calibrations(self) -> pd.DataFrame:
        """Every gauge and unit that is calibrated: until when it may be used, or why not and who may change that."""
        from twin.results.upkeep.maintenance import calibrations_table

        return self._view(calibrations_table)

    def spare_parts(self) -> pd.DataFrame:
        """What maintenance needs or has used: on hand, kept back, free, issued, on order."""
        from twin.results.upkeep.maintenance import spare_parts_table

        return self._view(spare_parts_table)

    def maintenance_indicators(self, from_us: int | None = None, to_us: int | None = None) -> pd.DataFrame:
        """Planned against corrective maintenance, MTBF, MTTR and availability by equipment, over any window, us (ISO 22400-2)."""
        from twin.results.upkeep.maintenance import maintenance_indicators_table

        def table(run: Run) -> pd.DataFrame:
            return maintenance_indicators_table(
                run, run.scenario.start_us if from_us is None else from_us, run.now_us if to_us is None else to_us
            )

        return self._view(table)

    def _view(self, table: Callable[[Run], T]) -> T:
        with self.lock:
            return table(cast("Run", self))
