"""Steps that are done to every n-th lot: lots of one instant are counted together, in the settle phase, so their order is no chance."""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor.fleets.calls import call, carrier
from twin.kernels.floor.flow.arrivals import arrival_is_told, go_on_to
from twin.kernels.floor.flow.lots import find_next, is_chosen, is_gone, leave_place, pass_over, seek_place_no_longer
from twin.kernels.floor.ground.agenda import after
from twin.kernels.floor.ground.setups import add_load
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import step_rows as more
from twin.kernels.floor.rows import timer_rows as due
from twin.kernels.floor.rows.plant_rows import Floats, Ints


@kernel
def decide_samples(plant: Ints, plan: Ints, numbers: Floats, log: Ints) -> None:
    """Count lots that have come to such a step, in the declared order of the equipment that they leave, then by name."""
    plant[more.UNDECIDED_COUNT] = 0
    lot = plant[at.WAITING_FIRST]
    while lot >= 0:
        following = plant[lot + at.WAIT_NEXT]
        left = plant[lot + more.LEAVES_STEP]
        if left:
            plant[lot + more.LEAVES_STEP] = 0
            _decide(plant, plan, numbers, log, lot, left)
        lot = following


@kernel
def _decide(plant: Ints, plan: Ints, numbers: Floats, log: Ints, lot: int, left: int) -> None:
    good, unit, away_us = plant[lot + at.LOT_QUANTITY], plant[lot + at.HOLDER], plant[lot + at.READY_US] - plant[at.NOW]
    if not is_chosen(plant, plan, numbers, lot):
        pass_over(plant, plan, log, lot, unit)
        if find_next(plant, plan, numbers, log, lot, unit, good, True) == more.GONE:
            leave_place(plant, lot)
            is_gone(plant, lot)
            return
    add_load(plant, plan, numbers, plant[lot + at.STEP], good, 1)
    of_fleet = carrier(plant, plan, unit, plant[lot + at.STEP])
    if of_fleet >= 0:
        seek_place_no_longer(plant, lot)
        call(plant, of_fleet, lot, unit)
        return
    go_on_to(plant, plan, numbers, log, lot, left)
    if away_us and not arrival_is_told(plan, left):
        after(plant, away_us, due.ARRIVAL_DUE, 0)
