"""What the plant says, as rows of the log; and what it wants to be settled."""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor.ground.names import lot_comes_first, order_comes_first, purchase_comes_first
from twin.kernels.floor.rows import asked_rows as asked
from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import timer_rows as due
from twin.kernels.floor.rows.plant_rows import Ints


@kernel
def settle_soon(plant: Ints) -> None:
    """Have a settle phase at this instant, after everything else that happens now."""
    plant[at.SETTLE_IS_DUE] |= due.TO_SETTLE


@kernel
def touch(plant: Ints, unit: int) -> None:
    """Have a work unit or a line looked at in the settle phase of this instant."""
    settle_soon(plant)
    note_start(plant, unit)


@kernel
def note_start(plant: Ints, unit: int) -> None:
    """Work starts: have the work unit or the line looked at too, if there is something to settle after it has begun (`is_settled`)."""
    plant[at.SETTLE_IS_DUE] |= due.TO_END_ROUND
    be_looked_at(plant, unit)


@kernel
def be_looked_at(plant: Ints, unit: int) -> None:
    """Have a work unit or a line looked at in the settle phase that comes, or is going on."""
    if not plant[unit + at.IS_TOUCHED]:
        plant[unit + at.IS_TOUCHED] = 1
        plant[plant[at.TOUCHED_AT] + plant[at.TOUCHED_COUNT]] = unit
        plant[at.TOUCHED_COUNT] += 1


@kernel
def look_soon(plant: Ints, center: int) -> None:
    """Have a work center looked at in the next decision by rule: what waits there, or who is free there, has changed."""
    if not plant[center + at.IS_LOOKED_AT]:
        plant[center + at.IS_LOOKED_AT] = 1
        plant[plant[at.LOOKS_AT] + plant[at.LOOK_COUNT]] = center
        plant[at.LOOK_COUNT] += 1


@kernel
def beat(plant: Ints, reason: int) -> None:
    """Have a heartbeat told at the end of the settle phase, one for each reason."""
    plant[at.BEATS] |= 1 << reason
    settle_soon(plant)


@kernel
def tell(plant: Ints, log: Ints, kind: int, place: int, a: int, b: int, c: int, d: int) -> None:
    """Say a fact of this instant; what A to D are, the kinds in `rows` say. A fact ends a round."""
    row = plant[at.LOG_COUNT] * said.EVENT_ROW
    plant[at.LOG_COUNT] += 1
    log[row + said.EVENT_US] = plant[at.NOW]
    log[row + said.EVENT_WHAT] = kind + said.PLACES * (place + 1)
    log[row + said.EVENT_A] = a
    log[row + said.EVENT_B] = b
    log[row + said.EVENT_C] = c
    log[row + said.EVENT_D] = d
    if not plant[at.IS_SETTLING]:
        plant[at.SETTLE_IS_DUE] |= due.TO_END_ROUND


@kernel
def tell_name(plant: Ints, log: Ints, lot: int) -> None:
    """Write down what a new lot is called."""
    row = plant[at.NAMES_AT] + plant[at.NAMES_COUNT] * said.NAME_ROW
    plant[at.NAMES_COUNT] += 1
    log[row + said.NAME_KIND] = said.NAMES_LOT
    log[row + said.NAME_SERIAL] = plant[lot + at.SERIAL]
    log[row + said.NAME_ORIGIN] = plant[lot + at.ORIGIN]
    log[row + said.NAME_N] = plant[lot + at.ORIGIN_N]
    log[row + said.NAME_PART] = plant[lot + at.PART]
    log[row + said.NAME_DIGITS] = plant[lot + at.PART_DIGITS]
    log[row + said.NAME_DEPTH] = plant[lot + at.DEPTH]
    log[row + said.NAME_MATERIAL] = plant[lot + at.LOT_MATERIAL]
    log[row + said.NAME_LOT] = lot


