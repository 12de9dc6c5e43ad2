"""How long each piece of equipment has kept to a set-up family: lots, time, last job order done; and what was set up alongside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from twin.kernels.dispatch import keeps_setup
from twin.mes.equipment import RUN_STATES, EquipmentRecord
from twin.mes.execution import JobOrder
from twin.model.events import JobOrderCompleted, JobOrderStarted
from twin.model.floor.minimum_run import MinimumRun
from twin.model.plant import Plant, SetupMatrix


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


def done_alongside_us(
    matrix: SetupMatrix | None, record: EquipmentRecord, jobs: Sequence[JobOrder], job_orders: Mapping[str, JobOrder]
) -> int:  # fmt: skip
    """For how long equipment was set up for the jobs that it has in hand while the one before still ran, us.

    That is from when the run before had begun and the last of their lots was there, until they were started; nothing, if it stood then.
    """
    if matrix is None or not matrix.alongside or any(job.step.begins_here for job in jobs):
        return 0  # what begins here comes when it is started
    started_us = jobs[0].started_us
    earlier = (it for it in reversed(record.intervals) if it.end_us <= started_us and (it.job_order or it.start_us < it.end_us))
    last = next(earlier, None)
    before = job_orders.get(last.job_order.split("+")[0]) if last else None
    if last is None or before is None or before.ended_us != started_us:
        return 0
    spans = [last, *takewhile(lambda it: it.job_order == last.job_order, earlier)]
    ran_from_us = min((it.start_us for it in spans if it.state in RUN_STATES), default=started_us)
    return max(0, started_us - max(ran_from_us, *(job.turn_us for job in jobs)))
