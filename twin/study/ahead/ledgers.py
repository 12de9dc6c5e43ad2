"""What a future costs, to the cent: from its pages, where the rules decide all that there is to decide (`OfPages`).

Else its facts go through copies of the run's MES and ERP, which book them as they book everything (`Levels`): a hundred times as long.
"""

from __future__ import annotations

import pickle
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress

from twin.kernels.floor.rows import plant_rows as at
from twin.model.events import AlarmEntry, OperationsEvent
from twin.model.states import Source
from twin.results.run import Run
from twin.run import carry
from twin.simulation.compiled_plant.shadow import Shadow
from twin.simulation.rule_control import NotByRule, shipments_that_wait, what_needs_the_mes
from twin.store.journal import UnchainedJournal
from twin.study.ahead.forecast import FutureLedger
from twin.study.by_rule.booked.books import BookedCosts
from twin.study.by_rule.costing import Costs
from twin.study.by_rule.declared import declared, what_needs_a_ledger
from twin.study.by_rule.pages import Pages
from twin.study.by_rule.playing import ready_to_play

FEW, MANY, ALL = 5, 30, 1_000_000
"""How many futures are booked in a few seconds: through MES and ERP, by the ERP alone, from columns."""


class Levels:
    """MES and ERP of a run at an instant; whoever goes on from here gets copies of their own."""

    quickly = FEW

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


class OfPages:
    """Books of futures of a run that has followed its rules: what its plant has said from the start to now, and goes on to say.

    Raises
    ------
    NotByRule : MES or persons decide something here, or have said something
    """

    def __init__(self, run: Run, until_us: int) -> None:
        self._refuse(run)
        self._plant, self._start_us = run.plant, run.scenario.start_us
        self._of = declared(run.plant, self._start_us, until_us)
        assert run.seed is not None
        source = ready_to_play(run.plant, run.scenario, run.seed, until_us)
        self._needs_entries = bool(what_needs_a_ledger(run.plant, run.scenario))
        self.quickly = MANY if self._needs_entries else ALL
        self._past = Pages.of(source, run.scenario, keeps_all=self._needs_entries)
        source.state.plant[at.END] = run.now_us + 1
        source.run_through(self._past.take)
        self._past.stand()
        self._shadow = Shadow.standing_as(source, run.now_us, until_us)
        self._before = income(run)

    @staticmethod
    def _refuse(run: Run) -> None:
        entries = (entry for entry in run.journal.entries() if not isinstance(entry.event, AlarmEntry))  # who heard an alarm costs nothing
        said = {entry.source for entry in entries} - {Source.SIMULATED, Source.RULE}
        needed = [*what_needs_the_mes(run.plant, run.scenario), *shipments_that_wait(run.plant, run.scenario)]
        needed += ["persons say something: entries"] if run.scenario.entries else []  # and nobody says it in a future
        if said or needed:
            raise NotByRule([*needed, *(f"something was said by: {it}" for it in sorted(said))])

    def book(self, _: Shadow, seed: int | None, stop: threading.Event | None = None) -> FutureLedger | None:
        """One future, booked; None if it was stopped. Without a seed nothing is drawn anew: the run as it goes on by itself."""
        for it in self._shadow.played([seed], stop):
            pages = self._past.going_on(it.rows, it.names, it.plant)
            costs = BookedCosts(self._plant, pages, self._of) if self._needs_entries else Costs(pages, self._of)
            whole = costs.income(self._start_us)
            return FutureLedger(seed=seed or 0, accounts={name: minor - self._before[name] for name, minor in whole.items()})
        return None


def ledgers_of(run: Run, until_us: int) -> OfPages | Levels:
    """Who books the futures of a run."""
    with suppress(NotByRule):
        return OfPages(run, until_us)
    return Levels(run)


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
