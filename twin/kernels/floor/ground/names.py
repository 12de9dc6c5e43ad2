"""Names made of numbers: a lot is called "<order>-<material>.<part>.R", as the MES would call it, and no text is kept for it.

Names are needed for two things alone: the number of a name keys its random streams, and of two job orders that rank alike the name that
comes first in the alphabet (by code points, so by bytes of UTF-8) goes first.
"""

from __future__ import annotations

from twin.kernels.chance.philox import entity_with
from twin.kernels.compiling import kernel
from twin.kernels.floor.rows import asked_rows as asked
from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows.plant_rows import Ints

DOT, _R, _F, ZERO = ord("."), ord("R"), ord("F"), ord("0")
_HALF = at.SCRATCH_SIZE // 2
FNV_OFFSET = -3750763034362895579  # 0xCBF29CE484222325 as int64: the number of no name yet


@kernel
def _letter(plant: Ints, to: int, byte: int) -> int:
    """Write a letter at `to` of the scratch; a name that is too long is cut off. Where the next one goes."""
    if (to + 1) % _HALF == 0:
        return to
    plant[plant[at.SCRATCH_AT] + to] = byte
    return to + 1


@kernel
def _text(plant: Ints, plan: Ints, to: int, text: int) -> int:
    for n in range(plan[text]):
        to = _letter(plant, to, plan[text + 1 + n])
    return to


@kernel
def digits_of(number: int) -> int:
    """How many digits `number` (>= 0) has."""
    count, power = 1, 10
    while number >= power:
        count += 1
        power *= 10
    return count