@kernel
def tell_request(plant: Ints, log: Ints, request: int) -> None:
    """Write down what a new request is called."""
    row = plant[at.NAMES_AT] + plant[at.NAMES_COUNT] * said.NAME_ROW
    plant[at.NAMES_COUNT] += 1
    parent = plant[request + asked.PARENT]
    log[row + said.NAME_KIND] = said.NAMES_REQUEST
    log[row + said.NAME_SERIAL] = plant[request + asked.IN_NUMBERS]
    log[row + said.NAME_ORIGIN] = plant[request + asked.REQUEST_ORIGIN] if parent < 0 else at.BY_REQUEST
    log[row + said.NAME_N] = plant[request + asked.REQUEST_N] if parent < 0 else plant[parent + asked.IN_NUMBERS]
    log[row + said.NAME_PART] = plant[request + asked.FOLLOW_UP]
    log[row + said.NAME_MATERIAL] = plant[request + asked.REQUEST_MATERIAL]


@kernel
def tell_member(plant: Ints, log: Ints, batch: int, job: int) -> None:
    """Write down one job of a batch."""
    row = plant[at.NAMES_AT] + plant[at.NAMES_COUNT] * said.NAME_ROW
    plant[at.NAMES_COUNT] += 1
    log[row + said.NAME_KIND] = said.NAMES_MEMBER
    log[row + said.NAME_SERIAL] = batch
    log[row + said.NAME_ORIGIN] = job


@kernel
def sort_addresses(plant: Ints, begin: int, count: int) -> None:
    """Put a list of addresses into ascending order, which is the declared order of what lies there. It is in order or short as a rule."""
    for n in range(1, count):
        address, place = plant[begin + n], n
        while place > 0 and plant[begin + place - 1] > address:
            plant[begin + place] = plant[begin + place - 1]
            place -= 1
        plant[begin + place] = address


@kernel
def is_in_order(plant: Ints, log: Ints) -> bool:
    """Whether each row of the round is of the equipment of the one before it, or of a later one, as it mostly is."""
    for n in range(plant[at.ROUND_BEGIN] + 1, plant[at.LOG_COUNT]):
        what, before = log[n * said.EVENT_ROW + said.EVENT_WHAT], log[(n - 1) * said.EVENT_ROW + said.EVENT_WHAT]
        if what < said.PLACES or what | (said.PLACES - 1) < before:
            return False
    return True


@kernel
def sort_round(plant: Ints, plan: Ints, log: Ints) -> None:
    """Put the round into canonical order: the plant as a whole by kind, then equipment as declared, each in the order it spoke."""
    begin = plant[at.ROUND_BEGIN]
    for n in range(begin + 1, plant[at.LOG_COUNT]):
        row = n * said.EVENT_ROW
        while row > begin * said.EVENT_ROW and _comes_first(plant, plan, log, row, row - said.EVENT_ROW):
            for field in range(row, row + said.EVENT_ROW):
                log[field], log[field - said.EVENT_ROW] = log[field - said.EVENT_ROW], log[field]
            row -= said.EVENT_ROW


@kernel
def _comes_first(plant: Ints, plan: Ints, log: Ints, row: int, other: int) -> bool:
    """Whether one row of a round comes before another that was written earlier."""
    what, other_what = log[row + said.EVENT_WHAT], log[other + said.EVENT_WHAT]
    if what >= said.PLACES or other_what >= said.PLACES:
        return what // said.PLACES < other_what // said.PLACES
    if what != other_what:
        return what < other_what
    if what == said.TELLS_BEAT:
        return log[row + said.EVENT_A] < log[other + said.EVENT_A]
    if what == said.TELLS_ORDER:
        origin, n = log[row + said.EVENT_B], log[row + said.EVENT_C]
        return order_comes_first(plant, plan, origin, n, log[other + said.EVENT_B], log[other + said.EVENT_C])
    if what == said.TELLS_ARRIVAL:
        return lot_comes_first(plant, plan, log[row + said.EVENT_A], log[other + said.EVENT_A])
    if what == said.TELLS_DELIVERY and log[row + said.EVENT_A] < 0:
        material, n = log[row + said.EVENT_B], log[row + said.EVENT_C]
        return purchase_comes_first(plant, plan, material, n, log[other + said.EVENT_B], log[other + said.EVENT_C])
    return False
