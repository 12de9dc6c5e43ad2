"""What a run says of what has to be there before work starts: `run.documents`, `run.documents_of(...)` and their like."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    import pandas as pd

    from twin.results.run import Run

T = TypeVar("T")


class ReadinessOfRun:
    """The part of a run that shows documents. Every table is tidy, and shows the run as far as it has come."""

    lock: threading.RLock

    @property
    def documents(self) -> pd.DataFrame:
        """Every revision of every document: from when to when, whether it is valid now, who released and who acknowledged it."""
        from twin.results.readiness.tables import documents_table

        return self._see(documents_table)

    def documents_of(self, job_order: str | None = None) -> pd.DataFrame:
        """What was valid when a job order (left out: each) began, or went on under another revision: kept with it, whatever comes later.

        Raises
        ------
        ValueError : no such job order
        """
        from twin.results.readiness.tables import in_force_table

        return self._see(lambda run: in_force_table(run, job_order))

    def _see(self, table: Callable[[Run], T]) -> T:
        with self.lock:
            return table(cast("Run", self))