@kernel
def _number(plant: Ints, to: int, number: int, least: int) -> int:
    power = 10 ** (max(digits_of(number), least) - 1)
    while power:
        to = _letter(plant, to, ZERO + number // power % 10)
        power //= 10
    return to


@kernel
def _order_name(plant: Ints, plan: Ints, to: int, origin: int, n: int) -> int:
    """Letters of an order: a line by its name, an order of a stream by the stream's and its number."""
    to = _text(plant, plan, to, order_row(plant, plan, origin)[0])
    return _number(plant, to, n, 1) if origin >= plan[at.LINE_COUNT] else to


@kernel
def order_row(plant: Ints, plan: Ints, origin: int) -> tuple[int, int, int]:
    """The text of the name, the material and the priority of a known order, or of a stream."""
    if origin < plan[at.LINE_COUNT]:
        row = plan[at.LINES_AT] + origin * asked.LINE_ROW
        return plan[row + asked.ORDER_NAME], plan[row + asked.ORDER_MATERIAL], plan[row + asked.ORDER_PRIORITY]
    stream = plant[at.STREAMS_AT] + (origin - plan[at.LINE_COUNT]) * asked.STREAM_ROW
    return plant[stream + asked.ORDER_NAME], plant[stream + asked.ORDER_MATERIAL], plant[stream + asked.ORDER_PRIORITY]


@kernel
def _request_name(plant: Ints, plan: Ints, to: int, request: int) -> int:
    """Letters of a request: the order, then down the bills the materials, each with the number of its follow-up."""
    to = _order_name(plant, plan, to, plant[request + asked.REQUEST_ORIGIN], plant[request + asked.REQUEST_N])
    for level in range(plant[request + asked.LEVEL], -1, -1):
        above = request
        for _ in range(level):
            above = plant[above + asked.PARENT]
        to = _text(plant, plan, to, plan[_material(plan, plant[above + asked.REQUEST_MATERIAL]) + asked.MATERIAL_NAME])
        if plant[above + asked.FOLLOW_UP] > 1:
            to = _number(plant, _letter(plant, _letter(plant, to, DOT), _F), plant[above + asked.FOLLOW_UP], 1)
    return to


@kernel
def _lot_name(plant: Ints, plan: Ints, to: int, lot: int) -> int:
    """Letters of a lot."""
    to = _request_name(plant, plan, to, plant[lot + at.REQUEST])
    if plant[lot + at.PART]:
        to = _number(plant, _letter(plant, to, DOT), plant[lot + at.PART], plant[lot + at.PART_DIGITS])
    for _ in range(plant[lot + at.DEPTH]):
        to = _letter(plant, _letter(plant, to, DOT), _R)
    return to


@kernel
def _step_name(plant: Ints, plan: Ints, to: int, lot: int) -> int:
    return _text(plant, plan, to, plan[plant[lot + at.STEP] + at.STEP_NAME])


@kernel
def _material(plan: Ints, material: int) -> int:
    return plan[at.DEFINITIONS_AT] + material * asked.MATERIAL_ROW


@kernel
def _comes_first(plant: Ints, end_one: int, end_other: int) -> bool:
    """Whether the first name of the scratch comes before the second."""
    one, other = plant[at.SCRATCH_AT], plant[at.SCRATCH_AT] + _HALF
    for n in range(min(end_one, end_other - _HALF)):
        if plant[one + n] != plant[other + n]:
            return plant[one + n] < plant[other + n]
    return end_one < end_other - _HALF


@kernel
def _are_parts_of_one(plant: Ints, lot: int, other: int) -> bool:
    """Whether two lots are different parts of one order; the numbers of parts have as many digits, so they are in the order of names."""
    return plant[lot + at.REQUEST] == plant[other + at.REQUEST] and plant[lot + at.PART] != plant[other + at.PART]


@kernel
def job_comes_first(plant: Ints, plan: Ints, lot: int, other: int) -> bool:
    """Whether the job order of `lot` comes before that of `other` in the alphabet."""
    if _are_parts_of_one(plant, lot, other):
        return plant[lot + at.PART] < plant[other + at.PART]
    end = _step_name(plant, plan, _lot_name(plant, plan, 0, lot), lot)
    return _comes_first(plant, end, _step_name(plant, plan, _lot_name(plant, plan, _HALF, other), other))


@kernel
def lot_comes_first(plant: Ints, plan: Ints, lot: int, other: int) -> bool:
    """Whether `lot` comes before `other` in the alphabet."""
    if _are_parts_of_one(plant, lot, other):
        return plant[lot + at.PART] < plant[other + at.PART]
    end = _lot_name(plant, plan, 0, lot)
    return _comes_first(plant, end, _lot_name(plant, plan, _HALF, other))


@kernel
def order_comes_first(plant: Ints, plan: Ints, origin: int, n: int, other_origin: int, other_n: int) -> bool:
    """Whether one order comes before another in the alphabet."""
    end = _order_name(plant, plan, 0, origin, n)
    return _comes_first(plant, end, _order_name(plant, plan, _HALF, other_origin, other_n))


@kernel
def with_text(plan: Ints, entity: int, text: int) -> int:
    """Carry a name on with a text."""
    for n in range(plan[text]):
        entity = entity_with(entity, plan[text + 1 + n])
    return entity


@kernel
def with_number(entity: int, number: int, least: int) -> int:
    """Carry a name on with a number below 10^16. Its digits are found from the last to the first: to divide by ten is cheap."""
    digits, count = 0, 0
    while number or count < least:
        digits = digits << 4 | number % 10
        number //= 10
        count += 1
    for _ in range(count):
        entity = entity_with(entity, ZERO + (digits & 15))
        digits >>= 4
    return entity


@kernel
def request_comes_first(plant: Ints, plan: Ints, request: int, other: int) -> bool:
    """Whether one request comes before another in the alphabet."""
    end = _request_name(plant, plan, 0, request)
    return _comes_first(plant, end, _request_name(plant, plan, _HALF, other))


@kernel
def _purchase_name(plant: Ints, plan: Ints, to: int, material: int, n: int) -> int:
    return _number(plant, _text(plant, plan, to, plan[_material(plan, material) + asked.PURCHASE_NAME]), n, 1)


@kernel
def purchase_comes_first(plant: Ints, plan: Ints, material: int, n: int, other_material: int, other_n: int) -> bool:
    """Whether one purchase order comes before another in the alphabet."""
    end = _purchase_name(plant, plan, 0, material, n)
    return _comes_first(plant, end, _purchase_name(plant, plan, _HALF, other_material, other_n))


@kernel
def purchase_entity(plan: Ints, material: int, n: int) -> int:
    """Number of the name of a purchase order."""
    return with_number(with_text(plan, FNV_OFFSET, plan[_material(plan, material) + asked.PURCHASE_NAME]), n, 1)


@kernel
def _order_entity(plant: Ints, plan: Ints, origin: int, n: int) -> int:
    """Number of the name of an order of a stream."""
    stream, tens = plant[at.STREAMS_AT] + (origin - plan[at.LINE_COUNT]) * asked.STREAM_ROW, n // 10
    if plant[stream + asked.TENS] != tens + 1:
        plant[stream + asked.TENS] = tens + 1
        plant[stream + asked.TENS_ENTITY] = with_number(with_text(plan, FNV_OFFSET, plant[stream + asked.ORDER_NAME]), tens, 0)
    return entity_with(plant[stream + asked.TENS_ENTITY], ZERO + n - 10 * tens)


@kernel
def request_entity(plant: Ints, plan: Ints, request: int) -> int:
    """Number of the name of a request, from that of the request above it or of the order."""
    if plant[request + asked.PARENT] >= 0:
        entity = plant[plant[request + asked.PARENT] + asked.REQUEST_ENTITY]
    else:
        origin = plant[request + asked.REQUEST_ORIGIN]
        if origin >= plan[at.LINE_COUNT]:
            entity = _order_entity(plant, plan, origin, plant[request + asked.REQUEST_N])
        else:
            entity = with_text(plan, FNV_OFFSET, order_row(plant, plan, origin)[0])
    entity = with_text(plan, entity, plan[_material(plan, plant[request + asked.REQUEST_MATERIAL]) + asked.MATERIAL_NAME])
    if plant[request + asked.FOLLOW_UP] > 1:
        entity = with_number(entity_with(entity_with(entity, DOT), _F), plant[request + asked.FOLLOW_UP], 1)
    return entity


@kernel
def lot_entity(plant: Ints, plan: Ints, lot: int) -> int:
    """Number of the name of a lot that is made for a request."""
    request, part = plant[lot + at.REQUEST], plant[lot + at.PART]
    entity = plant[request + asked.REQUEST_ENTITY]
    if not part:
        return entity
    tens = part // 10
    if plant[request + asked.PART_TENS] != tens + 1:
        plant[request + asked.PART_TENS] = tens + 1
        plant[request + asked.PART_TENS_ENTITY] = with_number(entity_with(entity, DOT), tens, plant[lot + at.PART_DIGITS] - 1)
    return entity_with(plant[request + asked.PART_TENS_ENTITY], ZERO + part - 10 * tens)


@kernel
def with_reworks(entity: int, count: int) -> int:
    """Number of the name of a lot that rework has taken off: ".R" so many times."""
    for _ in range(count):
        entity = entity_with(entity_with(entity, DOT), _R)
    return entity


@kernel
def job_entity(plant: Ints, plan: Ints, lot: int) -> int:
    """Number of the name of the job order that is next for a lot."""
    return job_entity_of(plant, plan, lot, plant[lot + at.STEP])


@kernel
def job_entity_of(plant: Ints, plan: Ints, lot: int, step: int) -> int:
    """Number of the name of the job order of a step of a lot."""
    return with_text(plan, plant[lot + at.LOT_ENTITY], plan[step + at.STEP_NAME])


@kernel
def job_label(plant: Ints, plan: Ints, lot: int) -> int:
    """How the job order that is next for a lot is told."""
    return plant[lot + at.SERIAL] * said.STEPS_IN_A_LABEL + plan[plant[lot + at.STEP] + at.STEP_NUMBER]
