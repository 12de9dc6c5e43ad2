"""What makes the quick part of the tests quick is shown to work."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

LAW = """
from hypothesis import given, settings, strategies as st

seen = []


@settings(max_examples=40)
@given(st.integers())
def test_a_law(number):
    seen.append(number)


@given(st.integers())
def test_a_law_of_few_words(number):
    seen.append(number)


def test_the_count():
    assert len(seen) == {count}
"""


@pytest.mark.parametrize(("options", "count"), [((), 140), (("--examples-at-most=3",), 6), (("--examples-at-most=50",), 90)], ids=str)
def test_a_law_is_tried_on_so_many_examples_at_most(options: tuple[str, ...], count: int, root: Path, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "test_law.py").write_text(LAW.replace("{count}", str(count)))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-p", "no:cacheprovider", *options, str(tmp_path)]
    done = subprocess.run(command, check=False, cwd=root, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout
