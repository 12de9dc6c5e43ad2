"""What waits for a work center when rules decide, and which of it goes first.

Where the rank of a lot does not change while it waits (FIFO, EDD, SPT, priority, slack) the queue is kept in the order of ranks; the other
rules look at all that waits. Lots that rank alike go by when they were ready, then by the name of the job order.
"""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.dispatch import (
    FIFO,
    FIRST_OWN,
    NO_DUE_US,
    PRIORITY,
    SEQUENCE,
    SETUP_AVOIDANCE,
    SLACK,
    SPT,
    WEIGHTED,
    keeps_setup,
    rank,
    weigh,
)
from twin.kernels.floor.ground.agenda import after
from twin.kernels.floor.ground.ahead import draw_ahead_of_wait, draw_run_ahead
from twin.kernels.floor.ground.names import job_comes_first, job_entity, lot_comes_first
from twin.kernels.floor.ground.setups import expected_run_us, preference, remaining_us, setup_us
from twin.kernels.floor.ground.telling import look_soon, settle_soon
from twin.kernels.floor.planning.staffing import is_supplied, may_start
from twin.kernels.floor.planning.stock import promise
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import timer_rows as due
from twin.kernels.floor.rows.plant_rows import Floats, Ints
from twin.kernels.own_rules import call_rule

_rank = kernel(rank)
_weigh = kernel(weigh)
_keeps_setup = kernel(keeps_setup)
ANY_FAMILY = -2


@kernel
def _key(plant: Ints, plan: Ints, numbers: Floats, rule: int, lot: int, unit: int) -> float:
    """Rank of a lot by a rule; the smallest goes first. `unit` is who asks, -1 where the rule does not look at it."""
    if rule == FIFO:  # the others' numbers are not asked for
        return float(plant[lot + at.READY_US])
    ready_us, due_us, priority, now_us = plant[lot + at.READY_US], plant[lot + at.DUE_US], plant[lot + at.LOT_PRIORITY], plant[at.NOW]
    run_us, later_us = expected_run_us(plant, plan, numbers, lot, unit), remaining_us(plant, plan, numbers, lot, unit)
    step = plant[lot + at.STEP]
    looks_at_setups = unit >= 0 and (rule == SETUP_AVOIDANCE or rule >= WEIGHTED)
    needed_us = setup_us(plant, plan, unit, plan[step + at.STEP_FAMILY]) if looks_at_setups else 0
    left = plan[step + at.STEPS_AFTER] + 1
    if rule >= FIRST_OWN:
        address = plan[plan[at.OWN_RULES_AT] + rule - FIRST_OWN]
        key = call_rule(address, ready_us, due_us, run_us, later_us, needed_us, priority, left, now_us)
        return key if key == key else float(NO_DUE_US)  # noqa: PLR0124  what is no number comes last
    if rule == WEIGHTED:
        return _weigh(numbers, plan[at.WEIGHTS_AT], ready_us, due_us, run_us, later_us, needed_us, priority, now_us)
    if rule == SEQUENCE:
        return float(_place(plant, plan, unit, lot))
    return _rank(rule, ready_us, due_us, run_us, later_us, needed_us, priority, left, now_us)


@kernel
def _place(plant: Ints, plan: Ints, unit: int, lot: int) -> int:
    """Place of the job order that is next for a lot in the planned sequence of a unit, which is kept in the order of the names' numbers."""
    sequence, low, high = plant[unit + at.SEQUENCE_AT], 0, plant[unit + at.SEQUENCE_COUNT]
    entity = job_entity(plant, plan, lot)
    while low < high:
        middle = (low + high) >> 1
        if plan[sequence + 2 * middle] < entity:
            low = middle + 1
        else:
            high = middle
    is_there = low < plant[unit + at.SEQUENCE_COUNT] and plan[sequence + 2 * low] == entity
    return plan[sequence + 2 * low + 1] if is_there else NO_DUE_US


