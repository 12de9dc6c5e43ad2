"""What others have collected, ask for or report, as a library: records that come in disorder, and messages of another ERP or MES."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from twin import run as path
from twin.library import (
    PlantLike,
    ScenarioLike,
    Watch,
    existing,
    new_journal,
    read_plant,
    read_recording,
    read_scenario,
    read_scenario_to_simulate,
    read_seed,
    read_span,
)
from twin.model.events import LotDispositionChanged, OperationsEvent
from twin.model.exchange.bounds import lot_sizes
from twin.model.exchange.messages import Message, read_message
from twin.model.exchange.properties import Told
from twin.model.measures import read_duration
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.model.states import Source
from twin.results.database.tabled import tabled
from twin.results.run import Run
from twin.store import files, ingest
from twin.store.exchange.scheduled_source import ScheduledSource
from twin.store.exchange.staffing import staffed
from twin.store.exchange.taking import is_own, sender_of, told_by_message
from twin.store.exchange.told_source import ToldSource
from twin.store.journal import Journal, JournalEntry, StoreError


def import_record(
    plant: PlantLike, record: Path | str, scenario: ScenarioLike = None, *, tolerance: str | None = None,
    journal: Journal | Path | str | None = None, watch: Watch | None = None, stop: threading.Event | None = None,
) -> Run:  # fmt: skip
    """Take in facts that others have collected, late, twice and out of order as they came, and carry them through MES and ERP.

    Parameters
    ----------
    record : JSON lines (see docs/IMPORTS.md), plain or gzipped, in the order in which they were received
    tolerance : how much out of order facts may be and still be put in order, as in "10 min"; left out, as much as the record needs.
        What comes later than that is a late fact, as it is of a live plant.

    `run.received` says what became of every message: received = taken + duplicates + refused.
    """
    read, asked, file = read_plant(plant), read_scenario(scenario, plant), existing(Path(record), "record")
    kept = new_journal(journal)
    known = files.apply_changes(read, asked).equipment
    door = file, known, asked.start_us, lot_sizes(read.materials)
    tolerance_us = ingest.needed_tolerance_us(ingest.read_received(*door)) if tolerance is None else read_duration(tolerance)
    source = ingest.ImportSource(ingest.read_received(*door), tolerance_us=tolerance_us)
    return tabled(import_facts(source, read, asked, journal=kept, watch=watch, stop=stop))


def import_facts(
    source: ingest.ImportSource, plant: Plant, scenario: Scenario, *,
    journal: Journal | None = None, watch: Watch | None = None, stop: threading.Event | None = None,
) -> Run:  # fmt: skip
    """The same of what is no file: once and in order (see `twin.store.ingest`), with the counts of what came."""
    run = path.take_in(source, plant, scenario, journal=journal, watch=watch, stop=stop)
    run.received = source.counts
    return run


def simulate_schedule(
    plant: PlantLike, schedule: Path | str | dict[str, Any], scenario: ScenarioLike = None, *, seed: int = 1, until: str | None = None,
    engine: str = "compiled", journal: Journal | Path | str | None = None, watch: Watch | None = None, stop: threading.Event | None = None,
) -> Run:  # fmt: skip
    """`simulate`, with an OperationsSchedule of another ERP in place of what ours would plan; it still buys, ships and keeps the books.

    Raises
    ------
    PlantFileError : with everything that is wrong in the message
    """
    asked = _told(read_scenario_to_simulate(scenario, plant), "planning")
    read = files.apply_changes(read_plant(plant), asked)
    told = [it.event for it in _told_by([schedule], read, "mes", asked.start_us)]
    source = ScheduledSource(path.simulated(read, asked, read_seed(seed), read_span(until), engine), told)
    return tabled(path.carry(source, Run(read, asked, new_journal(journal), seed=seed), watch, stop))


def read_personnel(plant: PlantLike, *messages: Path | str | dict[str, Any]) -> tuple[Plant, dict[str, Any]]:
    """The plant with the persons, classes and qualifications that messages (PersonnelInformation) say, one after the other.

    Beside it what that changes, as a scenario writes its `changes`. What a message does not say stays as it is.

    Raises
    ------
    PlantFileError : with everything that is wrong in a message, or would be wrong in the plant
    """
    read = read_plant(plant)
    changes: dict[str, Any] = {}
    for it in messages:
        message, file = _message(it)
        read, more = staffed(message, read, file)
        changes |= more.changes
    return read, changes


def keep_books(
    plant: PlantLike, messages: Iterable[Path | str | dict[str, Any]], record: Path | str | Iterable[JournalEntry | OperationsEvent],
    scenario: ScenarioLike = None, *, journal: Journal | Path | str | None = None, watch: Watch | None = None,
    stop: threading.Event | None = None,
) -> Run:  # fmt: skip
    """Carry what another MES tells (OperationsPerformance, OperationsEvent) through our ERP alone.

    `record` has what our ERP knows by itself: time passing, customer orders, deliveries, counted stock; a saved run, a journal or events,
    of which all else is left out.

    Raises
    ------
    PlantFileError : with everything that is wrong in the messages
    """
    read, asked = read_plant(plant), read_scenario(scenario, plant)
    told = _told_by(messages, read, "erp", asked.start_us)
    recorded = read_recording(record, read, asked).entries
    ours = [it.event for it in recorded if isinstance(it, JournalEntry) and it.source != Source.RULE and is_own(it.event)]
    ours += [it for it in recorded if isinstance(it, OperationsEvent) and is_own(it)]
    books = _told(asked, "decisions")
    return tabled(path.take_in(ToldSource(ours, told), read, books, journal=new_journal(journal), watch=watch, stop=stop))


def _told(scenario: Scenario, policy: str) -> Scenario:
    """The same scenario, in which somebody else decides that."""
    return scenario.model_copy(update={"policies": scenario.policies.model_copy(update={policy: "told"})})


def _told_by(messages: Iterable[Path | str | dict[str, Any]], plant: Plant, side: str, now_us: int) -> list[Told]:
    """What messages tell, from files or as they are."""
    found: list[Told] = []
    for it in messages:
        message, file = _message(it)
        held = {it.event.lot for it in found if isinstance(it.event, LotDispositionChanged) and it.event.sender == sender_of(message)}
        found += told_by_message(message, plant, side, now_us, file, held=held)
    return found


def _message(it: Path | str | dict[str, Any]) -> tuple[Message, str]:
    """A message from a file, with its name, or as it is."""
    file = "" if isinstance(it, dict) else str(existing(Path(it), "message"))
    return read_message(json.dumps(it) if isinstance(it, dict) else _read(Path(it)), file), file


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise StoreError(f"'{file}' cannot be read: {error.strerror}; allowed: a file with a message") from None
