"""What happens at an instant: timers that are due, and what is urgent since the last settle phase."""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor.flow.arrivals import arrive
from twin.kernels.floor.flow.demand import await_next_order, line_is_due, stream_is_due
from twin.kernels.floor.flow.queues import join_queue
from twin.kernels.floor.flow.release import ask
from twin.kernels.floor.flow.steps.watching import note_late
from twin.kernels.floor.ground.agenda import let_go, set_timer, take_next, take_urgent
from twin.kernels.floor.ground.telling import beat, settle_soon, tell, touch
from twin.kernels.floor.planning.customer_orders import goods_are_due, supplier_hears
from twin.kernels.floor.rows import asked_rows as asked
from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import timer_rows as due
from twin.kernels.floor.rows.plant_rows import Floats, Ints
from twin.kernels.floor.work.equipment import report_rest
from twin.kernels.floor.work.failures import begin_good_time, begin_repair, cause_is_due, go_down
from twin.kernels.floor.work.upkeep import await_upkeep, carry_out_upkeep, upkeep_begins, upkeep_is_due
from twin.kernels.floor.work.working import go_on, stretch_is_done, work_is_broken_off, work_is_interrupted, work_starts


@kernel
def begin(plant: Ints, plan: Ints, numbers: Floats, log: Ints) -> None:
    """The first instant, before anything has happened: equipment says its state, and every timer that runs by itself is set."""
    for n in range(plant[at.EQUIPMENT_COUNT]):
        report_rest(plant, log, plant[at.EQUIPMENT_AT] + n * at.EQUIPMENT_ROW)
    timer = plant[at.TIMERS_AT] + plant[at.EQUIPMENT_COUNT] * due.TIMER_ROW
    for n in range(plant[at.CAUSE_COUNT]):
        cause = plant[at.CAUSES_AT] + n * at.CAUSE_ROW
        if plant[cause + at.IS_PLANNED]:
            set_timer(plant, timer + n * due.TIMER_ROW, plant[cause + at.GOOD_DISTRIBUTION])
        elif plant[cause + at.UPKEEP_BY]:
            await_upkeep(plant, plan, cause)
        else:
            begin_good_time(plant, plan, numbers, cause)
    timer += plant[at.CAUSE_COUNT] * due.TIMER_ROW
    for n in range(plant[at.WATCH_COUNT]):
        _await_bound(plant, plan, plant[at.WATCHES_AT] + n * at.WATCH_ROW, timer + n * due.TIMER_ROW)
    timer += plant[at.WATCH_COUNT] * due.TIMER_ROW
    for n in range(plan[at.LINE_COUNT]):
        comes_us = plan[plan[at.LINES_AT] + n * asked.LINE_ROW + asked.ORDER_AT]
        if comes_us >= 0:
            set_timer(plant, timer + n * due.TIMER_ROW, comes_us)
    timer += (plan[at.LINE_COUNT] + plant[at.STREAM_COUNT]) * due.TIMER_ROW
    for n in range(plant[at.STREAM_COUNT]):
        await_next_order(plant, plan, numbers, plant[at.STREAMS_AT] + n * asked.STREAM_ROW)
    set_timer(plant, timer, at.CLOCK_BEAT_US)