@kernel
def _goes_first(
    plant: Ints, plan: Ints, numbers: Floats, center: int, unit: int, key: float, lot: int, other_key: float, other: int
) -> bool:  # fmt: skip
    """Whether `lot` goes before `other`: by its key, then by the rules for what ranks alike."""
    if key != other_key:
        return key < other_key
    for n in range(plant[center + at.TIE_COUNT]):
        rule = plan[plant[center + at.TIES_AT] + n]
        key, other_key = _key(plant, plan, numbers, rule, lot, unit), _key(plant, plan, numbers, rule, other, unit)
        if key != other_key:
            return key < other_key
    if plant[lot + at.READY_US] != plant[other + at.READY_US]:
        return plant[lot + at.READY_US] < plant[other + at.READY_US]
    return job_comes_first(plant, plan, lot, other)


@kernel
def _is_kept_in_order(plant: Ints, plan: Ints, center: int) -> bool:
    """Whether no rule of the work center looks at the clock, or at who asks."""
    for n in range(plant[center + at.TIE_COUNT]):
        if not _stays(plan[plant[center + at.TIES_AT] + n]):
            return False
    return _stays(plant[center + at.RULE])


@kernel
def _stays(rule: int) -> bool:
    """Whether ranks by it do not change while a lot waits."""
    return rule <= SPT or rule in (PRIORITY, SLACK)


@kernel
def join_queue(plant: Ints, plan: Ints, numbers: Floats, lot: int) -> None:
    """A lot is ready: it stands in the queue of its work center, which is looked at again when a batch has waited long enough for it."""
    center = plant[at.CENTERS_AT] + plan[plant[lot + at.STEP] + at.STEP_CENTER] * at.CENTER_ROW
    _stand(plant, plan, numbers, center, lot)
    if plant[at.IS_LEAN_BUILD]:
        if _has_idle(plant, plan, center):  # who is not has the center looked at when he is
            draw_run_ahead(plant, plan, numbers, lot)
            look_soon(plant, center)
        else:
            draw_ahead_of_wait(plant, plan, numbers, lot)
    else:
        for n in range(plant[center + at.TAKER_COUNT]):
            look_soon(plant, center if plant[center + at.TAKER_COUNT] == 1 else plan[plant[center + at.TAKERS_AT] + n])
    for n in range(0 if plant[at.DECIDES_LEVEL_4] else plant[center + at.CENTER_WAIT_COUNT]):  # the MES looks when something is heard
        after(plant, plan[plant[center + at.CENTER_WAITS_AT] + n], due.BATCH_DUE, 0)
    settle_soon(plant)


@kernel
def _has_idle(plant: Ints, plan: Ints, center: int) -> bool:
    """Whether equipment of a work center has nothing to do."""
    for n in range(plant[center + at.CENTER_EQUIPMENT_COUNT]):
        if not plant[plan[plant[center + at.CENTER_EQUIPMENT_AT] + n] + at.HAS_JOB]:
            return True
    return False


@kernel
def _stand(plant: Ints, plan: Ints, numbers: Floats, center: int, lot: int) -> None:
    """Put a lot into a queue, behind all that go before it; under FIFO those are all, as a rule."""
    before, following = plant[center + at.QUEUE_LAST], -1
    earlier_us = plant[max(before, 0) + at.READY_US]  # of nobody, where nobody stands: that is not asked first, for nobody can foresee it
    if int(before >= 0) & (int(plant[center + at.RULE] != FIFO) | int(earlier_us >= plant[lot + at.READY_US])):
        before = _last_before(plant, plan, numbers, center, lot)
        following = plant[before + at.QUEUE_NEXT] if before >= 0 else plant[center + at.QUEUE_FIRST]
    plant[lot + at.QUEUE_PREVIOUS], plant[lot + at.QUEUE_NEXT] = before, following
    plant[before + at.QUEUE_NEXT if before >= 0 else center + at.QUEUE_FIRST] = lot
    plant[following + at.QUEUE_PREVIOUS if following >= 0 else center + at.QUEUE_LAST] = lot
    plant[center + at.QUEUE_COUNT] += 1


