"""Orders become lots, where rules decide: at once, or so late that they have their planned lead time; never more than CONWIP lets
in, and none that would wait behind more work than its work centers may have before them.

CONWIP: constant work in process; Spearman, Woodruff, Hopp (1990), Int. J. Prod. Res. 28, 879.
"""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor.flow.lots import new_lot
from twin.kernels.floor.flow.queues import join_queue
from twin.kernels.floor.flow.request_rows import need_no_longer, new_request_row
from twin.kernels.floor.ground.agenda import after
from twin.kernels.floor.ground.names import digits_of, lot_entity, order_comes_first, order_row, request_entity
from twin.kernels.floor.ground.setups import add_load
from twin.kernels.floor.ground.telling import settle_soon, tell_name
from twin.kernels.floor.rows import asked_rows as asked
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import timer_rows as due
from twin.kernels.floor.rows.plant_rows import Floats, Ints


@kernel
def hear_order(plant: Ints, plan: Ints, origin: int, n: int, quantity: int, due_us: int) -> None:
    """A customer orders: the order waits for its release. There is a free row of a request at the beginning of every step."""
    request = new_request_row(plant)
    _, material, priority = order_row(plant, plan, origin)
    definition = plan[at.DEFINITIONS_AT] + material * asked.MATERIAL_ROW
    plant[request + asked.HEARD_US] = plant[at.NOW]
    plant[request + asked.REQUEST_ORIGIN], plant[request + asked.REQUEST_N] = origin, n
    plant[request + asked.REQUEST_MATERIAL], plant[request + asked.REQUEST_QUANTITY] = material, quantity
    lot_size = plan[definition + asked.MATERIAL_LOT_SIZE]
    plant[request + asked.REQUEST_LOT_SIZE] = lot_size if lot_size else quantity
    plant[request + asked.REQUEST_DUE_US], plant[request + asked.REQUEST_PRIORITY] = due_us, priority
    plant[request + asked.USERS] = plant[request + asked.FOLLOW_UP] = 1
    plant[request + asked.REQUEST_ENTITY] = request_entity(plant, plan, request)
    delay_us = due_us - plan[definition + asked.MATERIAL_LEAD_US] - plant[at.NOW] if plant[at.IS_OFFSET] else 0
    if delay_us > 0:
        after(plant, delay_us, due.ASK_DUE, request)
    else:
        ask(plant, plan, request)


@kernel
def ask_at_once(plant: Ints, request: int) -> None:
    """A request was released: its lots come behind those of requests that were released before."""
    last = plant[at.BACKLOG_LAST]
    plant[request + asked.REQUEST_PREVIOUS], plant[request + asked.REQUEST_NEXT] = last, -1
    plant[last + asked.REQUEST_NEXT if last >= 0 else at.BACKLOG_FIRST] = request
    plant[at.BACKLOG_LAST] = request


@kernel
def ask(plant: Ints, plan: Ints, request: int) -> None:
    """A request may be released from now on: behind those that were heard earlier, at one instant in the order of their names."""
    before = plant[at.BACKLOG_LAST]
    while before >= 0 and _comes_behind(plant, plan, request, before):
        before = plant[before + asked.REQUEST_PREVIOUS]
    following = plant[before + asked.REQUEST_NEXT] if before >= 0 else plant[at.BACKLOG_FIRST]
    plant[request + asked.REQUEST_PREVIOUS], plant[request + asked.REQUEST_NEXT] = before, following
    plant[before + asked.REQUEST_NEXT if before >= 0 else at.BACKLOG_FIRST] = request
    plant[following + asked.REQUEST_PREVIOUS if following >= 0 else at.BACKLOG_LAST] = request
    settle_soon(plant)


@kernel
def _comes_behind(plant: Ints, plan: Ints, request: int, other: int) -> bool:
    """Whether `other` is released after `request`."""
    if plant[other + asked.HEARD_US] != plant[request + asked.HEARD_US]:
        return plant[other + asked.HEARD_US] > plant[request + asked.HEARD_US]
    origin, n = plant[request + asked.REQUEST_ORIGIN], plant[request + asked.REQUEST_N]
    return order_comes_first(plant, plan, origin, n, plant[other + asked.REQUEST_ORIGIN], plant[other + asked.REQUEST_N])


