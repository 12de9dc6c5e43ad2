"""Who asks the plant for something: known orders, and streams of orders that keep coming."""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor.flow.release import hear_order
from twin.kernels.floor.ground.agenda import set_timer
from twin.kernels.floor.ground.ahead import interval_us
from twin.kernels.floor.ground.chance import draw_uniform
from twin.kernels.floor.ground.telling import tell
from twin.kernels.floor.planning.customer_orders import note_order
from twin.kernels.floor.rows import asked_rows as asked
from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import timer_rows as due
from twin.kernels.floor.rows.plant_rows import Floats, Ints


@kernel
def line_is_due(plant: Ints, plan: Ints, log: Ints, number: int) -> None:
    """A known order comes."""
    row = plan[at.LINES_AT] + number * asked.LINE_ROW
    due_us = plant[at.START] + plan[row + asked.ORDER_PROMISE]
    _confirm(plant, plan, log, number, 0, plan[row + asked.ORDER_QUANTITY], due_us)


@kernel
def await_next_order(plant: Ints, plan: Ints, numbers: Floats, stream: int) -> None:
    """Set the timer of the next order of a stream, if there will be one."""
    n = plant[stream + asked.STREAM_N]
    if plant[stream + asked.STREAM_LIMIT] >= 0 and n >= plant[stream + asked.STREAM_LIMIT]:
        return
    if n == 0 and plant[stream + asked.ORDER_AT] >= 0:
        away_us = plant[stream + asked.ORDER_AT]
    else:
        draw = plant[stream + asked.STREAM_DRAWS]
        plant[stream + asked.STREAM_DRAWS] = draw + 1
        away_us = interval_us(plant, plan, numbers, stream, draw)
    number = (stream - plant[at.STREAMS_AT]) // asked.STREAM_ROW
    before = plant[at.EQUIPMENT_COUNT] + plant[at.CAUSE_COUNT] + plant[at.WATCH_COUNT] + plan[at.LINE_COUNT]
    set_timer(plant, plant[at.TIMERS_AT] + (before + number) * due.TIMER_ROW, away_us)


@kernel
def stream_is_due(plant: Ints, plan: Ints, numbers: Floats, log: Ints, stream: int) -> None:
    """An order of a stream comes, or none any more; its n-th interval and n-th quantity are the same numbers under any policy."""
    if plant[stream + asked.STREAM_UNTIL] >= 0 and plant[at.NOW] > plant[at.START] + plant[stream + asked.STREAM_UNTIL]:
        return
    n = plant[stream + asked.STREAM_N] + 1
    plant[stream + asked.STREAM_N] = n
    choices, quantities = plant[stream + asked.STREAM_CHOICES], plant[stream + asked.ORDER_QUANTITY]
    choice = 0
    if choices > 1:
        choice = int(draw_uniform(plan, at.QUANTITY, plant[stream + asked.STREAM_ENTITY], n - 1) * choices)
    origin = plan[at.LINE_COUNT] + (stream - plant[at.STREAMS_AT]) // asked.STREAM_ROW
    _confirm(plant, plan, log, origin, n, plan[quantities + choice], plant[at.NOW] + plant[stream + asked.ORDER_PROMISE])
    await_next_order(plant, plan, numbers, stream)


@kernel
def _confirm(plant: Ints, plan: Ints, log: Ints, origin: int, n: int, quantity: int, due_us: int) -> None:
    tell(plant, log, said.TELLS_ORDER, -1, quantity, origin, n, due_us)
    if plant[at.DECIDES_LEVEL_4]:
        note_order(plant, plan, origin, n, quantity, due_us)
    elif plant[at.IS_BY_RULE]:
        hear_order(plant, plan, origin, n, quantity, due_us)
