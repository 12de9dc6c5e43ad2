"""When each lot is begun and done where lots take their turn: by recursion, lot by lot, with no timers and no events.

Of a lot k at operation j: it begins at B = max(its turn has come, the unit is free), is done at D = B + how long it takes, and leaves its
unit when the storage before the next operation, of c places, has one: at max(D, B of lot k - c at j + 1). So a unit is free when it has got
rid of the lot before (blocking after service).

Lindley (1952), Math. Proc. Camb. Phil. Soc. 48, 277; with full storages: Baccelli, Cohen, Olsder, Quadrat (1992), "Synchronization and
Linearity", ch. 1.
"""

from __future__ import annotations

from twin.kernels.compiling import entry, float64_at, inlined, int64_at, kernel
from twin.kernels.floor.figures.stays import count_stay
from twin.kernels.floor.figures.supplying import await_order, make_times, supply
from twin.kernels.floor.ground.chance import draw_us, draw_word, takes_a_word, times
from twin.kernels.floor.ground.names import with_text
from twin.kernels.floor.rows import figure_rows as of
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows.plant_rows import Floats, Ints


@kernel
def _draw_runs(plan: Ints, numbers: Floats, turn: Ints, stage: int, count: int, runs: int) -> None:
    """How long an operation takes of each lot at hand, us."""
    step, entities, pieces = turn[stage + of.STAGE_STEP], turn[of.ENTITIES_AT], turn[of.PIECES_AT]
    distribution, name = plan[step + at.STEP_DISTRIBUTION], plan[step + at.STEP_NAME]
    if not takes_a_word(plan, distribution):
        for lot in range(count):
            turn[runs + lot] = draw_us(plan, numbers, distribution, at.RUN, with_text(plan, turn[entities + lot], name), 0)
    else:
        for lot in range(count):
            turn[runs + lot] = draw_word(plan, at.RUN, with_text(plan, turn[entities + lot], name), 0)
        make_times(plan, numbers, turn, distribution, runs, count)
    if plan[step + at.IS_PER_PIECE] or turn[stage + of.HANDLING]:
        for lot in range(count):
            each = turn[pieces + lot] if plan[step + at.IS_PER_PIECE] else 1
            turn[runs + lot] = times(turn[runs + lot], each) + turn[stage + of.HANDLING]


@inlined
def _pass(turn: Ints, end_us: int, lot: int) -> int:
    """A lot goes through all its operations; when it leaves the plant, `end_us`: not before the end. -1: it takes no time somewhere."""
    ready_us, pieces = turn[turn[of.CAME_AT] + lot], turn[turn[of.PIECES_AT] + lot]
    ring = turn[of.LIMIT_AT] + turn[of.LIMIT_PLACE]
    if turn[of.LOTS_LIMIT]:
        ready_us = max(ready_us, turn[ring])
    run, stage = turn[of.RUNS_AT] + lot, turn[of.STAGES_AT]
    for number in range(turn[of.STAGE_COUNT]):
        if turn[run] == 0:
            return -1
        begun_us = max(ready_us, turn[stage + of.FREE_US])
        done_us = min(begun_us + turn[run], end_us)
        if number:
            free_us = ready_us
            if turn[stage + of.PLACES]:
                place = turn[stage + of.STARTS_PLACE]
                began = turn[stage + of.STARTS_AT] + place
                free_us = max(ready_us, turn[began])
                turn[began] = begun_us
                turn[stage + of.STARTS_PLACE] = place + 1 if place + 1 < turn[stage + of.PLACES] else 0
            turn[stage - of.STAGE_ROW + of.FREE_US] = free_us
            turn[stage - of.STAGE_ROW + of.BLOCKED_US] += free_us - ready_us
        turn[stage + of.WORKED_US] += done_us - begun_us
        turn[stage + of.STAGE_GOOD] += pieces if done_us < end_us else 0
        ready_us = done_us
        stage += of.STAGE_ROW
        run += of.BLOCK
    turn[stage - of.STAGE_ROW + of.FREE_US] = ready_us
    if turn[of.LOTS_LIMIT]:
        turn[ring] = ready_us
        turn[of.LIMIT_PLACE] = turn[of.LIMIT_PLACE] + 1 if turn[of.LIMIT_PLACE] + 1 < turn[of.LOTS_LIMIT] else 0
    return ready_us


@kernel
def _reckon(plant: Ints, plan: Ints, numbers: Floats, turn: Ints) -> int:
    """All lots of the run, in their turn; RECKONED, or why that cannot be."""
    end_us = plant[at.END]
    if turn[of.STREAM] >= 0:
        await_order(plant, plan, numbers, turn, plant[at.START])
    while True:
        count = supply(plant, plan, numbers, turn)
        for number in range(turn[of.STAGE_COUNT]):
            _draw_runs(plan, numbers, turn, turn[of.STAGES_AT] + number * of.STAGE_ROW, count, turn[of.RUNS_AT] + number * of.BLOCK)
        for lot in range(count):
            gone_us = _pass(turn, end_us, lot)
            if gone_us < 0:
                return of.NO_TIME
            if gone_us < end_us:
                count_stay(turn, gone_us - turn[turn[of.CAME_AT] + lot], turn[turn[of.PIECES_AT] + lot])
        if count < of.BLOCK:
            return of.RECKONED if turn[of.NEXT_US] >= end_us else of.TOO_MANY_AT_ONCE


@entry
def reckon_at(plant_address: int, plan_address: int, numbers_address: int, turn_address: int) -> int:
    """Fill the figures of `turn` (`figure_rows`), by addresses; the other arrays stay as they are."""
    return _reckon(int64_at(plant_address), int64_at(plan_address), float64_at(numbers_address), int64_at(turn_address))
