"""What happens when: timers in an indexed binary heap, and what is urgent at this instant.

A timer that is not needed any more is taken out of the heap at once (`cancel`), so the heap holds what will happen and nothing else. Two
timers of one instant come in any order: nothing may depend on it. Whoever takes the first timer mostly sets another soon: its place is kept
open for that one, which then has one way through the heap to go instead of two.

Which of two timers is the earlier nobody can foresee, the processor neither, and each wrong guess costs as much as sixty instructions. So
while the lean build plays a plant of few equipment, orders and streams, their timers stand in a table, which is looked through whole, a
vector at a time, without a question. Python finds neither: all that is set is in the heap, and the heap is closed (`close_agenda`).
"""

from __future__ import annotations

from twin.kernels.compiling import inlined, kernel
from twin.kernels.floor.ground.table import earliest_but
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
def open_agenda(plant: Ints, plan: Ints) -> None:
    """Timers that have a slot in the table go there, if there are enough slots for all."""
    tabled = plant[at.EQUIPMENT_COUNT] + plant[at.CAUSE_COUNT] + plant[at.WATCH_COUNT] + plan[at.LINE_COUNT] + plant[at.STREAM_COUNT] + 1
    if not plant[at.IS_LEAN_BUILD] or tabled > due.TABLE_SIZE:
        return
    plant[due.TABLED_BELOW] = plant[at.TIMERS_AT] + tabled * due.TIMER_ROW
    plant[due.TABLE_BLOCKS] = (tabled + due.TABLE_BLOCK - 1) // due.TABLE_BLOCK
    count = plant[at.HEAP_COUNT]
    plant[at.HEAP_COUNT] = 0
    for place in range(count):
        entry = plant[at.HEAP_AT] + place * due.HEAP_ROW
        instant_us, timer = plant[entry + due.HEAP_US], plant[entry + due.HEAP_TIMER]
        plant[timer + due.TIMER_PLACE] = -1
        set_timer_at(plant, timer, instant_us)


@kernel
def close_agenda(plant: Ints) -> None:
    """All that is set stands in the heap, as Python knows it."""
    close_heap(plant)
    for n in range(plant[due.TABLE_BLOCKS] * due.TABLE_BLOCK if plant[due.TABLED_BELOW] else 0):
        key = plant[plant[due.TABLE_AT] + n]
        if key != due.NEVER:
            plant[plant[due.TABLE_AT] + n] = due.NEVER
            plant[at.HEAP_COUNT] += 1
            timer = plant[at.TIMERS_AT] + n * due.TIMER_ROW
            _rise(plant, plant[at.HEAP_AT], plant[at.HEAP_COUNT] - 1, key >> due.SLOT_BITS, timer)
    plant[due.TABLED_BELOW], plant[due.NEXT_KEY] = 0, due.NEVER


@inlined
def set_timer(plant: Ints, timer: int, delay_us: int) -> None:
    """Set a timer that is not set, `delay_us` from now (>= 0)."""
    set_timer_at(plant, timer, plant[at.NOW] + delay_us)


@inlined
def set_timer_at(plant: Ints, timer: int, instant_us: int) -> None:
    """Set a timer that is not set, for an instant that is not over."""
    if plant[at.IS_LEAN_BUILD] and timer < plant[due.TABLED_BELOW] and instant_us < due.LATEST_US:
        n = (timer - plant[at.TIMERS_AT]) // due.TIMER_ROW
        key = instant_us << due.SLOT_BITS | n
        plant[plant[due.TABLE_AT] + n] = key
        plant[due.NEXT_KEY] = min(plant[due.NEXT_KEY], key)
    else:
        _put_in(plant, timer, instant_us)


@kernel
def _put_in(plant: Ints, timer: int, instant_us: int) -> None:
    """Put a timer into the heap."""
    count = plant[at.HEAP_COUNT]
    if plant[at.HEAP_IS_OPEN]:
        plant[at.HEAP_IS_OPEN] = 0
        _sink(plant, plant[at.HEAP_AT], count, 0, instant_us, timer)
        return
    plant[at.HEAP_COUNT] = count + 1
    _rise(plant, plant[at.HEAP_AT], count, instant_us, timer)


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
    """Let a timer that is set be so no longer."""
    close_heap(plant)
    heap, place = plant[at.HEAP_AT], plant[timer + due.TIMER_PLACE]
    if place < 0:
        n = (timer - plant[at.TIMERS_AT]) // due.TIMER_ROW
        plant[plant[due.TABLE_AT] + n] = due.NEVER
        plant[due.NEXT_KEY] = earliest_but(plant, due.NEVER)
        return
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


@inlined
def next_instant_us(plant: Ints) -> int:
    """When the next timer is due; FOREVER if none is set."""
    key = plant[due.NEXT_KEY] if plant[at.IS_LEAN_BUILD] else due.NEVER
    tabled_us = at.FOREVER if key == due.NEVER else key >> due.SLOT_BITS
    return min(tabled_us, _first_of_heap_us(plant)) if plant[at.HEAP_COUNT] else tabled_us


@kernel
def _first_of_heap_us(plant: Ints) -> int:
    """When the first of the timers in the heap is due, of which there is at least one, be it the one that has been taken."""
    first, count = plant[at.HEAP_AT] + due.HEAP_US, plant[at.HEAP_COUNT]
    if not plant[at.HEAP_IS_OPEN]:
        return plant[first]
    if count > 2:
        return min(plant[first + due.HEAP_ROW], plant[first + 2 * due.HEAP_ROW])
    return plant[first + due.HEAP_ROW] if count == 2 else at.FOREVER


@inlined
def take_next(plant: Ints) -> int:
    """The timer that is due next, which is set no longer."""
    key = plant[due.NEXT_KEY] if plant[at.IS_LEAN_BUILD] else due.NEVER
    if key != due.NEVER and (not plant[at.HEAP_COUNT] or key >> due.SLOT_BITS <= _first_of_heap_us(plant)):
        plant[due.NEXT_KEY] = earliest_but(plant, key)
        n = key & (due.TABLE_SIZE - 1)
        plant[plant[due.TABLE_AT] + n] = due.NEVER
        return plant[at.TIMERS_AT] + n * due.TIMER_ROW
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
