"""Requests: what Level 3 is asked to make, planned from customer orders down the bills, netted against what is there or coming.

Works by low-level code, so that stock at each level is netted once: parents first, in the order of bills (the MES and ERP of `twin.erp`
do the same, event by event).
"""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor.flow.request_rows import need_no_longer, new_request_row
from twin.kernels.floor.ground.names import request_comes_first, request_entity
from twin.kernels.floor.ground.telling import tell_request
from twin.kernels.floor.planning.news import note
from twin.kernels.floor.planning.stock import change, definition_of, line_of, needed, position
from twin.kernels.floor.rows import asked_rows as asked
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows.plant_rows import Ints


@kernel
def _add(
    plant: Ints, plan: Ints, log: Ints, of: int, parent: int, first: int, material: int, quantity: int, due_us: int
) -> int:  # fmt: skip
    """A planned request for the customer order of row `of`; `first` is the one that it follows up, -1: none."""
    request = new_request_row(plant)
    for field in (asked.REQUEST_ORIGIN, asked.REQUEST_N, asked.REQUEST_PRIORITY):
        plant[request + field] = plant[of + field]
    plant[at.REQUEST_SERIAL] += 1
    plant[request + asked.IN_NUMBERS] = plant[at.REQUEST_SERIAL]
    plant[request + asked.HEARD_US] = plant[at.NOW]
    plant[request + asked.PARENT], plant[request + asked.USERS], plant[request + asked.FOLLOW_UP] = parent, 1, 1
    if parent >= 0:
        plant[parent + asked.USERS] += 1
        plant[request + asked.LEVEL] = plant[parent + asked.LEVEL] + 1
    if first >= 0:
        plant[first + asked.USERS] += 1
        plant[first + asked.FOLLOW_UPS] += 1
        plant[request + asked.FIRST_OF_NAME], plant[request + asked.FOLLOW_UP] = first, plant[first + asked.FOLLOW_UPS] + 1
    definition = definition_of(plan, material)
    lot_size = plan[definition + asked.MATERIAL_LOT_SIZE]
    plant[request + asked.REQUEST_MATERIAL], plant[request + asked.REQUEST_QUANTITY] = material, quantity
    plant[request + asked.REQUEST_LOT_SIZE] = lot_size if lot_size else quantity
    plant[request + asked.REQUEST_DUE_US] = due_us
    plant[request + asked.RELEASE_US] = due_us - plan[definition + asked.MATERIAL_LEAD_US]
    plant[request + asked.REQUEST_ENTITY] = request_entity(plant, plan, request)
    tell_request(plant, log, request)
    change(plant, material, asked.INCOMING, quantity)
    if plant[at.IS_OFFSET]:
        _wait_for_release(plant, plan, request)
    else:
        note(plant, -1, asked.REQUEST_IS_RELEASED, request, 0, 0, 0, 0)
    return request


@kernel
def _wait_for_release(plant: Ints, plan: Ints, request: int) -> None:
    """Among those that wait for their release date: the earliest first, at one date in the order of names."""
    before, other = -1, plant[at.PLANNED_FIRST]
    release_us = plant[request + asked.RELEASE_US]
    while other >= 0:
        other_us = plant[other + asked.RELEASE_US]
        if other_us > release_us or (other_us == release_us and request_comes_first(plant, plan, request, other)):
            break
        before, other = other, plant[other + asked.REQUEST_NEXT]
    plant[request + asked.REQUEST_NEXT] = other
    plant[before + asked.REQUEST_NEXT if before >= 0 else at.PLANNED_FIRST] = request


@kernel
def release_what_is_due(plant: Ints) -> None:
    """Planned requests whose release date has come; the date passes in silence, so it is looked at when something is heard."""
    while plant[at.PLANNED_FIRST] >= 0 and plant[plant[at.PLANNED_FIRST] + asked.RELEASE_US] <= plant[at.NOW]:
        request = plant[at.PLANNED_FIRST]
        plant[at.PLANNED_FIRST] = plant[request + asked.REQUEST_NEXT]
        plant[request + asked.REQUEST_NEXT] = -1
        note(plant, -1, asked.REQUEST_IS_RELEASED, request, 0, 0, 0, 0)


@kernel
def _need(plant: Ints, plan: Ints, count: int, material: int, quantity: int, due_us: int, parent: int) -> int:
    """Write down a need; how many there are now."""
    row = plant[at.NEEDS_AT] + count * asked.NEED_ROW
    plant[row + asked.NEED_LEVEL] = plan[definition_of(plan, material) + asked.LEVEL_CODE]
    plant[row + asked.NEED_MATERIAL], plant[row + asked.NEED_QUANTITY] = material, quantity
    plant[row + asked.NEED_DUE_US], plant[row + asked.NEED_PARENT], plant[row + asked.NEED_IS_MET] = due_us, parent, 0
    return count + 1


