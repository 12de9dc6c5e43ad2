"""What each person did all the time: what was clocked, else what equipment has reported, else what the calendar plans.

It is cut from the same stints as the figures of labour, so whoever works by them works here, and for as long.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from twin.mes.labour.figures import Stint
from twin.model.personnel.labour import BREAK
from twin.results.resources.tiling import ResourceState, Span, Standing, tiled
from twin.results.run import Run

WORKS, INDIRECT, MAINTAINS, PAUSE, FREE, ABSENT = "works", "indirect", "maintains", "on break", "free", "absent"
OFF_SHIFT = "off shift"
PERSON_STATES = (WORKS, INDIRECT, MAINTAINS, PAUSE, FREE, ABSENT, OFF_SHIFT)


def person_states(run: Run, from_us: int, to_us: int) -> Iterator[ResourceState]:
    """The states of every person in [from_us, to_us), person by person in declared order; they tile it."""
    spans = _said(run, from_us, to_us)
    for name in run.plant.layout.persons:
        work_time = run.mes.calendars.of_persons[name]
        planned = [(one.start_us, one.end_us, Standing(state=FREE, why=one.shift)) for one in work_time.intervals(from_us, to_us)]
        paused = [(start_us, end_us, Standing(state=PAUSE)) for start_us, end_us in work_time.breaks(from_us, to_us)]
        away = [
            (start_us, end_us, Standing(state=ABSENT, why=why)) for start_us, end_us, why in run.mes.calendars.missed(name, from_us, to_us)
        ]
        yield from tiled("person", name, [*spans[name], *planned, *paused, *away], _judge, from_us, to_us)


def _said(run: Run, from_us: int, to_us: int) -> defaultdict[str, list[Span]]:
    """What was clocked and reported of each person, and the maintenance that they do."""
    spans: defaultdict[str, list[Span]] = defaultdict(list)
    for stint in run.mes.labour.figures.stints(from_us, to_us):
        spans[stint.person].append((stint.start_us, stint.end_us, _standing(stint)))
    for order in run.mes.maintenance.orders.values():
        if order.started_us >= 0 and not order.by_plant and order.standing != "cancelled":
            end_us = order.ended_us if order.ended_us >= 0 else to_us
            standing = Standing(state=MAINTAINS, at=order.equipment, why=order.maintenance)
            spans[order.started_by].append((order.started_us, end_us, standing))
    return spans


def _standing(stint: Stint) -> Standing:
    if stint.activity:
        return Standing(state=PAUSE if stint.activity == BREAK else INDIRECT, why=stint.activity)
    return Standing(state=WORKS, at=stint.equipment, job_order=stint.job_order)


def _judge(there: list[Standing]) -> Standing:
    """One of them, by what is said before what is planned; a clocked break comes before all else, as with the time that is booked."""
    clocked_break = next((it for it in there if it.state == PAUSE and it.why), None)
    works = [it for it in there if it.state == WORKS]
    if works and not clocked_break:
        at, jobs = ("+".join(sorted({name for it in works if (name := getattr(it, field))})) for field in ("at", "job_order"))
        return Standing(state=WORKS, at=at, job_order=jobs)
    for state in (PAUSE, INDIRECT, MAINTAINS, FREE, ABSENT) if clocked_break else (INDIRECT, MAINTAINS, PAUSE, FREE, ABSENT):
        if found := min((it for it in there if it.state == state), key=lambda it: (not it.why, it.why, it.at), default=None):
            return found
    return Standing(state=OFF_SHIFT)
