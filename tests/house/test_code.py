"""The rules of the code hold, and each is shown to bite on a broken sample."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.house import rules_of_code as rules

Rule = Callable[[Path], list[str]]
ALL_RULES: list[Rule] = [
    rules.long_files,
    rules.long_functions,
    rules.vague_names,
    rules.full_rooms,
    rules.busy_inits,
    rules.unfinished_words,
    rules.mocks,
]

LONG_FUNCTION = "def grind(x: int) -> int:\n" + "    x += 1\n" * 50 + "    return x\n"
BROKEN: list[tuple[Rule, str, str, str]] = [
    (rules.long_files, "twin/mes/tracking.py", "x = 1\n" * 401, "401 lines"),
    (rules.long_functions, "twin/mes/tracking.py", LONG_FUNCTION, "grind has 52 lines"),
    (rules.vague_names, "twin/mes/utils.py", "", "twin/mes/utils.py"),
    (rules.vague_names, "twin/core/lots.py", "", "twin/core"),
    (rules.vague_names, "hardware_bridge/signal_handler.py", "", "signal_handler.py"),
    (rules.busy_inits, "twin/mes/__init__.py", '"""Level 3."""\n\nRULES = {}\n', "twin/mes/__init__.py:3"),
    (rules.unfinished_words, "twin/mes/tracking.py", "x = 1  # TODO: merge lots\n", "twin/mes/tracking.py:1"),
    (rules.unfinished_words, "twin/mes/tracking.py", '"""Tracking, simplified."""\n', "tracking.py:1"),
    (rules.unfinished_words, "twin/mes/tracking.py", "def merge(lot: str) -> None: ...\n", "merge does nothing"),
    (rules.unfinished_words, "twin/mes/tracking.py", "def merge(lot: str) -> None:\n    raise NotImplementedError\n", "merge does nothing"),
    (rules.mocks, "tests/rooms/test_lots.py", "from unittest.mock import Mock\n", "imports a mock"),
]
CLEAN = '''"""Tracking of lots."""

from typing import Protocol

PROMPT = {"placeholder": "Search a lot"}


class Place(Protocol):
    """Where a lot can be."""

    def title(self) -> str: ...


def merge(lots: list[str]) -> str:
    """The id of the lot that `lots` become."""
    return "+".join(lots)  # the order is the caller's
'''


@pytest.mark.parametrize("rule", ALL_RULES)
def test_the_project_keeps_the_rule(rule: Rule, root: Path) -> None:
    assert rule(root) == []


@pytest.mark.parametrize(("rule", "file", "text", "finding"), BROKEN)
def test_the_rule_finds_a_broken_file(rule: Rule, file: str, text: str, finding: str, tmp_path: Path) -> None:
    broken = tmp_path / file
    broken.parent.mkdir(parents=True)
    broken.write_text(text)
    found = rule(tmp_path)
    assert found, "the rule does not bite"
    assert finding in "\n".join(found)


@pytest.mark.parametrize("rule", ALL_RULES)
def test_the_rule_lets_good_code_pass(rule: Rule, tmp_path: Path) -> None:
    room = tmp_path / "twin" / "mes"
    room.mkdir(parents=True)
    (room / "tracking.py").write_text(CLEAN)
    (room / "__init__.py").write_text('"""Level 3."""\n\nfrom twin.mes.tracking import merge\n\n__all__ = ["merge"]\n')
    assert rule(tmp_path) == []


def test_a_room_with_ten_files_is_full(tmp_path: Path) -> None:
    room = tmp_path / "twin" / "mes"
    room.mkdir(parents=True)
    for number in range(9):
        (room / f"rule_{number}.py").touch()
    assert rules.full_rooms(tmp_path) == []
    (room / "rule_9.py").touch()
    assert rules.full_rooms(tmp_path) == ["twin/mes: 10 files; allowed: fewer than 10"]
