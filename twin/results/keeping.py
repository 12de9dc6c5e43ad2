"""A run on disk: its journal as a Parquet page, the plant and the scenario that it ran on, and its books as text for other programs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from twin.erp.changing.plants import learn_plant
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.results.forecasting.at_work import erp_of
from twin.results.restoring.went_on import WentOn
from twin.results.run import Run
from twin.store.ingest.rare_collections import rare_collections
from twin.store.journal import StoreError
from twin.store.pages import entries_from_page, page_about, read_page_table, write_page

EVENTS, PLANT, SCENARIO, SUMMARY = "events.parquet", "plant.json", "scenario.json", "summary.json"
LEDGER, WENT_ON = "ledger.beancount", "went_on.json"  # the latter where another plant came within the run


def save(run: Run, folder: Path) -> Path:
    """Write a run into `folder`, which is made if it is not there. The page comes last: where it is, all of the run is.

    Raises
    ------
    StoreError : the folder cannot be written
    """
    texts = {
        PLANT: run.declared.model_dump_json(indent=1).encode(), SCENARIO: run.scenario.model_dump_json(indent=1).encode(),
        SUMMARY: json.dumps(run.summary(), indent=1).encode(), LEDGER: run.ledger_text().encode(),
    }  # fmt: skip
    if run.went_on:
        texts[WENT_ON] = run.went_on.model_dump_json(indent=1).encode()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / WENT_ON).unlink(missing_ok=True)  # of another run that was saved here
        for name, text in texts.items():
            (folder / name).write_bytes(text)
    except OSError as error:
        raise StoreError(f"'{folder}' cannot be written: {error.strerror}; allowed: a folder that may be written to") from None
    about = {"plant": run.plant.id, "scenario": run.scenario.title, "seed": "" if run.seed is None else run.seed}
    about |= {name: _digest(text) for name, text in texts.items()}
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
    page = read_page_table(folder / EVENTS)
    _refuse_changed_texts(folder, page_about(page))
    run = Run(plant, scenario, seed=seed)
    went_on = run.went_on = _went_on(folder) if WENT_ON in page_about(page) else None
    if went_on:
        run.erp, run.assumed = erp_of(went_on.before, scenario), went_on.assumed
    with rare_collections():
        for entry in entries_from_page(page):
            if went_on and entry.seq == went_on.after + 1:
                learn_plant(run.erp, went_on.paid, went_on.at_us)
            copy = run.journal.append(entry.event, source=entry.source, cause=entry.cause, rule=entry.rule)
            if (copy.id, copy.hash) != (entry.id, entry.hash):
                raise StoreError(f"'{folder}': entry {entry.seq} was changed after it was saved")
            run.reapply(entry.event)
    run.check_heard()
    if run.journal.head != head:
        raise StoreError(f"'{folder}': events were taken away or added after it was saved")
    run.journal.commit()
    return run


def _went_on(folder: Path) -> WentOn:
    try:
        return WentOn.model_validate_json((folder / WENT_ON).read_text(encoding="utf-8"))
    except ValidationError as error:
        raise StoreError(f"'{folder}' is no saved run: {error}; allowed: a folder that run.save() made") from None


def _refuse_changed_texts(folder: Path, about: Mapping[str, str]) -> None:
    """The page knows what was saved beside it; a page of before it did has no digests, and nothing to compare."""
    for name in (PLANT, SCENARIO, SUMMARY, LEDGER, WENT_ON):
        if name in about and (not (folder / name).exists() or _digest((folder / name).read_bytes()) != about[name]):
            raise StoreError(f"'{folder}': {name} was changed after the run was saved; allowed: a folder as run.save() made it")


def _digest(text: bytes) -> str:
    return hashlib.blake2b(text, digest_size=16).hexdigest()
