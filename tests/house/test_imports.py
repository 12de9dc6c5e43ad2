"""Who may import whom: the contracts of import-linter hold and bite, and `import twin` stays light."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

HEAVY = (
    "numba",
    "scipy",
    "pandas",
    "panel",
    "holoviews",
    "bokeh",
    "pyarrow",
    "asyncua",
    "pymodbus",
    "fastapi",
    "xlsxwriter",
    "typst",
    "duckdb",
)
# Forbidden imports for each contract: contract id -> [(module, what it must not import)].
FORBIDDEN = {
    "rooms": [("twin.model.lots", "twin.run"), ("twin.mes.seen", "twin.erp"), ("twin.results.look", "twin.apps")],
    "results": [("twin.results.peek", "twin.simulation")],
    "twin": [("twin.store.wire", "hardware_bridge")],
    "bridge": [("hardware_bridge.clever", "twin.mes"), ("hardware_bridge.whole", "twin")],
    "panel": [("twin.results.page", "panel"), ("twin.command.page", "panel_material_ui")],
    "frames": [("twin.mes.frame", "pandas"), ("hardware_bridge.picture", "holoviews"), ("twin.erp.glyph", "bokeh")],
    "wire": [("twin.store.plc", "asyncua"), ("twin.simulation.plc", "pymodbus")],
    "simpy": [("twin.mes.clock", "simpy")],
    "database": [("twin.erp.ledger_rows", "sqlalchemy"), ("hardware_bridge.page", "pyarrow"), ("twin.results.past", "duckdb")],
    "terminal": [("twin.mes.talk", "rich"), ("twin.apps.ask", "typer")],
    "numba": [("twin.erp.fast", "numba")],
    "study": [("twin.results.spread", "scipy"), ("twin.mes.guess", "optuna"), ("twin.command.cluster", "distributed")],
    "labels": [("twin.apps.sticker", "segno"), ("twin.mes.sticker", "barcode")],
    "web": [("twin.results.serve", "fastapi"), ("twin.command.listen", "uvicorn")],
    "office": [("twin.apps.sheet", "xlsxwriter"), ("twin.command.paper", "typst")],
    "model": [("twin.model.arrays", "numpy")],
    "tests": [("twin.mes.prove", "pytest")],
}


def _copy(root: Path, folder: Path) -> Path:
    """The whole code, to be broken; a room that a sample needs and that is not written yet stands in empty."""
    shutil.copy(root / "pyproject.toml", folder)
    for package in ("twin", "hardware_bridge"):
        if (root / package).exists():
            shutil.copytree(root / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    for module in {name for imports in FORBIDDEN.values() for name, _ in imports}:
        room = folder.joinpath(*module.split(".")[:-1])
        room.mkdir(exist_ok=True)
        (room / "__init__.py").touch()
    return folder


def _contracts(root: Path) -> dict[str, str]:
    """Contract id -> its sentence."""
    return {one["id"]: one["name"] for one in tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]}


def _complaints(folder: Path) -> dict[str, str]:
    """What `lint-imports` says in `folder` about each broken contract: its sentence -> the offending imports."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    done = subprocess.run(command, check=False, cwd=folder, capture_output=True, text=True, timeout=200)
    broken = re.findall(r"^(.+) BROKEN", done.stdout, re.MULTILINE)
    assert "Contracts:" in done.stdout, done.stdout + done.stderr
    assert bool(broken) == bool(done.returncode)
    details = done.stdout.partition("Broken contracts")[2]
    parts = {name: details.find(f"\n{name}\n---") for name in broken}
    ends = sorted([*parts.values(), len(details)])
    return {name: details[start : ends[ends.index(start) + 1]] for name, start in parts.items()}


@pytest.fixture(scope="module")
def complaints(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is said of the code with all the forbidden imports in it, each in a module of its own."""
    folder = _copy(root, tmp_path_factory.mktemp("broken"))
    for imports in FORBIDDEN.values():
        for module, what in imports:
            folder.joinpath(*module.split(".")).with_suffix(".py").write_text(f"import {what}\n")
    return _complaints(folder)


def test_the_project_keeps_every_contract(root: Path, tmp_path: Path) -> None:
    assert _complaints(_copy(root, tmp_path)) == {}


def test_every_contract_has_a_sample_that_breaks_it(root: Path) -> None:
    assert FORBIDDEN.keys() == _contracts(root).keys()


@pytest.mark.xdist_group("contracts")
@pytest.mark.parametrize("contract", FORBIDDEN)
def test_a_forbidden_import_breaks_its_contract(contract: str, root: Path, complaints: dict[str, str]) -> None:
    said = complaints[_contracts(root)[contract]]
    for module, what in FORBIDDEN[contract]:
        assert re.search(rf"{re.escape(module)} -> {re.escape(what)}\b", said), f"{module} may import {what}"


def test_a_room_without_its_place_in_the_layers_is_found(root: Path, tmp_path: Path) -> None:
    folder = _copy(root, tmp_path)
    (folder / "twin" / "cellar.py").write_text("import json\n")
    said = _complaints(folder)
    assert list(said) == [_contracts(root)["rooms"]]
    assert "cellar" in said[_contracts(root)["rooms"]]


def test_import_twin_is_light(root: Path) -> None:
    program = f"import sys, twin; print(*[name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], cwd=root, check=True, capture_output=True, text=True)
    assert done.stdout.split() == []