@kernel
def _last_before(plant: Ints, plan: Ints, numbers: Floats, center: int, lot: int) -> int:
    """The last lot of a queue that goes before `lot`, -1: none; the last of all where the queue is not kept in order."""
    before, rule = plant[center + at.QUEUE_LAST], plant[center + at.RULE]
    if not _is_kept_in_order(plant, plan, center):
        return before
    key = _key(plant, plan, numbers, rule, lot, -1)
    while before >= 0:
        other_key = _key(plant, plan, numbers, rule, before, -1)
        if not _goes_first(plant, plan, numbers, center, -1, key, lot, other_key, before):
            break
        before = plant[before + at.QUEUE_PREVIOUS]
    return before


@kernel
def rank_anew(plant: Ints, plan: Ints, numbers: Floats, center: int) -> None:
    """The rule of a work center has changed: its queue is put into the order of the new one."""
    lot = plant[center + at.QUEUE_FIRST]
    plant[center + at.QUEUE_FIRST] = plant[center + at.QUEUE_LAST] = -1
    plant[center + at.QUEUE_COUNT] = 0
    while lot >= 0:
        following = plant[lot + at.QUEUE_NEXT]
        _stand(plant, plan, numbers, center, lot)
        lot = following


@kernel
def leave_queue(plant: Ints, plan: Ints, lot: int) -> None:
    """A lot is started."""
    center = plant[at.CENTERS_AT] + plan[plant[lot + at.STEP] + at.STEP_CENTER] * at.CENTER_ROW
    before, following = plant[lot + at.QUEUE_PREVIOUS], plant[lot + at.QUEUE_NEXT]
    plant[before + at.QUEUE_NEXT if before >= 0 else center + at.QUEUE_FIRST] = following
    plant[following + at.QUEUE_PREVIOUS if following >= 0 else center + at.QUEUE_LAST] = before
    plant[lot + at.QUEUE_NEXT] = plant[lot + at.QUEUE_PREVIOUS] = -1
    plant[center + at.QUEUE_COUNT] -= 1


@kernel
def _source(plant: Ints, plan: Ints, center: int, n: int) -> int:
    """The n-th work center whose lots the equipment of a work center may take; if there is one alone it is the center itself."""
    return center if plant[center + at.SOURCE_COUNT] == 1 else plan[plant[center + at.SOURCES_AT] + n]


@kernel
def has_waiting(plant: Ints, plan: Ints, center: int) -> bool:
    """Whether something waits that equipment of a work center may take."""
    for n in range(plant[center + at.SOURCE_COUNT]):  # noqa: SIM110  a generator is an object, which a kernel has no place for
        if plant[_source(plant, plan, center, n) + at.QUEUE_COUNT]:
            return True
    return False


@kernel
def _is_able(plant: Ints, plan: Ints, unit: int, lot: int, at_most: int) -> bool:
    """Whether a work unit or a line can do what is next for a lot, is no later choice for it than `at_most`, and the one it is bound to."""
    place, step = plant[unit + at.PLACE], plant[lot + at.STEP]
    bound_at = plan[step + at.BOUND_AT]
    if bound_at >= 0 and plant[lot + bound_at] and plant[lot + bound_at] != unit:
        return False
    if (plan[step + at.STEP_EQUIPMENT + (place >> 6)] >> (place & 63) & 1) == 0:
        return False
    return preference(plant, plan, step, unit) <= at_most


@kernel
def first_that(plant: Ints, plan: Ints, numbers: Floats, center: int, unit: int, at_most: int) -> int:
    """The lot that the rule puts first among those that `unit` can work on, and that may start now; -1 if there is none."""
    rule, best, best_key = plant[center + at.RULE], -1, 0.0
    kept = _kept_family(plant, plan, center, unit)
    for n in range(plant[center + at.SOURCE_COUNT]):
        source = _source(plant, plan, center, n)
        is_alone = plant[center + at.SOURCE_COUNT] == 1 and not plant[source + at.QUEUE_IS_MIXED]
        is_kept_in_order = is_alone and _is_kept_in_order(plant, plan, center)
        lot = plant[source + at.QUEUE_FIRST]
        while lot >= 0:
            is_able = _is_able(plant, plan, unit, lot, at_most) and _suits(plant, plan, lot, kept)
            if is_able and (not plant[at.DECIDES_LEVEL_4] or may_start(plant, plan, unit, lot)):
                if is_kept_in_order:
                    best = lot
                    break
                key = _key(plant, plan, numbers, rule, lot, unit)
                if best < 0 or _goes_first(plant, plan, numbers, center, unit, key, lot, best_key, best):
                    best, best_key = lot, key
            lot = plant[lot + at.QUEUE_NEXT]
    if best >= 0:
        plant[best + at.JOB_NEXT], plant[best + at.WAIT_RANK] = -1, 0
    return best


