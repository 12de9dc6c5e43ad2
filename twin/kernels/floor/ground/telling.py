"""What the plant says, as rows of the log; and what it wants to be settled."""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor import rows as at
from twin.kernels.floor.ground.names import order_comes_first


@kernel
def settle_soon(plant):
    """Have a settle phase at this instant, after everything else that happens now."""
    plant[at.SETTLE_IS_DUE] = 1


@kernel
def touch(plant, unit):
    """Have a work unit or a line looked at in the settle phase of this instant."""
    settle_soon(plant)
    if not plant[unit + at.IS_TOUCHED]:
        plant[unit + at.IS_TOUCHED] = 1
        plant[plant[at.TOUCHED_AT] + plant[at.TOUCHED_COUNT]] = unit
        plant[at.TOUCHED_COUNT] += 1


@kernel
def beat(plant, reason):
    """Have a heartbeat told at the end of the settle phase, one for each reason."""
    plant[at.BEATS] |= 1 << reason
    settle_soon(plant)


@kernel
def tell(plant, log, kind, place, a, b, c, d):
    """Say a fact of this instant; what A to D are, the kinds in `rows` say. A fact ends a round."""
    row = plant[at.LOG_COUNT] * at.EVENT_ROW
    plant[at.LOG_COUNT] += 1
    log[row + at.EVENT_US] = plant[at.NOW]
    log[row + at.EVENT_WHAT] = kind + at.PLACES * (place + 1)
    log[row + at.EVENT_A] = a
    log[row + at.EVENT_B] = b
    log[row + at.EVENT_C] = c
    log[row + at.EVENT_D] = d
    if not plant[at.IS_SETTLING]:
        settle_soon(plant)


@kernel
def tell_name(plant, log, lot):
    """Write down what a new lot is called."""
    row = plant[at.NAMES_AT] + plant[at.NAMES_COUNT] * at.NAME_ROW
    plant[at.NAMES_COUNT] += 1
    log[row + at.NAME_KIND] = at.NAMES_LOT
    log[row + at.NAME_SERIAL] = plant[lot + at.SERIAL]
    log[row + at.NAME_ORIGIN] = plant[lot + at.ORIGIN]
    log[row + at.NAME_N] = plant[lot + at.ORIGIN_N]
    log[row + at.NAME_PART] = plant[lot + at.PART]
    log[row + at.NAME_DIGITS] = plant[lot + at.PART_DIGITS]
    log[row + at.NAME_DEPTH] = plant[lot + at.DEPTH]
    log[row + at.NAME_MATERIAL] = plant[lot + at.LOT_MATERIAL]
    log[row + at.NAME_LOT] = lot


@kernel
def tell_member(plant, log, batch, job):
    """Write down one job of a batch."""
    row = plant[at.NAMES_AT] + plant[at.NAMES_COUNT] * at.NAME_ROW
    plant[at.NAMES_COUNT] += 1
    log[row + at.NAME_KIND] = at.NAMES_MEMBER
    log[row + at.NAME_SERIAL] = batch
    log[row + at.NAME_ORIGIN] = job


@kernel
def sort_round(plant, plan, log):
    """Put the round into canonical order: the plant as a whole by kind, then equipment as declared, each in the order it spoke."""
    begin = plant[at.ROUND_BEGIN]
    for n in range(begin + 1, plant[at.LOG_COUNT]):
        while n > begin and _comes_first(plant, plan, log, n * at.EVENT_ROW, (n - 1) * at.EVENT_ROW):
            row = n * at.EVENT_ROW
            for field in range(row, row + at.EVENT_ROW):
                log[field], log[field - at.EVENT_ROW] = log[field - at.EVENT_ROW], log[field]
            n -= 1


@kernel
def _comes_first(plant, plan, log, row, other):
    """Whether one row of a round comes before another that was written earlier."""
    what, other_what = log[row + at.EVENT_WHAT], log[other + at.EVENT_WHAT]
    if what >= at.PLACES or other_what >= at.PLACES:
        return what // at.PLACES < other_what // at.PLACES
    if what != other_what:
        return what < other_what
    if what == at.TELLS_BEAT:
        return log[row + at.EVENT_A] < log[other + at.EVENT_A]
    if what == at.TELLS_ORDER:
        origin, n = log[row + at.EVENT_B], log[row + at.EVENT_C]
        return order_comes_first(plant, plan, origin, n, log[other + at.EVENT_B], log[other + at.EVENT_C])
    return False
