"""record.yaml: which records lie in a folder, and which reader knows their shape."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from twin.model.measures import PositiveUs, Table
from twin.model.plant import Plant
from twin.model.problems import PlantFileError, Problem, listed
from twin.model.scenario import Scenario
from twin.store.files import apply_changes
from twin.store.files.marked_yaml import read_marked
from twin.store.files.reading import shape
from twin.store.records.machine_day import DEFAULT_SILENCE_US, read_machine_day
from twin.store.records.operations import OperationsFiles, read_operations
from twin.store.records.record import Record, end_us, read_instant_us


class OperationsRecord(Table):
    """A record of operations; file names are relative to record.yaml."""

    reader: Literal["operations"]
    title: str = ""
    begins: AwareDatetime
    ends: AwareDatetime
    operations: str
    products: dict[str, str]
    program_status: str | None = None
    inspection: str | None = None
    inspected: AwareDatetime | None = None


class MachineDayRecord(Table):
    """The raw stream of one machine's adapter. Longer without a line than `silence`: nobody knows."""

    reader: Literal["machine_day"]
    title: str = ""
    begins: AwareDatetime
    ends: AwareDatetime
    stream: str
    equipment: str
    silence: PositiveUs = DEFAULT_SILENCE_US


OF_MACHINES = (".csv", ".txt", ".gz")
DeclaredRecord = Annotated[OperationsRecord | MachineDayRecord, Field(discriminator="reader")]


class RecordFile(Table):
    """The contents of record.yaml."""

    records: Annotated[dict[str, DeclaredRecord], Field(min_length=1)]


def read_record(path: Path | str, plant: Plant, scenario: Scenario) -> Record:
    """The record at `path`, as facts of the plant that `scenario` asks about.

    Parameters
    ----------
    path : a plant folder with `record/record.yaml`, or the folder of a record.yaml, or that file: the record whose time
        overlaps the scenario's is read. Or one file by its suffix: `.csv` is a record of operations, `.txt` and `.txt.gz` the
        stream of a machine, whose name begins the file's name
    plant : as its files say, before the scenario's changes

    Raises
    ------
    PlantFileError : there is no such record, or the files of it cannot be used
    """
    path = Path(path)
    changed = apply_changes(plant, scenario)
    try:
        if path.suffix in OF_MACHINES:
            return _read_file(path, changed, scenario)
        return _read_declared(_declaration(path), changed, scenario)
    except OSError as error:
        raise PlantFileError(
            [Problem(file=str(error.filename or path), line=0, column=0, what=f"cannot be read: {error.strerror}")]
        ) from error


def refuse_no_record(path: Path) -> None:
    """Refuse a file that can be no record by its suffix, before anything is asked of the scenario.

    Raises
    ------
    ValueError : what it is not, and what is allowed
    """
    if path.is_file() and path.suffix not in (*OF_MACHINES, ".yaml", ".yml"):
        raise ValueError(
            f"{path}: this is no record; allowed: the folder of a saved run (its events.parquet), a journal (.db, .sqlite or a database"
            " URL), a folder with record/record.yaml, or a record.yaml, .csv, .txt or .txt.gz of real machines"
        )


def _declaration(path: Path) -> Path:
    """The record.yaml that `path` means."""
    for candidate in (path, path / "record.yaml", path / "record" / "record.yaml"):
        if candidate.is_file():
            return candidate
    allowed = "a folder with record/record.yaml, a record.yaml, a .csv, a .txt or a .txt.gz"
    raise PlantFileError([Problem(file=str(path), line=0, column=0, what="no record lies here", allowed=allowed)])


def _read_declared(path: Path, plant: Plant, scenario: Scenario) -> Record:
    text = read_marked(path)
    declared, problems = shape("record", RecordFile, text)
    if problems:
        raise PlantFileError(problems)
    for name, record in declared.records.items():
        if _us(record.begins) < end_us(scenario) and scenario.start_us < _us(record.ends):
            return _read_one(path.parent, record, plant, scenario, record.title or name)
    times = listed(f"{name} ({r.begins.date()} to {r.ends.date()})" for name, r in declared.records.items())
    what = f"no record covers {scenario.start.isoformat()} and the time asked for after it"
    raise PlantFileError([Problem(file=str(path), line=1, column=1, what=what, allowed=times)])


def _read_one(folder: Path, record: OperationsRecord | MachineDayRecord, plant: Plant, scenario: Scenario, title: str) -> Record:
    if isinstance(record, MachineDayRecord):
        stream = folder / record.stream
        return read_machine_day(stream, plant, scenario, equipment=record.equipment, silence_us=record.silence, title=title)
    files = OperationsFiles(
        operations=folder / record.operations,
        products=record.products,
        program_status=folder / record.program_status if record.program_status else None,
        inspection=folder / record.inspection if record.inspection else None,
        inspected_us=_us(record.inspected or record.ends),
    )
    return read_operations(files, plant, scenario, title=title)


def _read_file(path: Path, plant: Plant, scenario: Scenario) -> Record:
    """One file without a declaration: products are materials by their name in capitals, the machine is named by the file."""
    if path.suffix == ".csv":
        products = {name.capitalize(): name for name in plant.layout.routings}
        return read_operations(OperationsFiles(operations=path, products=products), plant, scenario)
    machine = next((name for name in plant.equipment if path.name.lower().startswith(name.lower())), None)
    if machine is None:
        what = "the name of the file begins with no equipment of the plant"
        raise PlantFileError([Problem(file=str(path), line=0, column=0, what=what, allowed=listed(plant.equipment))])
    return read_machine_day(path, plant, scenario, equipment=machine)


def _us(instant: datetime) -> int:
    return read_instant_us(instant.isoformat())
