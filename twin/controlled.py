"""A simulated plant behind virtual controllers, in a process of its own: at a pace, and it does what its controllers are told."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from twin import library
from twin.model.events import UnitCommandRequested
from twin.model.plant import Plant
from twin.results.run import Run
from twin.run import Watch, carry, simulated
from twin.simulation.pacing import Paced
from twin.store.entries import WithEntries
from twin.store.exchange.commands_file import heard
from twin.store.files import apply_changes


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlledPlant:
    """What is simulated, as in `twin.simulate`, and the file in which whoever serves its controllers writes down what they are told."""

    plant: Plant
    scenario: library.ScenarioLike
    commands: Path
    pace: float | None
    seed: int = 1
    until: str | None = None
    engine: str = "compiled"
    journal: str | None = None

    def simulate(self, watch: Watch | None = None, stop: threading.Event | None = None) -> Run:
        """Let it run to its end, or until `stop` is set; `watch` is called after every round with the plant's time, us.

        Raises
        ------
        ValueError : as `twin.simulate`; or without a pace
        """
        if self.pace is None:
            raise ValueError("--commands: nobody could command what is over at once; allowed: with --pace")
        seed, span_us = library.read_seed(self.seed), library.read_span(self.until)
        asked = library.read_scenario_to_simulate(self.scenario, self.plant)
        kept, plant = library.new_journal(self.journal), apply_changes(self.plant, asked)
        source = Paced(simulated(plant, asked, seed, span_us, self.engine), self.pace, stop=stop)
        run = Run(plant, asked, kept, seed=seed)
        told = WithEntries(source, run.journal, takes=(UnitCommandRequested,))
        with heard(self.commands, lambda *it: told.enter(partial(run.mes.unit_commands.told_by_controller, *it), patience_s=0.0)):
            return carry(told, run, watch, stop, prompt=True)
