"""All materials: plan each that something has changed for, and tell its components. A regenerative plan is one in which everything has."""

from __future__ import annotations

import numpy as np

from twin.kernels.compiling import entry, kernel
from twin.kernels.material_plan import columns as at
from twin.kernels.material_plan.columns import Floats, Ints, Room
from twin.kernels.material_plan.netting import plan_material
from twin.kernels.material_plan.offsetting import bucket_before

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
    materials: Ints, costs: Floats, calendars: Ints, line_from: Ints, lines: Ints, flow: Ints, incoming: Ints, started: Ints, changed: Ints
) -> int:  # fmt: skip
    """Plan every material that is marked in `changed`, and those that this changes something for.

    Parameters
    ----------
    materials, costs, calendars, lines : see `columns`; `line_from` : int64[n + 1], where the lines of each material begin
    flow, incoming, started : int64[n, buckets]; what comes anyway, less (flow) what is needed, and orders by due bucket; brought up to date
    changed : int64[n]; cleared

    Returns
    -------
    int : how many materials were planned; -1 - material if its components would be more than 64 bits hold

    Notes
    -----
    Parents come before their components, so one pass is enough: Orlicky (1975), Material Requirements Planning, ch. 4.
    """
    bucket_count = flow.shape[1]
    room = Room(
        np.empty(bucket_count, np.int64), np.empty(bucket_count, np.int64), np.empty(bucket_count, np.int64),
        np.empty(bucket_count, np.int64), np.empty(bucket_count + 1),
    )  # fmt: skip
    planned = 0
    for number in range(materials.shape[0]):
        if not changed[number]:
            continue
        changed[number] = 0
        planned += 1
        material, calendar = materials[number], calendars[materials[number, at.CALENDAR]]
        room.before[:] = started[number]
        plan_material(material, costs[number], calendar, flow[number], incoming[number], started[number], room)
        if not _tell(material, calendar, lines[line_from[number] : line_from[number + 1]], started[number], room, flow, incoming, changed):
            return -1 - number
    return planned


@kernel
def _tell(
    material: Ints, calendar: Ints, lines: Ints, now: Ints, room: Room, flow: Ints, incoming: Ints, changed: Ints
) -> bool:  # fmt: skip
    """Put what a material's orders need and give off where its components find it; False if that is too much."""
    before, starts, dues = room.before, room.starts, room.needs  # of orders that are not what they were: when they start and are due
    largest, count = 0, 0
    for bucket in range(now.size):
        if now[bucket] != before[bucket]:
            starts[count] = bucket_before(calendar, bucket, material[at.LEAD], now.size)
            dues[count] = bucket
            count += 1
            largest = max(largest, now[bucket])
    maximum = material[at.MAXIMUM]
    for row in range(lines.shape[0] if count else 0):
        line = lines[row]
        numerator, child = line[at.NUMERATOR], line[at.CHILD]
        if float(largest) * numerator > _MOST:
            return False
        changed[child] = 1
        if line[at.DENOMINATOR] == 1 and not line[at.IS_BY_PRODUCT]:
            for place in range(count):
                flow[child, starts[place]] -= (now[dues[place]] - before[dues[place]]) * numerator
            continue
        for place in range(count):
            due = dues[place]
            more = moved(line, now[due], maximum) - moved(line, before[due], maximum)
            if line[at.IS_BY_PRODUCT]:
                incoming[child, due] += more
                flow[child, due] += more
            else:
                flow[child, starts[place]] -= more
    return True