@kernel
def _kept_family(plant: Ints, plan: Ints, center: int, unit: int) -> int:
    """The family that a unit keeps to, because its minimum run is not over; ANY_FAMILY if nothing keeps it."""
    if not (plant[unit + at.LEAST_LOTS] or plant[unit + at.LEAST_US]):
        return ANY_FAMILY
    family, is_there = plant[unit + at.FAMILY], False
    for n in range(plant[center + at.SOURCE_COUNT]):
        lot = plant[_source(plant, plan, center, n) + at.QUEUE_FIRST]
        while lot >= 0 and not is_there:
            is_there = _family(plant, plan, lot) == family and _is_able(plant, plan, unit, lot, plan[at.MOST_ALTERNATIVES])
            lot = plant[lot + at.QUEUE_NEXT]
    ran_us, stands_us = plant[at.NOW] - plant[unit + at.RUN_SINCE], plant[at.NOW] - plant[unit + at.DONE_US]
    least_lots, least_us, patience_us = plant[unit + at.LEAST_LOTS], plant[unit + at.LEAST_US], plant[unit + at.PATIENCE_US]
    keeps = _keeps_setup(plant[unit + at.RUN_LOTS], least_lots, ran_us, least_us, stands_us, patience_us, is_there)
    return family if keeps else ANY_FAMILY


@kernel
def _suits(plant: Ints, plan: Ints, lot: int, kept: int) -> bool:
    """Whether a lot needs no other set-up than the one that is kept."""
    family = _family(plant, plan, lot)
    return kept == ANY_FAMILY or family in (-1, kept)


@kernel
def rank_queue(plant: Ints, plan: Ints, numbers: Floats, center: int, unit: int, at_most: int) -> int:
    """Write the lots that `unit` can work on to the scratch behind the names, the first first; how many there are."""
    count, kept = 0, _kept_family(plant, plan, center, unit)
    for n in range(plant[center + at.SOURCE_COUNT]):
        lot = plant[_source(plant, plan, center, n) + at.QUEUE_FIRST]
        while lot >= 0:
            if _is_able(plant, plan, unit, lot, at_most) and _suits(plant, plan, lot, kept):
                _insert(plant, plan, numbers, center, unit, lot, count)
                count += 1
            lot = plant[lot + at.QUEUE_NEXT]
    return count


@kernel
def _insert(plant: Ints, plan: Ints, numbers: Floats, center: int, unit: int, lot: int, count: int) -> None:
    """Put a lot among `count` that are ranked."""
    ranked = plant[at.SCRATCH_AT] + at.SCRATCH_SIZE
    rule, place = plant[center + at.RULE], count
    key = _key(plant, plan, numbers, rule, lot, unit)
    while place > 0:
        other = plant[ranked + place - 1]
        if not _goes_first(plant, plan, numbers, center, unit, key, lot, _key(plant, plan, numbers, rule, other, unit), other):
            break
        plant[ranked + place] = other
        place -= 1
    plant[ranked + place] = lot


