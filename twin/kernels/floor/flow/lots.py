"""Where lots are: in a storage, on the equipment that works on them or cannot get rid of them, on their way, or out of the plant.

Blocking after service: a finished lot waits on its equipment until the storage of the work center that comes next has a place. Those who
wait are a list, who has waited longest first. Rework always finds a place. A lot that is ready for its next step stands in the queue of its
work center, also while it still waits for its place.
"""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor.fleets.calls import call, carrier
from twin.kernels.floor.flow.arrivals import arrival_is_told, become_ready, go_on_to, note_way
from twin.kernels.floor.flow.request_rows import need_no_longer
from twin.kernels.floor.flow.steps.watching import end_wait, forget_ends, more_of, note_end
from twin.kernels.floor.ground.agenda import after
from twin.kernels.floor.ground.chance import draw_uniform, draw_us, is_constant
from twin.kernels.floor.ground.names import job_entity, job_label, with_reworks
from twin.kernels.floor.ground.setups import add_load
from twin.kernels.floor.ground.telling import be_looked_at, settle_soon, tell, tell_name, touch
from twin.kernels.floor.planning.news import note
from twin.kernels.floor.rows import asked_rows as asked
from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import step_rows as more
from twin.kernels.floor.rows import timer_rows as due
from twin.kernels.floor.rows.plant_rows import Floats, Ints


@kernel
def new_lot(plant: Ints) -> int:
    """A free row of a lot, made one that has just come into being; there are LOT_RESERVE of them at the beginning of every step."""
    lot = plant[at.LOT_FREE]
    plant[at.LOT_FREE] = plant[lot + at.QUEUE_NEXT]
    plant[at.LOT_FREE_COUNT] -= 1
    plant[at.LOT_LIVE_COUNT] += 1
    plant[at.LOT_SERIAL] += 1
    for field in range(more.LOT_ROW):
        plant[lot + field] = 0
    for field in range(more.LOT_ROW, plant[at.LOT_SIZE]):
        plant[lot + field] = 0
    plant[lot + at.SERIAL] = plant[at.LOT_SERIAL]
    plant[lot + at.ROOT], plant[lot + at.ROOT_FAMILY] = lot, 1
    plant[lot + at.DUE_US] = plant[lot + at.REQUEST] = -1
    plant[lot + at.STORAGE] = plant[lot + at.HOLDER] = -1
    plant[lot + at.WAIT_NEXT] = plant[lot + at.WAIT_PREVIOUS] = -1
    plant[lot + at.QUEUE_NEXT] = plant[lot + at.QUEUE_PREVIOUS] = plant[lot + at.JOB_NEXT] = -1
    return lot


@kernel
def _free_row(plant: Ints, lot: int) -> None:
    plant[lot + at.SERIAL] = 0
    plant[lot + at.QUEUE_NEXT] = plant[at.LOT_FREE]
    plant[at.LOT_FREE] = lot
    plant[at.LOT_FREE_COUNT] += 1


@kernel
def is_gone(plant: Ints, lot: int) -> None:
    """A lot has left the plant. The row of a root stands until all that rework has taken off it are gone too: it counts their names."""
    root = plant[lot + at.ROOT]
    plant[lot + at.LOT_IS_GONE] = 1
    plant[at.LOT_LIVE_COUNT] -= 1
    plant[root + at.ROOT_FAMILY] -= 1
    if lot != root:
        _free_row(plant, lot)
    if plant[root + at.ROOT_FAMILY] == 0:
        if plant[root + at.REQUEST] >= 0:
            need_no_longer(plant, plant[root + at.REQUEST])
        _free_row(plant, root)
    if plant[at.IS_BY_RULE]:
        settle_soon(plant)


@kernel
def pick_up(plant: Ints, plan: Ints, lot: int, unit: int) -> None:
    """Work on the lot starts: it leaves its storage, or the equipment that could not get rid of it."""
    saves_at = plan[plant[lot + at.STEP] + at.SAVES_AT]
    if saves_at >= 0:
        plant[lot + saves_at] = unit
    plant[lot + at.LOT_IS_RUNNING] = 1
    plant[lot + at.STARTS] += 1
    end_wait(plant, plan, lot)
    leave_place(plant, lot)


