"""Who may import whom: the contracts of import-linter hold and bite, and `import twin` stays light."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

HEAVY = ("numba", "pandas", "panel", "holoviews", "bokeh", "pyarrow", "asyncua", "pymodbus")
# One forbidden import for each contract: contract id -> (file, what it must not import).
FORBIDDEN = {
    "rooms": [("twin/model/lots.py", "twin.run"), ("twin/mes/seen.py", "twin.erp"), ("twin/cellar.py", "json")],
    "results": [("twin/results/peek.py", "twin.simulation")],
    "twin": [("twin/store/wire.py", "hardware_bridge")],
    "bridge": [("hardware_bridge/clever.py", "twin.mes"), ("hardware_bridge/whole.py", "twin")],
    "panel": [("twin/results/page.py", "panel")],
    "frames": [("twin/mes/frame.py", "pandas"), ("hardware_bridge/picture.py", "holoviews")],
    "wire": [("twin/store/plc.py", "asyncua")],
    "simpy": [("twin/mes/clock.py", "simpy")],
    "database": [("twin/erp/ledger_table.py", "sqlalchemy")],
    "terminal": [("twin/mes/talk.py", "rich")],
    "numba": [("twin/erp/fast.py", "numba")],
    "model": [("twin/model/arrays.py", "numpy")],
    "tests": [("twin/mes/prove.py", "pytest")],
}


@pytest.fixture
def sample(root: Path, tmp_path: Path) -> Path:
    """The whole code, to be broken; what a sample needs and is not written yet stands in as an empty room."""
    shutil.copy(root / "pyproject.toml", tmp_path)
    for package in ("twin", "hardware_bridge"):
        if (root / package).exists():
            shutil.copytree(root / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    for room in ("hardware_bridge", *(f"twin/{name}" for name in ("mes", "erp", "store", "simulation", "results"))):
        (tmp_path / room).mkdir(exist_ok=True)
        (tmp_path / room / "__init__.py").touch()
    return tmp_path


def _contracts(root: Path) -> dict[str, str]:
    """Contract id -> its sentence."""
    return {one["id"]: one["name"] for one in tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]}


def _broken(folder: Path) -> set[str]:
    """The sentences that `lint-imports` finds broken in `folder`."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, check=False, cwd=folder, capture_output=True, text=True, timeout=120)
    assert "Contracts:" in done.stdout, done.stdout + done.stderr
    found = set(re.findall(r"^(.+) BROKEN", done.stdout, re.MULTILINE))
    assert bool(found) == bool(done.returncode)
    return found


def test_the_project_keeps_every_contract(sample: Path) -> None:
    assert _broken(sample) == set()


def test_every_contract_has_a_sample_that_breaks_it(root: Path) -> None:
    assert FORBIDDEN.keys() == _contracts(root).keys()


@pytest.mark.parametrize("contract", FORBIDDEN)
def test_a_forbidden_import_breaks_its_contract(contract: str, sample: Path) -> None:
    before = _broken(sample)
    for file, what in FORBIDDEN[contract]:
        (sample / file).write_text(f"import {what}\n")
        assert _contracts(sample)[contract] in _broken(sample) - before, f"{file} may import {what}"
        (sample / file).unlink()


def test_import_twin_is_light(root: Path) -> None:
    program = f"import sys, twin; print(*[name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], cwd=root, check=True, capture_output=True, text=True)
    assert done.stdout.split() == []
