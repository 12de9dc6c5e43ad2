"""Another future: what was drawn and is not known yet on the floor is drawn again, given how long it has lasted already.

A repair that has lasted for an hour lasts for more than an hour. So the new total is drawn from what is longer than the age, by rejection;
what has been going on for so long that nothing longer comes keeps its total, or ends now if that is over too: so it is in plants whose
totals nobody knows (`twin.simulation.compiled_plant.begun`). From here on every stream has its new key.
"""

from __future__ import annotations

from twin.kernels.compiling import entry, float64_at, int64_at, kernel
from twin.kernels.floor.ground.agenda import cancel, cause_timer, set_timer, work_timer
from twin.kernels.floor.ground.chance import draw_good_ahead, draw_us, is_constant
from twin.kernels.floor.ground.names import purchase_entity
from twin.kernels.floor.rows import asked_rows as asked
from twin.kernels.floor.rows import lot_rows as of_lot
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import timer_rows as due
from twin.kernels.floor.rows.plant_rows import Floats, Ints
from twin.kernels.floor.work.failures import work_until_failure_us
from twin.kernels.floor.work.work_unit import draw_stay_us


@kernel
def _longer_us(new: Ints, numbers: Floats, distribution: int, purpose: int, entity: int, draw: int, age_us: int, total_us: int) -> int:
    """A total that is longer than its age; `total_us` if none is found, or an end at once."""
    for attempt in range(at.REDRAWS):
        drawn_us = max(1, draw_us(new, numbers, distribution, purpose, entity, draw + at.FIRST_REDRAW + attempt))
        if drawn_us > age_us:
            return drawn_us
    return max(total_us, age_us + 1)


@kernel
def _left_us(plant: Ints, timer: int) -> int:
    """How long a timer that is set still runs."""
    return plant[plant[at.HEAP_AT] + plant[timer + due.TIMER_PLACE] * due.HEAP_ROW + due.HEAP_US] - plant[at.NOW]


@kernel
def _redraw_timer(
    plant: Ints, old: Ints, new: Ints, numbers: Floats, timer: int, distribution: int, purpose: int, entity: int, draw: int
) -> None:  # fmt: skip
    """Let a timer that waits for draw number `draw` wait for another total."""
    total_us = max(1, draw_us(old, numbers, distribution, purpose, entity, draw))
    age_us = total_us - _left_us(plant, timer)
    longer_us = _longer_us(new, numbers, distribution, purpose, entity, draw, age_us, total_us)
    cancel(plant, timer)
    set_timer(plant, timer, longer_us - age_us)


@kernel
def _pause_work(plant: Ints, unit: int) -> None:
    """Note what was worked up to now; the timer is set again when everything is drawn."""
    worked_us = plant[at.NOW] - plant[unit + at.BEGUN_US]
    plant[unit + at.BEGUN_US] = plant[at.NOW]
    plant[unit + at.NEED_US] -= worked_us
    cancel(plant, work_timer(plant, unit))
    for n in range(plant[unit + at.CAUSES]):
        cause = plant[at.CAUSES_AT] + (plant[unit + at.CAUSE_FIRST] + n) * at.CAUSE_ROW
        if plant[cause + at.WEARS] and plant[unit + at.ACTIVITY] == at.RUNNING:
            plant[cause + at.LEFT_US] -= worked_us
        if (
            plant[cause + at.UPKEEP_BY] == at.BY_WORK
            and plant[unit + at.ACTIVITY] == at.RUNNING
            and plant[cause + at.STAGE] == at.GOOD_TIME
        ):
            plant[cause + at.UPKEEP_DONE] += worked_us


