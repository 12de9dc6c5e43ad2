"""The rules of the other files hold, and each is shown to bite on a broken sample."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.house import rules_of_files as rules

Rule = Callable[[Path], list[str]]


@pytest.fixture
def sample(root: Path, tmp_path: Path) -> Path:
    """The files of the environment, to be broken."""
    for name in ("pyproject.toml", "constraints.txt", "environment.yml"):
        shutil.copy(root / name, tmp_path / name)
    return tmp_path


def _edit(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))


@pytest.mark.parametrize(
    "rule", [rules.hosts_and_machine_paths, rules.loose_constraints, rules.environment_differences, rules.notebooks_with_outputs]
)
def test_the_project_keeps_the_rule(rule: Rule, root: Path) -> None:
    assert rule(root) == []


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("index = https://pypi" + ".org/simple\n", "names the host"),
        ('"resolved": "https://registry.npmjs' + '.org/node-opcua"\n', "names the host"),
        ("see /ro" + "ot/plant/plan.md\n", "names the path"),
        ("open('/tm" + "p/journal')\n", "names the path"),
    ],
)
def test_a_host_or_a_machine_path_is_found(text: str, finding: str, tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("first line\n" + text)
    assert finding in rules.hosts_and_machine_paths(tmp_path)[0]
    assert "notes.md:2" in rules.hosts_and_machine_paths(tmp_path)[0]


def test_paths_that_are_no_machines_pass(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("tests/rooms/work/x, https://host.example/home/page, plant_models/tmp/x, /usr/share\n")
    assert rules.hosts_and_machine_paths(tmp_path) == []


@pytest.mark.parametrize(
    "line", ["# made by uv", "--index-url https://mirror.example/simple", "numpy>=2", "numpy @ https://mirror.example/numpy.whl"]
)
def test_constraints_are_pins_alone(line: str, sample: Path) -> None:
    (sample / "constraints.txt").write_text(line + "\n" + (sample / "constraints.txt").read_text())
    assert rules.loose_constraints(sample) == [f"constraints.txt:1: '{line}' is no pin"]


def test_a_dependency_without_a_pin_is_found(sample: Path) -> None:
    _edit(sample / "pyproject.toml", '"simpy>=4.1.1"', '"simpy>=4.1.1", "salabim>=24"')
    assert "'salabim>=24' of pyproject.toml is not pinned" in rules.loose_constraints(sample)[0]


def test_a_pin_outside_its_bounds_is_found(sample: Path) -> None:
    _edit(sample / "pyproject.toml", '"simpy>=4.1.1"', '"simpy>=5"')
    assert "is not 'simpy>=5'" in rules.loose_constraints(sample)[0]


@pytest.mark.parametrize(
    ("before", "after", "finding"),
    [("  - simpy >=4.1.1\n", "", "simpy"), ("numpy >=2.0", "numpy >=1.26", "numpy"), ("python >=3.11,<3.14", "python >=3.10", "python")],
)
def test_an_environment_out_of_step_is_found(before: str, after: str, finding: str, sample: Path) -> None:
    _edit(sample / "environment.yml", before, after)
    assert [line.split(":")[1].strip() for line in rules.environment_differences(sample)] == [finding]


@pytest.mark.parametrize("left", [{"execution_count": 3}, {"outputs": [{"output_type": "stream", "name": "stdout", "text": "42"}]}])
def test_a_notebook_with_outputs_is_found(left: dict[str, object], tmp_path: Path) -> None:
    cell: dict[str, object] = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": "6 * 7"}
    (tmp_path / "clean.ipynb").write_text(json.dumps({"cells": [cell]}))
    (tmp_path / "left.ipynb").write_text(json.dumps({"cells": [cell, {**cell, **left}]}))
    assert rules.notebooks_with_outputs(tmp_path) == ["left.ipynb: cell 2 has outputs or a count; clear them"]
