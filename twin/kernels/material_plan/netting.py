"""One material: from what is needed of it, what is there and what is coming, to the orders that are missing."""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.material_plan import columns as at
from twin.kernels.material_plan.columns import Coming, Floats, Ints, Room
from twin.kernels.material_plan.lot_sizing import economic_quantity, last_by_average, sized, wagner_whitin
from twin.kernels.material_plan.offsetting import bucket_after, bucket_before


@kernel
def good_of(started: int, per_million: int) -> int:
    """Good pieces that come of what is started."""
    return started if per_million == at.MILLION else started * per_million // at.MILLION


@kernel
def start_for(good: int, per_million: int) -> int:
    """What has to be started for so many good pieces."""
    return good if per_million == at.MILLION else -(-good * at.MILLION // per_million)


@kernel
def is_plain(materials: Ints, number: int) -> bool:
    """Whether a material is ordered lot for lot, and nothing else is asked of its orders."""
    is_exact = materials[number, at.YIELD] == at.MILLION and materials[number, at.MULTIPLE] == 1 and materials[number, at.MINIMUM] <= 1
    is_free = materials[number, at.SAFETY_TIME] + materials[number, at.FENCE] == 0
    return bool(materials[number, at.RULE] == at.LOT_FOR_LOT and is_exact and is_free)


@kernel
def pull_in(material: Ints, calendar: Ints, flow: Ints, coming: Coming, number: int, moved: Ints, told: Ints, count: int) -> int:
    """Fill `moved` with `flow` as if what is on order and comes too late were expedited: the first that is to come, as far as is short.

    Parameters
    ----------
    material, calendar, flow : the rows of the material with this number
    coming : what is on order and may be moved, by material and bucket
    moved : int64[n]; overwritten
    told : int64[m, 3]; filled from `count` on, as far as there is room: row of `coming`, the bucket it is needed in, how much of it

    Returns
    -------
    int : `count`, and one more for each that is pulled in

    Notes
    -----
    The rescheduling assumption: an order that is there can be moved more easily than a new one be had in less than its lead time, so
    nothing is planned before what is on order is used up; APICS Dictionary; Vollmann, Berry and Whybark, Manufacturing Planning and
    Control Systems. It holds for what comes within MOVE_IN buckets after it is needed, and for what comes as soon as a new order would.
    """
    moved[:] = flow
    safety_stock, rule = material[at.SAFETY_STOCK], material[at.RULE]
    if rule in (at.ORDER_POINT, at.NET_FLOW):
        return count  # they count what is on order whenever it comes
    place, last = coming.first[number], coming.first[number + 1]
    left = coming.rows[place, 2] if place < last else 0
    soonest = bucket_after(calendar, 0, material[at.LEAD], flow.size)
    available = material[at.ON_HAND]
    for bucket in range(flow.size):
        available += moved[bucket]
        short = safety_stock - available
        latest = max(soonest, bucket_after(calendar, bucket, material[at.MOVE_IN], flow.size))
        while short > 0 and place < last and coming.rows[place, 1] <= latest:
            comes, taken = coming.rows[place, 1], 0
            if comes > bucket:
                taken = min(short, left)
                moved[bucket] += taken
                moved[comes] -= taken
                available, short, left = available + taken, short - taken, left - taken
                if count < told.shape[0]:
                    told[count, 0], told[count, 1], told[count, 2] = place, bucket, taken
                count += 1
            if comes <= bucket or left == 0:
                place += 1
                left = coming.rows[place, 2] if place < last else 0
        if short > 0 and bucket >= material[at.FENCE]:
            available = safety_stock  # an order will be planned for the rest
    return count


@kernel
def plan_material(material: Ints, cost: Floats, calendar: Ints, flow: Ints, incoming: Ints, started: Ints, room: Room) -> None:
    """Fill `started` with what has to be started for each bucket in which it is due.

    Parameters
    ----------
    material, cost, calendar : the rows of this material, and of its calendar; see `columns`
    flow, incoming : int64[n]; what is coming anyway, less (flow) what is needed
    started : int64[n]; overwritten; orders by the bucket in which they are due
    """
    rule, safety_stock, minimum = material[at.RULE], material[at.SAFETY_STOCK], material[at.MINIMUM]
    started[:] = 0
    if rule == at.ORDER_POINT:
        _keep_above_point(material, calendar, flow, started)
        return
    if rule == at.NET_FLOW:
        _keep_net_flow(material, calendar, flow, incoming, started)
        return
    if rule == at.ECONOMIC:
        minimum = max(minimum, economic_quantity(flow, incoming, cost[at.ORDER_COST], cost[at.HOLDING_COST]))
    available, waits_until, is_solved = material[at.ON_HAND], 0, False
    for bucket in range(flow.size):
        available += flow[bucket]
        if available >= safety_stock or bucket < waits_until or bucket < material[at.FENCE]:
            continue
        end = bucket
        if rule == at.PERIOD:
            waits_until = _restored_in(material, bucket, available, flow)
            if waits_until > bucket:
                continue
            end = min(flow.size, bucket + material[at.PERIODS]) - 1
        elif rule == at.WAGNER_WHITIN:
            if not is_solved:
                wagner_whitin(bucket, available, safety_stock, flow, cost, room)
            end = room.last[bucket]
        elif rule in (at.SILVER_MEAL, at.PART_PERIOD, at.LEAST_UNIT_COST):
            end = last_by_average(rule, bucket, available, safety_stock, flow, cost[at.ORDER_COST], cost[at.HOLDING_COST])
        lowest = _lowest(bucket, end, available, flow)
        good = _order(material, calendar, minimum, bucket, safety_stock - lowest, started)
        is_solved = good == safety_stock - lowest  # what is left over changes all that comes after
        available += good


@kernel
def _order(material: Ints, calendar: Ints, minimum: int, bucket: int, short: int, started: Ints) -> int:
    """Plan an order that is needed in `bucket`; the good pieces that it adds."""
    due = max(bucket_before(calendar, bucket, material[at.SAFETY_TIME], started.size), material[at.FENCE])
    per_million = material[at.YIELD]
    before = good_of(started[due], per_million)
    started[due] += sized(start_for(short, per_million), minimum, material[at.MAXIMUM], material[at.MULTIPLE])
    return good_of(started[due], per_million) - before


@kernel
def _lowest(first: int, last: int, available: int, flow: Ints) -> int:
    """The least availability from `first`, where it is `available`, to `last`."""
    lowest = available
    for bucket in range(first + 1, last + 1):
        available += flow[bucket]
        lowest = min(lowest, available)
    return lowest


@kernel
def _restored_in(material: Ints, first: int, available: int, flow: Ints) -> int:
    """The bucket within the period in which receipts fill up the safety stock again; 0 if none does, or stock runs out before."""
    for bucket in range(first + 1, min(flow.size, first + material[at.PERIODS])):
        if available < 0:
            return 0
        available += flow[bucket]
        if available >= material[at.SAFETY_STOCK]:
            return bucket
    return 0


@kernel
def _keep_above_point(material: Ints, calendar: Ints, flow: Ints, started: Ints) -> None:
    """Look a period ahead; if less than the point is foreseen, order up to the target. Then look again when the period is over."""
    available, bucket = material[at.ON_HAND], 0
    while bucket < flow.size:
        end = min(flow.size, bucket + material[at.PERIODS]) - 1
        available += flow[bucket]
        lowest = _lowest(bucket, end, available, flow)
        if lowest < material[at.POINT] and bucket >= material[at.FENCE]:
            available += _order(material, calendar, material[at.MINIMUM], bucket, material[at.TARGET] - lowest, started)
        for later in range(bucket + 1, end + 1):
            available += flow[later]
        bucket = end + 1


@kernel
def _keep_net_flow(material: Ints, calendar: Ints, flow: Ints, incoming: Ints, started: Ints) -> None:
    """Day by day: what is there and on order, less what is needed that day and spikes ahead; at or below the point, order up to the target.

    An order is there a decoupled lead time after it is called for; those that would be there after the last bucket are on order all
    the same. Ptak and Smith (2019), Demand Driven Material Requirements Planning, ch. 9.
    """
    on_hand, on_order = material[at.ON_HAND], 0
    for bucket in range(flow.size):
        on_order += incoming[bucket]
    for bucket in range(flow.size):
        there = incoming[bucket] + good_of(started[bucket], material[at.YIELD])
        on_hand, on_order = on_hand + there, on_order - there
        needed = incoming[bucket] - flow[bucket]
        net_flow = on_hand + on_order - needed
        for later in range(bucket + 1, min(flow.size, bucket + 1 + material[at.PERIODS])):
            ahead = incoming[later] - flow[later]
            if ahead > material[at.SPIKE]:
                net_flow -= ahead
        if net_flow <= material[at.POINT] and net_flow < material[at.TARGET]:
            short = start_for(material[at.TARGET] - net_flow, material[at.YIELD])
            quantity = sized(short, material[at.MINIMUM], material[at.MAXIMUM], material[at.MULTIPLE])
            due = max(bucket_after(calendar, bucket, material[at.REACH], flow.size), material[at.FENCE])
            good = good_of(quantity, material[at.YIELD])
            if due < flow.size:
                before = good_of(started[due], material[at.YIELD])
                started[due] += quantity
                good = good_of(started[due], material[at.YIELD]) - before
            if due == bucket:
                on_hand += good
            else:
                on_order += good
        on_hand -= needed
