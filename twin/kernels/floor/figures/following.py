"""Figures of what a plant says, row after row: what they come to is kept, the rows are not."""

from __future__ import annotations

from twin.kernels.compiling import entry, inlined, int64_at, kernel
from twin.kernels.floor.figures.stays import count_stay
from twin.kernels.floor.rows import figure_rows as of
from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows.plant_rows import Ints


@inlined
def _hear_state(found: Ints, log: Ints, row: int, place: int) -> None:
    """Equipment has said its state: that of before has lasted up to now."""
    told = found[of.TOLD_AT] + place * of.TOLD_ROW
    now_us = log[row + said.EVENT_US]
    if found[told + of.SINCE_US] >= 0:
        which = (place * of.STATES + found[told + of.TOLD_STATE]) * found[of.REASON_COUNT] + found[told + of.TOLD_REASON]
        found[found[of.TIMES_AT] + which] += now_us - found[told + of.SINCE_US]
    found[told + of.SINCE_US] = now_us
    found[told + of.TOLD_STATE], found[told + of.TOLD_REASON] = log[row + said.EVENT_A], log[row + said.EVENT_B]


@inlined
def _hear_count(found: Ints, log: Ints, row: int, place: int) -> None:
    told = found[of.TOLD_AT] + place * of.TOLD_ROW
    found[told + of.TOLD_GOOD] += log[row + said.EVENT_A]
    found[told + of.TOLD_SCRAP] += log[row + said.EVENT_B]
    found[told + of.TOLD_REWORK] += log[row + said.EVENT_D]


@inlined
def _leave(found: Ints, came: Ints, lots: Ints, log: Ints, row: int) -> None:
    """Pieces are done with an operation; if it is the last they have left. What was found at the start was never ordered."""
    job, pieces = log[row + said.EVENT_C], log[row + said.EVENT_A]
    if pieces <= 0 or not found[found[of.LAST_STEPS_AT] + job % said.STEPS_IN_A_LABEL]:
        return
    lot = 2 * (job // said.STEPS_IN_A_LABEL)
    origin = found[of.ORIGINS_AT] + lots[lot] * of.ORIGIN_ROW
    if lots[lot + 1] < found[origin + of.ORIGIN_ROOM]:
        came_us = came[found[origin + of.ORIGIN_AT] + lots[lot + 1]]
        if came_us >= 0:
            count_stay(found, log[row + said.EVENT_US] - came_us, pieces)


@kernel
def _follow(log: Ints, first: int, count: int, found: Ints, came: Ints, lots: Ints) -> int:
    for n in range(first, count):
        row = n * said.EVENT_ROW
        kind, place = log[row + said.EVENT_WHAT] % said.PLACES, log[row + said.EVENT_WHAT] // said.PLACES - 1
        if kind == said.TELLS_STATE:
            _hear_state(found, log, row, place)
        elif kind == said.TELLS_COUNT:
            if not found[found[of.TOLD_AT] + place * of.TOLD_ROW + of.IS_STATION]:
                _hear_count(found, log, row, place)
                _leave(found, came, lots, log, row)
        elif kind == said.TELLS_SKIP:
            _leave(found, came, lots, log, row)
        elif kind == said.TELLS_ORDER:
            origin = found[of.ORIGINS_AT] + log[row + said.EVENT_B] * of.ORIGIN_ROW
            if log[row + said.EVENT_C] >= found[origin + of.ORIGIN_ROOM]:
                return n
            came[found[origin + of.ORIGIN_AT] + log[row + said.EVENT_C]] = log[row + said.EVENT_US]
            found[of.ORDER_COUNT] += 1
    return count


@entry
def follow_at(log_address: int, first: int, count: int, found_address: int, came_address: int, lots_address: int) -> int:
    """Take in the rows from `first` to `count`; the row before which `came` has to grow, or `count`.

    Parameters
    ----------
    came : when each order came, us, by origin and number; -1: it has not
    lots : origin and number of its order for each lot, by serial
    """
    return _follow(int64_at(log_address), first, count, int64_at(found_address), int64_at(came_address), int64_at(lots_address))


@kernel
def _learn(names: Ints, count: int, lots: Ints) -> None:
    for n in range(count):
        row = n * said.NAME_ROW
        if names[row + said.NAME_KIND] == said.NAMES_LOT:
            lot = 2 * names[row + said.NAME_SERIAL]
            lots[lot], lots[lot + 1] = names[row + said.NAME_ORIGIN], names[row + said.NAME_N]


@entry
def learn_at(names_address: int, count: int, lots_address: int) -> None:
    """Take in after whose orders lots are called; `lots` has room for all of them."""
    _learn(int64_at(names_address), count, int64_at(lots_address))