@kernel
def leave_place(plant: Ints, lot: int) -> None:
    """The lot is no longer in its storage, or on the equipment that could not get rid of it."""
    plant[lot + more.LEAVES_STEP] = 0
    storage = plant[lot + at.STORAGE]
    if storage >= 0:
        is_full = int(plant[storage + at.STORAGE_LOTS] == plant[storage + at.STORAGE_CAPACITY])  # nobody waits where there is a place
        plant[at.PLACES_ARE_SOUGHT] |= is_full & int(plant[at.WAITING_FIRST] >= 0)
        plant[storage + at.STORAGE_LOTS] -= 1
        plant[lot + at.STORAGE] = -1
    if plant[lot + at.HOLDER] >= 0:
        _wait_no_longer(plant, lot)


@kernel
def stand(plant: Ints, plan: Ints, numbers: Floats, lot: int) -> None:
    """The lot waits for its step, place or no place."""
    store(plant, plan, lot)
    become_ready(plant, plan, numbers, lot)


@kernel
def put_back(plant: Ints, plan: Ints, numbers: Floats, lot: int) -> None:
    """Work on the lot was broken off: it waits for the same step again."""
    plant[lot + at.LOT_IS_RUNNING] = 0
    stand(plant, plan, numbers, lot)


@kernel
def finish(plant: Ints, plan: Ints, numbers: Floats, log: Ints, lot: int, unit: int, good: int, rework: int, inside_us: int) -> None:
    """A step is done: good pieces go to the next step, pieces to rework go back, as a lot of their own.

    `inside_us` is how long the last pieces still are in a cascade.
    """
    step = plant[lot + at.STEP]
    inside_us = inside_us if plan[step + at.INTERVAL_US] else 0
    away_us = inside_us + _transport_us(plant, plan, numbers, lot)
    plant[lot + at.LOT_IS_RUNNING] = 0
    if arrival_is_told(plan, step):
        note_way(plant, plan, lot, inside_us)
    add_load(plant, plan, numbers, step, plant[lot + at.LOT_QUANTITY], -1)
    note_end(plant, plan, lot, step, plant[at.NOW])
    if rework:
        again = take_off_rework(plant, plan, numbers, log, lot, plan[step + at.REWORK_TO], rework, away_us)
        of_fleet = carrier(plant, plan, unit, plant[again + at.STEP])
        if of_fleet >= 0:
            call(plant, of_fleet, again, unit)
        else:
            go_on_to(plant, plan, numbers, log, again, step)
    following = find_next(plant, plan, numbers, log, lot, unit, good, False) if good else more.GONE
    if following == more.GONE:
        is_gone(plant, lot)
    else:
        plant[lot + at.READY_US] = plant[at.NOW] + away_us
        _leave(plant, plan, numbers, log, lot, unit, step, following)
    if away_us and (rework or following == more.CHOSEN) and not arrival_is_told(plan, step):
        after(plant, away_us, due.ARRIVAL_DUE, 0)


@kernel
def _leave(plant: Ints, plan: Ints, numbers: Floats, log: Ints, lot: int, unit: int, step: int, following: int) -> None:
    """A lot that goes on waits on its equipment: for a vehicle, for a place, or until it is counted whether it is a sample."""
    if following == more.TO_BE_COUNTED:
        wait_for_place(plant, lot, unit)
        plant[lot + more.LEAVES_STEP] = step
        plant[more.UNDECIDED_COUNT] += 1
        return
    add_load(plant, plan, numbers, plant[lot + at.STEP], plant[lot + at.LOT_QUANTITY], 1)
    of_fleet = carrier(plant, plan, unit, plant[lot + at.STEP])
    if of_fleet >= 0:
        plant[lot + at.HOLDER] = unit
        plant[unit + at.LEAVING] += 1
        call(plant, of_fleet, lot, unit)
    else:
        wait_for_place(plant, lot, unit)
        go_on_to(plant, plan, numbers, log, lot, step)


