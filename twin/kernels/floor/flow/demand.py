"""Who asks the plant for something: known orders, and streams of orders that keep coming."""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor import log_rows as said
from twin.kernels.floor import rows as at
from twin.kernels.floor.flow.release import hear_order
from twin.kernels.floor.ground.agenda import set_timer
from twin.kernels.floor.ground.chance import draw_uniform, draw_us
from twin.kernels.floor.ground.telling import tell
from twin.kernels.floor.planning.customer_orders import note_order
from twin.kernels.floor.rows import Floats, Ints


@kernel
def line_is_due(plant: Ints, plan: Ints, log: Ints, number: int) -> None:
    """A known order comes."""
    row = plan[at.LINES_AT] + number * at.LINE_ROW
    due_us = plant[at.START] + plan[row + at.ORDER_PROMISE]
    _confirm(plant, plan, log, number, 0, plan[row + at.ORDER_QUANTITY], due_us)


@kernel
def await_next_order(plant: Ints, plan: Ints, numbers: Floats, stream: int) -> None:
    """Set the timer of the next order of a stream, if there will be one."""
    n = plant[stream + at.STREAM_N]
    if plant[stream + at.STREAM_LIMIT] >= 0 and n >= plant[stream + at.STREAM_LIMIT]:
        return
    if n == 0 and plant[stream + at.ORDER_AT] >= 0:
        interval_us = plant[stream + at.ORDER_AT]
    else:
        draw = plant[stream + at.STREAM_DRAWS]
        plant[stream + at.STREAM_DRAWS] = draw + 1
        entity, distribution = plant[stream + at.STREAM_ENTITY], plant[stream + at.STREAM_DISTRIBUTION]
        interval_us = draw_us(plan, numbers, distribution, at.INTERVAL, entity, draw)
    number = (stream - plant[at.STREAMS_AT]) // at.STREAM_ROW
    before = plant[at.EQUIPMENT_COUNT] + plant[at.CAUSE_COUNT] + plant[at.WATCH_COUNT] + plan[at.LINE_COUNT]
    set_timer(plant, plant[at.TIMERS_AT] + (before + number) * at.TIMER_ROW, interval_us)


@kernel
def stream_is_due(plant: Ints, plan: Ints, numbers: Floats, log: Ints, stream: int) -> None:
    """An order of a stream comes; its n-th interval and n-th quantity are the same numbers under any policy."""
    n = plant[stream + at.STREAM_N] + 1
    plant[stream + at.STREAM_N] = n
    choices, quantities = plant[stream + at.STREAM_CHOICES], plant[stream + at.ORDER_QUANTITY]
    choice = 0
    if choices > 1:
        choice = int(draw_uniform(plan, at.QUANTITY, plant[stream + at.STREAM_ENTITY], n - 1) * choices)
    origin = plan[at.LINE_COUNT] + (stream - plant[at.STREAMS_AT]) // at.STREAM_ROW
    _confirm(plant, plan, log, origin, n, plan[quantities + choice], plant[at.NOW] + plant[stream + at.ORDER_PROMISE])
    await_next_order(plant, plan, numbers, stream)


@kernel
def _confirm(plant: Ints, plan: Ints, log: Ints, origin: int, n: int, quantity: int, due_us: int) -> None:
    tell(plant, log, said.TELLS_ORDER, -1, quantity, origin, n, due_us)
    if plant[at.DECIDES_LEVEL_4]:
        note_order(plant, plan, origin, n, quantity, due_us)
    elif plant[at.IS_BY_RULE]:
        hear_order(plant, plan, origin, n, quantity, due_us)
