"""The whole floor, from instant to instant: happen, settle, decide. This is the function that Python calls.

It stops at the end, at a round to be heard, at commands to be obeyed, or where a table has to grow first; called again, it goes on where it
stopped. Every step needs so much room at most (the reserves of the header), and looks for it before it begins.
"""

from __future__ import annotations

from twin.kernels.compiling import entry, float64_at, inlined, int64_at, kernel
from twin.kernels.floor.deciding import decide
from twin.kernels.floor.flow.steps.judging import judge_next
from twin.kernels.floor.ground.agenda import close_agenda, next_instant_us, open_agenda
from twin.kernels.floor.ground.telling import is_in_order, sort_round
from twin.kernels.floor.happening import begin, fire, resume
from twin.kernels.floor.passing import pass_on
from twin.kernels.floor.planning.concluding import conclude
from twin.kernels.floor.planning.news import sort_news
from twin.kernels.floor.planning.sending import carry_out
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import step_rows as more
from twin.kernels.floor.rows.plant_rows import Floats, Ints
from twin.kernels.floor.settling import is_settled, settle_equipment, settle_places
from twin.kernels.floor.starting import decide_at_one_go

_IS_JUDGING = 2  # IS_SETTLING, while lots that have waited too long are judged, one after the other


@kernel
def _room(plant: Ints) -> int:
    """0 if there is room for one more step, else what has to grow."""
    if plant[at.LOG_COUNT] + plant[at.LOG_RESERVE] > plant[at.LOG_CAPACITY]:
        return at.LOG_FULL
    if plant[at.NAMES_COUNT] + plant[at.NAMES_RESERVE] > plant[at.NAMES_CAPACITY]:
        return at.NAMES_FULL
    if plant[at.LOT_FREE_COUNT] < plant[at.LOT_RESERVE]:
        return at.LOTS_FULL
    if plant[at.REQUEST_FREE_COUNT] < plant[at.REQUEST_RESERVE]:
        return at.REQUESTS_FULL
    if plant[at.DECIDES_LEVEL_4] and plant[at.NEWS_FIRST] + plant[at.NEWS_COUNT] + plant[at.NEWS_RESERVE] > plant[at.NEWS_CAPACITY]:
        return at.NEWS_FULL  # else there is no news
    return at.TIMERS_FULL if plant[at.TIMER_FREE_COUNT] < plant[at.TIMER_RESERVE] else 0


@kernel
def _happen(plant: Ints, plan: Ints, numbers: Floats, log: Ints) -> int:
    """Everything that is due at this instant, or at the next if nothing is; why it stopped, or 0."""
    if not plant[at.SETTLE_IS_DUE] and not plant[at.URGENT_COUNT]:
        next_us = next_instant_us(plant)
        if next_us >= plant[at.END]:
            return at.ENDED
        plant[at.NOW] = next_us
    while plant[at.URGENT_COUNT] or next_instant_us(plant) <= plant[at.NOW]:
        status = _room(plant)
        if status:
            return status
        if plant[at.URGENT_COUNT]:
            resume(plant, plan, numbers, log)
        else:
            fire(plant, plan, numbers, log)
    return 0


@kernel
def _settle(plant: Ints, plan: Ints, numbers: Floats, log: Ints) -> int:
    """The settle phase, and what comes after it; why it stopped, or 0."""
    status = _room(plant)
    if status:
        return status
    if plant[at.IS_SETTLING] != _IS_JUDGING:  # else it stopped there for room
        plant[at.SETTLE_IS_DUE], plant[at.IS_SETTLING] = 0, 1
        if plant[at.HAS_COMMANDS]:
            return at.OBEY
        if plant[at.SENT_COUNT]:
            carry_out(plant, plan, numbers, log)
        settle_equipment(plant, plan, numbers, log)
    while plant[more.LATE_FIRST] >= 0 or plant[at.IS_SETTLING] == _IS_JUDGING:
        plant[at.IS_SETTLING] = _IS_JUDGING
        status = _room(plant)
        if status:
            return status
        if plant[more.LATE_FIRST] < 0:
            break
        judge_next(plant, plan, numbers, log)
    settle_places(plant, plan, log)
    plant[at.IS_SETTLING] = 0
    _put_in_order(plant, plan, log)
    return 0


@inlined
def _put_in_order(plant: Ints, plan: Ints, log: Ints) -> None:
    """Put what a round has said into canonical order, where nobody else does."""
    if plant[at.IS_BY_RULE] and not is_in_order(plant, log):
        sort_round(plant, plan, log)


@kernel
def _after_settling(plant: Ints, plan: Ints) -> int:
    """Which phase comes after the settle phase."""
    if plant[at.DECIDES_LEVEL_4]:
        sort_news(plant, plan)
        return at.CONCLUDE if plant[at.LOG_COUNT] > plant[at.ROUND_BEGIN] else at.REST  # where nothing is heard nothing is decided
    return at.DECIDE if plant[at.IS_BY_RULE] else at.REST


@inlined
def _at_one_go(plant: Ints, plan: Ints, numbers: Floats, log: Ints) -> int:
    """Instant after instant, as long as all that happens in one goes at one go; the phase from which on it does not."""
    while not _room(plant) and pass_on(plant, plan, numbers, log):
        if plant[at.STOPS_AT_ROUNDS] or not decide_at_one_go(plant, plan, numbers, log):
            return at.DECIDE
    return at.HAPPEN


@kernel
def advance(plant: Ints, plan: Ints, numbers: Floats, log: Ints) -> int:
    """Let the plant run until something stops it; why (`plant_rows.ENDED` ...)."""
    open_agenda(plant, plan)
    phase = plant[at.PHASE]
    while True:
        if phase == at.HAPPEN and plant[at.IS_LEAN_BUILD]:
            phase = _at_one_go(plant, plan, numbers, log)
        if phase == at.HAPPEN:
            status = _happen(plant, plan, numbers, log)
            if status:
                break
            if plant[at.SETTLE_IS_DUE]:
                phase = at.SETTLE
                if is_settled(plant, plan):
                    phase = at.REST
                    _put_in_order(plant, plan, log)
        if phase == at.SETTLE:
            status = _settle(plant, plan, numbers, log)
            if status:
                break
            phase = _after_settling(plant, plan)
        if phase == at.CONCLUDE:
            status = conclude(plant, plan, log)
            if status:
                break
            phase = at.DECIDE
        if phase == at.DECIDE:
            status = decide(plant, plan, numbers, log)
            if status:
                break
            phase = at.REST
        if phase == at.REST:
            phase = at.HAPPEN
            has_facts = plant[at.LOG_COUNT] > plant[at.ROUND_BEGIN]
            plant[at.ROUND_BEGIN] = plant[at.LOG_COUNT]
            if has_facts and plant[at.STOPS_AT_ROUNDS]:
                status = at.ROUND
                break
    plant[at.PHASE] = phase
    close_agenda(plant)
    return status


@entry
def advance_at(plant_address: int, plan_address: int, numbers_address: int, log_address: int) -> int:
    """`advance` on arrays given by their addresses: 30 times as fast as arrays that are counted at every call (Numba issue of NRT)."""
    return advance(int64_at(plant_address), int64_at(plan_address), float64_at(numbers_address), int64_at(log_address))


@entry
def begin_at(plant_address: int, plan_address: int, numbers_address: int, log_address: int) -> None:
    """`begin`, by addresses."""
    begin(int64_at(plant_address), int64_at(plan_address), float64_at(numbers_address), int64_at(log_address))
