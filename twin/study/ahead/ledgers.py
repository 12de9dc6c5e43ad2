"""What a future costs, to the cent: its facts go through copies of the run's MES and ERP, which book them as they book everything."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from twin.model.events import OperationsEvent
from twin.model.states import Source
from twin.results.run import Run
from twin.run import carry
from twin.store.journal import UnchainedJournal
from twin.study.ahead.forecast import FutureLedger

if TYPE_CHECKING:
    from twin.simulation.compiled_plant.shadow import Shadow


class Levels:
    """MES and ERP of a run at an instant; whoever goes on from here gets copies of their own."""

    def __init__(self, run: Run) -> None:
        self._plant, self._scenario, self._now_us = run.plant, run.scenario, run.now_us
        self._levels = pickle.dumps((run.mes, run.erp))
        self._before = income(run)

    def book(self, shadow: Shadow, seed: int | None, stop: threading.Event | None = None) -> FutureLedger | None:
        """One future, booked; None if it was stopped on the way. Without a seed nothing is drawn anew: the run as it goes on by itself."""
        run = Run(self._plant, self._scenario, UnchainedJournal())
        run.mes, run.erp = pickle.loads(self._levels)
        run.now_us = self._now_us
        carry(_Told(shadow.rounds(seed)), run, stop=stop)
        if stop and stop.is_set():
            return None
        accounts = {name: minor - self._before[name] for name, minor in income(run).items()}
        return FutureLedger(seed=seed or 0, accounts=accounts)


class _Told:
    """Facts that are known to come, as a source. Its rules have decided already what MES and ERP are about to decide."""

    origin = Source.SIMULATED

    def __init__(self, rounds: Iterator[list[OperationsEvent]]) -> None:
        self._rounds = rounds

    def advance(self) -> list[OperationsEvent] | None:
        return next(self._rounds, None)

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        """Nobody waits for it."""


def income(run: Run) -> dict[str, int]:
    """Every account of the income statement as it is booked up to now, earnings > 0."""
    return {row.account: row.amount_minor for row in run.erp.income_statement() if row.account}
