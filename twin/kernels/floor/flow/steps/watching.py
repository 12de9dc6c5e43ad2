"""How long lots may wait between two steps (critical queue time): who is too late is found when the limit is over.

A lot that is still on its way then, or comes to its step later, is found when it is there. All of an instant are judged together, in the
settle phase, in the order of their job orders. A timer may be stale: whether a lot is too late is seen from the lot alone.
"""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor.ground.agenda import after
from twin.kernels.floor.ground.names import job_comes_first
from twin.kernels.floor.ground.telling import settle_soon
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import step_rows as more
from twin.kernels.floor.rows import timer_rows as due
from twin.kernels.floor.rows.plant_rows import Ints


@kernel
def more_of(plan: Ints, step: int) -> int:
    """Address of the other row of a step."""
    return plan[more.MORE_STEPS_AT] + plan[step + at.STEP_NUMBER] * more.MORE_STEP_ROW


@kernel
def note_end(plant: Ints, plan: Ints, lot: int, step: int, ended_us: int) -> None:
    """A lot has gone through a step: limits count from there; 0: it will go through it again."""
    row = more_of(plan, step)
    for n in range(plan[row + more.LIMIT_COUNT]):
        plant[lot + plan[plan[row + more.LIMITS_AT] + n]] = ended_us


@kernel
def forget_ends(plant: Ints, plan: Ints, lot: int) -> None:
    """Its step and all after it are done again."""
    step = plant[lot + at.STEP]
    while step >= 0:
        note_end(plant, plan, lot, step, 0)
        step = plan[step + at.NEXT_STEP]


@kernel
def end_wait(plant: Ints, plan: Ints, lot: int) -> None:
    """Its step has begun, or is passed over: nothing limits the wait for it any more."""
    row = more_of(plan, plant[lot + at.STEP])
    if plan[row + more.LIMIT_US]:
        plant[lot + plan[row + more.WAITS_SINCE]] = 0


@kernel
def watch_wait(plant: Ints, plan: Ints, lot: int) -> None:
    """A lot waits for its step from now on, or is on its way there."""
    row = more_of(plan, plant[lot + at.STEP])
    limit_us = plan[row + more.LIMIT_US]
    if not limit_us or not plant[lot + plan[row + more.WAITS_SINCE]]:
        return
    over_us = max(plant[lot + plan[row + more.WAITS_SINCE]] + limit_us + 1, plant[lot + at.READY_US]) - plant[at.NOW]
    if over_us > 0:
        after(plant, over_us, due.LIMIT_DUE, lot)
    else:
        note_late(plant, plan, lot)


@kernel
def wait_as_long(plant: Ints, plan: Ints, lot: int, other: int) -> None:
    """Another goes on as this lot, which waits for the same step: for this and all after it, what has waited longest counts."""
    step, waits_longer = plant[lot + at.STEP], False
    while step >= 0:
        row = more_of(plan, step)
        if plan[row + more.LIMIT_US]:
            field = plan[row + more.WAITS_SINCE]
            since_us, other_us = plant[lot + field], plant[other + field]
            if other_us and (not since_us or other_us < since_us):
                plant[lot + field] = other_us
                waits_longer = waits_longer or step == plant[lot + at.STEP]
        step = plan[step + at.NEXT_STEP]
    if waits_longer:
        watch_wait(plant, plan, lot)


@kernel
def has_waited_too_long(plant: Ints, plan: Ints, lot: int) -> bool:
    """Whether a lot waits longer for its step than it may, and nobody has said so."""
    is_waiting = plant[lot + at.SERIAL] and not plant[lot + at.LOT_IS_GONE] and not plant[lot + at.LOT_IS_RUNNING]
    if not is_waiting or plant[lot + more.LEAVES_STEP]:
        return False
    row, now_us = more_of(plan, plant[lot + at.STEP]), plant[at.NOW]
    if not plan[row + more.LIMIT_US] or now_us < plant[lot + at.READY_US]:
        return False
    since_us = plant[lot + plan[row + more.WAITS_SINCE]]
    return since_us > 0 and now_us - since_us > plan[row + more.LIMIT_US]


@kernel
def note_late(plant: Ints, plan: Ints, lot: int) -> None:
    """If a lot has waited too long: have it judged in the settle phase of this instant."""
    if plant[lot + more.LATE_NEXT] or not has_waited_too_long(plant, plan, lot):
        return
    before, following = -1, plant[more.LATE_FIRST]
    while following >= 0 and not _is_judged_first(plant, plan, lot, following):
        before, following = following, plant[following + more.LATE_NEXT]
    plant[lot + more.LATE_NEXT] = following
    plant[before + more.LATE_NEXT if before >= 0 else more.LATE_FIRST] = lot
    if not plant[at.IS_SETTLING]:
        settle_soon(plant)


@kernel
def _is_judged_first(plant: Ints, plan: Ints, lot: int, other: int) -> bool:
    """By job order. Of lots that commands name the kernel knows no names: it matters only which of those of one root comes first."""
    if plant[lot + at.ORIGIN] == at.BY_HOST:
        return plant[lot + at.ROOT] == plant[other + at.ROOT] and plant[lot + at.DEPTH] > plant[other + at.DEPTH]
    return job_comes_first(plant, plan, lot, other)
