"""Every case with a known answer is shown by a test: docs/CASES.md says by which, and is kept in step here."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.known_answers import CASES

_ROW = re.compile(r"^\| (?P<case>[a-z0-9]+-\d+[\w-]*) \| (?P<what>[^|]+) \| (?P<tests>[^|]+) \|$", re.M)
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def problems(table: str, cases: list[str], root: Path) -> list[str]:
    """Cases without a row, rows without a case, and tests that are not there or do not say which case they are."""
    rows = {row["case"]: _TEST.findall(row["tests"]) for row in _ROW.finditer(table)}
    found = [f"{case} has no row" for case in cases if case not in rows]
    found += [f"{case} is no case" for case in rows if case not in cases]
    for case, named in rows.items():
        found += [] if named else [f"{case} names no test"]
        found += [f"{file}::{name} does not name {case}" for file, name in named if not _names(root / file, name, case)]
    return found


def _names(file: Path, test: str, case: str) -> bool:
    """Whether there is such a test and it says, in its name, docstring or body, that it shows the case."""
    short = re.match(r"[a-z0-9]+-\d+", case)
    assert short
    source = _tests_of(file).get(test, "")
    return re.search(rf"{short[0]}\b|{short[0].replace('-', '_')}(?!\d)", source) is not None


@cache
def _tests_of(file: Path) -> dict[str, str]:
    """Source of each function of a file, by name."""
    lines = file.read_text(encoding="utf-8").splitlines()
    nodes = [it for it in ast.parse("\n".join(lines)).body if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {node.name: "\n".join(lines[node.lineno - 1 : node.end_lineno]) for node in nodes}


@pytest.fixture
def table(root: Path) -> str:
    return (root / "docs" / "CASES.md").read_text(encoding="utf-8")


def test_every_case_is_shown_by_a_test_that_says_so(table: str, root: Path) -> None:
    assert problems(table, [*CASES], root) == []


def test_a_case_without_a_row_a_row_without_a_case_and_a_test_of_another_case_are_found(table: str, root: Path) -> None:
    swapped = table.replace("test_three_methods", "test_web_to_cash").replace("| wms-01-fefo |", "| wms-99-fefo |")
    assert problems(swapped, [*CASES], root) == [
        "wms-01-fefo has no row", "wms-99-fefo is no case",
        "tests/rooms/valuation/test_methods.py::test_web_to_cash does not name val-01-three-methods",
        "tests/rooms/warehouse/test_picking.py::test_first_expired_first_out_as_the_case_has_it does not name wms-99-fefo",
    ]  # fmt: skip
