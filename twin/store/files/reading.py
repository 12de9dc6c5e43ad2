"""Plant folders and scenario files, read and checked: a Plant or a Scenario, or every problem at once."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from twin.model.checks import check_plant, check_scenario
from twin.model.materials import Materials
from twin.model.measures import Table
from twin.model.plant import Plant, PlantFile
from twin.model.problems import Document, Finding, KeyPath, PlantFileError, Problem
from twin.model.scenario import Scenario
from twin.model.signals import SignalMap
from twin.store.files.changes import examine_changes
from twin.store.files.complaints import findings
from twin.store.files.currencies import other_currencies
from twin.store.files.marked_yaml import MarkedText, read_marked
from twin.store.files.mending import follows, mend

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
    """The plant in `folder`, and what is wrong with its files: with any problem, the plant is not to be used."""
    if not folder.is_dir():
        allowed = "a folder with plant.yaml and items.yaml"
        return None, [Problem(file=str(folder), line=1, column=1, what="there is no such folder", allowed=allowed)]
    texts = {
        document: read_marked(folder / name)
        for document, (name, _) in DOCUMENTS.items()
        if document != "signals" or (folder / name).exists()
    }
    problems = [problem for text in texts.values() for problem in text.problems]
    found: list[Finding] = []
    tables: dict[Document, Any] = {}
    mended: dict[Document, list[KeyPath]] = defaultdict(list)
    for document, text in texts.items():
        tables[document], wrong = shape(document, DOCUMENTS[document][1], text.data)
        found += wrong
        if wrong:
            tables[document], mended[document] = mend(DOCUMENTS[document][1], text.data, wrong)
    plant: Plant | None = None
    if tables["plant"] is not None and tables["items"] is not None:
        plant = Plant(layout=tables["plant"], materials=tables["items"], signals=tables.get("signals"))
        found += [finding for finding in check_plant(plant) if not follows(finding, mended[finding.document])]
        currency = plant.layout.currency
        found += [*other_currencies("plant", texts["plant"].data, currency), *other_currencies("items", texts["items"].data, currency)]
    return plant, problems + [texts[finding.document].problem(finding) for finding in found]


def shape(document: Document, model: type[T], data: Any) -> tuple[T | None, list[Finding]]:
    """The data as a table of the model, or what is wrong with its keys and values. Nothing is wrong with no data: its text is."""
    if data is None:
        return None, []
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, list(findings(document, model, data, error))


def read_scenario(path: Path | str, plant: Plant) -> Scenario:
    """The scenario in the file at `path`, which asks something of `plant`. Its changes are not made yet: see `apply_changes`.

    Raises
    ------
    PlantFileError : with every problem of the file, its changes to the plant included
    """
    scenario, problems = examine_scenario(read_marked(Path(path)), plant)
    if problems or scenario is None:
        raise PlantFileError(problems)
    return scenario


def examine_scenario(text: MarkedText, plant: Plant) -> tuple[Scenario | None, list[Problem]]:
    """The scenario in `text`, and what is wrong with it: with any problem, the scenario is not to be used."""
    scenario, found = shape("scenario", Scenario, text.data)
    mended: list[KeyPath] = []
    if found:
        scenario, mended = mend(Scenario, text.data, found)
    if scenario is not None:
        changed, wrong = examine_changes(plant, scenario.changes)
        found += [finding for finding in (*wrong, *check_scenario(scenario, changed or plant)) if not follows(finding, mended)]
    return scenario, text.problems + [text.problem(finding) for finding in found]
