"""The lean build: the floor as a plant has it that uses little of what plants may have, where rules decide for lots alone.

A plant is lean if its fields hold what `HELD` says; that is looked up in its rows, so nobody has to remember which feature counts. What
is not in the tables, new features too, is in the lean build as in the full one. Both say the same facts, bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.kernels.compiling import inlined, seldom
from twin.kernels.floor.rows import fleet_rows as fleet
from twin.kernels.floor.rows import loss_rows as loss
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import step_rows as more
from twin.kernels.specialising import Specialised

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

HEADER = {"IS_BY_RULE": 1, "DECIDES_LEVEL_4": 0, "LIMITS_WORK": 0, "CAUSE_COUNT": 0, "WATCH_COUNT": 0}
"""Rules decide for lots alone; no limit of work, no failures, no maintenance, no stops, no calendars."""

EQUIPMENT = {
    "KIND": at.WORK_UNIT, "CAUSES": 0, "HAS_UPKEEP": 0, "WATCH": -1, "STATION_COUNT": 0, "MATRIX": -1, "BATCH_MAXIMUM": 0,
    "LEAST_LOTS": 0, "LEAST_US": 0, "DRAWS_POWER": 0, "ORDERED_STATE": 0, "STOP_STATE": 0, "IS_STANDING": 0, "IS_SETUP_STAFFED": 0,
    "IS_RUN_STAFFED": 0, "IS_DESERTED": 0, "JOB_PERSONS": 0, "TOLD_PERSONS": 0, "IS_SET_UP_ALONGSIDE": 0,
}  # fmt: skip
"""Work units that take one lot at a time and whose power nobody counts; no lines, no set-ups, no minimum runs; nothing stops work."""

CENTERS = {
    "CENTER_WAIT_COUNT": 0, "QUEUE_IS_MIXED": 0, "TIE_COUNT": 0, "LOOKS_FOR_SETUPS": 0, "FIRST_IS_DRAWN": 0, "SOURCE_COUNT": 1,
    "TAKER_COUNT": 1, "IS_ALWAYS_LOOKED_AT": 0,
}  # fmt: skip
"""Each takes from its own queue alone, ranked by one rule."""

STEPS = {
    "WAY_COUNT": 0, "BOUND_AT": -1, "SAVES_AT": -1, "INTERVAL_US": 0, "STEP_SETUP_STAFFED": 0, "STEP_RUN_STAFFED": 0,
    "STEP_BATCH_MAXIMUM": 0, "TRANSPORT_DISTRIBUTION": -1,
}  # fmt: skip
"""No alternatives, no cascades, no transport, nobody needed."""

FLEETS = {"FLEET_COUNT": 0}
"""No vehicles. In the header of `plant`."""

LOSSES = {"LOSS_COUNT": 0}
"""Nothing is left out. In the header of `plant`."""

MORE_STEPS = {"LIMIT_COUNT": 0, "LIMIT_US": 0, "SAMPLE_EVERY": 0}
"""No lot may wait for so long only, and none is counted for samples."""

SHARES = {"SCRAP_SHARE": 0.0, "REWORK_SHARE": 0.0, "SAMPLE_SHARE": 1.0}
"""All pieces are good, and every lot is worked on."""

FOLLOWING = {
    "MOST_ALTERNATIVES": 0, "CLAIM_COUNT": 0, "HAS_COMMANDS": 0, "SENT_COUNT": 0, "JOB_NEXT": -1, "UNDECIDED_COUNT": 0, "LATE_FIRST": -1,
}  # fmt: skip
"""What follows from the tables above: no claims of crews without failures, no commands where rules decide, no batches; nobody is late."""

BESIDES = {"IS_LEAN_BUILD": 1}
"""What the lean build alone does; in every plant it is 0."""

HELD: dict[str, int | float] = {
    **BESIDES,
    **HEADER,
    **FLEETS,
    **LOSSES,
    **EQUIPMENT,
    **CENTERS,
    **STEPS,
    **MORE_STEPS,
    **SHARES,
    **FOLLOWING,
}

SELDOM = (
    "advancing._happen", "advancing._settle", "deciding.decide", "planning.concluding.conclude", "settling.is_settled",
    "work.work_unit.await_start", "ground.agenda.urge", "ground.agenda._put_in", "ground.agenda._rise", "ground.agenda._sink",
    "ground.agenda.close_heap", "ground.agenda._first_of_heap_us", "ground.chance.draw_us", "flow.queues._last_before", "flow.queues._key",
    "flow.queues._goes_first",
)  # fmt: skip
"""What `passing` and `starting` leave to the phases, the heap beside the table of timers, a lot that comes before others in its queue."""

INLINED = ("flow.queues.join_queue",)
"""What all that happens comes through."""


def _hold(rows: NDArray[Any], held: dict[str, Any], fields: ModuleType = at) -> bool:
    """Whether all rows hold that; a row of `rows` is one of the plant, and `fields` has the numbers of its fields."""
    return all(bool((rows[:, getattr(fields, field)] == value).all()) for field, value in held.items())


def _table(area: Ints, where: int, count: int, size: int) -> Ints:
    return area[where : where + count * size].reshape(count, size)


def is_lean(plant: Ints, plan: Ints, numbers: Floats) -> bool:
    """Whether the lean build may play this plant."""
    steps = _table(plan, plan[at.STEPS_AT], plan[at.STEP_COUNT], at.STEP_EQUIPMENT + plan[at.STEP_WORDS])
    shares = numbers[steps[:, at.STEP_NUMBERS, None] + np.arange(at.STEP_FLOATS)]
    return (
        _hold(plant[None, : at.HEADER], HEADER)
        and _hold(plant[None, : fleet.HEADER], FLEETS, fleet)
        and _hold(plant[None, : loss.HEADER], LOSSES, loss)
        and _hold(_table(plant, plant[at.EQUIPMENT_AT], plant[at.EQUIPMENT_COUNT], at.EQUIPMENT_ROW), EQUIPMENT)
        and _hold(_table(plant, plant[at.CENTERS_AT], plant[at.CENTER_COUNT], at.CENTER_ROW), CENTERS)
        and _hold(steps, STEPS)
        and _hold(_table(plan, plan[more.MORE_STEPS_AT], plan[at.STEP_COUNT], more.MORE_STEP_ROW), MORE_STEPS, more)
        and _hold(shares, SHARES)
    )


@cache
def lean_advance_at() -> Callable[[int, int, int, int], int]:
    """`advancing.advance_at` of the lean build."""
    ways = {**dict.fromkeys(SELDOM, seldom), **dict.fromkeys(INLINED, inlined)}
    build = Specialised("twin.kernels.floor", "twin.kernels.floor.rows", "lean", HELD, ways)
    advance_at: Callable[[int, int, int, int], int] = build.module("twin.kernels.floor.advancing").advance_at_lean
    return advance_at
