"""Queues of work centers as people read them: who goes first and why, and what keeps each from its start."""

from __future__ import annotations

from dataclasses import dataclass

from twin.mes.resources.obstacles import Obstacle
from twin.model.plant import Plant
from twin.model.states import DispatchStatus
from twin.results.run import Run
from twin.results.views.overview import local_time


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingNow:
    """One job order that waits at a work center or is on its way to it."""

    rank: int  # 1: first
    because: str  # why it stands there, in words
    job_order: str
    order: str
    lot: str
    material: str
    quantity: int
    due_us: int
    since_us: int  # when its lot came; -1: it is not there
    obstacle: Obstacle | None
    blocked_by: str  # what keeps it from its start, in words; "" if nothing does


def queue_now(run: Run, center: str) -> list[WaitingNow]:
    """What waits at a work center, by rank, each with what keeps it from its start; last what is on its way."""
    obstacles = run.mes.dispatching.obstacles(center, run.now_us)
    requests = run.mes.release.requests
    return [
        WaitingNow(
            rank=rank,
            because=because,
            job_order=job.job_order,
            order=requests[job.request].order if job.request in requests else "",
            lot=job.lot,
            material=job.material,
            quantity=job.quantity,
            due_us=job.due_us,
            since_us=job.turn_us if job.status is DispatchStatus.WAITING and 0 <= job.turn_us <= run.now_us else -1,
            obstacle=(it := obstacles.get(job.job_order)),
            blocked_by=obstacle_words(run.plant, it, run.now_us) if it else "",
        )
        for rank, (job, because) in enumerate(run.mes.dispatching.queue(center, run.now_us), start=1)
    ]


OBSTACLES = {
    "observed": "the plant starts by itself",
    "person": "ready: somebody has to start it",
    "unit": "no equipment that can do it is free",
    "refused": "the plant did not take it",
}
NO_OBSTACLES = ("observed", "person", "sent")
"""What a job order waits for that lacks nothing: somebody, or the plant, has to start it."""


def obstacle_words(plant: Plant, it: Obstacle, now_us: int) -> str:
    """What keeps a job order from its start, as it is said on the floor: all of it."""
    return "; ".join(_words(plant, each, now_us) for each in (it, *it.others))


def _words(plant: Plant, it: Obstacle, now_us: int) -> str:
    day, _, hour = local_time(plant, it.until_us).partition(", ")
    then = "" if it.until_us < 0 else hour if day == local_time(plant, now_us).split(", ")[0] else f"{day}, {hour}"
    until = then and f" until {then}"
    wanted = plant.layout.personnel_classes.get(it.detail)
    person = (wanted and wanted.title.lower()) or it.detail.replace("_", " ")
    away = it.absent and f": {it.absent}"
    match it.why:
        case "lot":
            return f"on its way, here {then}" if then else "not here yet"
        case "held":
            return f"on hold: {it.detail}"
        case "material":
            component, _, there = it.detail.partition(": ")
            return f"missing: {plant.materials.title_of(component)} ({there})"
        case "off shift":
            return f"off shift{until}"
        case "requirement":
            return it.detail
        case "nobody on shift":
            return f"no {person} at work{away}"  # off shift, or in a break
        case "nobody free":
            return f"no {person} free{away}"
        case "minimum run":
            return f"kept set up for {it.detail}"
        case "batch":
            return f"batch not full: {it.detail}{', waits' + until if then else ''}"
    return OBSTACLES.get(it.why, "about to start")
