"""When equipment is free: work is put where it fits, counted in the working time of the equipment.

An instant is a working time, and back, by the spans in which the equipment works. What is busy is intervals of working time; so work goes
over a break or a night, and never over other work.
"""

from __future__ import annotations

from typing import NamedTuple

from twin.kernels.compiling import kernel
from twin.kernels.material_plan.columns import Ints

NEVER = 2**62
"""An instant at which nothing happens any more: the hours that are known do not suffice."""

# one row of `spans`, int64: works from, to; working time before
FROM = 0
TO = 1
BEFORE = 2

# one row of `steps`, int64, us: what a lot takes of the equipment, itself and for each piece; the same until it is done; then its way
BUSY_LOT = 0
BUSY_PIECE = 1
FLOW_LOT = 2
FLOW_PIECE = 3
AFTER = 4
GROUP = 5  # which equipment can do it
WAYS = 6  # how many rows there are for the same operation, from this one on, each another way to do it; 0 in all but the first of them
STEP_WIDTH = 7


class Shop(NamedTuple):
    """What works when, and what materials go through."""

    hours_of: Ints  # int64[equipment], its hours
    span_from: Ints  # int64[hours + 1], where the spans of each begin
    spans: Ints  # int64[k, 3]
    group_from: Ints  # int64[groups + 1]
    group_equipment: Ints  # equipment of each group, in declared order
    is_alike: Ints  # int64[groups], 1 if all equipment of a group has the same hours
    seen: Ints  # int64[hours], the span that was looked up last: the next question is mostly about that one
    step_from: Ints  # int64[materials + 1], where the steps of each material begin
    steps: Ints  # int64[k, STEP_WIDTH]


class Busy(NamedTuple):
    """What is taken of each piece of equipment: intervals of working time, in order, apart."""

    counts: Ints  # int64[equipment]
    rows: Ints  # int64[equipment, most, 2]
    is_full: Ints  # int64[1]; set to 1 if an interval found no room


@kernel
def work_at(shop: Shop, equipment: int, at_us: int) -> int:
    """Working time of a piece of equipment before an instant; NEVER if it does not work from then on."""
    hours = shop.hours_of[equipment]
    low, last = shop.span_from[hours], shop.span_from[hours + 1]
    high = last
    seen = shop.seen[hours]
    if seen < last and shop.spans[seen, TO] > at_us and (seen == low or shop.spans[seen - 1, TO] <= at_us):
        low = high = seen
    while low < high:
        middle = (low + high) // 2
        if shop.spans[middle, TO] > at_us:
            high = middle
        else:
            low = middle + 1
    if low == last:
        return NEVER
    shop.seen[hours] = low
    worked: int = shop.spans[low, BEFORE] + max(0, at_us - shop.spans[low, FROM])
    return worked


@kernel
def instant_of(shop: Shop, equipment: int, worked: int, is_end: bool) -> int:
    """When so much has been worked. Where one span ends and the next begins, work ends in the first, and begins in the second."""
    hours = shop.hours_of[equipment]
    low, last = shop.span_from[hours], shop.span_from[hours + 1]
    high = last
    least = worked - 1 if is_end else worked
    seen = shop.seen[hours]
    if seen < last and shop.spans[seen, BEFORE] <= least < shop.spans[seen, BEFORE] + shop.spans[seen, TO] - shop.spans[seen, FROM]:
        low = high = seen
    while low < high:
        middle = (low + high) // 2
        if shop.spans[middle, BEFORE] + shop.spans[middle, TO] - shop.spans[middle, FROM] > least:
            high = middle
        else:
            low = middle + 1
    if low == last:
        return NEVER
    shop.seen[hours] = low
    at_us: int = shop.spans[low, FROM] + worked - shop.spans[low, BEFORE]
    return at_us


@kernel
def gap_from(busy: Busy, equipment: int, worked: int, length: int) -> int:
    """The first working time, `worked` or later, at which `length` of it is free."""
    rows, count = busy.rows[equipment], busy.counts[equipment]
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if rows[middle, 1] > worked:
            high = middle
        else:
            low = middle + 1
    while low < count and rows[low, 0] - worked < length:
        worked = max(worked, rows[low, 1])
        low += 1
    return worked


@kernel
def occupy(busy: Busy, equipment: int, begin: int, end: int) -> None:
    """Take a free interval; what touches is one."""
    rows, count = busy.rows[equipment], busy.counts[equipment]
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if rows[middle, 0] >= begin:
            high = middle
        else:
            low = middle + 1
    joins_before = low > 0 and rows[low - 1, 1] == begin
    joins_after = low < count and rows[low, 0] == end
    if joins_before and joins_after:
        rows[low - 1, 1] = rows[low, 1]
        for row in range(low, count - 1):
            rows[row, 0], rows[row, 1] = rows[row + 1, 0], rows[row + 1, 1]
        busy.counts[equipment] = count - 1
    elif joins_before:
        rows[low - 1, 1] = end
    elif joins_after:
        rows[low, 0] = begin
    elif count == rows.shape[0]:
        busy.is_full[0] = 1
    else:
        for row in range(count, low, -1):
            rows[row, 0], rows[row, 1] = rows[row - 1, 0], rows[row - 1, 1]
        rows[low, 0], rows[low, 1] = begin, end
        busy.counts[equipment] = count + 1
