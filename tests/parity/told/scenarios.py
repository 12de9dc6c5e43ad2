"""What every test that asks whether its scenario is the same from every source has told, by running it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from typing import Any

import pytest

from tests.parity.told.asking import TESTS, scenario_tests
from tests.rooms.quality.valve_shop import HEARD_BY, comparable
from twin.model.events import OperationsEvent
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.model.states import Source
from twin.results.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldScenario:
    """What one test had told when it asked, and what a person sees of it."""

    test: str
    plant: Plant
    asked: Scenario
    entries: Sequence[tuple[OperationsEvent, Source]]
    looks: Sequence[Callable[[Run], Any]]
    shown: Sequence[object]

    @property
    def journal(self) -> list[OperationsEvent]:
        return [event for event, _ in self.entries]


class _Listener:
    """A plugin of pytest that runs the tests which ask, and keeps what they have told; they leave the comparing to us."""

    def __init__(self) -> None:
        self.told: list[ToldScenario] = []
        self.failed: list[str] = []
        self._test = ""

    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        asking = scenario_tests()
        items[:] = [it for it in items if it.originalname in asking[it.path.relative_to(TESTS.parent).as_posix()]]

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        self._test = item.nodeid

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not report.passed:
            self.failed.append(f"{report.nodeid}: {report.longreprtext.splitlines()[-1]}")

    def hear(self, run: Run, plant: Plant, looks: Sequence[Callable[[Run], Any]]) -> None:
        self.told.append(
            ToldScenario(
                test=self._test,
                plant=plant,
                asked=run.scenario,
                entries=[(entry.event, entry.source) for entry in run.journal.entries()],
                looks=looks,
                shown=[comparable(look(run)) for look in looks],
            )
        )


def told_scenarios(files: Iterable[str] = ()) -> list[ToldScenario]:
    """What all these tests have told (of every file that has some), in a session of pytest within this one, with their own fixtures.

    Raises
    ------
    AssertionError : one of them failed
    """
    listener = _Listener()
    alone = ["-p", "no:cacheprovider", "-p", "no:xdist", "-o", "timeout=0", "--capture=no", "--rootdir", str(TESTS.parent)]
    HEARD_BY.append(listener.hear)
    try:
        with redirect_stdout(StringIO()):
            ended = pytest.main([*alone, *(str(TESTS.parent / file) for file in files or scenario_tests())], plugins=[listener])
    finally:
        HEARD_BY.clear()
    assert ended == pytest.ExitCode.OK, (ended, *listener.failed)
    return listener.told
