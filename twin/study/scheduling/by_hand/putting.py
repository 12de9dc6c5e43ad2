"""A planner puts one operation before or after another on a unit, or on another unit, or lets it go again: the schedule that comes of it.

plan = study.put(run, "B7-GB1/20", equipment="mill_2", before="B3-GB1/20", by="jana")    # refused in words where it cannot be
feed.enter(plan.schedule.published("jana", "planner's desk"))                            # binding, until study.let_go(run, ...)
"""

from __future__ import annotations

from collections.abc import Mapping

from twin import library
from twin.mes.scheduling.published import Pin
from twin.model.problems import did_you_mean, listed
from twin.results.run import Run
from twin.study.scheduling.by_hand.pinning import pins_of, why_not_there
from twin.study.scheduling.playing import Standing
from twin.study.scheduling.replanning import Replanned, changes_between
from twin.study.scheduling.schedule import Operation, Schedule
from twin.study.scheduling.scheduling import planned
from twin.study.scheduling.what_if import WhatIf

AS_NOW = "as now"
SPAN = "30 d"


def put(
    run: Run, job_order: str, equipment: str = "", *, before: str = "", after: str = "", by: str = "", until: str = SPAN
) -> Replanned:  # fmt: skip
    """The schedule as it is decided now, with one operation moved by hand; all else keeps its sequence as far as that lets it.

    Parameters
    ----------
    job_order : what is moved; it has not begun
    equipment : on which unit; left out, that of `before` or `after`, else the one where it is planned
    before, after : directly before or after which job order on that unit; at most one of them, left out: wherever its turn is there
    by : who says so

    Raises
    ------
    ValueError : it cannot be done there, or not then, in words with what is allowed; or what `schedule` refuses
    """
    if job_order not in run.mes.job_orders:
        raise ValueError(f"nobody released job order '{job_order}'{did_you_mean(job_order, run.mes.job_orders)}")
    was = _as_now(run, until)
    it = _to_come(was, job_order)
    pin = Pin(
        job_order=job_order, equipment=equipment or _unit_of(was, before or after) or it.equipment, before=before, after=after, by=by,
        at_us=was.now_us,
    )  # fmt: skip
    _refuse_what_cannot_be(run, was, it, pin)
    others = {name: other for name, other in pins_of(run).items() if name != job_order}
    made = _replanned(run, was, {**others, job_order: pin}, until)
    if words := why_not_there(made.schedule, pin):
        raise ValueError(f"{words}; allowed: where it can begin in its turn")
    return made


def let_go(run: Run, job_order: str, *, until: str = SPAN) -> Replanned:
    """The schedule in which a pinned job order goes by rule again.

    Raises
    ------
    ValueError : nobody has pinned it
    """
    pins = pins_of(run)
    if job_order not in pins:
        raise ValueError(f"'{job_order}' was not put anywhere by hand{did_you_mean(job_order, pins)}; allowed: {listed(pins) or 'none'}")
    was = _as_now(run, until)
    return _replanned(run, was, {name: it for name, it in pins.items() if name != job_order}, until)


def _as_now(run: Run, until: str) -> Schedule:
    return planned(_standing(run, until), WhatIf(), AS_NOW)


def _standing(run: Run, until: str, pins: Mapping[str, Pin] | None = None) -> Standing:
    span_us = library.read_span(until)
    assert span_us is not None
    return Standing.of(run, run.now_us + span_us, pins)


def _replanned(run: Run, was: Schedule, pins: Mapping[str, Pin], until: str) -> Replanned:
    new = planned(_standing(run, until, pins), WhatIf(), AS_NOW)
    changes = tuple(changes_between(was, new, new.now_us))
    return Replanned(before=was, schedule=new, changes=changes, frozen_us=new.now_us, unfrozen=())


def _to_come(was: Schedule, job_order: str) -> Operation:
    it = was.by_job_order.get(job_order)
    if it is None:
        what = f"job order '{job_order}' is not to come before {was.written(was.until_us)}"
        raise ValueError(f"{what}{did_you_mean(job_order, was.by_job_order)}; allowed: what is planned until then")
    if it.is_running:
        raise ValueError(f"job order {job_order} is under way on {it.equipment}; allowed: what has not begun")
    return it


def _unit_of(was: Schedule, job_order: str) -> str:
    return was.by_job_order[job_order].equipment if job_order in was.by_job_order else ""


def _refuse_what_cannot_be(run: Run, was: Schedule, it: Operation, pin: Pin) -> None:
    """Raise ValueError, in words, for what no schedule could have."""
    other = pin.before or pin.after
    if pin.before and pin.after:
        raise ValueError("it is put before one and after another; allowed: one of them")
    step = run.plant.layout.routings[it.material][it.operation]
    able = [unit for way in step.ways for unit in run.plant.equipment_of(way.segment)]
    if pin.equipment not in able:
        known = did_you_mean(pin.equipment, able)
        raise ValueError(f"{pin.equipment} cannot do {it.job_order}{known}; allowed: {listed(able)}")
    if not other:
        return
    if other == it.job_order:
        raise ValueError(f"{it.job_order} cannot stand beside itself; allowed: another job order")
    beside = _to_come(was, other)
    if beside.equipment != pin.equipment:
        here = [name for name in was.sequence.get(pin.equipment, []) if name != it.job_order]
        raise ValueError(f"{other} is planned on {beside.equipment}, not on {pin.equipment}; allowed: {listed(here, 20) or 'none there'}")
    if beside.lot == it.lot:
        raise ValueError(f"{other} is another operation of lot {it.lot}; allowed: job orders of other lots")
