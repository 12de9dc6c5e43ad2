"""ruff and mypy find nothing in the project, and find what is broken on purpose; pytest keeps to our options."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def _call(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    tool, *arguments = command
    program = str(Path(sys.executable).with_name(tool))
    return subprocess.run([program, *arguments], check=False, cwd=folder, capture_output=True, text=True, timeout=280)


@pytest.fixture
def sample(root: Path, tmp_path: Path) -> Path:
    """The settings, and a small tree to be broken."""
    shutil.copy(root / "pyproject.toml", tmp_path)
    for package in ("twin", "hardware_bridge", "tools"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text('"""A room."""\n')
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("command", [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",)], ids=" ".join)
def test_the_project_is_clean(command: tuple[str, ...], root: Path) -> None:
    kept = ["--cache-dir=/dev/null"] if command == ("mypy",) and os.environ.get("CI") else []  # nobody comes back to a clone of CI
    done = _call(root, *command, *kept)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("import os\n", "F401"),
        ("def Grind() -> None:\n    return\n", "N802"),
        ("def grind() -> None:\n    return\n", "D103"),
        ('print("ground")\n', "T201"),
        ("from datetime import datetime\n\nNOW = datetime.now()\n", "DTZ005"),
        ("def grind(lots: list[str] = []) -> None:\n    del lots\n", "B006"),
        ("import simpy\nimport json\n", "I001"),
        ("# TODO: merge\n", "FIX002"),
        ("X = 1  # " + "x" * 140 + "\n", "E501"),
        ("X: int = 'one'  # type: ignore\n", "PGH003"),
    ],
)
def test_ruff_bites(text: str, rule: str, sample: Path) -> None:
    (sample / "twin" / "lots.py").write_text('"""Lots."""\n\n' + text)
    done = _call(sample, "ruff", "check", "--output-format=concise", ".")
    assert done.returncode == 1
    assert f" {rule} " in done.stdout


def test_ruff_wants_its_own_format(sample: Path) -> None:
    assert _call(sample, "ruff", "format", "--check", ".").returncode == 0
    (sample / "twin" / "lots.py").write_text("x = { 'a':1 }\n")
    assert _call(sample, "ruff", "format", "--check", ".").returncode == 1


@pytest.mark.slow
def test_mypy_bites(sample: Path) -> None:
    lot = "from pydantic import BaseModel\n\n\nclass Lot(BaseModel):\n    count: int\n\n\n"
    (sample / "twin" / "lots.py").write_text(lot + "def merge(lots):\n    return lots\n\n\nONE: str = Lot(count=1).count\n")
    (sample / "hardware_bridge" / "signals.py").write_text("import unheard_of\n")
    done = _call(sample, "mypy")
    assert done.returncode == 1
    for code in ("[no-untyped-def]", "[assignment]", "[import-not-found]"):
        assert code in done.stdout


@pytest.mark.parametrize(("module", "code"), [("twin.old", 1), ("elsewhere", 0)])
def test_a_deprecation_in_our_own_code_fails_a_test(module: str, code: int, sample: Path) -> None:
    path = sample / (module.replace(".", "/") + ".py")
    path.write_text("import warnings\n\n\ndef use():\n    warnings.warn('grows old', DeprecationWarning)\n")
    (sample / "tests").mkdir()
    (sample / "tests" / "test_old.py").write_text(f"from {module} import use\n\n\ndef test_use():\n    use()\n")
    done = _call(sample, "pytest", "-q", "-p", "no:cacheprovider")
    assert done.returncode == code, done.stdout


def test_an_unknown_marker_fails(sample: Path) -> None:
    (sample / "tests").mkdir()
    (sample / "tests" / "test_mark.py").write_text("import pytest\n\n\n@pytest.mark.slwo\ndef test_mark():\n    assert True\n")
    done = _call(sample, "pytest", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 2
    assert "'slwo' not found in `markers`" in done.stdout


LAW = """
from hypothesis import given, settings, strategies as st

seen = []


@settings(max_examples=40)
@given(st.integers())
def test_a_law(number):
    seen.append(number)


@given(st.integers())
def test_a_law_that_names_no_count(number):
    seen.append(number)


def test_the_count():
    assert len(seen) == COUNT
"""


@pytest.mark.parametrize(("options", "count"), [((), 140), (("--examples-at-most=3",), 6), (("--examples-at-most=50",), 90)], ids=str)
def test_a_law_is_tried_on_so_many_examples_at_most(options: tuple[str, ...], count: int, root: Path, tmp_path: Path) -> None:
    """So `make quick` sees a little of every law, `make test` more, and `make laws` all of it."""
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "test_law.py").write_text(LAW.replace("COUNT", str(count)))
    done = _call(root, "python", "-m", "pytest", "-q", "-p", "tests.conftest", "-p", "no:cacheprovider", *options, str(tmp_path))
    assert done.returncode == 0, done.stdout
