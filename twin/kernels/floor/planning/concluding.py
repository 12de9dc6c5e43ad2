"""What follows from what has happened, for MES and ERP: news worked through in the order in which events would be carried.

An event changes state when its turn comes, and what follows from it stands behind all that is there already. So two orders of one instant,
or a completion and an order, are netted here as they are there.
"""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor.flow.release import ask_at_once
from twin.kernels.floor.planning.customer_orders import await_shipment, purchase_what_is_short, receive_goods, ship_what_is_there
from twin.kernels.floor.planning.news import note, take_news
from twin.kernels.floor.planning.requests import close_request, expected, plan_order, release_what_is_due, take_component
from twin.kernels.floor.planning.stock import change, definition_of, line_of, needed
from twin.kernels.floor.rows import asked_rows as asked
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows.plant_rows import Ints


@kernel
def _room(plant: Ints) -> int:
    """0 if there is room to work through one more piece of news, else what has to grow."""
    if plant[at.NEWS_FIRST] + plant[at.NEWS_COUNT] + plant[at.NEWS_RESERVE] > plant[at.NEWS_CAPACITY]:
        return at.NEWS_FULL
    if plant[at.REQUEST_FREE_COUNT] < plant[at.REQUEST_RESERVE]:
        return at.REQUESTS_FULL
    if plant[at.NAMES_COUNT] + plant[at.NAMES_RESERVE] > plant[at.NAMES_CAPACITY]:
        return at.NAMES_FULL
    return at.LOG_FULL if plant[at.LOG_COUNT] + plant[at.LOG_RESERVE] > plant[at.LOG_CAPACITY] else 0


@kernel
def conclude(plant: Ints, plan: Ints, log: Ints) -> int:
    """Work through all news, then decide for Level 4, until nothing is new. Why it had to stop, or 0; it can be gone on with."""
    while True:
        while plant[at.NEWS_COUNT]:
            status = _room(plant)
            if status:
                return status
            _work_through(plant, plan, log, take_news(plant))
        status = _room(plant)
        if status:
            return status
        release_what_is_due(plant)
        if plant[at.STOCK_HAS_CHANGED] and not plant[at.NEWS_COUNT]:
            plant[at.STOCK_HAS_CHANGED] = 0
            purchase_what_is_short(plant, plan, log)
            ship_what_is_there(plant, log)
        if not plant[at.NEWS_COUNT] and not plant[at.STOCK_HAS_CHANGED]:
            return 0


@kernel
def _work_through(plant: Ints, plan: Ints, log: Ints, news: int) -> None:
    kind, request = plant[news + asked.NEWS_KIND], plant[news + asked.NEWS_REQUEST]
    a, b, c, d = plant[news + asked.NEWS_A], plant[news + asked.NEWS_B], plant[news + asked.NEWS_C], plant[news + asked.NEWS_D]
    if kind == asked.ORDER_COMES:
        await_shipment(plant, plan, c)
        plan_order(plant, plan, log, c)
    elif kind == asked.GOODS_COME:
        receive_goods(plant, a)
    elif kind == asked.JOB_IS_HERE:
        note(plant, -1, asked.MATERIAL_IS_CLAIMED, request, a, b, 0, 0)
    elif kind == asked.PIECES_COUNTED:
        if b:
            note(plant, -1, asked.PIECES_LOST, request, 0, b, 0, 0)
        if a >= 0:
            note(plant, -1, asked.JOB_IS_COMPLETE, request, a, 0, c, d)
    elif kind == asked.MATERIAL_IS_CLAIMED:
        _claim(plant, plan, a, b)
        note(plant, -1, asked.MATERIAL_IS_TAKEN, request, a, b, 0, 0)
    elif kind == asked.MATERIAL_IS_TAKEN:
        _take(plant, plan, request, a, b)
    elif kind == asked.JOB_IS_COMPLETE:
        _complete(plant, plan, request, a, c, d)
    elif kind in (asked.PARTS_COME, asked.REQUEST_IS_RELEASED, asked.REQUEST_IS_DONE):
        _go_on_with(plant, plan, log, kind, request, a)
    else:
        _count(plant, request, a if kind == asked.PIECES_MADE else 0, b)