@kernel
def fire(plant: Ints, plan: Ints, numbers: Floats, log: Ints) -> None:
    """What the next timer says happens."""
    timer = take_next(plant)
    kind, what = plant[timer + due.TIMER_KIND], plant[timer + due.TIMER_WHAT]
    if kind >= due.LOT_DUE:
        let_go(plant, timer)
    if kind == due.WORK_DONE:
        stretch_is_done(plant, plan, numbers, log, what)
    elif kind in (due.LOT_DUE, due.LIMIT_DUE):
        _lot_is_due(plant, plan, numbers, kind, what)
    elif kind == due.STREAM_DUE:
        stream_is_due(plant, plan, numbers, log, what)
    elif kind == due.CAUSE_DUE and plant[what + at.UPKEEP_BY]:
        upkeep_is_due(plant, plan, numbers, what)
    elif kind == due.CAUSE_DUE:
        cause_is_due(plant, plan, numbers, what)
    elif kind == due.LINE_DUE:
        line_is_due(plant, plan, log, what)
    elif kind == due.BOUND_DUE:
        _bound_is_due(plant, plan, what, timer)
    elif kind == due.CLOCK_DUE:
        beat(plant, said.BEAT_CLOCK)
        set_timer(plant, timer, at.CLOCK_BEAT_US)
    elif kind == due.ASK_DUE:
        ask(plant, plan, what)
    elif kind == due.BATCH_DUE:
        settle_soon(plant)
    else:
        _something_comes(plant, plan, numbers, log, kind, what)


@kernel
def _something_comes(plant: Ints, plan: Ints, numbers: Floats, log: Ints, kind: int, what: int) -> None:
    """Lots arrive where they wait, goods are delivered."""
    if kind == due.ARRIVAL_DUE:
        beat(plant, said.BEAT_TRANSPORT)
    elif kind == due.SCAN_DUE:
        arrive(plant, plan, numbers, log, what)
    elif kind == due.GOODS_DUE:
        goods_are_due(plant, log, what)
    else:
        tell(plant, log, said.TELLS_DELIVERY, -1, what, 0, 0, 0)


@kernel
def _lot_is_due(plant: Ints, plan: Ints, numbers: Floats, kind: int, lot: int) -> None:
    """A lot has arrived where it waits, or may have waited too long."""
    if kind == due.LOT_DUE:
        join_queue(plant, plan, numbers, lot)
    else:
        note_late(plant, plan, lot)


@kernel
def resume(plant: Ints, plan: Ints, numbers: Floats, log: Ints) -> None:
    """What is urgent and came first goes on."""
    entry = take_urgent(plant)
    kind, whom = plant[entry], plant[entry + 1]
    if kind == due.WORK_STARTS:
        work_starts(plant, plan, numbers, log, whom)
    elif kind == due.WORK_INTERRUPTED:
        work_is_interrupted(plant, plan, numbers, log, whom)
    elif kind == due.WORK_GOES_ON:
        go_on(plant, plan, numbers, log, whom)
    elif kind == due.WORN_OUT:
        go_down(plant, plan, numbers, whom)
    elif kind == due.CREW_GRANTED and plant[whom + at.UPKEEP_BY]:
        carry_out_upkeep(plant, plan, numbers, whom)
    elif kind == due.CREW_GRANTED:
        begin_repair(plant, plan, numbers, whom)
    elif kind == due.UPKEEP_BEGINS:
        upkeep_begins(plant, plan, numbers, whom)
    elif kind == due.SUPPLIER_HEARS:
        supplier_hears(plant, plan, numbers, whom)
    else:
        work_is_broken_off(plant, whom)


@kernel
def _await_bound(plant: Ints, plan: Ints, watch: int, timer: int) -> None:
    n = plant[watch + at.BOUND_NEXT]
    if n < plant[watch + at.BOUND_COUNT]:
        set_timer(plant, timer, plan[plant[watch + at.BOUNDS_AT] + 2 * n] - plant[at.NOW])


@kernel
def _bound_is_due(plant: Ints, plan: Ints, watch: int, timer: int) -> None:
    """A calendar opens or closes: everything that hangs on it is looked at."""
    plant[watch + at.IS_OPEN] = plan[plant[watch + at.BOUNDS_AT] + 2 * plant[watch + at.BOUND_NEXT] + 1]
    plant[watch + at.BOUND_NEXT] += 1
    beat(plant, said.BEAT_SHIFT)
    for n in range(plant[watch + at.WATCH_EQUIPMENT_COUNT]):
        touch(plant, plan[plant[watch + at.WATCH_EQUIPMENT_AT] + n])
    _await_bound(plant, plan, watch, timer)
