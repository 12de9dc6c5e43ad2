"""Orders as they come, and the lots that they become: in blocks, so that what is drawn for one need not wait for another.

A draw is a number of its stream whenever it is made. So what is found here are the intervals, quantities and names that `flow/demand.py`
and `flow/release.py` find, each at its event.
"""

from __future__ import annotations

import numpy as np

from twin.kernels.chance.philox import entity_with, inlined_block, minus_log_of_complement
from twin.kernels.chance.variates import EXPONENTIAL, whole_us
from twin.kernels.compiling import inlined, kernel
from twin.kernels.floor.ground.chance import draw_uniform, draw_us, takes_a_word, us_of_word
from twin.kernels.floor.ground.names import DOT, FNV_OFFSET, ZERO, digits_of, with_number, with_text
from twin.kernels.floor.rows import asked_rows as asked
from twin.kernels.floor.rows import figure_rows as of
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows.plant_rows import Floats, Ints


@kernel
def _draw_intervals(plant: Ints, plan: Ints, numbers: Floats, turn: Ints, first: int) -> None:
    """The intervals from number `first` on, a multiple of BLOCK."""
    stream, intervals = turn[of.STREAM], turn[of.INTERVALS_AT]
    distribution, entity = plant[stream + asked.STREAM_DISTRIBUTION], plant[stream + asked.STREAM_ENTITY]
    if not takes_a_word(plan, distribution):
        for n in range(of.BLOCK):
            turn[intervals + n] = draw_us(plan, numbers, distribution, at.INTERVAL, entity, first + n)
        return
    keys = plan[at.KEYS_AT] + 2 * at.INTERVAL
    key_0, key_1 = plan[keys], plan[keys + 1]
    for n in range(of.BLOCK >> 2):
        w_0, w_1, w_2, w_3 = inlined_block(key_0, key_1, (first >> 2) + n + 1, 0, entity)
        place = intervals + 4 * n
        turn[place], turn[place + 1], turn[place + 2], turn[place + 3] = w_0, w_1, w_2, w_3
    make_times(plan, numbers, turn, distribution, intervals, of.BLOCK)


@kernel
def make_times(plan: Ints, numbers: Floats, turn: Ints, distribution: int, first: int, count: int) -> None:
    """Put in the place of `count` words, from `first` on, the variates (us) that they stand for."""
    row = plan[at.DISTRIBUTIONS_AT] + distribution * at.DISTRIBUTION_ROW
    if plan[row + at.DISTRIBUTION_KIND] == EXPONENTIAL:  # a loop of its own, with nothing to ask
        mean_us = numbers[plan[row + at.DISTRIBUTION_NUMBERS]]
        for n in range(first, first + count):
            turn[n] = whole_us(mean_us * minus_log_of_complement(np.uint64(turn[n])))  # type: ignore[arg-type]
        return
    for n in range(first, first + count):
        turn[n] = us_of_word(plan, numbers, distribution, turn[n])


@inlined
def await_order(plant: Ints, plan: Ints, numbers: Floats, turn: Ints, now_us: int) -> None:
    """Find out when the next order of a stream comes, if one does."""
    stream, heard = turn[of.STREAM], turn[of.ORDER_COUNT]
    turn[of.NEXT_US] = plant[at.END]
    if plant[stream + asked.STREAM_LIMIT] >= 0 and heard >= plant[stream + asked.STREAM_LIMIT]:
        return
    if heard == 0 and plant[stream + asked.ORDER_AT] >= 0:
        away_us = plant[stream + asked.ORDER_AT]
    else:
        draw = turn[of.DRAWS]
        turn[of.DRAWS] = draw + 1
        if draw & (of.BLOCK - 1) == 0:
            _draw_intervals(plant, plan, numbers, turn, draw)
        away_us = turn[turn[of.INTERVALS_AT] + (draw & (of.BLOCK - 1))]
    until_us = plant[stream + asked.STREAM_UNTIL]
    if until_us < 0 or now_us + away_us <= plant[at.START] + until_us:
        turn[of.NEXT_US] = min(now_us + away_us, plant[at.END])


@kernel
def _comes_first(n: int, other: int) -> bool:
    """Whether `n` comes before `other` as a text, as 10 does before 9."""
    digits, other_digits = digits_of(n), digits_of(other)
    long = max(digits, other_digits)
    one, two = n * 10 ** (long - digits), other * 10 ** (long - other_digits)
    return one < two or (one == two and digits < other_digits)