@kernel
def find_next(plant: Ints, plan: Ints, numbers: Floats, log: Ints, lot: int, unit: int, good: int, may_count: bool) -> int:
    """What is next for a lot that has left its step: GONE, CHOSEN or TO_BE_COUNTED; what it is no sample for is passed over."""
    following = plan[plant[lot + at.STEP] + at.NEXT_STEP]
    while following >= 0:
        plant[lot + at.LOT_QUANTITY] = good
        plant[lot + at.STEP], plant[lot + at.STARTS] = following, 0
        if plan[more_of(plan, following) + more.SAMPLE_EVERY] and not may_count:
            return more.TO_BE_COUNTED
        if is_chosen(plant, plan, numbers, lot):
            return more.CHOSEN
        pass_over(plant, plan, log, lot, unit)
        following = plan[following + at.NEXT_STEP]
    return more.GONE


@kernel
def is_chosen(plant: Ints, plan: Ints, numbers: Floats, lot: int) -> bool:
    """Whether what is next is done to the lot."""
    step = plant[lot + at.STEP]
    row = more_of(plan, step)
    if plan[row + more.SAMPLE_EVERY]:
        plant[plan[row + more.CAME_AT]] += 1
        return plant[plan[row + more.CAME_AT]] % plan[row + more.SAMPLE_EVERY] == 0
    share = numbers[plan[step + at.STEP_NUMBERS] + at.SAMPLE_SHARE]
    return share >= 1.0 or draw_uniform(plan, at.SAMPLE, job_entity(plant, plan, lot), 0) < share


@kernel
def pass_over(plant: Ints, plan: Ints, log: Ints, lot: int, unit: int) -> None:
    """A lot that leaves `unit` is no sample for its step: it is told, and is done with it."""
    good, place = plant[lot + at.LOT_QUANTITY], plant[unit + at.PLACE]
    end_wait(plant, plan, lot)
    tell(plant, log, said.TELLS_SKIP, place, good, 0, job_label(plant, plan, lot), 0)
    if plant[at.DECIDES_LEVEL_4]:
        note(plant, place, asked.PIECES_COUNTED, plant[lot + at.REQUEST], good, 0, 0, plan[plant[lot + at.STEP] + at.STEPS_AFTER])


@kernel
def _transport_us(plant: Ints, plan: Ints, numbers: Floats, lot: int) -> int:
    """How long a lot is on its way from the step that is done now."""
    distribution = plan[plant[lot + at.STEP] + at.TRANSPORT_DISTRIBUTION]
    if distribution < 0:
        return 0
    if is_constant(plan, distribution):
        return draw_us(plan, numbers, distribution, at.TRANSPORT, 0, 0)
    return draw_us(plan, numbers, distribution, at.TRANSPORT, job_entity(plant, plan, lot), 0)


@kernel
def take_off_rework(plant: Ints, plan: Ints, numbers: Floats, log: Ints, lot: int, to_step: int, pieces: int, away_us: int) -> int:
    """Pieces go back as a lot of their own, its address; it finds a place always, or a full storage would lock the plant up."""
    again, root = new_lot(plant), plant[lot + at.ROOT]
    for field in range(at.ORIGIN, at.LOT_MATERIAL + 1):
        plant[again + field] = plant[lot + field]
    deepest = plant[root + at.ROOT_DEEPEST] + 1
    plant[root + at.ROOT_DEEPEST] = deepest
    plant[root + at.ROOT_FAMILY] += 1
    plant[again + at.ROOT], plant[again + at.ROOT_FAMILY], plant[again + at.REQUEST] = root, 0, plant[lot + at.REQUEST]
    plant[again + at.DEPTH] = deepest
    plant[again + at.LOT_ENTITY] = with_reworks(plant[root + at.LOT_ENTITY], deepest)
    plant[again + at.LOT_QUANTITY] = pieces
    plant[again + at.STEP] = to_step
    plant[again + at.READY_US] = plant[at.NOW] + away_us
    for field in range(at.LOT_ROW, plant[at.LOT_SIZE]):
        plant[again + field] = plant[lot + field]
    plant[again + more.LATE_NEXT] = plant[again + more.LEAVES_STEP] = 0
    forget_ends(plant, plan, again)
    plant[again + at.DUE_US], plant[again + at.LOT_PRIORITY] = plant[lot + at.DUE_US], plant[lot + at.LOT_PRIORITY]
    tell_name(plant, log, again)
    add_load(plant, plan, numbers, to_step, pieces, 1)
    store(plant, plan, again)
    return again


