"""Planned maintenance: it comes due by dates or by what was done, waits for the job in progress and for its crew, and begins anew.

Its rows stand among the causes of standing still, and a crew serves it as it serves failures; but nothing has failed, so nothing calls.
"""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor.ground.agenda import cause_timer, set_timer, urge
from twin.kernels.floor.ground.telling import settle_soon, touch
from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import timer_rows as due
from twin.kernels.floor.rows.plant_rows import Floats, Ints
from twin.kernels.floor.work.crews import claim_crew, serve
from twin.kernels.floor.work.failures import fail_after_upkeep


@kernel
def _row(plant: Ints, unit: int, n: int) -> int:
    return plant[at.CAUSES_AT] + (plant[unit + at.CAUSE_FIRST] + n) * at.CAUSE_ROW


@kernel
def await_upkeep(plant: Ints, plan: Ints, cause: int) -> None:
    """At the start and after each time: wait for the next date that is not past, or count on from what counts as done."""
    plant[cause + at.STAGE] = at.GOOD_TIME
    if plant[cause + at.UPKEEP_BY] != at.BY_DATES:
        return
    n, dates = plant[cause + at.UPKEEP_DONE], plant[cause + at.UPKEEP_DATES]
    while n < plant[cause + at.UPKEEP_LIMIT] and plan[dates + n] < plant[at.NOW]:
        n += 1
    if n < plant[cause + at.UPKEEP_LIMIT]:
        set_timer(plant, cause_timer(plant, cause), plan[dates + n] - plant[at.NOW])
        n += 1
    plant[cause + at.UPKEEP_DONE] = n


@kernel
def _is_due(plant: Ints, cause: int) -> None:
    plant[cause + at.STAGE] = at.IS_DUE
    touch(plant, plant[cause + at.EQUIPMENT])


@kernel
def count_upkeep(plant: Ints, unit: int, by: int, amount: int) -> None:
    """The unit has made so many pieces or lots, or worked for so long."""
    for n in range(plant[unit + at.CAUSES] if plant[unit + at.HAS_UPKEEP] else 0):
        cause = _row(plant, unit, n)
        if plant[cause + at.UPKEEP_BY] == by and plant[cause + at.STAGE] == at.GOOD_TIME:
            plant[cause + at.UPKEEP_DONE] += amount
            if plant[cause + at.UPKEEP_DONE] >= plant[cause + at.UPKEEP_LIMIT]:
                _is_due(plant, cause)


@kernel
def begin_what_is_due(plant: Ints, unit: int) -> None:
    """In the settle phase, after lots have left: what is due first begins, if no job is in progress."""
    if plant[unit + at.HAS_JOB] and (plant[unit + at.JOB_PHASE] != at.IS_DONE or plant[unit + at.LEAVING]):
        return
    first = -1
    for n in range(plant[unit + at.CAUSES]):
        cause = _row(plant, unit, n)
        if plant[cause + at.IS_DOWN] and (plant[cause + at.UPKEEP_BY] or plant[cause + at.KEEPS_APART]):
            return
        if first < 0 and plant[cause + at.UPKEEP_BY] and plant[cause + at.STAGE] == at.IS_DUE:
            first = cause
    if first >= 0:
        plant[first + at.IS_DOWN], plant[first + at.DOWN_SINCE] = 1, plant[at.NOW]
        urge(plant, due.UPKEEP_BEGINS, first)


@kernel
def upkeep_reason(plant: Ints, unit: int) -> int:
    """Of the maintenance that goes on; NO_REASON if none does."""
    for n in range(plant[unit + at.CAUSES] if plant[unit + at.HAS_UPKEEP] else 0):
        cause = _row(plant, unit, n)
        if plant[cause + at.UPKEEP_BY] and plant[cause + at.IS_DOWN]:
            return plant[cause + at.CAUSE_REASON]
    return said.NO_REASON


@kernel
def upkeep_begins(plant: Ints, plan: Ints, numbers: Floats, cause: int) -> None:
    """The unit is out of use: a crew is claimed if one is needed."""
    if not claim_crew(plant, cause):
        carry_out_upkeep(plant, plan, numbers, cause)


@kernel
def carry_out_upkeep(plant: Ints, plan: Ints, numbers: Floats, cause: int) -> None:
    """Somebody is there, or nobody is needed."""
    serve(plant, plan, numbers, cause, at.UPKEEP)


@kernel
def upkeep_is_due(plant: Ints, plan: Ints, numbers: Floats, cause: int) -> None:
    """The timer of maintenance: its date has come, or it is done."""
    if plant[cause + at.STAGE] == at.GOOD_TIME:
        _is_due(plant, cause)
        return
    crew = plant[cause + at.CREW]
    if crew >= 0:
        plant[crew + at.CREW_FREE] += 1
        settle_soon(plant)
    plant[cause + at.IS_DOWN] = 0
    fail_after_upkeep(plant, plan, numbers, plant[cause + at.EQUIPMENT])
    touch(plant, plant[cause + at.EQUIPMENT])
    if plant[cause + at.UPKEEP_BY] != at.BY_DATES:
        plant[cause + at.UPKEEP_DONE] = 0
    await_upkeep(plant, plan, cause)