@inlined
def _hear(plant: Ints, plan: Ints, numbers: Floats, turn: Ints) -> bool:
    """Hear all orders of the next instant, in the order of their names. False: none comes before the end, or too many at once."""
    now_us, group, count = turn[of.NEXT_US], turn[of.GROUP_AT], 0
    if now_us >= plant[at.END]:
        return False
    while turn[of.NEXT_US] == now_us:
        if count == of.MOST_AT_ONCE:
            return False
        turn[of.ORDER_COUNT] += 1
        n, place = turn[of.ORDER_COUNT], count
        while place > 0 and _comes_first(n, turn[group + place - 1]):
            turn[group + place] = turn[group + place - 1]
            place -= 1
        turn[group + place] = n
        count += 1
        if turn[of.STREAM] < 0:
            turn[of.NEXT_US] = plant[at.END]
        else:
            await_order(plant, plan, numbers, turn, now_us)
    turn[of.GROUP_COUNT], turn[of.GROUP_NEXT], turn[of.GROUP_US] = count, 0, now_us
    return True


@inlined
def _take_order(plant: Ints, plan: Ints, turn: Ints) -> None:
    """The next order of the instant becomes lots from here on."""
    n, stream, definition = turn[turn[of.GROUP_AT] + turn[of.GROUP_NEXT]], turn[of.STREAM], turn[of.MATERIAL]
    turn[of.GROUP_NEXT] += 1
    if stream < 0:
        row = plan[at.LINES_AT]
        quantity, entity = plan[row + asked.ORDER_QUANTITY], with_text(plan, FNV_OFFSET, plan[row + asked.ORDER_NAME])
    else:
        choices, choice = plant[stream + asked.STREAM_CHOICES], 0
        if choices > 1:
            choice = int(draw_uniform(plan, at.QUANTITY, plant[stream + asked.STREAM_ENTITY], n - 1) * choices)
        quantity = plan[plant[stream + asked.ORDER_QUANTITY] + choice]
        tens = n // 10
        if turn[of.TENS] != tens + 1 or turn[of.PARTS] > 1:
            turn[of.TENS] = tens + 1
            turn[of.TENS_ENTITY] = with_number(with_text(plan, FNV_OFFSET, plant[stream + asked.ORDER_NAME]), tens, 0)
        entity = entity_with(turn[of.TENS_ENTITY], ZERO + n - 10 * tens)
    lot_size = plan[definition + asked.MATERIAL_LOT_SIZE]
    turn[of.ORDER_ENTITY] = with_text(plan, entity, plan[definition + asked.MATERIAL_NAME])
    turn[of.PIECES_LEFT], turn[of.PART] = quantity, 0
    turn[of.PARTS] = -(-quantity // lot_size) if lot_size and lot_size < quantity else 1


@inlined
def _lot_entity(plan: Ints, turn: Ints) -> int:
    """Number of the name of the lot that comes into being."""
    part = turn[of.PART]
    if turn[of.PARTS] == 1:
        return turn[of.ORDER_ENTITY]
    tens = part // 10
    if part == 1 or turn[of.TENS] != tens + 1:
        turn[of.TENS] = tens + 1
        turn[of.TENS_ENTITY] = with_number(entity_with(turn[of.ORDER_ENTITY], DOT), tens, digits_of(turn[of.PARTS]) - 1)
    return entity_with(turn[of.TENS_ENTITY], ZERO + part - 10 * tens)


@inlined
def supply(plant: Ints, plan: Ints, numbers: Floats, turn: Ints) -> int:
    """Fill the tables of lots at hand with those that come into being next; how many, less than BLOCK: there are no more."""
    came, pieces, entities = turn[of.CAME_AT], turn[of.PIECES_AT], turn[of.ENTITIES_AT]
    lot_size = plan[turn[of.MATERIAL] + asked.MATERIAL_LOT_SIZE]
    for lot in range(of.BLOCK):
        if turn[of.PIECES_LEFT] == 0:
            if turn[of.GROUP_NEXT] == turn[of.GROUP_COUNT] and not _hear(plant, plan, numbers, turn):
                return lot
            _take_order(plant, plan, turn)
        cut = turn[of.PIECES_LEFT] if turn[of.PARTS] == 1 else min(lot_size, turn[of.PIECES_LEFT])
        turn[of.PIECES_LEFT] -= cut
        turn[of.PART] += 1
        turn[came + lot], turn[pieces + lot], turn[entities + lot] = turn[of.GROUP_US], cut, _lot_entity(plan, turn)
    return of.BLOCK