@kernel
def batch_of(plant: Ints, plan: Ints, unit: int, count: int) -> int:
    """Of the first `count` ranked lots those of one set-up family that start together, hanging on the first by JOB_NEXT; or -1.

    The family of the best lot is looked at first; of a family only lots count for which there is material together.
    """
    ranked = plant[at.SCRATCH_AT] + at.SCRATCH_SIZE
    chosen = ranked + plant[at.LOT_COUNT]
    for n in range(count):
        family = _family(plant, plan, plant[ranked + n])
        if _stands_before(plant, plan, ranked, n, family):
            continue
        alike, oldest_us = 0, at.FOREVER
        for m in range(n, count):
            lot = plant[ranked + m]
            if _family(plant, plan, lot) == family and is_supplied(plant, plan, lot):
                if plant[lot + at.CONSUMES]:
                    promise(plant, plan, plant[lot + at.LOT_MATERIAL], plant[lot + at.LOT_QUANTITY])
                plant[chosen + alike] = lot
                alike += 1
                oldest_us = min(oldest_us, plant[lot + at.READY_US])
        for m in range(alike):
            lot = plant[chosen + m]
            if plant[lot + at.CONSUMES]:
                promise(plant, plan, plant[lot + at.LOT_MATERIAL], -plant[lot + at.LOT_QUANTITY])
        size = _batch_size(plant, plan, unit, chosen, alike, plant[at.NOW] - oldest_us)
        if size:
            return _tie_batch(plant, plan, chosen, size)
    return -1


@kernel
def _batch_size(plant: Ints, plan: Ints, unit: int, chosen: int, alike: int, waited_us: int) -> int:
    """How many lots of a family, as they stand from `chosen` on, start as a batch; 0: none yet. As `rule_control.batch_of` has it."""
    if not alike:
        return 0
    step = plant[plant[chosen] + at.STEP]
    minimum, maximum, in_pieces = plant[unit + at.BATCH_MINIMUM], plant[unit + at.BATCH_MAXIMUM], plant[unit + at.BATCH_IN_PIECES]
    if plan[step + at.STEP_BATCH_MAXIMUM]:
        minimum, maximum, in_pieces = (
            plan[step + at.STEP_BATCH_MINIMUM],
            plan[step + at.STEP_BATCH_MAXIMUM],
            plan[step + at.STEP_BATCH_IN_PIECES],
        )
    size, inside = 1, plant[plant[chosen] + at.LOT_QUANTITY] if in_pieces else 1
    while size < alike:
        more = plant[plant[chosen + size] + at.LOT_QUANTITY] if in_pieces else 1
        if inside + more > maximum:
            break
        inside += more
        size += 1
    is_full = size < alike or inside >= maximum
    return size if is_full or (inside >= minimum and waited_us >= plant[unit + at.BATCH_WAIT]) else 0


@kernel
def _family(plant: Ints, plan: Ints, lot: int) -> int:
    return plan[plant[lot + at.STEP] + at.STEP_FAMILY]


@kernel
def _stands_before(plant: Ints, plan: Ints, ranked: int, n: int, family: int) -> bool:
    """Whether a family has been looked at already: a lot of it stands before place `n`."""
    for m in range(n):  # noqa: SIM110  a generator is an object, which a kernel has no place for
        if _family(plant, plan, plant[ranked + m]) == family:
            return True
    return False


@kernel
def _tie_batch(plant: Ints, plan: Ints, chosen: int, size: int) -> int:
    """Hang the first `size` lots on one another, and number them in the order of their names."""
    first = plant[chosen]
    plant[first + at.WAIT_RANK] = 0
    plant[first + at.JOB_NEXT] = -1
    for n in range(1, size):
        lot = plant[chosen + n]
        plant[plant[chosen + n - 1] + at.JOB_NEXT], plant[lot + at.JOB_NEXT] = lot, -1
        _number_by_name(plant, plan, first, lot)
    return first


@kernel
def _number_by_name(plant: Ints, plan: Ints, first: int, lot: int) -> None:
    """`lot` is the newest of a batch: its number is how many come before it by name, and those behind it move up."""
    plant[lot + at.WAIT_RANK] = 0
    other = first
    while other != lot:
        if lot_comes_first(plant, plan, lot, other):
            plant[other + at.WAIT_RANK] += 1
        else:
            plant[lot + at.WAIT_RANK] += 1
        other = plant[other + at.JOB_NEXT]
