"""More of steps and lots: which lots a step is done to by count, how long they may wait for it, where they begin.

Behind the fields of `plant_rows`.
"""

from __future__ import annotations

from twin.kernels.floor.rows import fleet_rows as fleet
from twin.kernels.floor.rows import plant_rows as at

# -- the header of `plant`, and of `plan`

LATE_FIRST, UNDECIDED_COUNT, HEADER = range(fleet.HEADER, fleet.HEADER + 3)
"""Lots that have waited too long, to be judged in this settle phase; lots of which it is not found out yet whether they are a sample."""

MORE_STEPS_AT, PLAN_HEADER = range(at.PLAN_HEADER, at.PLAN_HEADER + 2)
"""In `plan`: a row for each step, by STEP_NUMBER."""

(
    LIMITS_AT,  # in `plan`: fields of a lot, in which it is kept when it had gone through the step; each for a limit that counts from there
    LIMIT_COUNT,
    SAMPLE_EVERY,  # every n-th lot that comes to it; 0: the share says it
    CAME_AT,  # in `plant`: how many have come
    LIMIT_US,  # how long lots may wait for it; 0: no limit
    WAITS_SINCE,  # field of a lot: the instant from which on that counts; 0: none
    CONSEQUENCE,
    BACK_TO,  # address of a step
    BACK_MOST,  # so often a lot goes back at most
    BACK_COUNT,  # field of a lot: how often it went back
    BEGINS_HERE,  # a lot may come into being here, as it is started
    MORE_STEP_ROW,
) = range(12)

WAY_DISTRIBUTION, WAY_NUMBERS, WAY_EQUIPMENT, WAY_ROW = 0, 1, 2, 2
"""Of an alternative, at WAYS_AT of its step. NUMBERS: as STEP_NUMBERS, the first two; the equipment is a set, a bit for each place."""

TOLD, SENT_BACK, SCRAPPED = range(3)
CONSEQUENCES = ("tell", "rework", "scrap")

# -- of a lot; behind them lie fields that its routing asks for, which a lot takes along that rework takes off

LATE_NEXT, LEAVES_STEP, LOT_ROW = range(fleet.SAVED_UNITS, fleet.SAVED_UNITS + 3)
"""LATE_NEXT: 0: it is not among those to be judged; -1: it is the last of them. LEAVES_STEP: of a lot of which it is not found out yet
whether it is a sample for what is next, the address of the step that it has left; else 0."""

GONE, CHOSEN, TO_BE_COUNTED = range(3)
"""What is next for a lot that has left its step."""
