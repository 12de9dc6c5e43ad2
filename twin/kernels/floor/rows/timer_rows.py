"""What is to come: timers, the heap of those that are set, and what goes on at the same instant. In `plant`, as those of `plant_rows`."""

from __future__ import annotations

from twin.kernels.floor.rows import step_rows as more

# -- timers, in `plant`, and a heap of those that are set

TABLE_AT, TABLED_BELOW, TABLE_BLOCKS, NEXT_KEY, HEADER = range(more.HEADER, more.HEADER + 5)
"""In the header of `plant`. In the kernel of the lean build timers whose addresses are below TABLED_BELOW stand in a table while they are
set, a slot for each, in place of the heap; outside it is empty, TABLED_BELOW 0 and NEXT_KEY, the smallest in the table, NEVER."""

TABLE_BLOCK, TABLE_SIZE, SLOT_BITS = 16, 64, 6
LATEST_US, NEVER = 2**55, 2**62
"""What stands in slot n: instant * TABLE_SIZE + n, of instants before LATEST_US; NEVER if the timer is not set."""

TIMER_PLACE, TIMER_KIND, TIMER_WHAT, TIMER_ROW = range(4)  # place in the heap, -1: not set; the next free one in TIMER_WHAT
HEAP_US, HEAP_TIMER, HEAP_ROW = range(3)

(
    WORK_DONE,  # WHAT: equipment
    CAUSE_DUE,  # a cause
    BOUND_DUE,  # a calendar
    LINE_DUE,  # an order
    STREAM_DUE,  # a stream
    CLOCK_DUE,
    LOT_DUE,  # a lot has arrived where it waits
    ASK_DUE,  # a request
    BATCH_DUE,  # a batch may have waited long enough
    ARRIVAL_DUE,  # transport is over: a heartbeat
    DELIVERY_DUE,  # a delivery, by its number at the host
    GOODS_DUE,  # a delivery, by its row
    LIMIT_DUE,  # a lot may have waited too long
    SCAN_DUE,  # a lot has arrived where it waits, and is scanned there
) = range(14)

WORK_STARTS, WORK_INTERRUPTED, WORK_BROKEN_OFF, WORK_GOES_ON, WORN_OUT, CREW_GRANTED, SUPPLIER_HEARS, UPKEEP_BEGINS = range(8)
"""What is urgent: it goes on after the settle phase, at the same instant. Two words each: which, and whom it concerns."""

TO_SETTLE, TO_END_ROUND = 1, 2
"""Why the settle phase is due: somebody asks for it; or something was said or begun, so that the round ends, settled or not."""
