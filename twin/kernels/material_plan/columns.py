"""What stands where in the arrays of a material plan.

Materials are numbered by rising low-level code, so whatever goes through them by number has seen every demand for a material before it
nets that material. Buckets are numbered from 0, which is now. A quantity is in the unit of its material.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# one row of `materials`, int64
ON_HAND = 0
SAFETY_STOCK = 1
LEAD = 2  # buckets from start to due
SAFETY_TIME = 3  # buckets from due to need
CALENDAR = 4  # row of the calendars by which both count
YIELD = 5  # good pieces of a million that are started
RULE = 6  # one of the rules below
PERIODS = 7  # buckets that a lot covers (PERIOD), or that one look covers (ORDER_POINT, NET_FLOW: for spikes)
MINIMUM = 8  # smallest order, 0: none
MAXIMUM = 9  # largest order, a multiple of MULTIPLE; 0: none. More is several orders
MULTIPLE = 10  # orders are whole multiples of it, at least 1
POINT = 11  # ORDER_POINT: order when less than that is foreseen; NET_FLOW: when the net flow is that or less
TARGET = 12  # ORDER_POINT: order so much that the least foreseen is that; NET_FLOW: up to that
FENCE = 13  # the first bucket in which an order may be due
SPIKE = 14  # NET_FLOW: more than that in one of the next PERIODS buckets counts today
REACH = 15  # NET_FLOW: buckets from the call for an order to when it is there, its components that are not buffered included
MOVE_IN = 16  # buckets after a need within which what is on order is taken as if it were expedited
MATERIAL_WIDTH = 17

# rules: which needs one order covers; minimum, maximum and multiple apply to each of them
LOT_FOR_LOT = 0
PERIOD = 1
ECONOMIC = 2  # at least the economic order quantity of the mean demand
SILVER_MEAL = 3
PART_PERIOD = 4
LEAST_UNIT_COST = 5
WAGNER_WHITIN = 6
ORDER_POINT = 7
NET_FLOW = 8

MILLION = 1_000_000

# one row of `costs`, float64; only their proportion counts
ORDER_COST = 0
HOLDING_COST = 1  # a unit and bucket

# one row of `lines`, int64: of a started quantity s the child is needed, or given off, s * NUMERATOR / DENOMINATOR
CHILD = 0
NUMERATOR = 1
DENOMINATOR = 2
IS_BY_PRODUCT = 3  # given off when the order is due; rounded down, where a need is rounded up
LINE_WIDTH = 4

# one row of `calendars`, int64: for each bucket how many working ones lie before it, then the numbers of the working ones


class Room(NamedTuple):
    """Room to reckon one material in."""

    needs: Ints  # int64[buckets]
    last: Ints  # int64[buckets]
    starts: Ints  # int64[buckets]
    before: Ints  # int64[buckets]
    moved: Ints  # int64[buckets]
    best: Floats  # float64[buckets + 1]


class Coming(NamedTuple):
    """What comes anyway, and which of it is on order and may be expedited."""

    incoming: Ints  # int64[n, buckets]
    first: Ints  # int64[n + 1], where the movable orders of each material begin
    rows: Ints  # int64[k, 3], (material, bucket, quantity), in the order of materials and buckets


class Network(NamedTuple):
    """Who needs or gives off a material, and which orders are planned."""

    materials: Ints
    parent_from: Ints  # int64[n + 1], where the parents of each material begin
    parent_lines: Ints  # int64[m, 1 + LINE_WIDTH], a parent and its line
    order_from: Ints  # int64[n + 1], where the orders of each material begin
    orders: Ints  # int64[k, 4], (material, due, start, started)


class GivenRows(NamedTuple):
    """Rows of (material, bucket, quantity), in the order of materials and buckets."""

    first: Ints  # int64[n + 1], where those of each material begin
    rows: Ints  # int64[k, 3]
