"""Customer orders, from the day they come to the day they are shipped; and deliveries of suppliers."""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor import asked_rows as asked
from twin.kernels.floor import log_rows as said
from twin.kernels.floor import rows as at
from twin.kernels.floor.flow.request_rows import free_request_row, new_request_row
from twin.kernels.floor.ground.agenda import after
from twin.kernels.floor.ground.chance import draw_us
from twin.kernels.floor.ground.names import order_comes_first, order_row, purchase_entity
from twin.kernels.floor.ground.telling import tell
from twin.kernels.floor.planning.news import note
from twin.kernels.floor.planning.stock import change, definition_of, position, stock_of
from twin.kernels.floor.rows import Floats, Ints


@kernel
def note_order(plant: Ints, plan: Ints, origin: int, n: int, quantity: int, due_us: int) -> None:
    """A customer orders."""
    _, material, priority = order_row(plant, plan, origin)
    order = new_request_row(plant)
    plant[order + asked.REQUEST_ORIGIN], plant[order + asked.REQUEST_N] = origin, n
    plant[order + asked.REQUEST_MATERIAL], plant[order + asked.REQUEST_QUANTITY] = material, quantity
    plant[order + asked.REQUEST_DUE_US], plant[order + asked.REQUEST_PRIORITY] = due_us, priority
    note(plant, -1, asked.ORDER_COMES, -1, origin, n, order, 0)


@kernel
def await_shipment(plant: Ints, plan: Ints, order: int) -> None:
    """The order waits for stock: who is due first is served first, then by name."""
    stock = stock_of(plant, plant[order + asked.REQUEST_MATERIAL])
    before, other = -1, plant[stock + asked.ORDER_FIRST]
    while other >= 0 and not _is_served_before(plant, plan, order, other):
        before, other = other, plant[other + asked.REQUEST_NEXT]
    plant[order + asked.REQUEST_NEXT] = other
    plant[before + asked.REQUEST_NEXT if before >= 0 else stock + asked.ORDER_FIRST] = order
    plant[at.STOCK_HAS_CHANGED] = 1


@kernel
def _is_served_before(plant: Ints, plan: Ints, order: int, other: int) -> bool:
    due_us, other_us = plant[order + asked.REQUEST_DUE_US], plant[other + asked.REQUEST_DUE_US]
    if due_us != other_us:
        return due_us < other_us
    origin, n = plant[order + asked.REQUEST_ORIGIN], plant[order + asked.REQUEST_N]
    return order_comes_first(plant, plan, origin, n, plant[other + asked.REQUEST_ORIGIN], plant[other + asked.REQUEST_N])


@kernel
def ship_what_is_there(plant: Ints, log: Ints) -> None:
    """An order ships whole; one that is due earlier keeps what there is, even if it is too little."""
    for material in range(plant[at.MATERIAL_COUNT]):
        stock = stock_of(plant, material)
        left, before, order = plant[stock + asked.ON_HAND], -1, plant[stock + asked.ORDER_FIRST]
        while order >= 0 and left > 0:
            if plant[at.LOG_COUNT] + 1 >= plant[at.LOG_CAPACITY]:
                plant[at.STOCK_HAS_CHANGED] = 1  # gone on with when the log has room again
                return
            following, quantity = plant[order + asked.REQUEST_NEXT], plant[order + asked.REQUEST_QUANTITY]
            if quantity <= left:
                change(plant, material, asked.ON_HAND, -quantity)
                change(plant, material, asked.RESERVED, -quantity)
                origin, n = plant[order + asked.REQUEST_ORIGIN], plant[order + asked.REQUEST_N]
                tell(plant, log, said.TELLS_SHIPMENT, -1, quantity, origin, n, plant[order + asked.REQUEST_DUE_US])
                plant[before + asked.REQUEST_NEXT if before >= 0 else stock + asked.ORDER_FIRST] = following
                free_request_row(plant, order)
            else:
                before = order
            left -= quantity
            order = following


@kernel
def _reorder_quantity(plan: Ints, definition: int, there: int) -> int:
    """The least multiple of the declared quantity that brings the position above the reorder point; without one, what is short."""
    point, quantity = plan[definition + asked.REORDER_POINT], plan[definition + asked.REORDER_QUANTITY]
    if point < 0:
        return max(0, -there)
    short = point + 1 - there
    return 0 if short <= 0 else -(-short // quantity) * quantity


@kernel
def purchase_what_is_short(plant: Ints, plan: Ints, log: Ints) -> None:
    """One order for each material whose position has fallen to its reorder point, in declared order."""
    for material in range(plant[at.MATERIAL_COUNT]):
        definition = definition_of(plan, material)
        if not plan[definition + asked.IS_PURCHASED] or not plan[definition + asked.HAS_SUPPLIER]:
            continue
        quantity = _reorder_quantity(plan, definition, position(plant, material))
        if quantity:
            stock = stock_of(plant, material)
            plant[stock + asked.PURCHASES] += 1
            change(plant, material, asked.INCOMING, quantity)
            delivery = new_request_row(plant)
            plant[delivery + asked.REQUEST_MATERIAL], plant[delivery + asked.REQUEST_QUANTITY] = material, quantity
            plant[delivery + asked.REQUEST_N] = plant[stock + asked.PURCHASES]
            tell(plant, log, said.TELLS_PURCHASE, -1, quantity, material, plant[stock + asked.PURCHASES], 0)
            send(plant, asked.PURCHASE, delivery, -1, 0)


@kernel
def send(plant: Ints, kind: int, whom: int, lot: int, person: int) -> None:
    """Keep a decision for the next settle phase, which carries decisions out in the order in which they were taken."""
    row = plant[at.SENT_AT] + plant[at.SENT_COUNT] * asked.SENT_ROW
    plant[at.SENT_COUNT] += 1
    plant[row + asked.SENT_KIND], plant[row + asked.SENT_TO], plant[row + asked.SENT_LOT], plant[row + asked.SENT_PERSON] = (
        kind,
        whom,
        lot,
        person,
    )
    plant[at.SETTLE_IS_DUE] = 1


@kernel
def supplier_hears(plant: Ints, plan: Ints, numbers: Floats, delivery: int) -> None:
    """The supplier will deliver, after a drawn lead time."""
    material, n = plant[delivery + asked.REQUEST_MATERIAL], plant[delivery + asked.REQUEST_N]
    distribution = plan[plan[at.LEAD_TIMES_AT] + material]
    lead_us = draw_us(plan, numbers, distribution, at.LEAD_TIME, purchase_entity(plan, material, n), 0)
    after(plant, lead_us, at.GOODS_DUE, delivery)


@kernel
def goods_are_due(plant: Ints, log: Ints, delivery: int) -> None:
    """A supplier delivers."""
    material, n, quantity = (
        plant[delivery + asked.REQUEST_MATERIAL],
        plant[delivery + asked.REQUEST_N],
        plant[delivery + asked.REQUEST_QUANTITY],
    )
    tell(plant, log, said.TELLS_DELIVERY, -1, -1, material, n, quantity)
    note(plant, -1, asked.GOODS_COME, -1, delivery, 0, 0, 0)


@kernel
def receive_goods(plant: Ints, delivery: int) -> None:
    """What came is on hand, and not on order any more."""
    material, quantity = plant[delivery + asked.REQUEST_MATERIAL], plant[delivery + asked.REQUEST_QUANTITY]
    change(plant, material, asked.INCOMING, -quantity)
    change(plant, material, asked.ON_HAND, quantity)
    free_request_row(plant, delivery)
