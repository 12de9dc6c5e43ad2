"""How long each piece of equipment has kept to a set-up family: lots, time, and when its last job order was done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from twin.kernels.dispatch import keeps_setup
from twin.model.events import JobOrderCompleted, JobOrderStarted
from twin.model.floor.minimum_run import MinimumRun
from twin.model.plant import Plant


@dataclass(slots=True, kw_only=True)
class _Run:
    least: MinimumRun
    family: str | None
    lots: int = 2**62  # nothing keeps it at the start
    since_us: int = 0
    done_us: int = 0


class SetupRuns:
    """Equipment whose set-ups have a minimum run, and how far it has come. Changed by starts and completions alone."""

    def __init__(self, plant: Plant) -> None:
        layout = plant.layout
        setups = {name: layout.setups.get(unit.equipment_class) for name, unit in layout.work_units.items()}
        setups |= {name: layout.setups.get(name) for name in layout.production_lines}
        self._runs = {name: _Run(least=it.minimum_run, family=it.initial) for name, it in setups.items() if it and it.minimum_run}

    def start(self, event: JobOrderStarted, family: str | None) -> None:
        run = self._runs.get(event.equipment)
        if run and family is not None:
            if family != run.family:
                run.family, run.lots, run.since_us = family, 0, event.effective_us
            run.lots += 1

    def complete(self, event: JobOrderCompleted) -> None:
        if event.equipment in self._runs:
            self._runs[event.equipment].done_us = event.effective_us

    def has(self, equipment: str) -> bool:
        """Whether the set-ups of that equipment have a minimum run."""
        return equipment in self._runs

    def so_far(self, equipment: str) -> tuple[int, int, int]:
        """Lots of the family that it stands set up for, since when, and when its last job order was done."""
        run = self._runs[equipment]
        return run.lots, run.since_us, run.done_us

    def kept_family(self, equipment: str, there: Iterable[str | None], now_us: int) -> str | None:
        """The family that it keeps to, since its minimum run is not over; None: nothing does. `there`: families of what waits for it."""
        run = self._runs[equipment]
        least, ran_us, stands_us = run.least, now_us - run.since_us, now_us - run.done_us
        is_kept = keeps_setup(run.lots, least.lots or 0, ran_us, least.time or 0, stands_us, least.patience, run.family in there)
        return run.family if is_kept else None
