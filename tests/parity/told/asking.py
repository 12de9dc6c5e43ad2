"""Which tests tell a scenario and ask whether it is the same from every source."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ASKED = "is_the_same_from_every_source"
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
