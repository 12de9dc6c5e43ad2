"""The three kinds of run that pages show, each ready to start."""

from __future__ import annotations

import math
import threading
from pathlib import Path

from twin import library
from twin.apps.feed import Feed
from twin.results.run import Run
from twin.run import carry
from twin.simulation.pacing import Paced
from twin.simulation.simpy_plant import SimulatedPlant
from twin.store.files import apply_changes
from twin.store.journal import open_journal
from twin.store.live import LiveSource
from twin.store.replay import ReplaySource


def simulated(
    folder: Path, scenario: Path | None, *, seed: int, speed: float, lead_us: int | None = None, stop: threading.Event | None = None
) -> Feed:
    """A plant that plays itself. `lead_us` of plant time is run through at once, so that there is something to see."""
    asked = library.read_scenario_to_simulate(scenario, folder)
    plant = apply_changes(library.read_plant(folder), asked)
    simulated_plant = SimulatedPlant(plant, asked, seed, asked.start_us + asked.horizon, stops_at_deadlock=True)
    source = Paced(simulated_plant, math.inf if lead_us else speed)
    run = Run(plant, asked, seed=seed)
    if lead_us:
        led = threading.Event()

        def until_lead(now_us: int) -> None:
            if now_us >= asked.start_us + lead_us or (stop and stop.is_set()):
                led.set()

        carry(source, run, watch=until_lead, stop=led)
        source.factor = speed
    return Feed(run, source, "simulated")


def replayed(folder: Path, scenario: Path | None, record: str, *, speed: float) -> Feed:
    """A record that happens again."""
    asked = library.read_scenario(scenario, folder)
    plant = apply_changes(library.read_plant(folder), asked)
    recording = library.read_recording(record, plant, asked)
    return Feed(Run(plant, asked), Paced(ReplaySource(recording.entries, plant=plant), speed), "replayed")


def live(folder: Path, scenario: Path | None, journal: str) -> Feed:
    """What a bridge writes into `journal`, as it comes."""
    asked = library.read_scenario(scenario, folder)
    plant = apply_changes(library.read_plant(folder), asked)
    kept = open_journal(journal)
    stop = threading.Event()
    return Feed(Run(plant, asked, kept), LiveSource(kept, plant=plant, stop=stop), "live", stop)