@kernel
def _cut(plant: Ints, plan: Ints, numbers: Floats, log: Ints, request: int) -> None:
    """The next lot of a request comes into being, and stands in its queue."""
    quantity, lot_size = plant[request + asked.REQUEST_QUANTITY], plant[request + asked.REQUEST_LOT_SIZE]
    cut = plant[request + asked.CUT_COUNT]
    plant[request + asked.CUT_COUNT] = cut + 1
    lot = new_lot(plant)
    material = plant[request + asked.REQUEST_MATERIAL]
    plant[lot + at.REQUEST], plant[lot + at.LOT_MATERIAL] = request, material
    plant[request + asked.USERS] += 1
    plant[lot + at.ORIGIN], plant[lot + at.ORIGIN_N] = plant[request + asked.REQUEST_ORIGIN], plant[request + asked.REQUEST_N]
    if plant[at.DECIDES_LEVEL_4]:
        plant[lot + at.ORIGIN], plant[lot + at.ORIGIN_N] = at.BY_REQUEST, plant[request + asked.IN_NUMBERS]
        plant[lot + at.CONSUMES] = 1 if plan[plan[at.DEFINITIONS_AT] + material * asked.MATERIAL_ROW + asked.BILL_COUNT] else 0
    if quantity > lot_size:
        plant[lot + at.PART], plant[lot + at.PART_DIGITS] = cut + 1, digits_of(-(-quantity // lot_size))
    plant[lot + at.LOT_ENTITY] = lot_entity(plant, plan, lot)
    plant[lot + at.LOT_QUANTITY] = min(lot_size, quantity - cut * lot_size)
    plant[lot + at.STEP] = plan[plan[at.DEFINITIONS_AT] + material * asked.MATERIAL_ROW + asked.MATERIAL_STEP]
    plant[lot + at.READY_US] = plant[at.NOW]
    plant[lot + at.DUE_US], plant[lot + at.LOT_PRIORITY] = plant[request + asked.REQUEST_DUE_US], plant[request + asked.REQUEST_PRIORITY]
    tell_name(plant, log, lot)
    add_load(plant, plan, numbers, plant[lot + at.STEP], plant[lot + at.LOT_QUANTITY], 1)
    join_queue(plant, plan, numbers, lot)


@kernel
def release(plant: Ints, plan: Ints, numbers: Floats, log: Ints) -> int:
    """Let lots into the plant as far as there is room for them, the earliest request first. Why it had to stop, or 0.

    A request that goes to a work center with too much work before it lets others pass.
    """
    request = plant[at.BACKLOG_FIRST] if plant[at.LOT_LIVE_COUNT] < plant[at.LOT_LIMIT] else -1
    while request >= 0:
        following = plant[request + asked.REQUEST_NEXT]
        while _is_left(plant, request) and _has_little_before_it(plant, plan, plant[request + asked.REQUEST_MATERIAL]):
            if plant[at.LOT_LIVE_COUNT] >= plant[at.LOT_LIMIT]:
                return 0
            if plant[at.LOT_FREE_COUNT] <= plant[at.LOT_RESERVE]:
                return at.LOTS_FULL
            if plant[at.TIMER_FREE_COUNT] <= plant[at.TIMER_RESERVE]:
                return at.TIMERS_FULL
            if plant[at.NAMES_COUNT] + plant[at.NAMES_RESERVE] >= plant[at.NAMES_CAPACITY]:
                return at.NAMES_FULL
            _cut(plant, plan, numbers, log, request)
        if not _is_left(plant, request):
            _drop(plant, request)
        request = following
    return 0


@kernel
def _is_left(plant: Ints, request: int) -> bool:
    """Whether not all lots of a request have come into being."""
    return plant[request + asked.CUT_COUNT] * plant[request + asked.REQUEST_LOT_SIZE] < plant[request + asked.REQUEST_QUANTITY]


@kernel
def _has_little_before_it(plant: Ints, plan: Ints, material: int) -> bool:
    """Whether at every work center of a routing there is less work than its limit."""
    step = plan[plan[at.DEFINITIONS_AT] + material * asked.MATERIAL_ROW + asked.MATERIAL_STEP]
    while step >= 0 and plant[at.LIMITS_WORK]:
        center = plant[at.CENTERS_AT] + plan[step + at.STEP_CENTER] * at.CENTER_ROW
        if plant[center + at.LOAD_US] >= plant[center + at.LOAD_LIMIT_US]:
            return False
        step = plan[step + at.NEXT_STEP]
    return True


@kernel
def _drop(plant: Ints, request: int) -> None:
    """A request has become lots."""
    before, following = plant[request + asked.REQUEST_PREVIOUS], plant[request + asked.REQUEST_NEXT]
    plant[before + asked.REQUEST_NEXT if before >= 0 else at.BACKLOG_FIRST] = following
    plant[following + asked.REQUEST_PREVIOUS if following >= 0 else at.BACKLOG_LAST] = before
    if not plant[at.DECIDES_LEVEL_4]:  # else it is open until it is answered
        need_no_longer(plant, request)
