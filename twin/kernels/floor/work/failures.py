"""Why equipment stands still by itself: failure modes with their repair crews, and planned stops.

A failure mode goes round: good time (by the clock, or by work done), wait for a crew, repair. Its n-th good time and its n-th repair are
the same numbers whatever else happens.
"""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor.ground.agenda import cause_timer, set_timer, urge
from twin.kernels.floor.ground.chance import draw_us
from twin.kernels.floor.ground.losses import is_left_out
from twin.kernels.floor.ground.telling import settle_soon, touch
from twin.kernels.floor.rows import loss_rows as loss
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import timer_rows as due
from twin.kernels.floor.rows.plant_rows import Floats, Ints
from twin.kernels.floor.work.crews import claim_crew, serve


@kernel
def begin_good_time(plant: Ints, plan: Ints, numbers: Floats, cause: int) -> None:
    """A failure mode is good as new, at the start and after each repair."""
    n = plant[cause + at.GOOD_DRAWS]
    plant[cause + at.GOOD_DRAWS] = n + 1
    good_us = max(1, draw_us(plan, numbers, plant[cause + at.GOOD_DISTRIBUTION], at.FAILURE, plant[cause + at.CAUSE_ENTITY], n))
    plant[cause + at.STAGE] = at.GOOD_TIME
    if plant[cause + at.WEARS]:
        plant[cause + at.LEFT_US] = good_us
    else:
        set_timer(plant, cause_timer(plant, cause), good_us)


@kernel
def _touch_whole(plant: Ints, cause: int) -> None:
    """What is settled: the work unit, or the line as a whole if a station fails."""
    unit = plant[cause + at.EQUIPMENT]
    touch(plant, plant[unit + at.LINE_AT] if plant[unit + at.KIND] == at.STATION else unit)


@kernel
def _is_maintained(plant: Ints, unit: int) -> bool:
    for n in range(plant[unit + at.CAUSES] if plant[unit + at.HAS_UPKEEP] else 0):
        cause = plant[at.CAUSES_AT] + (plant[unit + at.CAUSE_FIRST] + n) * at.CAUSE_ROW
        if plant[cause + at.UPKEEP_BY] and plant[cause + at.IS_DOWN]:
            return True
    return False


@kernel
def _passes_by(plant: Ints, plan: Ints, numbers: Floats, cause: int) -> bool:
    """Whether a failure is left out: nothing goes down. The next comes when it would have come, or after the same work."""
    n = plant[cause + at.REPAIR_DRAWS]
    repair_us = draw_us(plan, numbers, plant[cause + at.REPAIR_DISTRIBUTION], at.REPAIR, plant[cause + at.CAUSE_ENTITY], n)
    is_loss = plant[cause + at.CREW] >= 0 or repair_us > 0
    if not is_loss or not is_left_out(plant, loss.FAILURE, plant[cause + at.EQUIPMENT], plant[cause + at.CAUSE_REASON]):
        return False
    plant[cause + at.REPAIR_DRAWS] = n + 1
    _touch_whole(plant, cause)  # what it has worn out works on
    if plant[cause + at.WEARS]:
        begin_good_time(plant, plan, numbers, cause)
    else:
        plant[cause + at.STAGE] = at.PASSES_BY
        set_timer(plant, cause_timer(plant, cause), repair_us)
    return True


@kernel
def go_down(plant: Ints, plan: Ints, numbers: Floats, cause: int) -> None:
    """A failure: down, and a crew is claimed if the repair needs one. It may have to wait until maintenance is over."""
    if plant[cause + at.KEEPS_APART] and _is_maintained(plant, plant[cause + at.EQUIPMENT]):
        plant[cause + at.STAGE] = at.IS_DUE
        return
    if plant[loss.LOSS_COUNT] and _passes_by(plant, plan, numbers, cause):
        return
    plant[cause + at.IS_DOWN], plant[cause + at.DOWN_SINCE] = 1, plant[at.NOW]
    _touch_whole(plant, cause)
    if not claim_crew(plant, cause):
        begin_repair(plant, plan, numbers, cause)