@kernel
def _need_components(plant: Ints, plan: Ints, count: int, request: int) -> int:
    """Write down what the bill of a request asks for, and keep it as outstanding."""
    definition = definition_of(plan, plant[request + asked.REQUEST_MATERIAL])
    due_us = plant[request + asked.REQUEST_DUE_US] - plan[definition + asked.MATERIAL_LEAD_US]
    whole, lot_size = plant[request + asked.REQUEST_QUANTITY], plant[request + asked.REQUEST_LOT_SIZE]
    for n in range(plan[definition + asked.BILL_COUNT]):
        line = line_of(plan, definition, n)
        quantity = needed(plan, line, lot_size) * (whole // lot_size) + needed(plan, line, whole % lot_size)
        plant[request + asked.REQUEST_ROW + n] = quantity
        count = _need(plant, plan, count, plan[line], quantity, due_us, request)
    return count


@kernel
def _next_need(plant: Ints, count: int) -> int:
    """The need of the lowest level code that is not met yet, the first that was written down; -1 if all are met."""
    best = -1
    for n in range(count):
        row = plant[at.NEEDS_AT] + n * asked.NEED_ROW
        if not plant[row + asked.NEED_IS_MET] and (best < 0 or plant[row + asked.NEED_LEVEL] < plant[best + asked.NEED_LEVEL]):
            best = row
    return best


@kernel
def _meet(plant: Ints, plan: Ints, log: Ints, of: int, count: int) -> None:
    """Reserve all needs, and plan requests for what of them, and of their components, is neither there nor coming."""
    need = _next_need(plant, count)
    while need >= 0:
        plant[need + asked.NEED_IS_MET] = 1
        material, quantity = plant[need + asked.NEED_MATERIAL], plant[need + asked.NEED_QUANTITY]
        shortage = quantity - max(0, position(plant, material))
        change(plant, material, asked.RESERVED, quantity)
        if shortage > 0 and not plan[definition_of(plan, material) + asked.IS_PURCHASED]:
            parent, due_us = plant[need + asked.NEED_PARENT], plant[need + asked.NEED_DUE_US]
            request = _add(plant, plan, log, of, parent, -1, material, shortage, due_us)
            count = _need_components(plant, plan, count, request)
        need = _next_need(plant, count)


@kernel
def plan_order(plant: Ints, plan: Ints, log: Ints, order: int) -> None:
    """A customer wants something."""
    material, quantity = plant[order + asked.REQUEST_MATERIAL], plant[order + asked.REQUEST_QUANTITY]
    _meet(plant, plan, log, order, _need(plant, plan, 0, material, quantity, plant[order + asked.REQUEST_DUE_US], -1))


@kernel
def expected(plant: Ints, request: int) -> int:
    """Good quantity that is still to come from a request."""
    answered = plant[request + asked.ANSWERED_GOOD]
    end = plant[request + asked.REQUEST_QUANTITY] - plant[request + asked.SCRAPPED] if answered < 0 else answered
    return max(0, end - plant[request + asked.PRODUCED])


@kernel
def close_request(plant: Ints, plan: Ints, log: Ints, request: int) -> None:
    """Level 3 has answered: what was reserved for it is free again, and a shortage that stock does not cover is planned anew."""
    material, before = plant[request + asked.REQUEST_MATERIAL], expected(plant, request)
    good = plant[request + asked.REQUEST_GOOD]
    plant[request + asked.ANSWERED_GOOD] = good
    change(plant, material, asked.INCOMING, expected(plant, request) - before)
    definition = definition_of(plan, material)
    for n in range(plan[definition + asked.BILL_COUNT]):
        change(plant, plan[line_of(plan, definition, n)], asked.RESERVED, -plant[request + asked.REQUEST_ROW + n])
        plant[request + asked.REQUEST_ROW + n] = 0
    shortage = min(plant[request + asked.REQUEST_QUANTITY] - good, -position(plant, material))
    if shortage > 0:
        parent, first, due_us = plant[request + asked.PARENT], plant[request + asked.FIRST_OF_NAME], plant[request + asked.REQUEST_DUE_US]
        again = _add(plant, plan, log, request, parent, first, material, shortage, due_us)
        _meet(plant, plan, log, request, _need_components(plant, plan, 0, again))
    need_no_longer(plant, request)


@kernel
def take_component(plant: Ints, plan: Ints, request: int, n: int, quantity: int) -> None:
    """So much of line `n` of the bill was taken for the request: so much less is reserved for it."""
    taken = min(quantity, plant[request + asked.REQUEST_ROW + n])
    plant[request + asked.REQUEST_ROW + n] -= taken
    definition = definition_of(plan, plant[request + asked.REQUEST_MATERIAL])
    change(plant, plan[line_of(plan, definition, n)], asked.RESERVED, -taken)
