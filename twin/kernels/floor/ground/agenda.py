"""What happens when: timers in an indexed binary heap, and what is urgent at this instant.

A timer that is not needed any more is taken out of the heap at once (`cancel`), so the heap holds what will happen and nothing else. Two
timers of one instant come in any order: nothing may depend on it. Whoever takes the first timer mostly sets another soon: its place is kept
open for that one, which then has one way through the heap to go instead of two. Python finds the heap closed (`close_heap`).
"""

from __future__ import annotations

from twin.kernels.compiling import inlined, kernel
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import timer_rows as due
from twin.kernels.floor.rows.plant_rows import Ints


@kernel
def _put(plant: Ints, heap: int, place: int, instant_us: int, timer: int) -> None:
    entry = heap + place * due.HEAP_ROW
    plant[entry + due.HEAP_US] = instant_us
    plant[entry + due.HEAP_TIMER] = timer
    plant[timer + due.TIMER_PLACE] = place


@kernel
def _rise(plant: Ints, heap: int, place: int, instant_us: int, timer: int) -> None:
    """Put a timer in at `place` or above it, as far as it is earlier than what stands there."""
    while place > 0:
        above = (place - 1) >> 1
        entry = heap + above * due.HEAP_ROW
        if plant[entry + due.HEAP_US] <= instant_us:
            break
        _put(plant, heap, place, plant[entry + due.HEAP_US], plant[entry + due.HEAP_TIMER])
        place = above
    _put(plant, heap, place, instant_us, timer)


@kernel
def _sink(plant: Ints, heap: int, count: int, place: int, instant_us: int, timer: int) -> None:
    """Put a timer in at `place` or below it, as far as it is later than what stands there."""
    while True:
        below = 2 * place + 1
        if below >= count:
            break
        entry = heap + below * due.HEAP_ROW
        if below + 1 < count:  # which is the earlier one nobody can foresee, the processor neither: it is reckoned, not asked
            is_right = int(plant[entry + due.HEAP_ROW + due.HEAP_US] < plant[entry + due.HEAP_US])
            below += is_right
            entry += is_right * due.HEAP_ROW
        if plant[entry + due.HEAP_US] >= instant_us:
            break
        _put(plant, heap, place, plant[entry + due.HEAP_US], plant[entry + due.HEAP_TIMER])
        place = below
    _put(plant, heap, place, instant_us, timer)


@kernel
def set_timer(plant: Ints, timer: int, delay_us: int) -> None:
    """Set a timer that is not set, `delay_us` from now (>= 0)."""
    count = plant[at.HEAP_COUNT]
    if plant[at.HEAP_IS_OPEN]:
        plant[at.HEAP_IS_OPEN] = 0
        _sink(plant, plant[at.HEAP_AT], count, 0, plant[at.NOW] + delay_us, timer)
        return
    plant[at.HEAP_COUNT] = count + 1
    _rise(plant, plant[at.HEAP_AT], count, plant[at.NOW] + delay_us, timer)


@inlined
def close_heap(plant: Ints) -> None:
    """If the first place is open: the last entry comes there, or goes down from there."""
    if plant[at.HEAP_IS_OPEN]:
        heap, count = plant[at.HEAP_AT], plant[at.HEAP_COUNT] - 1
        plant[at.HEAP_IS_OPEN], plant[at.HEAP_COUNT] = 0, count
        if count:
            last = heap + count * due.HEAP_ROW
            _sink(plant, heap, count, 0, plant[last + due.HEAP_US], plant[last + due.HEAP_TIMER])


@kernel
def cancel(plant: Ints, timer: int) -> None:
    """Take a timer that is set out of the heap."""
    close_heap(plant)
    heap, place = plant[at.HEAP_AT], plant[timer + due.TIMER_PLACE]
    plant[timer + due.TIMER_PLACE] = -1
    count = plant[at.HEAP_COUNT] - 1
    plant[at.HEAP_COUNT] = count
    if place == count:
        return
    last = heap + count * due.HEAP_ROW
    instant_us, moved = plant[last + due.HEAP_US], plant[last + due.HEAP_TIMER]
    if place > 0 and plant[heap + ((place - 1) >> 1) * due.HEAP_ROW + due.HEAP_US] > instant_us:
        _rise(plant, heap, place, instant_us, moved)
    else:
        _sink(plant, heap, count, place, instant_us, moved)


@kernel
def next_instant_us(plant: Ints) -> int:
    """When the next timer is due; FOREVER if none is set."""
    first, count = plant[at.HEAP_AT] + due.HEAP_US, plant[at.HEAP_COUNT]
    if not plant[at.HEAP_IS_OPEN]:
        return plant[first] if count else at.FOREVER
    if count > 2:
        return min(plant[first + due.HEAP_ROW], plant[first + 2 * due.HEAP_ROW])
    return plant[first + due.HEAP_ROW] if count == 2 else at.FOREVER


@inlined
def take_next(plant: Ints) -> int:
    """The timer that is due next, taken out of the heap."""
    close_heap(plant)
    timer = plant[plant[at.HEAP_AT] + due.HEAP_TIMER]
    plant[timer + due.TIMER_PLACE] = -1
    plant[at.HEAP_IS_OPEN] = 1
    return timer


@kernel
def after(plant: Ints, delay_us: int, kind: int, what: int) -> None:
    """Set one of the free timers; there are TIMER_RESERVE of them at the beginning of every step."""
    timer = plant[at.TIMER_FREE]
    plant[at.TIMER_FREE] = plant[timer + due.TIMER_WHAT]
    plant[at.TIMER_FREE_COUNT] -= 1
    plant[timer + due.TIMER_KIND] = kind
    plant[timer + due.TIMER_WHAT] = what
    set_timer(plant, timer, delay_us)


@kernel
def let_go(plant: Ints, timer: int) -> None:
    """A timer that was set by `after` has been taken: it is free again."""
    plant[timer + due.TIMER_WHAT] = plant[at.TIMER_FREE]
    plant[at.TIMER_FREE] = timer
    plant[at.TIMER_FREE_COUNT] += 1


@kernel
def work_timer(plant: Ints, unit: int) -> int:
    """The timer of the work of a piece of equipment."""
    return plant[at.TIMERS_AT] + plant[unit + at.PLACE] * due.TIMER_ROW


@kernel
def cause_timer(plant: Ints, cause: int) -> int:
    """The timer of a cause of standing still."""
    number = (cause - plant[at.CAUSES_AT]) // at.CAUSE_ROW
    return plant[at.TIMERS_AT] + (plant[at.EQUIPMENT_COUNT] + number) * due.TIMER_ROW


@kernel
def urge(plant: Ints, kind: int, whom: int) -> None:
    """Let something go on at this instant, after the settle phase if there is one now."""
    entry = plant[at.URGENT_AT] + 2 * (plant[at.URGENT_FIRST] + plant[at.URGENT_COUNT])
    plant[entry] = kind
    plant[entry + 1] = whom
    plant[at.URGENT_COUNT] += 1


@kernel
def take_urgent(plant: Ints) -> int:
    """Address of what is urgent and came first: its kind, and whom it concerns."""
    entry = plant[at.URGENT_AT] + 2 * plant[at.URGENT_FIRST]
    plant[at.URGENT_COUNT] -= 1
    plant[at.URGENT_FIRST] = plant[at.URGENT_FIRST] + 1 if plant[at.URGENT_COUNT] else 0
    return entry