@kernel
def fail_after_upkeep(plant: Ints, plan: Ints, numbers: Floats, unit: int) -> None:
    """Maintenance is over: what waited for that comes now."""
    for n in range(plant[unit + at.CAUSES]):
        cause = plant[at.CAUSES_AT] + (plant[unit + at.CAUSE_FIRST] + n) * at.CAUSE_ROW
        if plant[cause + at.KEEPS_APART] and plant[cause + at.STAGE] == at.IS_DUE:
            go_down(plant, plan, numbers, cause)


@kernel
def begin_repair(plant: Ints, plan: Ints, numbers: Floats, cause: int) -> None:
    """Somebody is there, or nobody is needed."""
    serve(plant, plan, numbers, cause, at.REPAIR)


@kernel
def cause_is_due(plant: Ints, plan: Ints, numbers: Floats, cause: int) -> None:
    """The timer of a cause: a good time, a repair, or the begin or end of a planned stop is over."""
    if plant[cause + at.IS_PLANNED]:
        if plant[cause + at.IS_DOWN]:
            plant[cause + at.IS_DOWN] = 0
        elif is_left_out(plant, loss.FAILURE, plant[cause + at.EQUIPMENT], plant[cause + at.CAUSE_REASON]):
            return
        else:
            plant[cause + at.IS_DOWN], plant[cause + at.DOWN_SINCE] = 1, plant[at.NOW]
            set_timer(plant, cause_timer(plant, cause), plant[cause + at.REPAIR_DISTRIBUTION])
        _touch_whole(plant, cause)
    elif plant[cause + at.STAGE] == at.GOOD_TIME:
        go_down(plant, plan, numbers, cause)
    elif plant[cause + at.STAGE] == at.PASSES_BY:
        begin_good_time(plant, plan, numbers, cause)
    else:
        crew = plant[cause + at.CREW]
        if crew >= 0:
            plant[crew + at.CREW_FREE] += 1
            settle_soon(plant)
        plant[cause + at.IS_DOWN] = 0
        _touch_whole(plant, cause)
        begin_good_time(plant, plan, numbers, cause)


@kernel
def wear(plant: Ints, unit: int, work_us: int) -> None:
    """The equipment has worked for `work_us`, at most until its next failure: what is worn out fails."""
    for n in range(plant[unit + at.CAUSES]):
        cause = plant[at.CAUSES_AT] + (plant[unit + at.CAUSE_FIRST] + n) * at.CAUSE_ROW
        if plant[cause + at.WEARS]:
            plant[cause + at.LEFT_US] -= work_us
            if plant[cause + at.LEFT_US] == 0 and work_us >= 0:
                urge(plant, due.WORN_OUT, cause)


@kernel
def work_until_failure_us(plant: Ints, unit: int, need_us: int) -> int:
    """How long it can work now, at most `need_us`; 0 if something is worn out."""
    for n in range(plant[unit + at.CAUSES]):
        cause = plant[at.CAUSES_AT] + (plant[unit + at.CAUSE_FIRST] + n) * at.CAUSE_ROW
        if plant[cause + at.WEARS]:
            need_us = min(need_us, plant[cause + at.LEFT_US])
    return need_us


@kernel
def settle_crews(plant: Ints) -> None:
    """Give every free hand something to repair: who has waited longest; at one instant, the declared order decides."""
    for number in range(plant[at.CREW_COUNT]):
        crew = plant[at.CREWS_AT] + number * at.CREW_ROW
        while plant[crew + at.CREW_FREE] and plant[crew + at.CREW_CLAIMS]:
            served, since_us = -1, at.FOREVER
            for n in range(plant[at.CAUSE_COUNT]):  # in the declared order of equipment, then of its modes
                cause = plant[at.CAUSES_AT] + n * at.CAUSE_ROW
                is_claim = plant[cause + at.CREW] == crew and plant[cause + at.STAGE] == at.CLAIMING
                if is_claim and plant[cause + at.CLAIM_SINCE] < since_us:
                    served, since_us = cause, plant[cause + at.CLAIM_SINCE]
            plant[crew + at.CREW_FREE] -= 1
            plant[crew + at.CREW_CLAIMS] -= 1
            plant[at.CLAIM_COUNT] -= 1
            plant[served + at.STAGE] = at.REPAIRING
            urge(plant, due.CREW_GRANTED, served)
