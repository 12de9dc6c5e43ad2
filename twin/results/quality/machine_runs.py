"""Machine capability: what one machine can do by itself, from short runs in which nothing else has changed.

    Cm  = (USL - LSL) / (6 s)                        Cmk = min(USL - mean, mean - LSL) / (3 s)

s is the standard deviation of all n values of the run (n - 1), not of samples within it: ISO 22514-3 (there Pm and Pmk, of a normal
distribution; of values over time ISO 22514-2), ISO 22400-2. A run is as many lots as one work unit has done one after the other of one
operation of one material with the same person and tools: a set-up, another job in between, a stop (held, stopped, aborted) or the end of a
shift ends it, so that all that varies is the machine. ISO 22514-3 asks for about a hundred pieces; `least` of them are needed here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from twin.kernels.quality.capability import capability, overall_sigma
from twin.mes.equipment import ABORTED_STATES, HELD_STATES, SETUP_STATES, STOPPED_STATES
from twin.mes.execution import JobOrder
from twin.model.floor.quality_plan import Characteristic
from twin.model.plant import job_order_id
from twin.results.frames import from_rows
from twin.results.run import Run

if TYPE_CHECKING:
    import pandas as pd

LEAST = 50
ENDS_A_RUN = SETUP_STATES | HELD_STATES | STOPPED_STATES | ABORTED_STATES
OFF_SHIFT = "off_shift"
MACHINE_COLUMNS = (
    "plan", "characteristic", "equipment", "begun", "ended", "job_orders", "count", "wanted", "mean", "sigma", "lower", "upper", "cm",
    "cmk",
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class MachineRun:
    """Values of one characteristic that one work unit made while nothing else changed. `cm`, `cmk`: nan where they are too few."""

    plan: str
    characteristic: str
    declared: Characteristic
    equipment: str
    jobs: list[JobOrder] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    least: int = LEAST

    @property
    def mean(self) -> float:
        return float(np.mean(self.values))

    @property
    def sigma(self) -> float:
        return overall_sigma(np.asarray(self.values, float))

    @property
    def cm(self) -> float:
        return self._capability()[0]

    @property
    def cmk(self) -> float:
        return self._capability()[1]

    def _capability(self) -> tuple[float, float]:
        if len(self.values) < max(2, self.least):
            return math.nan, math.nan
        found = capability(self.mean, self.sigma, self.declared.lower, self.declared.upper)
        return found.spread, found.least


def machine_runs(run: Run, least: int = LEAST) -> list[MachineRun]:
    """The last run of each characteristic on each work unit that has `least` values; where none has, the last there was.

    Raises
    ------
    ValueError : fewer than two values say nothing
    """
    if least < 2:
        raise ValueError(f"a run of {least} values says nothing of a machine; allowed: 2 or more (ISO 22514-3 asks for about 100)")
    found: dict[tuple[str, str, str], MachineRun] = {}
    for it in _runs(run, least):
        key = it.plan, it.characteristic, it.equipment
        if key not in found or len(it.values) >= least or len(found[key].values) < least:
            found[key] = it
    return list(found.values())


def machine_capability_table(run: Run, least: int = LEAST) -> pd.DataFrame:
    """`machine_runs` as a table."""
    rows = [
        {
            "plan": it.plan, "characteristic": it.characteristic, "equipment": it.equipment, "begun": it.jobs[0].started_us,
            "ended": it.jobs[-1].ended_us, "job_orders": len(it.jobs), "count": len(it.values), "wanted": least, "mean": it.mean,
            "sigma": it.sigma, "lower": it.declared.lower, "upper": it.declared.upper, "cm": it.cm, "cmk": it.cmk,
        }
        for it in machine_runs(run, least)
    ]  # fmt: skip
    return from_rows(rows, MACHINE_COLUMNS, ("begun", "ended"))


def _runs(run: Run, least: int) -> Iterator[MachineRun]:
    """All runs, by plan and characteristic as declared, those of one work unit in their order."""
    for plan, it in run.plant.layout.quality_plans.items():
        jobs = _measured_jobs(run, plan, it.operation) if it.operation is not None else []
        for name, declared in it.characteristics.items() if jobs else ():
            if declared.kind != "measured":
                continue
            current: dict[str, MachineRun] = {}
            for job, values in jobs:
                known = current.get(job.equipment)
                if known is None or not _is_one_run(run, known.jobs[-1], job):
                    if known:
                        yield known
                    known = MachineRun(plan=plan, characteristic=name, declared=declared, equipment=job.equipment, least=least)
                    current[job.equipment] = known
                if values.get(name):
                    known.jobs.append(job)
                    known.values += values[name]
                elif not known.jobs:
                    del current[job.equipment]
            yield from (one for one in current.values() if one.values)


def _measured_jobs(run: Run, plan: str, operation: str) -> list[tuple[JobOrder, dict[str, list[float]]]]:
    """The job orders whose lots were measured by a plan, with what was found, in the order in which they began."""
    known = run.mes.execution.job_orders
    found = [
        (job, it.values)
        for (of, lot), it in run.mes.quality.inspections.all.items()
        if of == plan and it.values and (job := known.get(job_order_id(lot, operation))) and job.equipment and job.ended_us >= 0
    ]
    return sorted(found, key=lambda pair: (pair[0].started_us, pair[0].job_order))


def _is_one_run(run: Run, before: JobOrder, after: JobOrder) -> bool:
    """Whether nothing has changed on a work unit from one job order to the end of a later one."""
    tools, jobs = run.mes.tool_room.assigned, run.mes.execution.job_orders
    if before.person != after.person or tools.get(before.job_order, []) != tools.get(after.job_order, []):
        return False
    for it in run.mes.equipment.intervals(before.equipment, before.started_us, after.ended_us):
        if it.start_us < before.started_us:
            continue
        is_own = all((job := jobs.get(name)) and _kind(job) == _kind(after) for name in it.job_order.split("+")) if it.job_order else True
        if it.reason == OFF_SHIFT or not is_own or (it.state in ENDS_A_RUN and it.start_us > before.started_us):
            return False
    return True


def _kind(job: JobOrder) -> tuple[str, str]:
    return job.material, job.operation
