"""Which supply serves which demand: first in, first out, material by material.

A peg is (supply, demand, quantity). A supply or demand that is 0 or more is a planned order; -1 - row is a row of what was given: stock,
scheduled receipts, customers' wishes, needs of open orders. NOTHING stands for supply that does not exist, or for nobody's demand.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.kernels.compiling import entry, kernel
from twin.kernels.material_plan import columns as at
from twin.kernels.material_plan.columns import GivenRows, Ints, Network
from twin.kernels.material_plan.exploding import moved
from twin.kernels.material_plan.netting import good_of
from twin.kernels.material_plan.offsetting import bucket_before

NOTHING = -(2**31)
Pairs = NDArray[np.int32]


@entry
def list_orders(materials: Ints, calendars: Ints, started: Ints, order_from: Ints, orders: Ints) -> int:
    """Number the planned orders by material and due bucket; `order_from` int64[n + 1] and `orders` int64[m, 4] are filled.

    A row of `orders` is (material, due, start, started); m rows are needed, which is what is returned. With too few rows none is written.
    """
    count = 0
    for number in range(started.shape[0]):
        order_from[number] = count
        for bucket in range(started.shape[1]):
            if started[number, bucket]:
                if count < orders.shape[0]:
                    row = orders[count]
                    row[0], row[1], row[3] = number, bucket, started[number, bucket]
                    calendar = calendars[materials[number, at.CALENDAR]]
                    row[2] = bucket_before(calendar, bucket, materials[number, at.LEAD], started.shape[1])
                count += 1
    order_from[started.shape[0]] = count
    return count


@kernel
def _rows_of(material: int, network: Network, given: GivenRows, is_supply: bool, rows: Ints, ends: Ints) -> int:
    """List by bucket what is given, and what parents' orders need (or give off) of a material; how many rows.

    `rows` : int64[3, m]; who, quantity, bucket. `ends` : int64[buckets + 1]; room to count in. Both are overwritten
    """
    lines, orders = network.parent_lines, network.orders
    first, last = network.parent_from[material], network.parent_from[material + 1]
    column = 1 if is_supply else 2
    ends[:] = 0
    for row in range(given.first[material], given.first[material + 1]):
        ends[given.rows[row, 1] + 1] += 1
    for place in range(first, last):
        if (lines[place, 1 + at.IS_BY_PRODUCT] != 0) == is_supply:
            for order in range(network.order_from[lines[place, 0]], network.order_from[lines[place, 0] + 1]):
                ends[orders[order, column] + 1] += 1
    for bucket in range(1, ends.size):
        ends[bucket] += ends[bucket - 1]
    for row in range(given.first[material], given.first[material + 1]):
        bucket = given.rows[row, 1]
        rows[0, ends[bucket]], rows[1, ends[bucket]], rows[2, ends[bucket]] = -1 - row, given.rows[row, 2], bucket
        ends[bucket] += 1
    for place in range(first, last):
        if (lines[place, 1 + at.IS_BY_PRODUCT] != 0) == is_supply:
            maximum = network.materials[lines[place, 0], at.MAXIMUM]
            for order in range(network.order_from[lines[place, 0]], network.order_from[lines[place, 0] + 1]):
                bucket = orders[order, column]
                quantity = moved(lines[place, 1:], orders[order, 3], maximum)
                rows[0, ends[bucket]], rows[1, ends[bucket]], rows[2, ends[bucket]] = order, quantity, bucket
                ends[bucket] += 1
    count: int = ends[ends.size - 2]
    return count


@kernel
def _with_own_orders(material: int, network: Network, rows: Ints, count: int) -> int:
    """Merge the planned orders of a material into its supply, which is in the order of buckets; what is given goes first."""
    first, order = network.order_from[material], network.order_from[material + 1] - 1
    own: int = order + 1 - first
    place, row = count + own - 1, count - 1
    while order >= first:
        if row >= 0 and rows[2, row] > network.orders[order, 1]:
            rows[:, place] = rows[:, row]
            row -= 1
        else:
            rows[0, place], rows[2, place] = order, network.orders[order, 1]
            rows[1, place] = good_of(network.orders[order, 3], network.materials[material, at.YIELD])
            order -= 1
        place -= 1
    return count + own


@entry
def peg(
    of: Ints, network: Network, demand: GivenRows, supply: GivenRows, bucket_count: int, peg_from: Ints, pairs: Pairs, quantities: Ints
) -> int:  # fmt: skip
    """Peg the materials of `of`; how many pegs.

    Parameters
    ----------
    of : int64[k]; numbers of materials
    peg_from, pairs, quantities : int64[k + 1], int32[q, 2] as (supply, demand), int64[q]; filled, q as `most_pegs` says
    """
    most_rows = 0
    for number in of:
        parents = network.parent_from[number + 1] - network.parent_from[number]
        given = demand.first[number + 1] - demand.first[number] + supply.first[number + 1] - supply.first[number]
        most_rows = max(most_rows, given + (parents + 1) * bucket_count)
    ends = np.empty(bucket_count + 1, np.int64)
    needs, offers = np.empty((3, most_rows), np.int64), np.empty((3, most_rows), np.int64)
    count = 0
    for place in range(of.size):
        number = of[place]
        peg_from[place] = count
        wanted = _rows_of(number, network, demand, False, needs, ends)
        offered = _with_own_orders(number, network, offers, _rows_of(number, network, supply, True, offers, ends))
        count = _match(needs, wanted, offers, offered, pairs, quantities, count)
    peg_from[of.size] = count
    return count


@kernel
def _match(needs: Ints, need_count: int, offers: Ints, offer_count: int, pairs: Pairs, quantities: Ints, count: int) -> int:
    """Match both lists from the front; what is left of either is pegged to nothing. Overwrites the quantities in them."""
    need = offer = 0
    while need < need_count or offer < offer_count:
        if need < need_count and needs[1, need] == 0:
            need += 1
            continue
        if offer < offer_count and offers[1, offer] == 0:
            offer += 1
            continue
        pairs[count, 0] = offers[0, offer] if offer < offer_count else NOTHING
        pairs[count, 1] = needs[0, need] if need < need_count else NOTHING
        if need == need_count:
            matched = offers[1, offer]
        elif offer == offer_count:
            matched = needs[1, need]
        else:
            matched = min(needs[1, need], offers[1, offer])
        if need < need_count:
            needs[1, need] -= matched
        if offer < offer_count:
            offers[1, offer] -= matched
        quantities[count] = matched
        count += 1
    return count


@entry
def most_pegs(of: Ints, network: Network, demand: GivenRows, supply: GivenRows) -> int:
    """At most so many pegs have the materials of `of`: each closes a demand or a supply."""
    count = 0
    for number in of:
        count += demand.first[number + 1] - demand.first[number] + supply.first[number + 1] - supply.first[number]
        count += network.order_from[number + 1] - network.order_from[number]
        for place in range(network.parent_from[number], network.parent_from[number + 1]):
            parent = network.parent_lines[place, 0]
            count += network.order_from[parent + 1] - network.order_from[parent]
    return count
