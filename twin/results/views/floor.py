"""The plant floor at this moment: what every work unit does, and the tiles that show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from twin.mes.execution import JobOrder
from twin.mes.resources.obstacles import Obstacle
from twin.model.states import DispatchStatus
from twin.results.outlook.work_left import run_left_us
from twin.results.run import Run


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
    obstacle: Obstacle | None  # idle: why it starts nothing of what waits for it


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorNow:
    """The whole floor. `waiting`: by work center, the job orders whose lots are there and that have not started."""

    units: list[UnitNow]
    waiting: dict[str, int]


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


def floor_now(run: Run) -> FloorNow:
    """Every piece of equipment as it is now, in declared order."""
    standstills = run.mes.dispatching.standstills(run.now_us)
    units = [
        UnitNow(
            equipment=name,
            state=it.state,
            reason=it.reason,
            since_us=it.since_us,
            job_order=it.job_order,
            person=it.person,
            progress=_progress(run, it.job_orders),
            obstacle=standstills.get(name),
        )
        for name, it in run.mes.equipment.records.items()
    ]
    queues = run.mes.execution.queues
    return FloorNow(units=units, waiting={center: sum(_is_there(job, run) for job in jobs.values()) for center, jobs in queues.items()})


def _is_there(job: JobOrder, run: Run) -> bool:
    return job.status is DispatchStatus.WAITING and 0 <= job.turn_us <= run.now_us


def _progress(run: Run, job_orders: list[str]) -> float:
    """Of the job orders at a unit: pieces counted where some were, else by the time it has run."""
    jobs = [run.mes.execution.job_orders[name] for name in job_orders if name in run.mes.execution.job_orders]
    if not jobs:
        return 0.0
    return max(0.0, 1 - run_left_us(run, jobs[0]) / jobs[0].run_expected_us) if jobs[0].run_expected_us else 0.0
