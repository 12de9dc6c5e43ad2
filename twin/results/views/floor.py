"""The plant floor at this moment: what every work unit does, and the tiles that show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from twin.model.states import DispatchStatus
from twin.results.outlook.work_left import run_left_us
from twin.results.run import Run

WAITING = (DispatchStatus.READY, DispatchStatus.PENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitNow:
    """What one piece of equipment does now."""

    equipment: str
    state: int  # WorkUnitState
    reason: str
    since_us: int
    job_order: str
    person: str
    progress: float  # share of its job order that is done, 0 to 1, by pieces counted or by expected time
    waiting: int  # job orders that stand ready (or wait for material) at its work center


def floor_layout(run: Run) -> list[dict[str, Any]]:
    """Work centers in declared order with their work units, lines and stations: {"id", "title", "units": [{"id", "title"}]}."""
    layout = run.plant.layout
    centers = []
    for center_id, center in layout.work_centers.items():
        units = [{"id": u, "title": it.title or u} for u, it in layout.work_units.items() if it.work_center == center_id]
        for line_id, line in layout.production_lines.items():
            if line.work_center == center_id:
                units.append({"id": line_id, "title": line.title or line_id})
                units += [{"id": s, "title": it.title or s} for s, it in line.stations.items()]
        if units:
            centers.append({"id": center_id, "title": center.title or center_id, "units": units})
    return centers


def floor_now(run: Run) -> list[UnitNow]:
    """Every piece of equipment as it is now, in declared order."""
    waiting: dict[str, int] = {}
    for job in run.mes.execution.job_orders.values():
        if run.mes.status(job.job_order, run.now_us)[0] in WAITING:
            waiting[job.work_center] = waiting.get(job.work_center, 0) + 1
    return [
        UnitNow(
            equipment=name,
            state=it.state,
            reason=it.reason,
            since_us=it.since_us,
            job_order=it.job_order,
            person=it.person,
            progress=_progress(run, it.job_orders),
            waiting=waiting.get(it.work_center, 0),
        )
        for name, it in run.mes.equipment.records.items()
    ]


def _progress(run: Run, job_orders: list[str]) -> float:
    """Of the job orders at a unit: pieces counted where some were, else by the time it has run."""
    jobs = [run.mes.execution.job_orders[name] for name in job_orders if name in run.mes.execution.job_orders]
    if not jobs:
        return 0.0
    return max(0.0, 1 - run_left_us(run, jobs[0]) / jobs[0].run_expected_us) if jobs[0].run_expected_us else 0.0
