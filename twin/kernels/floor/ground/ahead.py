"""Draws made before they are needed, in the lean build: the processor goes on while it reckons, and nothing waits for the number.

A draw is a number of its stream, whenever it is made; so what was drawn ahead is what would have been drawn. Another future has other
keys: what was drawn ahead by the old ones does not count there.

A word takes a processor eighty cycles and its logarithm a hundred, one step after the other, and it can look ahead no further than a few
hundred instructions. So they are not made one behind the other: the word of a run when the step before it begins, its logarithm when the
lot begins to wait; four intervals side by side, four orders before.
"""

from __future__ import annotations

from twin.kernels.chance.philox import inlined_block
from twin.kernels.compiling import inlined, kernel
from twin.kernels.floor.ground.chance import draw_us, draw_word, takes_a_word, us_of_word
from twin.kernels.floor.ground.names import job_entity_of
from twin.kernels.floor.rows import asked_rows as asked
from twin.kernels.floor.rows import lot_rows as of_lot
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows.plant_rows import Floats, Ints


@kernel
def _key(plan: Ints, purpose: int) -> int:
    return plan[plan[at.KEYS_AT] + 2 * purpose]


@inlined
def draw_word_ahead(plant: Ints, plan: Ints, lot: int, step: int) -> None:
    """What the first run of a step will be drawn from, to which a lot comes next."""
    plant[lot + of_lot.WORD_STEP], plant[lot + of_lot.WORD_KEY] = step, _key(plan, at.RUN)
    plant[lot + of_lot.WORD] = draw_word(plan, at.RUN, job_entity_of(plant, plan, lot, step), 0)


@inlined
def draw_run_ahead(plant: Ints, plan: Ints, numbers: Floats, lot: int) -> None:
    """The first run of the step that a lot waits for, of a piece or of the lot."""
    step, key = plant[lot + at.STEP], _key(plan, at.RUN)
    distribution = plan[step + at.STEP_DISTRIBUTION]
    if takes_a_word(plan, distribution):
        if plant[lot + of_lot.WORD_STEP] != step or plant[lot + of_lot.WORD_KEY] != key:
            draw_word_ahead(plant, plan, lot, step)
        plant[lot + of_lot.AHEAD_STEP], plant[lot + of_lot.AHEAD_KEY] = step, key
        plant[lot + of_lot.AHEAD_US] = us_of_word(plan, numbers, distribution, plant[lot + of_lot.WORD])


@inlined
def draw_ahead_of_wait(plant: Ints, plan: Ints, numbers: Floats, lot: int) -> None:
    """A lot has to wait: its word is made, which its run is drawn from later (`draw_next_ahead`); or its run, if the word is there."""
    step, key = plant[lot + at.STEP], _key(plan, at.RUN)
    if not takes_a_word(plan, plan[step + at.STEP_DISTRIBUTION]):
        return
    if plant[lot + of_lot.WORD_STEP] != step or plant[lot + of_lot.WORD_KEY] != key:
        draw_word_ahead(plant, plan, lot, step)
    else:
        draw_run_ahead(plant, plan, numbers, lot)


@inlined
def draw_next_ahead(plant: Ints, plan: Ints, numbers: Floats, center: int) -> None:
    """Another lot has left the queue of a work center: the run of the one that stands first now is drawn, if it was not yet."""
    lot = plant[center + at.QUEUE_FIRST]
    if lot >= 0 and plant[lot + of_lot.AHEAD_STEP] != plant[lot + at.STEP]:
        draw_run_ahead(plant, plan, numbers, lot)


@kernel
def is_drawn_ahead(plant: Ints, plan: Ints, lot: int) -> bool:
    """Whether that was drawn for the step that a lot is at now."""
    if not plant[at.IS_LEAN_BUILD] or plant[lot + of_lot.AHEAD_STEP] != plant[lot + at.STEP]:
        return False
    return plant[lot + of_lot.AHEAD_KEY] == _key(plan, at.RUN)


@kernel
def interval_us(plant: Ints, plan: Ints, numbers: Floats, stream: int, draw: int) -> int:
    """Interval number `draw` of a stream of orders; with the first of four the next four are drawn."""
    distribution = plant[stream + asked.STREAM_DISTRIBUTION]
    if not plant[at.IS_LEAN_BUILD] or not takes_a_word(plan, distribution):
        return draw_us(plan, numbers, distribution, at.INTERVAL, plant[stream + asked.STREAM_ENTITY], draw)
    key = _key(plan, at.INTERVAL)
    if plant[stream + asked.AHEAD_KEY] != key or draw >= plant[stream + asked.AHEAD_BELOW]:
        plant[stream + asked.AHEAD_KEY], plant[stream + asked.AHEAD_BELOW] = key, draw >> 2 << 2
        _draw_four(plant, plan, numbers, stream, distribution)
    found_us = plant[stream + asked.AHEAD_US + (draw & 7)]
    if plant[stream + asked.AHEAD_BELOW] - draw == 4:
        _draw_four(plant, plan, numbers, stream, distribution)
    return found_us


@kernel
def _draw_four(plant: Ints, plan: Ints, numbers: Floats, stream: int, distribution: int) -> None:
    """Draw the next four intervals of a stream, of one block of words: no logarithm waits for another."""
    keys, below = plan[at.KEYS_AT] + 2 * at.INTERVAL, plant[stream + asked.AHEAD_BELOW]
    w_0, w_1, w_2, w_3 = inlined_block(plan[keys], plan[keys + 1], (below >> 2) + 1, 0, plant[stream + asked.STREAM_ENTITY])
    first_us, second_us = us_of_word(plan, numbers, distribution, w_0), us_of_word(plan, numbers, distribution, w_1)
    third_us, fourth_us = us_of_word(plan, numbers, distribution, w_2), us_of_word(plan, numbers, distribution, w_3)
    at_us = stream + asked.AHEAD_US + (below & 7)
    plant[at_us], plant[at_us + 1], plant[at_us + 2], plant[at_us + 3] = first_us, second_us, third_us, fourth_us
    plant[stream + asked.AHEAD_BELOW] = below + 4
