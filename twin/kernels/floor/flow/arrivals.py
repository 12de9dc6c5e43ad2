"""Lots on their way: when they are there is a heartbeat where anybody can reckon it, else each lot is scanned where it waits."""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor.flow.queues import join_queue
from twin.kernels.floor.flow.steps.watching import watch_wait
from twin.kernels.floor.ground.agenda import after
from twin.kernels.floor.ground.chance import is_constant
from twin.kernels.floor.ground.names import job_entity, job_label
from twin.kernels.floor.ground.telling import tell
from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import lot_rows as of_lot
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import timer_rows as due
from twin.kernels.floor.rows.plant_rows import Floats, Ints


@kernel
def arrival_is_told(plan: Ints, step: int) -> bool:
    """Whether a lot that is done at a step is scanned where it goes next: transport is drawn, or it left a cascade."""
    return plan[step + at.INTERVAL_US] != 0 or not is_constant(plan, plan[step + at.TRANSPORT_DISTRIBUTION])


@kernel
def note_way(plant: Ints, plan: Ints, lot: int, inside_us: int) -> None:
    """A lot leaves its step, and will be scanned where it goes: what its way was drawn from is kept, to draw it anew."""
    plant[lot + of_lot.AWAY_SINCE], plant[lot + of_lot.AWAY_STEP] = plant[at.NOW], plant[lot + at.STEP]
    plant[lot + of_lot.AWAY_ENTITY], plant[lot + of_lot.AWAY_INSIDE] = job_entity(plant, plan, lot), inside_us


@kernel
def arrive(plant: Ints, plan: Ints, numbers: Floats, log: Ints, lot: int) -> None:
    """A lot is scanned where it waits for what is next; where the rules decide, it joins its queue."""
    tell(plant, log, said.TELLS_ARRIVAL, -1, lot, 0, job_label(plant, plan, lot), 0)
    watch_wait(plant, plan, lot)  # again: another future may have drawn another way
    if plant[at.IS_BY_RULE]:
        join_queue(plant, plan, numbers, lot)


@kernel
def await_scan(plant: Ints, plan: Ints, numbers: Floats, log: Ints, lot: int) -> None:
    """A lot is on its way; it may be there at once."""
    delay_us = plant[lot + at.READY_US] - plant[at.NOW]
    if delay_us > 0:
        after(plant, delay_us, due.SCAN_DUE, lot)
    else:
        arrive(plant, plan, numbers, log, lot)


@kernel
def become_ready(plant: Ints, plan: Ints, numbers: Floats, lot: int) -> None:
    """Where the rules decide, a lot joins its queue once it is there."""
    if not plant[at.IS_BY_RULE]:
        return
    delay_us = plant[lot + at.READY_US] - plant[at.NOW]
    if delay_us > 0:
        after(plant, delay_us, due.LOT_DUE, lot)
    else:
        join_queue(plant, plan, numbers, lot)


@kernel
def go_on_to(plant: Ints, plan: Ints, numbers: Floats, log: Ints, lot: int, step: int) -> None:
    """A lot has left `step` for what is next for it, which it may have to wait for no longer than it may."""
    watch_wait(plant, plan, lot)
    if arrival_is_told(plan, step):
        await_scan(plant, plan, numbers, log, lot)
    else:
        become_ready(plant, plan, numbers, lot)