@kernel
def wait_for_place(plant: Ints, lot: int, unit: int) -> None:
    """A finished lot waits on its equipment: behind those who have waited longer, then by place of equipment, then by name."""
    plant[lot + at.HOLDER], plant[lot + at.WAIT_SINCE] = unit, plant[at.NOW]
    plant[unit + at.LEAVING] += 1
    plant[at.PLACES_HAVE_CHANGED] = plant[at.PLACES_ARE_SOUGHT] = 1
    before = plant[at.WAITING_LAST]
    while before >= 0 and _waits_behind(plant, lot, before):
        before = plant[before + at.WAIT_PREVIOUS]
    following = plant[before + at.WAIT_NEXT] if before >= 0 else plant[at.WAITING_FIRST]
    plant[lot + at.WAIT_PREVIOUS], plant[lot + at.WAIT_NEXT] = before, following
    plant[before + at.WAIT_NEXT if before >= 0 else at.WAITING_FIRST] = lot
    plant[following + at.WAIT_PREVIOUS if following >= 0 else at.WAITING_LAST] = lot


@kernel
def _waits_behind(plant: Ints, lot: int, other: int) -> bool:
    """Whether `other` comes after `lot` among those who wait."""
    if plant[other + at.WAIT_SINCE] != plant[lot + at.WAIT_SINCE]:
        return plant[other + at.WAIT_SINCE] > plant[lot + at.WAIT_SINCE]
    place, other_place = plant[plant[lot + at.HOLDER] + at.PLACE], plant[plant[other + at.HOLDER] + at.PLACE]
    return other_place > place or (other_place == place and plant[other + at.WAIT_RANK] > plant[lot + at.WAIT_RANK])


@kernel
def _wait_no_longer(plant: Ints, lot: int) -> None:
    """A finished lot has left the equipment that held it."""
    seek_place_no_longer(plant, lot)
    wait_no_longer_on(plant, lot)


@kernel
def seek_place_no_longer(plant: Ints, lot: int) -> None:
    """A finished lot does not stand among those who wait for a place any more."""
    before, following = plant[lot + at.WAIT_PREVIOUS], plant[lot + at.WAIT_NEXT]
    plant[before + at.WAIT_NEXT if before >= 0 else at.WAITING_FIRST] = following
    plant[following + at.WAIT_PREVIOUS if following >= 0 else at.WAITING_LAST] = before


@kernel
def wait_no_longer_on(plant: Ints, lot: int) -> None:
    """The equipment that held a lot is rid of it, and says so: in this settle phase, if one is going on."""
    unit = plant[lot + at.HOLDER]
    plant[lot + at.HOLDER] = -1
    plant[unit + at.LEAVING] -= 1
    if plant[at.IS_SETTLING]:
        be_looked_at(plant, unit)
    else:
        touch(plant, unit)


@kernel
def store(plant: Ints, plan: Ints, lot: int) -> None:
    """The lot stands in the storage of its step."""
    plant[lot + at.STORAGE] = plan[plant[lot + at.STEP] + at.STEP_STORAGE]
    plant[plant[lot + at.STORAGE] + at.STORAGE_LOTS] += 1
    plant[at.STORED_COUNT] += 1
    plant[lot + at.STORED_N] = plant[at.STORED_COUNT]
    plant[at.PLACES_HAVE_CHANGED] = 1


@kernel
def settle_storages(plant: Ints, plan: Ints) -> None:
    """Give free places to finished lots: who has waited longest first."""
    plant[at.PLACES_ARE_SOUGHT] = 0
    lot = plant[at.WAITING_FIRST]
    while lot >= 0:
        following = plant[lot + at.WAIT_NEXT]
        storage = plan[plant[lot + at.STEP] + at.STEP_STORAGE]
        if plant[storage + at.STORAGE_CAPACITY] < 0 or plant[storage + at.STORAGE_LOTS] < plant[storage + at.STORAGE_CAPACITY]:
            store(plant, plan, lot)
            _wait_no_longer(plant, lot)
        lot = following