@kernel
def _redraw_cause(plant: Ints, old: Ints, new: Ints, numbers: Floats, cause: int) -> None:
    """A good time or a repair that is going on."""
    entity, timer = plant[cause + at.CAUSE_ENTITY], cause_timer(plant, cause)
    if plant[cause + at.UPKEEP_BY]:
        if plant[cause + at.STAGE] == at.REPAIRING:  # dates and counts are no draws
            distribution, draw = plant[cause + at.REPAIR_DISTRIBUTION], plant[cause + at.REPAIR_DRAWS] - 1
            _redraw_timer(plant, old, new, numbers, timer, distribution, at.UPKEEP, entity, draw)
    elif plant[cause + at.STAGE] == at.GOOD_TIME and plant[cause + at.WEARS]:
        distribution, draw = plant[cause + at.GOOD_DISTRIBUTION], plant[cause + at.GOOD_DRAWS] - 1
        total_us = max(1, draw_us(old, numbers, distribution, at.FAILURE, entity, draw))
        age_us = total_us - plant[cause + at.LEFT_US]
        plant[cause + at.LEFT_US] = _longer_us(new, numbers, distribution, at.FAILURE, entity, draw, age_us, total_us) - age_us
    elif plant[timer + due.TIMER_PLACE] >= 0 and plant[cause + at.STAGE] == at.GOOD_TIME:
        distribution, draw = plant[cause + at.GOOD_DISTRIBUTION], plant[cause + at.GOOD_DRAWS] - 1
        _redraw_timer(plant, old, new, numbers, timer, distribution, at.FAILURE, entity, draw)
    elif plant[timer + due.TIMER_PLACE] >= 0:
        distribution, draw = plant[cause + at.REPAIR_DISTRIBUTION], plant[cause + at.REPAIR_DRAWS] - 1
        _redraw_timer(plant, old, new, numbers, timer, distribution, at.REPAIR, entity, draw)


@kernel
def _redraw_work(plant: Ints, old: Ints, new: Ints, numbers: Floats, unit: int) -> None:
    """The run that is going on or will follow the set-up, or the cycle of a station."""
    if plant[unit + at.KIND] == at.STATION and plant[unit + at.ACTIVITY] == at.RUNNING:
        distribution, entity, draw = plant[unit + at.CYCLE_DISTRIBUTION], plant[unit + at.CYCLE_ENTITY], plant[unit + at.CYCLE_DRAWS] - 1
        total_us = draw_us(old, numbers, distribution, at.CYCLE, entity, draw)
        age_us = total_us - plant[unit + at.NEED_US]
        plant[unit + at.NEED_US] = _longer_us(new, numbers, distribution, at.CYCLE, entity, draw, age_us, total_us) - age_us
    elif plant[unit + at.KIND] == at.WORK_UNIT and plant[unit + at.ACTIVITY] != at.NO_WORK:
        is_running = plant[unit + at.ACTIVITY] == at.RUNNING
        age_us = plant[unit + at.RUN_US] - plant[unit + at.NEED_US] if is_running else -1
        for attempt in range(at.REDRAWS):
            run_us, inside_us = draw_stay_us(plant, new, numbers, unit, at.FIRST_REDRAW + attempt)
            if run_us > age_us:
                plant[unit + at.RUN_US], plant[unit + at.INSIDE_US] = run_us, inside_us
                if is_running:
                    plant[unit + at.NEED_US] = run_us - age_us
                return
        if is_running and plant[unit + at.NEED_US] <= 0:
            plant[unit + at.RUN_US], plant[unit + at.NEED_US] = age_us + 1, 1


@kernel
def _redraw_rejects(plant: Ints, new: Ints, numbers: Floats, station: int) -> None:
    """How many good pieces come before the next bad one: that has no memory."""
    share = numbers[plant[station + at.STATION_SCRAP]]
    if plant[plant[station + at.LINE_AT] + at.HAS_JOB] and 0.0 < share < 1.0:
        plant[station + at.REJECT_AHEAD] = draw_good_ahead(new, share, plant[station + at.REJECT_ENTITY], at.FIRST_REDRAW)


@kernel
def _redraw_deliveries(plant: Ints, old: Ints, new: Ints, numbers: Floats) -> None:
    """Lead times of what is on its way from suppliers."""
    scratch, count = plant[at.SCRATCH_AT], 0
    for place in range(plant[at.HEAP_COUNT]):
        timer = plant[plant[at.HEAP_AT] + place * due.HEAP_ROW + due.HEAP_TIMER]
        if plant[timer + due.TIMER_KIND] == due.GOODS_DUE and count < at.SCRATCH_SIZE:
            plant[scratch + count] = timer
            count += 1
    for n in range(count):
        timer = plant[scratch + n]
        delivery = plant[timer + due.TIMER_WHAT]
        material = plant[delivery + asked.REQUEST_MATERIAL]
        entity, distribution = purchase_entity(old, material, plant[delivery + asked.REQUEST_N]), old[old[at.LEAD_TIMES_AT] + material]
        _redraw_timer(plant, old, new, numbers, timer, distribution, at.LEAD_TIME, entity, 0)


