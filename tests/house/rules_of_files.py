"""What the files around the code keep to: dependencies in step, no machine in any text, notebooks without outputs."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from tests.house.tracked import place, tracked_files

CONDA_EXTRAS = ("lab",)  # what environment.yml carries besides the dependencies of the library itself
# Written in two parts, so that this file does not trip over itself.
HOSTS = tuple(
    name + end
    for name, end in (
        ("pypi", ".org"),
        ("pythonhosted", ".org"),
        ("npmjs", ".org"),
        ("npmjs", ".com"),
        ("yarnpkg", ".com"),
        ("anaconda", ".org"),
        ("debian", ".org"),
    )
)
MACHINE_PATH = re.compile(r"(?<![\w.$}/*-])/(?:" + "wor" + "k|ro" + "ot|home|tm" + r"p|Users)/[\w.-]+")


def hosts_and_machine_paths(root: Path) -> list[str]:
    """No registry's host and no path of somebody's machine in any file: a clone works anywhere, with any mirror."""
    findings = []
    for path in tracked_files(root):
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue  # a picture, a compressed record
        for number, line in enumerate(lines, 1):
            findings += [f"{place(root, path, number)}: names the host {host}" for host in HOSTS if host in line]
            findings += [f"{place(root, path, number)}: names the path {found[0]}" for found in MACHINE_PATH.finditer(line)]
    return findings


def loose_constraints(root: Path) -> list[str]:
    """`constraints.txt` is pins alone (no header, option or host), and pins every dependency of pyproject.toml, extras too."""
    lines = (root / "constraints.txt").read_text().splitlines()
    pin = re.compile(r"[a-z0-9][a-z0-9._-]*==[^\s;]+( ; .+)?")
    findings = [f"constraints.txt:{number}: '{line}' is no pin" for number, line in enumerate(lines, 1) if not pin.fullmatch(line)]
    pinned: dict[NormalizedName, list[str]] = {}
    for line in filter(pin.fullmatch, lines):
        name, version = re.split("==| ;", line)[:2]
        pinned.setdefault(canonicalize_name(name), []).append(version)
    for requirement in _requirements(root, _project(root)["optional-dependencies"]):
        versions = pinned.get(canonicalize_name(requirement.name), [])
        if not versions:
            findings.append(f"constraints.txt: '{requirement}' of pyproject.toml is not pinned; make lock")
        wrong = [version for version in versions if version not in requirement.specifier]
        findings += [f"constraints.txt: {requirement.name}=={version} is not '{requirement}'" for version in wrong]
    return findings


def environment_differences(root: Path) -> list[str]:
    """`environment.yml` asks for what pyproject.toml asks for, with the same bounds."""
    wanted = {canonicalize_name(one.name): _bounds(str(one.specifier)) for one in _requirements(root, CONDA_EXTRAS)}
    wanted[canonicalize_name("python")] = _bounds(_project(root)["requires-python"])
    found = {}
    for line in yaml.safe_load((root / "environment.yml").read_text())["dependencies"]:
        name, _, bounds = line.partition(" ")
        if name != "pip":
            found[canonicalize_name(name)] = _bounds(bounds)
    nothing = ["nothing"]
    return [
        f"environment.yml: {name}: asks for {','.join(found.get(name, nothing))}, pyproject.toml for {','.join(wanted.get(name, nothing))}"
        for name in sorted(wanted.keys() | found.keys())
        if wanted.get(name) != found.get(name)
    ]


def notebooks_with_outputs(root: Path) -> list[str]:
    """Notebooks are kept without outputs, counts and machine-made metadata: a difference is a change that somebody made."""
    findings = []
    for path in tracked_files(root, ".ipynb"):
        for number, cell in enumerate(json.loads(path.read_text())["cells"], 1):
            if cell["cell_type"] == "code" and (cell.get("outputs") or cell.get("execution_count") is not None):
                findings.append(f"{place(root, path)}: cell {number} has outputs or a count; clear them")
    return findings


def _project(root: Path) -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    return project


def _requirements(root: Path, extras: Iterable[str]) -> list[Requirement]:
    project = _project(root)
    lines = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    return [Requirement(line) for line in lines]


def _bounds(text: str) -> list[str]:
    return sorted(bound.strip() for bound in text.split(",") if bound.strip())
