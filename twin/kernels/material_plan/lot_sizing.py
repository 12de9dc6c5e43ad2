"""How far ahead one order covers needs, and how large it is.

A need that comes after the first is what the lowest availability up to that bucket falls below the safety stock by, beyond what is
covered already: so scheduled receipts in between are counted. Stock that waits is paid for at the end of a bucket.
"""

from __future__ import annotations

import math

from twin.kernels.compiling import kernel
from twin.kernels.material_plan import columns as at
from twin.kernels.material_plan.columns import Floats, Ints, Room


@kernel
def sized(quantity: int, minimum: int, maximum: int, multiple: int) -> int:
    """The least quantity that orders within the limits can have together, at least `quantity` > 0."""
    whole = 0
    if maximum > 0:
        whole = quantity // maximum * maximum
        quantity -= whole
        if quantity == 0:
            return whole
    quantity = max(quantity, minimum)
    if multiple > 1:
        quantity = -(-quantity // multiple) * multiple
    return whole + quantity


@kernel
def economic_quantity(flow: Ints, incoming: Ints, order_cost: float, holding_cost: float) -> int:
    """sqrt(2 D K / h) for the mean demand of a bucket, to the nearest whole; Harris (1913), Factory 10, 135."""
    total = 0.0
    for bucket in range(flow.size):
        total += incoming[bucket] - flow[bucket]
    if holding_cost <= 0 or total == 0:
        return 0
    return round(math.sqrt(2 * total / flow.size * order_cost / holding_cost))


@kernel
def last_by_average(
    rule: int, first: int, available: int, safety_stock: int, flow: Ints, order_cost: float, holding_cost: float
) -> int:  # fmt: skip
    """The last bucket that an order for `first` covers, by a rule that stops as soon as waiting longer costs more.

    SILVER_MEAL: cost for each bucket; Silver and Meal (1973), Prod. Inv. Mgmt. 14, 64. LEAST_UNIT_COST: cost for each unit.
    PART_PERIOD: holding cost as near to the order cost as may be; DeMatteis (1968), IBM Syst. J. 7, 30.
    """
    covered = safety_stock - available
    carrying = 0.0
    best = order_cost if rule == at.SILVER_MEAL else order_cost / covered
    for bucket in range(first + 1, flow.size):
        available += flow[bucket]
        more = max(0, safety_stock - available - covered)
        covered += more
        before, carrying = carrying, carrying + holding_cost * more * (bucket - first)
        if rule == at.PART_PERIOD:
            if carrying >= order_cost:
                return bucket if carrying - order_cost < order_cost - before else bucket - 1
            continue
        average = (order_cost + carrying) / (bucket - first + 1 if rule == at.SILVER_MEAL else covered)
        if average > best:
            return bucket - 1
        best = average
    return flow.size - 1


@kernel
def wagner_whitin(first: int, available: int, safety_stock: int, flow: Ints, cost: Floats, room: Room) -> None:
    """Fill `room.last[t]` with the last bucket that an order for t covers in the cheapest plan from t on.

    Parameters
    ----------
    flow : int64[n]; scheduled receipts less gross requirements
    room : its needs, best and last are overwritten from `first` on

    Notes
    -----
    best[t] = min over u >= t of K + h sum_{t<v<=u} (v - t) d_v + best[u + 1]; where nothing is needed nothing is paid.
    Wagner and Whitin (1958), Mgmt Sci 5, 89.
    """
    needs, best, last = room.needs, room.best, room.last
    covered = 0
    level = available
    for bucket in range(first, flow.size):
        if bucket > first:
            level += flow[bucket]
        needs[bucket] = max(0, safety_stock - level - covered)
        covered += needs[bucket]
    best[flow.size] = 0.0
    for start in range(flow.size - 1, first - 1, -1):
        last[start] = start
        if needs[start] == 0:
            best[start] = best[start + 1]
            continue
        spent = cost[at.ORDER_COST]
        best[start] = spent + best[start + 1]
        for end in range(start + 1, flow.size):
            spent += cost[at.HOLDING_COST] * needs[end] * (end - start)
            if spent > best[start]:
                break
            if spent + best[end + 1] < best[start]:
                best[start] = spent + best[end + 1]
                last[start] = end
