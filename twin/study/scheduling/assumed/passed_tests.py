"""Tests in a schedule: what is to be tested has passed at that instant, whatever declares how it is measured, and whether anything does.

Values that are drawn without chance would be points on charts, which see a signal in what never varies and hold the lot for it. So what
is said is what follows from a test: its verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from twin.mes.quality.inspections import PASSED, Inspection
from twin.model.events import InspectionJudged, OperationsEvent, TestRequested
from twin.model.source import EventSource
from twin.results.run import Run
from twin.simulation.beside.beside_plant import BesidePlant

OF_PLAN = "plan "
"""What holds a lot behind a gate is called so, and its plan."""


def waits_for_tests_alone(run: Run, lot: str) -> bool:
    """Whether a lot is held for nothing but tests that are still to be made."""
    quality = run.mes.quality
    reasons = quality.holds.reasons.get(lot, {})
    return bool(reasons) and all(
        by.startswith(OF_PLAN) and quality.inspections.is_open(by.removeprefix(OF_PLAN), lot) for by in reasons
    )  # fmt: skip


class PassedTests(BesidePlant):
    """An event source around another, carried through `run` from its instant on: what waits for its test has passed it now, and what is
    to be tested later passes at once.
    """

    def __init__(self, source: EventSource, run: Run) -> None:
        super().__init__(source)
        self._run, self._inspections = run, run.mes.quality.inspections
        self._results = self._passed([it for it in self._inspections.all.values() if it.was_opened and not it.verdict], run.now_us)

    @property
    def next_us(self) -> int | None:
        """When something happens next; None if the plant cannot say."""
        return self._results[0].effective_us if self._results else super().next_us

    def pass_time(self, to_us: int) -> None:
        """Let time pass up to an instant before which nothing happens."""
        if not self._results:
            super().pass_time(to_us)

    def advance(self, to_us: int | None = None) -> Sequence[OperationsEvent] | None:
        """What has passed, if something did; else what happens next, with `to_us` only up to that instant."""
        found, self._results = self._results, []
        return found or super().advance(to_us)

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        """Requests for tests are answered here, also those that nobody is told of since the MES decides nothing; all else goes on."""
        its = self._inspections
        opened = [its.all[it.plan, it.lot] for it in commands if isinstance(it, TestRequested)]
        self._results += self._passed([it for it in (*opened, *its.to_ask.values()) if not it.verdict], self._run.now_us)
        super().send([it for it in commands if not isinstance(it, TestRequested)])

    @staticmethod
    def _passed(opened: Iterable[Inspection], now_us: int) -> list[OperationsEvent]:
        return [InspectionJudged(effective_us=now_us, request=it.request, lot=it.lot, plan=it.plan, verdict=PASSED) for it in opened]