@kernel
def _go_on_with(plant: Ints, plan: Ints, log: Ints, kind: int, request: int, a: int) -> None:
    """A request goes down to Level 3, parts of what is taken apart for it come into stock, or it is answered some steps later."""
    if kind == asked.PARTS_COME:
        _give_off(plant, plan, plant[request + asked.REQUEST_MATERIAL], a)
    elif kind == asked.REQUEST_IS_RELEASED:
        _release(plant, plan, request)
    elif a:
        note(plant, -1, asked.REQUEST_IS_DONE, request, a - 1, 0, 0, 0)
    else:
        close_request(plant, plan, log, request)


@kernel
def _claim(plant: Ints, plan: Ints, material: int, quantity: int) -> None:
    """A job has begun: what its bill asks for is promised to it."""
    definition = definition_of(plan, material)
    for n in range(plan[definition + asked.BILL_COUNT]):
        line = line_of(plan, definition, n)
        change(plant, plan[line], asked.CLAIMED, needed(plan, line, quantity))


@kernel
def _take(plant: Ints, plan: Ints, request: int, material: int, quantity: int) -> None:
    """And is taken."""
    definition = definition_of(plan, material)
    for n in range(plan[definition + asked.BILL_COUNT]):
        line = line_of(plan, definition, n)
        taken = needed(plan, line, quantity)
        change(plant, plan[line], asked.CLAIMED, -taken)
        change(plant, plan[line], asked.ON_HAND, -taken)
        take_component(plant, plan, request, n, taken)


@kernel
def _count(plant: Ints, request: int, made: int, lost: int) -> None:
    """So much of a request was finished, or lost."""
    material, before = plant[request + asked.REQUEST_MATERIAL], expected(plant, request)
    plant[request + asked.PRODUCED] += made
    plant[request + asked.SCRAPPED] += lost
    change(plant, material, asked.INCOMING, expected(plant, request) - before)
    change(plant, material, asked.ON_HAND, made)


@kernel
def _give_off(plant: Ints, plan: Ints, material: int, good: int) -> None:
    """Pieces were taken apart: what comes of them is in stock."""
    definition = definition_of(plan, material)
    for n in range(plan[definition + asked.PART_COUNT]):
        line = plan[definition + asked.PARTS_AT] + 2 * n
        change(plant, plan[line], asked.ON_HAND, plan[line + 1] * good // plan[definition + asked.PART_FOR])


@kernel
def _complete(plant: Ints, plan: Ints, request: int, good: int, rework: int, after: int) -> None:
    """A job order is done. The request is answered when nothing of it is open; what nobody will do any more ends step by step."""
    is_gone = after == 0 or good == 0
    definition = definition_of(plan, plant[request + asked.REQUEST_MATERIAL])
    if good and plan[definition + asked.PART_COUNT] and plan[definition + asked.APART_AFTER] == after:
        note(plant, -1, asked.PARTS_COME, request, good, 0, 0, 0)
    if after == 0 and good:
        plant[request + asked.REQUEST_GOOD] += good
        note(plant, -1, asked.PIECES_MADE, request, good, 0, 0, 0)
    plant[request + asked.OPEN_LOTS] += (1 if rework else 0) - (1 if is_gone else 0)
    if is_gone and plant[request + asked.OPEN_LOTS] == 0:
        note(plant, -1, asked.REQUEST_IS_DONE, request, after, 0, 0, 0)


@kernel
def _release(plant: Ints, plan: Ints, request: int) -> None:
    """Level 3 takes the request: it becomes lots, if there is a way to make it."""
    if plan[definition_of(plan, plant[request + asked.REQUEST_MATERIAL]) + asked.MATERIAL_STEP] >= 0:
        plant[request + asked.OPEN_LOTS] = -(-plant[request + asked.REQUEST_QUANTITY] // plant[request + asked.REQUEST_LOT_SIZE])
        ask_at_once(plant, request)
