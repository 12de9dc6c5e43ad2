"""The kinds of run that pages show, each ready to start."""

from __future__ import annotations

import math
import threading
from functools import partial
from pathlib import Path

from twin import library
from twin.apps.feed import Feed
from twin.apps.speaking.going_on import go_on_with
from twin.model.events import Heartbeat, MasterDataChanged, PurchaseOrderPlaced
from twin.model.plant import Plant
from twin.model.states import Source
from twin.results.forecasting.at_work import heed_what_was_forecast
from twin.results.restoring.files import FilesOfJournal, files_of, read_under
from twin.results.run import Run
from twin.run import carry
from twin.simulation.beside.hand_worked_plant import ENTRIES, HandWorkedPlant
from twin.simulation.beside.measured_plant import measured
from twin.simulation.engines import play
from twin.simulation.pacing import Paced
from twin.store.files import apply_changes
from twin.store.live import WATERMARK, LiveSource
from twin.store.replay import ReplaySource
from twin.store.resumed import Resumed


def simulated(
    folder: Path, scenario: Path | None, *, seed: int, speed: float, engine: str = "compiled", lead_us: int | None = None,
    stop: threading.Event | None = None,
) -> Feed:  # fmt: skip
    """A plant that plays itself. `lead_us` of plant time is run through at once, so that there is something to see."""
    asked = library.read_scenario_to_simulate(scenario, folder, with_persons=True)
    plant = apply_changes(library.read_plant(folder), asked)
    simulated_plant = play(engine, plant, asked, seed, asked.start_us + asked.horizon, stops_at_deadlock=True)
    source = Paced(measured(simulated_plant, plant, asked, seed), speed)
    run = Run(plant, asked, seed=seed)
    if lead_us:
        _lead(source, run, asked.start_us + lead_us, stop)
    return Feed(run, source, "simulated", takes=(MasterDataChanged, PurchaseOrderPlaced), folder=folder)  # its suppliers hear of it


def by_hand(
    folder: library.PlantLike, scenario: library.ScenarioLike, *, seed: int, speed: float, journal: str | None = None,
    tables_us: int | None = None, accepted_by: str = "",
) -> Feed:  # fmt: skip
    """A plant without machines: what happens on its floor is what persons say at its terminals.

    With a `journal` (file, database URL) nothing of it is lost: what was worked before goes on at the plant time at which it ended,
    with what the files declared then; `accepted_by`: a person who accepts what they declare otherwise by now, from now on.

    Raises
    ------
    StoreError : the journal is of another plant, scenario or seed, or was changed
    """
    read = library.read_scenario(scenario, folder)
    persons = read.policies.model_copy(update={"decisions": "persons", "reports": "persons"})
    asked = read.model_copy(update={"policies": persons})
    kept = library.open_to_go_on(journal) if journal else None
    files = files_of(kept.entries() if kept else (), apply_changes(library.read_plant(folder), asked), accepted_by)
    worked = HandWorkedPlant(plant := files.plant, asked, seed)
    run, takes = Run(plant, asked, kept, seed=seed), (*ENTRIES, PurchaseOrderPlaced)
    is_new = kept is None or not len(kept)
    if kept is not None and not is_new:
        with kept.recalling(), files.explaining():
            carry(Resumed(worked, kept.entries(), takes), run)
    source = Paced(worked, speed, from_us=None if is_new else max(run.now_us, worked.now_us))
    feed = Feed(run, source, "by hand", takes=takes, tables_us=tables_us, folder=None if isinstance(folder, Plant) else Path(folder))
    return _going_on(feed, files, -1) if kept is not None else feed


def replayed(
    folder: Path, scenario: Path | None, record: str, *, speed: float, lead_us: int | None = None, stop: threading.Event | None = None
) -> Feed:
    """A record that happens again; `lead_us` of it at once."""
    asked = library.read_scenario(scenario, folder)
    read = library.read_plant(folder)
    recording = library.read_recording(record, read, asked)
    plant = read_under(recording.entries, read, apply_changes(read, asked))
    source, run = Paced(ReplaySource(recording.entries, plant=plant), speed), Run(plant, asked)
    heed_what_was_forecast(run.erp, recording.entries)
    if lead_us:
        _lead(source, run, recording.start_us + lead_us, stop)
    return Feed(run, source, "replayed", folder=folder)


def _lead(source: Paced, run: Run, until_us: int, stop: threading.Event | None) -> None:
    """Carry the run to that time, as fast as it goes."""
    led, speed = threading.Event(), source.factor
    source.factor = math.inf

    def until_there(now_us: int) -> None:
        if now_us >= until_us or (stop and stop.is_set()):
            led.set()

    carry(source, run, watch=until_there, stop=led)
    source.factor = speed


def live(folder: Path, scenario: Path | None, journal: str, tables_us: int | None = None, accepted_by: str = "") -> Feed:
    """What a bridge writes into `journal`, as it comes; read with what the files declared when it was begun, as `by_hand` does."""
    asked = library.read_scenario(scenario, folder)
    kept = library.open_live(journal)
    files = files_of(kept.entries(), apply_changes(library.read_plant(folder), asked), accepted_by)
    plant, stop = files.plant, threading.Event()
    told = (it.event for it in kept.entries() if it.source == Source.LIVE)
    until_us = max((it.effective_us for it in told if isinstance(it, Heartbeat) and it.reason == WATERMARK), default=-1)
    feed = Feed(Run(plant, asked, kept), LiveSource(kept, plant=plant, stop=stop), "live", stop, tables_us=tables_us, folder=folder)
    return _going_on(feed, files, until_us)


def _going_on(feed: Feed, files: FilesOfJournal, until_us: int) -> Feed:
    """The feed of a journal that ended at `until_us`, and says with which files it goes on."""
    feed.files_said = files.words()
    if files.is_to_be_kept:
        feed.once_started = partial(go_on_with, feed, files, until_us)
    return feed
