"""Plant folders and scenario files, read and checked: a Plant or a Scenario, or every problem at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from twin.model.materials import Materials
from twin.model.measures import Table
from twin.model.plant import Plant, PlantFile
from twin.model.problems import Document, Finding, PlantFileError, Problem
from twin.model.scenario import Scenario
from twin.model.signals import SignalMap
from twin.store.files.complaints import findings
from twin.store.files.marked_yaml import MarkedText, read_marked

DOCUMENTS: dict[Document, tuple[str, type[Table]]] = {
    "plant": ("plant.yaml", PlantFile),
    "items": ("items.yaml", Materials),
    "signals": ("signals.yaml", SignalMap),
}
"""The files of a plant folder; signals.yaml may be left out."""

T = TypeVar("T", bound=Table)


def read_plant(folder: Path | str) -> Plant:
    """The plant in `folder`, from plant.yaml, items.yaml and, if there is one, signals.yaml.

    Raises
    ------
    PlantFileError : with every problem of all the files
    """
    plant, problems = examine_plant(Path(folder))
    if problems or plant is None:
        raise PlantFileError(problems)
    return plant


def examine_plant(folder: Path) -> tuple[Plant | None, list[Problem]]:
    """The plant in `folder` if it can be read, and what is wrong with its files."""
    if not folder.is_dir():
        return None, [
            Problem(file=str(folder), line=1, column=1, what="there is no such folder", allowed="a folder with plant.yaml and items.yaml")
        ]
    texts = {
        document: read_marked(folder / name)
        for document, (name, _) in DOCUMENTS.items()
        if document != "signals" or (folder / name).exists()
    }
    problems = [problem for text in texts.values() for problem in text.problems]
    tables: dict[Document, Any] = {}
    for document, text in texts.items():
        table, found = shape(document, DOCUMENTS[document][1], text)
        problems += [text.problem(finding) for finding in found]
        tables[document] = table
    if any(table is None for table in tables.values()):
        return None, problems
    plant = Plant(layout=tables["plant"], materials=tables["items"], signals=tables.get("signals"))
    return plant, problems


def shape(document: Document, model: type[T], text: MarkedText) -> tuple[T | None, list[Finding]]:
    """The text as a table of the model, or what is wrong with its keys and values."""
    if text.data is None:
        return None, []
    try:
        return model.model_validate(text.data), []
    except ValidationError as error:
        return None, list(findings(document, model, text.data, error))


def read_scenario(path: Path | str, plant: Plant) -> Scenario:
    """The scenario in the file at `path`, which asks something of `plant`.

    Raises
    ------
    PlantFileError : with every problem of the file, its changes to the plant included
    """
    text = read_marked(Path(path))
    problems = list(text.problems)
    scenario, found = shape("scenario", Scenario, text)
    problems += [text.problem(finding) for finding in found]
    if problems or scenario is None:
        raise PlantFileError(problems)
    return scenario
