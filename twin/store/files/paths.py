"""`twin check PATH...`: every problem of plant folders, of single files, and of folders of scenarios."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from twin.model.plant import Plant
from twin.model.problems import Document, Finding, Problem, did_you_mean, listed
from twin.model.scenario import Scenario
from twin.store.files.changes import apply_changes
from twin.store.files.marked_yaml import MarkedText, read_marked
from twin.store.files.reading import DOCUMENTS, ExaminedPlant, examine_plant, examine_scenario, no_folder, shape

_TELLING_KEYS: dict[Document, set[str]] = {
    "plant": {"process_segments", "routings", "work_centers"},
    "items": {"materials"},
    "signals": {"connections"},
}
"""Keys that tell what a file of any other name is; without any, it is a scenario."""
_FOLDER = re.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


def check_paths(
    paths: Iterable[Path | str], plant_folder: Path | str | None = None, beyond: Callable[[Plant], Iterable[Finding]] | None = None
) -> list[Problem]:
    """What is wrong with the files at `paths`, in the order of files and lines; empty if all can be used.

    Parameters
    ----------
    paths : plant folders, single files of a plant, scenarios, or folders that hold any of these
    plant_folder : the plant that scenarios ask something of; None: `../../plant_models/<plant>`, seen from the scenario's file
    beyond : what else can be wrong with a plant whose files can be read, as what its materials would cost
    """
    check = _Check(Path(plant_folder) if plant_folder is not None else None, beyond)
    return sorted({problem for path in paths for problem in check.path(Path(path))})


def plant_folder_of(scenario_file: Path | str) -> Path:
    """The folder of the plant that a scenario names: `../../plant_models/<plant>`, seen from the scenario's file.

    Raises
    ------
    ValueError : no such file, or no such plant
    """
    file = Path(scenario_file)
    if not file.is_file():
        raise ValueError(f"{file}: there is no such scenario file; allowed: {_scenarios_beside(file)}")
    data = read_marked(file).data
    wanted = data.get("plant") if isinstance(data, dict) else None
    folder = file.resolve().parent.parent.parent / "plant_models" / str(wanted)
    if not isinstance(wanted, str) or not _FOLDER.fullmatch(wanted) or not folder.is_dir():
        raise ValueError(f"{file}: its plant '{wanted}' is not found from there; allowed: a plant in plant_models, two folders up")
    return folder


def _scenarios_beside(file: Path) -> str:
    known = sorted(it.name for it in file.parent.glob("*.yaml")) if file.parent.is_dir() else []
    return f"in {file.parent}, {listed(known)}{did_you_mean(file.name, known)}" if known else "a file in scenarios/<plant>"


def _problem(file: Path, what: str, allowed: str = "") -> Problem:
    return Problem(file=str(file), line=1, column=1, what=what, allowed=allowed)


class _Check:
    """Reads each plant once, however many scenarios ask something of it."""

    def __init__(self, plant_folder: Path | None, beyond: Callable[[Plant], Iterable[Finding]] | None) -> None:
        self._plant_folder, self._beyond = plant_folder, beyond
        self._plants: dict[Path, ExaminedPlant | Problem] = {}
        self._folders: set[Path] = set()  # that were looked into: links may lead back to one

    def path(self, path: Path) -> list[Problem]:
        try:
            if path.is_dir():
                return self._folder(path)
            if not os.path.lexists(path):
                return [_problem(path, "there is no such file or folder")]
        except OSError as error:
            return [_problem(path, f"this cannot be read: {error.strerror}")]
        except ValueError:
            return [_problem(path, "no file can have such a name")]
        return self._file(path)

    def _folder(self, folder: Path) -> list[Problem]:
        """A plant, else every scenario in it and every folder in it."""
        if any((folder / name).exists() for name, _ in DOCUMENTS.values()):
            return self._problems_of_plant(folder)
        if folder.resolve() in self._folders:
            return []
        self._folders.add(folder.resolve())
        inside = sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml") or (path.is_dir() and path.name[0] != "."))
        if not inside:
            return [
                _problem(folder, "there is no plant and no scenario in this folder", "plant.yaml with items.yaml, or scenarios as *.yaml")
            ]
        return [problem for path in inside for problem in self.path(path)]

    def _plant(self, folder: Path) -> ExaminedPlant | Problem:
        """The plant in the folder, or that there is no such folder."""
        if folder not in self._plants:
            self._plants[folder] = no_folder(folder) or self._examined(folder)
        return self._plants[folder]

    def _examined(self, folder: Path) -> ExaminedPlant:
        found = examine_plant(folder)
        if self._beyond and not found.problems and (findings := [*self._beyond(found.plant)]):
            texts = {document: read_marked(folder / DOCUMENTS[document][0]) for document in {it.document for it in findings}}
            found.problems.extend(texts[it.document].problem(it) for it in findings)
        return found

    def _problems_of_plant(self, folder: Path) -> list[Problem]:
        examined = self._plant(folder)
        return [examined] if isinstance(examined, Problem) else examined.problems

    def _file(self, file: Path) -> list[Problem]:
        document = next((document for document, (name, _) in DOCUMENTS.items() if name == file.name), None)
        if document is not None and all((file.parent / DOCUMENTS[other][0]).exists() for other in ("plant", "items")):
            return [problem for problem in self._problems_of_plant(file.parent) if problem.file == str(file)]
        text = read_marked(file)
        keys = set(text.data) if isinstance(text.data, dict) else set()
        kind = document or next((kind for kind, telling in _TELLING_KEYS.items() if telling & keys), "scenario")
        if kind not in DOCUMENTS:
            return self._scenario(file, text)
        return shape(kind, DOCUMENTS[kind][1], text)[1]

    def _scenario(self, file: Path, text: MarkedText) -> list[Problem]:
        """A scenario and its plant; the scenario by itself if there is no such plant."""
        wanted = text.data.get("plant") if isinstance(text.data, dict) else None
        folder, others = self._folder_of(file, wanted)
        if folder is not None:
            examined = self._plant(folder)
            if isinstance(examined, Problem):
                return [*shape("scenario", Scenario, text)[1], examined]
            scenario, found = examine_scenario(text, examined.plant, examined.doubts)
            if self._beyond and scenario.changes and not found and not examined.problems:
                findings = self._beyond(apply_changes(examined.plant, scenario))
                found = [text.problem(replace(it, document="scenario", path=("changes",), at_key=True)) for it in findings]
            return found + examined.problems
        own = shape("scenario", Scenario, text)[1]
        if not isinstance(wanted, str):
            return own
        line, column = text.values["plant",]
        what = f"no plant is called '{wanted}'{did_you_mean(wanted, others)}"
        allowed = listed(others) if others else "a plant in the folder plant_models, two folders up"
        return [*own, Problem(file=str(file), line=line, column=column, what=what, allowed=allowed)]

    def _folder_of(self, file: Path, plant: object) -> tuple[Path | None, list[str]]:
        """The folder of the plant that a scenario names, or None and the plants that there are."""
        if self._plant_folder is not None:
            return self._plant_folder, []
        plants = file.parent / ".." / ".." / "plant_models"
        if not isinstance(plant, str) or not _FOLDER.fullmatch(plant) or not (plants / plant).is_dir():
            return None, sorted(path.name for path in plants.glob("*") if path.is_dir())
        shown = plants / plant
        return Path(os.path.relpath(shown)) if not file.is_absolute() else Path(os.path.normpath(shown)), []
