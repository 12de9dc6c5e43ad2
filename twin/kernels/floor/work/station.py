"""A station of a line: it works on one transfer lot at a time, and sends it to the conveyor behind it."""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor.ground.agenda import urge
from twin.kernels.floor.ground.chance import draw_good_ahead, draw_uniform
from twin.kernels.floor.ground.losses import pieces_lost
from twin.kernels.floor.ground.telling import tell, touch
from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import loss_rows as loss
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import timer_rows as due
from twin.kernels.floor.rows.plant_rows import Floats, Ints


@kernel
def _draw_reject_ahead(plant: Ints, plan: Ints, numbers: Floats, station: int) -> None:
    share = numbers[plant[station + at.STATION_SCRAP]]
    plant[station + at.REJECT_AHEAD] = draw_good_ahead(plan, share, plant[station + at.REJECT_ENTITY], plant[station + at.REJECT_DRAWS])
    plant[station + at.REJECT_DRAWS] += 1 if 0.0 < share < 1.0 else 0


@kernel
def begin_order(plant: Ints, plan: Ints, numbers: Floats, station: int, entity: int) -> None:
    """The line has taken a job order: what is bad of it here belongs to `entity`, the order at this station."""
    plant[station + at.REJECT_ENTITY], plant[station + at.REJECT_DRAWS] = entity, 0
    _draw_reject_ahead(plant, plan, numbers, station)


@kernel
def take_transfer(plant: Ints, station: int, pieces: int) -> None:
    """In the settle phase: begin work on a transfer lot."""
    plant[station + at.TRANSFER], plant[station + at.TRANSFER_IS_DONE] = pieces, 0
    urge(plant, due.WORK_STARTS, station)


@kernel
def transfer_is_done(plant: Ints, plan: Ints, numbers: Floats, log: Ints, station: int) -> None:
    """Find out which pieces are good, and say it."""
    pieces = left = plant[station + at.TRANSFER]
    scrap = 0
    while plant[station + at.REJECT_AHEAD] < left:
        left -= plant[station + at.REJECT_AHEAD] + 1
        # nothing is reworked on a line, but the kind of each reject uses up its draw all the same
        draw_uniform(plan, at.SCRAP, plant[station + at.REJECT_ENTITY], plant[station + at.REJECT_DRAWS])
        plant[station + at.REJECT_DRAWS] += 1
        scrap += 1
        _draw_reject_ahead(plant, plan, numbers, station)
    plant[station + at.REJECT_AHEAD] -= left
    scrap = pieces_lost(plant, loss.SCRAP, station, scrap)
    good = pieces - scrap
    plant[station + at.TRANSFER], plant[station + at.TRANSFER_IS_DONE] = good, 1
    plant[station + at.COUNTED_GOOD], plant[station + at.COUNTED_SCRAP] = good, scrap
    line = plant[station + at.LINE_AT]
    tell(plant, log, said.TELLS_COUNT, plant[station + at.PLACE], good, scrap, plant[line + at.JOB_LABEL], 0)
    touch(plant, line)


@kernel
def give_transfer(plant: Ints, station: int) -> int:
    """In the settle phase: let the finished transfer lot go; its pieces."""
    pieces = plant[station + at.TRANSFER]
    plant[station + at.TRANSFER], plant[station + at.TRANSFER_IS_DONE] = -1, 0
    return pieces


@kernel
def put_on_conveyor(plant: Ints, station: int, pieces: int) -> bool:
    """A transfer lot goes onto the conveyor behind a station; whether there is a place."""
    places, count = plant[station + at.CONVEYOR_PLACES], plant[station + at.CONVEYOR_COUNT]
    if count >= places:
        return False
    plant[plant[station + at.CONVEYOR_AT] + (plant[station + at.CONVEYOR_FIRST] + count) % places] = pieces
    plant[station + at.CONVEYOR_COUNT] = count + 1
    return True


@kernel
def take_from_conveyor(plant: Ints, station: int) -> int:
    """The transfer lot that has been on the conveyor behind a station for longest; 0 if there is none."""
    if plant[station + at.CONVEYOR_COUNT] == 0:
        return 0
    first = plant[station + at.CONVEYOR_FIRST]
    plant[station + at.CONVEYOR_FIRST] = (first + 1) % plant[station + at.CONVEYOR_PLACES]
    plant[station + at.CONVEYOR_COUNT] -= 1
    return plant[plant[station + at.CONVEYOR_AT] + first]
