"""The time model of ISO 22400-2: where the time of a PackML state goes.

Execute is production time (APT); Starting is set-up time (ASUT); Held, Suspended, and whatever stops a unit that has a job order, is
delay (ADET); a unit without one is down in the sense of the standard, available and not used (ADOT). Time that the calendar does not
plan is no loss. Every instant counts once.

Maintenance goes before all that is no work: what was planned, by persons or by the plant itself, is planned down time (PDOT), by which
planned busy time is less; what was not is delay, and a failure that is being repaired, whatever state the equipment reports meanwhile.
"""

from __future__ import annotations

from bisect import bisect_right

from twin.mes.equipment import ABORTED_STATES, HELD_STATES, RUN_STATES, SETUP_STATES, SUSPENDED_STATES, StateInterval
from twin.mes.maintenance.out_of_use import CORRECTIVE_DOWN, PLANNED_DOWN
from twin.model.calendars import Span
from twin.model.states import WorkUnitState

APT, ASUT, ADET, ADOT, PDOT, UNKNOWN = "apt", "asut", "adet", "adot", "pdot", "unknown"
FAILED_STATES = HELD_STATES | ABORTED_STATES
NO_SHIFT = "outside shifts"  # time that belongs to no declared shift


def category_of(interval: StateInterval) -> str:
    """Which ISO 22400 time the interval belongs to."""
    state = interval.state
    if state in RUN_STATES:
        return APT
    if state in SETUP_STATES and (interval.job_order or state == WorkUnitState.STARTING):
        return ASUT
    if interval.maintenance:
        return PDOT if interval.maintenance == PLANNED_DOWN else ADET
    if state == WorkUnitState.UNKNOWN:
        return UNKNOWN
    if interval.job_order or state in HELD_STATES or state in SUSPENDED_STATES:
        return ADET
    return ADOT


def failure_of(interval: StateInterval) -> str:
    """What has failed in an interval, or is being repaired; "" if nothing has. What was planned is no failure, nor what persons wanted."""
    is_repaired = interval.maintenance == CORRECTIVE_DOWN and category_of(interval) == ADET
    has_failed = interval.state in FAILED_STATES and interval.maintenance != PLANNED_DOWN and not interval.is_commanded
    return interval.reason or "failed" if is_repaired or has_failed else ""


def length_us(interval: StateInterval, from_us: int, to_us: int) -> int:
    """How much of the interval lies in the window, us."""
    return max(0, min(interval.end_us, to_us) - max(interval.start_us, from_us))


def overlap_us(interval: StateInterval, spans: list[Span]) -> int:
    """How much of the interval lies in `spans`, which are in order and apart, us."""
    total_us = 0
    for start, end in spans[bisect_right(spans, interval.start_us, key=lambda span: span[1]) :]:
        if start >= interval.end_us:
            break
        total_us += length_us(interval, start, end)
    return total_us


def with_gaps(named: list[tuple[int, int, str]], from_us: int, to_us: int) -> list[tuple[int, int, str]]:
    """Named spans in order, none overlapping the one before, and what lies between them as NO_SHIFT."""
    tiled: list[tuple[int, int, str]] = []
    at_us = from_us
    for start, end, shift in named:
        if start > at_us:
            tiled.append((at_us, start, NO_SHIFT))
        if end > max(start, at_us):
            tiled.append((max(start, at_us), end, shift))
        at_us = max(at_us, end)
    if to_us > at_us:
        tiled.append((at_us, to_us, NO_SHIFT))
    return tiled
