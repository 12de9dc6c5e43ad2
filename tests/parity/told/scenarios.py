"""Which tests tell a scenario and ask whether it is the same from every source; and what each of them has told, by running it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tests.rooms.quality.valve_shop import HEARD_BY, comparable, is_the_same_from_every_source
from twin.model.events import OperationsEvent
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.model.states import Source
from twin.results.run import Run

ASKED = is_the_same_from_every_source.__name__
HERE = Path(__file__).parent
TESTS = HERE.parents[1]


@cache
def scenario_tests() -> dict[str, frozenset[str]]:
    """Names of the tests that ask, themselves or through a function of their file, by file as in tests/rooms/quality/test_gates.py."""
    files = (path for path in sorted(TESTS.rglob("test_*.py")) if HERE not in path.parents)
    asking = {path.relative_to(TESTS.parent).as_posix(): _asking(path.read_text(encoding="utf-8")) for path in files}
    return {file: tests for file, tests in asking.items() if tests}


def _asking(source: str) -> frozenset[str]:
    """Tests of a file that ask, and those that use one of its functions that does."""
    if ASKED not in source:
        return frozenset()
    functions = [it for it in ast.walk(ast.parse(source)) if isinstance(it, ast.FunctionDef)]
    used = {it.name: {name for node in ast.walk(it) if (name := _name(node))} for it in functions}
    asking, before = {ASKED}, 0
    while len(asking) > before:
        before = len(asking)
        asking |= {name for name, names in used.items() if names & asking}
    return frozenset(name for name in asking if name.startswith("test_"))


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


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
