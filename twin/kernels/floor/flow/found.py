"""Work in process that stands on the floor at the start: lots in the middle of their routings, put down before the first instant."""

from __future__ import annotations

from twin.kernels.compiling import entry, float64_at, int64_at
from twin.kernels.floor.flow.lots import new_lot, stand
from twin.kernels.floor.flow.request_rows import new_request_row
from twin.kernels.floor.ground.names import lot_entity, order_row, request_entity
from twin.kernels.floor.ground.setups import add_load
from twin.kernels.floor.ground.telling import tell_name, tell_request
from twin.kernels.floor.planning.stock import change
from twin.kernels.floor.rows import asked_rows as asked
from twin.kernels.floor.rows import plant_rows as at


@entry
def find_lot(plant_address: int, plan_address: int, numbers_address: int, log_address: int, line: int, step: int) -> None:
    """Where rules decide: a lot that is named after row `line` of the known orders, and is to go on with `step`; with its request."""
    plant, plan, log = int64_at(plant_address), int64_at(plan_address), int64_at(log_address)
    request, row = new_request_row(plant), plan[at.LINES_AT] + line * asked.LINE_ROW
    _, material, priority = order_row(plant, plan, line)
    quantity, due_us = plan[row + asked.ORDER_QUANTITY], plant[at.START] + plan[row + asked.ORDER_PROMISE]
    plant[request + asked.HEARD_US] = plant[request + asked.RELEASE_US] = plant[at.NOW]
    plant[request + asked.REQUEST_ORIGIN], plant[request + asked.REQUEST_MATERIAL] = line, material
    plant[request + asked.REQUEST_QUANTITY] = plant[request + asked.REQUEST_LOT_SIZE] = quantity
    plant[request + asked.REQUEST_DUE_US], plant[request + asked.REQUEST_PRIORITY] = due_us, priority
    plant[request + asked.CUT_COUNT] = plant[request + asked.FOLLOW_UP] = plant[request + asked.OPEN_LOTS] = 1
    plant[request + asked.USERS] = 1 + plant[at.DECIDES_LEVEL_4]  # its lot, and itself until it is answered
    plant[request + asked.REQUEST_ENTITY] = request_entity(plant, plan, request)
    lot = new_lot(plant)
    plant[lot + at.REQUEST], plant[lot + at.LOT_MATERIAL], plant[lot + at.ORIGIN] = request, material, line
    if plant[at.DECIDES_LEVEL_4]:
        plant[at.REQUEST_SERIAL] += 1
        plant[request + asked.IN_NUMBERS] = plant[at.REQUEST_SERIAL]
        plant[lot + at.ORIGIN], plant[lot + at.ORIGIN_N] = at.BY_REQUEST, plant[request + asked.IN_NUMBERS]
        tell_request(plant, log, request)
        change(plant, material, asked.INCOMING, quantity)
    plant[lot + at.LOT_ENTITY] = lot_entity(plant, plan, lot)
    plant[lot + at.LOT_QUANTITY], plant[lot + at.STEP], plant[lot + at.READY_US] = quantity, step, plant[at.NOW]
    plant[lot + at.DUE_US], plant[lot + at.LOT_PRIORITY] = due_us, priority
    tell_name(plant, log, lot)
    add_load(plant, plan, float64_at(numbers_address), step, quantity, 1)
    stand(plant, plan, float64_at(numbers_address), lot)


@entry
def add_load_of(plant_address: int, plan_address: int, numbers_address: int, lot: int) -> None:
    """A lot that is in the plant, wherever it is, is work before the work centers that it still goes to."""
    plant = int64_at(plant_address)
    add_load(plant, int64_at(plan_address), float64_at(numbers_address), plant[lot + at.STEP], plant[lot + at.LOT_QUANTITY], 1)


@entry
def put_lot(plant_address: int, plan_address: int, numbers_address: int, lot: int) -> None:
    """Where commands decide: a lot that has come into being waits for its step."""
    stand(int64_at(plant_address), int64_at(plan_address), float64_at(numbers_address), lot)
