"""All materials: plan each that something has changed for, and tell its components. A regenerative plan is one in which everything has."""

from __future__ import annotations

import numpy as np

from twin.kernels.compiling import entry, kernel
from twin.kernels.material_plan import columns as at
from twin.kernels.material_plan.columns import Coming, Floats, Ints, Room
from twin.kernels.material_plan.netting import is_plain, plan_material, pull_in

_MOST = 4e18


@kernel
def moved(line: Ints, started: int, maximum: int) -> int:
    """What the orders that start `started` pieces, each of at most `maximum`, need or give off of the child of `line`, in whole units."""
    numerator: int = line[at.NUMERATOR]
    denominator: int = line[at.DENOMINATOR]
    if denominator == 1:
        return started * numerator
    whole = started // maximum if maximum > 0 else 0
    rest = started - whole * maximum
    if line[at.IS_BY_PRODUCT]:
        return whole * (maximum * numerator // denominator) + rest * numerator // denominator
    return -(whole * (-maximum * numerator // denominator) + -rest * numerator // denominator)


@entry
def plan_changed(
    materials: Ints, costs: Floats, calendars: Ints, line_from: Ints, lines: Ints, flow: Ints, coming: Coming, started: Ints, changed: Ints
) -> int:  # fmt: skip
    """Plan every material that is marked in `changed`, and those that this changes something for.

    Parameters
    ----------
    materials, costs, calendars, lines : see `columns`; `line_from` : int64[n + 1], where the lines of each material begin
    flow, started : int64[n, buckets]; what comes anyway less what is needed, and orders by due bucket; brought up to date, as `coming` is
    changed : int64[n]; cleared

    Returns
    -------
    int : how many materials were planned; -1 - material if its components would be more than 64 bits hold

    Notes
    -----
    Parents come before their components, so one pass is enough: Orlicky (1975), Material Requirements Planning, ch. 4.
    """
    incoming, bucket_count = coming.incoming, flow.shape[1]
    room = Room(
        np.empty(bucket_count, np.int64), np.empty(bucket_count, np.int64), np.empty(bucket_count, np.int64),
        np.empty(bucket_count, np.int64), np.empty(bucket_count, np.int64), np.empty(bucket_count + 1),
    )  # fmt: skip
    planned, untold = 0, np.empty((0, 3), np.int64)
    for number in range(materials.shape[0]):
        if not changed[number]:
            continue
        changed[number] = 0
        planned += 1
        if coming.first[number] == coming.first[number + 1] and is_plain(materials, number):
            count = _plan_plain(materials, number, flow, started, room)
        else:
            room.before[:] = started[number]
            calendar = calendars[materials[number, at.CALENDAR]]
            pull_in(materials[number], calendar, flow[number], coming, number, room.moved, untold, 0)
            plan_material(materials[number], costs[number], calendar, room.moved, incoming[number], started[number], room)
            count = _compare(number, started, room)
        if count == 0:
            continue
        largest = _starts(materials, calendars, number, started, room, count)
        for place in range(line_from[number], line_from[number + 1]):
            if float(largest) * lines[place, at.NUMERATOR] > _MOST:
                return -1 - number
            child = lines[place, at.CHILD]
            changed[child] = 1
            if lines[place, at.DENOMINATOR] == 1 and not lines[place, at.IS_BY_PRODUCT]:
                for n in range(count):
                    flow[child, room.starts[n]] -= (started[number, room.needs[n]] - room.before[n]) * lines[place, at.NUMERATOR]
            else:
                _tell(lines[place], materials[number, at.MAXIMUM], started[number], room, count, flow[child], incoming[child])
    return planned


@entry
def list_pulled_in(materials: Ints, calendars: Ints, flow: Ints, coming: Coming, told: Ints) -> int:
    """What the plan takes as expedited; `told` is filled as `pull_in` says. How many rows that are: with too few, not all are written."""
    moved, count = np.empty(flow.shape[1], np.int64), 0
    for number in range(materials.shape[0]):
        if coming.first[number] < coming.first[number + 1]:
            calendar = calendars[materials[number, at.CALENDAR]]
            count = pull_in(materials[number], calendar, flow[number], coming, number, moved, told, count)
    return count


@kernel
def _plan_plain(materials: Ints, number: int, flow: Ints, started: Ints, room: Room) -> int:
    """Lot for lot without a look at what else might be asked, as most materials are: exactly what is short, when it is short.

    Fills `needs` and `before` with the buckets in which an order is not what it was, and what it was; how many.
    """
    free = materials[number, at.ON_HAND] - materials[number, at.SAFETY_STOCK]
    count = 0
    for bucket in range(flow.shape[1]):
        free += flow[number, bucket]
        short = max(0, -free)
        free += short
        before = started[number, bucket]
        if short != before:
            room.needs[count], room.before[count] = bucket, before
            count += 1
            started[number, bucket] = short
    return count


@kernel
def _compare(number: int, started: Ints, room: Room) -> int:
    """The same of a material that was planned in another way: `before` has all buckets, and afterwards those that have changed."""
    count = 0
    for bucket in range(started.shape[1]):
        if started[number, bucket] != room.before[bucket]:
            room.needs[count], room.before[count] = bucket, room.before[bucket]
            count += 1
    return count


@kernel
def _starts(materials: Ints, calendars: Ints, number: int, started: Ints, room: Room, count: int) -> int:
    """When the orders that have changed start, into `starts`; the largest of them."""
    lead, row, buckets = materials[number, at.LEAD], materials[number, at.CALENDAR], started.shape[1]
    largest = 0
    for place in range(count):
        bucket = room.needs[place]
        largest = max(largest, started[number, bucket])
        room.starts[place] = bucket
        if lead > 0:
            working = calendars[row, bucket] - lead
            room.starts[place] = calendars[row, buckets + 1 + working] if working >= 0 else 0
    return largest


@kernel
def _tell(line: Ints, maximum: int, now: Ints, room: Room, count: int, flow: Ints, incoming: Ints) -> None:
    """Tell a component of orders whose needs are rounded one by one, or what is given off, of what it comes of."""
    for place in range(count):
        due = room.needs[place]
        more = moved(line, now[due], maximum) - moved(line, room.before[place], maximum)
        if line[at.IS_BY_PRODUCT]:
            incoming[due] += more
            flow[due] += more
        else:
            flow[room.starts[place]] -= more
