"""Plant folders and scenario files, read and checked: a Plant or a Scenario, or every problem at once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from twin.model.checks import Doubts, check_plant, check_scenario
from twin.model.master_data.currencies import other_currencies
from twin.model.materials import Materials
from twin.model.measures import Table
from twin.model.plant import Plant, PlantFile
from twin.model.problems import Document, PlantFileError, Problem
from twin.model.scenario import Scenario
from twin.model.signals import SignalMap
from twin.store.files.beside.document_files import with_document_files
from twin.store.files.changes import examine_changes
from twin.store.files.marked_yaml import MarkedText, read_marked
from twin.store.files.mending import Mended, read_or_mend

DOCUMENTS: dict[Document, tuple[str, type[Table]]] = {
    "plant": ("plant.yaml", PlantFile),
    "items": ("items.yaml", Materials),
    "signals": ("signals.yaml", SignalMap),
}
"""The files of a plant folder; signals.yaml may be left out."""

T = TypeVar("T", bound=Table)


@dataclass(kw_only=True)
class ExaminedPlant:
    """A plant as its files say, mended where they cannot be read, with all that is wrong; with any problem, it is not to be used."""

    plant: Plant
    problems: list[Problem]
    doubts: Doubts


def read_plant(folder: Path | str) -> Plant:
    """The plant in `folder`, from plant.yaml, items.yaml and, if there is one, signals.yaml.

    Raises
    ------
    PlantFileError : with every problem of all the files
    """
    if wrong := no_folder(Path(folder)):
        raise PlantFileError([wrong])
    examined = examine_plant(Path(folder))
    if examined.problems:
        raise PlantFileError(examined.problems)
    return examined.plant


def no_folder(folder: Path) -> Problem | None:
    """What is wrong if there is no such folder."""
    if folder.is_dir():
        return None
    return Problem(file=str(folder), line=1, column=1, what="there is no such folder", allowed="a folder with plant.yaml and items.yaml")


def examine_plant(folder: Path) -> ExaminedPlant:
    """The plant in `folder`, and everything that is wrong with its files."""
    doubts = Doubts()
    texts = {
        document: read_marked(folder / name)
        for document, (name, _) in DOCUMENTS.items()
        if document != "signals" or os.path.lexists(folder / name)
    }
    read = {document: _as_far_as_it_goes(document, DOCUMENTS[document][1], text, doubts) for document, text in texts.items()}
    tables = {document: mended.table for document, mended in read.items()}
    plant = Plant(layout=tables["plant"], materials=tables["items"], signals=tables.get("signals"))
    found = list(check_plant(plant, doubts))
    plant, in_files = with_document_files(plant, folder)
    found += [finding for finding in in_files if not doubts.touch(finding)]
    for document in (document for document in ("plant", "items") if not doubts.is_unknown("plant", ("currency",))):
        amounts = other_currencies(document, read[document].written, plant.layout.currency)
        found += [finding for finding in amounts if not doubts.touch(finding)]
    found = [read[finding.document].in_text(finding) for finding in found]
    found += [finding for mended in read.values() for finding in mended.found]
    problems = [problem for text in texts.values() for problem in text.problems]
    problems += [texts[finding.document].problem(finding) for finding in found]
    return ExaminedPlant(plant=plant, problems=problems, doubts=doubts)


def _as_far_as_it_goes(document: Document, model: type[T], text: MarkedText, doubts: Doubts) -> Mended[T]:
    """The table in the text, mended if it must be. What stands twice under one name was meant to have two, and one is unknown."""
    for path in text.repeated_in:
        table: Any = text.data
        for part in path:
            if isinstance(table, list | dict):
                table = table.get(part) if isinstance(table, dict) else table[int(part)]
        doubts.add_incomplete(document, path, table if isinstance(table, dict) else ())
    return read_or_mend(document, model, text.data, doubts)


def shape(document: Document, model: type[T], text: MarkedText) -> tuple[T, list[Problem]]:
    """The text as a table of the model, and what is wrong with its keys and values: with any problem, the table is not to be used."""
    mended = read_or_mend(document, model, text.data, Doubts())
    return mended.table, text.problems + [text.problem(finding) for finding in mended.found]


def read_scenario(path: Path | str, plant: Plant) -> Scenario:
    """The scenario in the file at `path`, which asks something of `plant`. Its changes are not made yet: see `apply_changes`.

    Raises
    ------
    PlantFileError : with every problem of the file, its changes to the plant included
    """
    scenario, problems = examine_scenario(read_marked(Path(path)), plant, Doubts())
    if problems:
        raise PlantFileError(problems)
    return scenario


def examine_scenario(text: MarkedText, plant: Plant, doubts: Doubts) -> tuple[Scenario, list[Problem]]:
    """The scenario in `text`, and what is wrong with it: with any problem, the scenario is not to be used.

    `doubts` : what is in doubt in the plant, which may be a mended one
    """
    doubts = doubts.copy()
    mended = _as_far_as_it_goes("scenario", Scenario, text, doubts)
    changed, found = examine_changes(plant, mended.table.changes, doubts)
    found = [mended.in_text(finding) for finding in (*found, *check_scenario(mended.table, changed, doubts))]
    return mended.table, text.problems + [text.problem(finding) for finding in mended.found + found]
