"""A run on disk: its journal as a Parquet page, the plant and the scenario that it ran on, and its books as text for other programs."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import ValidationError

from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.results.run import Run
from twin.store.journal import StoreError
from twin.store.pages import read_page, write_page

EVENTS, PLANT, SCENARIO, SUMMARY = "events.parquet", "plant.json", "scenario.json", "summary.json"
LEDGER = "ledger.beancount"


def save(run: Run, folder: Path) -> Path:
    """Write a run into `folder`, which is made if it is not there. The page comes last: where it is, all of the run is.

    Raises
    ------
    StoreError : the folder cannot be written
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / PLANT).write_text(run.plant.model_dump_json(indent=1), encoding="utf-8")
        (folder / SCENARIO).write_text(run.scenario.model_dump_json(indent=1), encoding="utf-8")
        (folder / SUMMARY).write_text(json.dumps(run.summary(), indent=1), encoding="utf-8")
        (folder / LEDGER).write_text(run.ledger_text(), encoding="utf-8")
    except OSError as error:
        raise StoreError(f"'{folder}' cannot be written: {error.strerror}; allowed: a folder that may be written to") from None
    about = {"plant": run.plant.id, "scenario": run.scenario.title, "seed": "" if run.seed is None else run.seed}
    write_page(folder / EVENTS, run.journal.entries(), about)
    return folder


def load(folder: Path) -> Run:
    """Read a run back: MES and ERP apply the journal's events again, and must agree with what they had concluded then."""
    try:
        plant = Plant.model_validate_json((folder / PLANT).read_text(encoding="utf-8"))
        scenario = Scenario.model_validate_json((folder / SCENARIO).read_text(encoding="utf-8"))
        kept = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
        seed, head = kept["seed"], kept["journal_head"]
    except (OSError, ValidationError, ValueError, KeyError) as error:
        raise StoreError(f"'{folder}' is no saved run: {error}; allowed: a folder that run.save() made") from None
    run = Run(plant, scenario, seed=seed)
    for entry in read_page(folder / EVENTS):
        copy = run.journal.append(entry.event, source=entry.source, cause=entry.cause, rule=entry.rule)
        if (copy.id, copy.hash) != (entry.id, entry.hash):
            raise StoreError(f"'{folder}': entry {entry.seq} was changed after it was saved")
        run.recall(entry.event)
    if run.journal.head != head:
        raise StoreError(f"'{folder}': events were taken away or added after it was saved")
    run.journal.commit()
    return run