@kernel
def _redraw_arrivals(plant: Ints, old: Ints, new: Ints, numbers: Floats) -> None:
    """Transport that is drawn, of lots on their way; how long they still are inside a cascade is drawn with its run."""
    timers, count = plant[at.SCRATCH_AT] + at.SCRATCH_SIZE, 0
    for place in range(plant[at.HEAP_COUNT]):
        timer = plant[plant[at.HEAP_AT] + place * due.HEAP_ROW + due.HEAP_TIMER]
        if plant[timer + due.TIMER_KIND] == due.SCAN_DUE:
            plant[timers + count] = timer
            count += 1
    for n in range(count):
        timer = plant[timers + n]
        lot = plant[timer + due.TIMER_WHAT]
        distribution, entity = old[plant[lot + of_lot.AWAY_STEP] + at.TRANSPORT_DISTRIBUTION], plant[lot + of_lot.AWAY_ENTITY]
        if not is_constant(old, distribution):
            left_us = plant[lot + of_lot.AWAY_SINCE] + plant[lot + of_lot.AWAY_INSIDE]
            total_us = draw_us(old, numbers, distribution, at.TRANSPORT, entity, 0)
            away_us = _longer_us(new, numbers, distribution, at.TRANSPORT, entity, 0, plant[at.NOW] - left_us, total_us)
            plant[lot + at.READY_US] = left_us + away_us
            cancel(plant, timer)
            set_timer(plant, timer, plant[lot + at.READY_US] - plant[at.NOW])


@kernel
def redraw(plant: Ints, old: Ints, new: Ints, numbers: Floats) -> None:
    """Everything that is under way at this instant, between two instants: no timer is due, nothing is urgent.

    Parameters
    ----------
    old, new : the plan with the keys by which everything was drawn so far, and with those of the other future
    """
    for n in range(plant[at.EQUIPMENT_COUNT]):
        unit = plant[at.EQUIPMENT_AT] + n * at.EQUIPMENT_ROW
        if plant[unit + at.IS_AT_WORK]:
            _pause_work(plant, unit)
    for n in range(plant[at.CAUSE_COUNT]):
        cause = plant[at.CAUSES_AT] + n * at.CAUSE_ROW
        if not plant[cause + at.IS_PLANNED]:
            _redraw_cause(plant, old, new, numbers, cause)
    for n in range(plant[at.EQUIPMENT_COUNT]):
        unit = plant[at.EQUIPMENT_AT] + n * at.EQUIPMENT_ROW
        _redraw_work(plant, old, new, numbers, unit)
        if plant[unit + at.KIND] == at.STATION:
            _redraw_rejects(plant, new, numbers, unit)
        if plant[unit + at.IS_AT_WORK]:
            need_us = plant[unit + at.NEED_US]
            is_running = plant[unit + at.ACTIVITY] == at.RUNNING
            set_timer(plant, work_timer(plant, unit), work_until_failure_us(plant, unit, need_us) if is_running else need_us)
    before = plant[at.EQUIPMENT_COUNT] + plant[at.CAUSE_COUNT] + plant[at.WATCH_COUNT] + old[at.LINE_COUNT]
    for n in range(plant[at.STREAM_COUNT]):
        stream, timer = plant[at.STREAMS_AT] + n * asked.STREAM_ROW, plant[at.TIMERS_AT] + (before + n) * due.TIMER_ROW
        if plant[timer + due.TIMER_PLACE] >= 0 and plant[stream + asked.STREAM_DRAWS]:
            distribution, entity = plant[stream + asked.STREAM_DISTRIBUTION], plant[stream + asked.STREAM_ENTITY]
            _redraw_timer(plant, old, new, numbers, timer, distribution, at.INTERVAL, entity, plant[stream + asked.STREAM_DRAWS] - 1)
    _redraw_deliveries(plant, old, new, numbers)
    _redraw_arrivals(plant, old, new, numbers)


@entry
def redraw_at(plant_address: int, old_address: int, new_address: int, numbers_address: int) -> None:
    """`redraw`, by addresses."""
    redraw(int64_at(plant_address), int64_at(old_address), int64_at(new_address), float64_at(numbers_address))
