"""Operations that a planner has pinned to a unit, before or after another one: every schedule leaves them there until they are let go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from twin.mes.execution import NOT_STARTED
from twin.mes.scheduling.published import Pin
from twin.results.run import Run
from twin.study.scheduling.schedule import Operation, Schedule, sequence_of


def pins_of(run: Run) -> dict[str, Pin]:
    """What is pinned of what has not begun."""
    jobs = run.mes.job_orders
    return {name: pin for name, pin in run.mes.published.pins.items() if name not in jobs or jobs[name].status in NOT_STARTED}


def leave_a_choice(run: Run, pins: Mapping[str, Pin]) -> bool:
    """Whether something pinned could start on another unit, too: the rules in the plant would let it."""
    jobs = run.mes.job_orders
    return any(name not in jobs or len(jobs[name].step.equipment) > 1 for name in pins)


def pinned_sequence(operations: Sequence[Operation], pins: Mapping[str, Pin]) -> dict[str, list[str]]:
    """What each unit does one after the other once what is pinned is where it was put; where its neighbour is not there, by its start."""
    sequence, starts_us = sequence_of(operations), {it.job_order: it.start_us for it in operations}
    for name, pin in pins.items():
        unit = next((unit for unit, jobs in sequence.items() if name in jobs), "")
        if not unit:
            continue  # it has begun, or is beyond the end of the schedule
        sequence[unit].remove(name)
        jobs = sequence.setdefault(pin.equipment, [])
        if pin.before in jobs:
            at = jobs.index(pin.before)
        elif pin.after in jobs:
            at = jobs.index(pin.after) + 1
        else:
            at = sum(starts_us[it] <= starts_us[name] for it in jobs)
        jobs.insert(at, name)
    return sequence


def not_kept(schedule: Schedule) -> list[str]:
    """What is pinned and cannot be where it was put, in words."""
    return [words for pin in schedule.pins if (words := why_not_there(schedule, pin))]


def why_not_there(schedule: Schedule, pin: Pin) -> str:
    """Why a schedule does not have an operation where it was put, in words; "" if it has, or its neighbour does not come there any more."""
    it = schedule.by_job_order.get(pin.job_order)
    if it is None:
        return f"{pin.job_order} does not begin before {schedule.written(schedule.until_us)}, where it is put"
    if it.is_running:
        return ""
    if it.equipment != pin.equipment:
        return f"{pin.job_order} goes to {it.equipment} instead of {pin.equipment}"
    jobs = schedule.sequence[it.equipment]
    other = next((name for name in (pin.before, pin.after) if name in jobs), "")
    if not other or jobs.index(other) - jobs.index(it.job_order) == (1 if pin.before else -1):
        return ""
    first, then = (it, schedule.by_job_order[other]) if pin.before else (schedule.by_job_order[other], it)
    if jobs.index(then.job_order) < jobs.index(first.job_order):
        return (
            f"{first.job_order} cannot go before {then.job_order} on {it.equipment}: it cannot begin before"
            f" {schedule.written(first.start_us)}, and {then.job_order} can at {schedule.written(then.start_us)}"
        )
    between = jobs[jobs.index(first.job_order) + 1]
    return f"{between} goes between {first.job_order} and {then.job_order} on {it.equipment}: it can begin before {then.job_order} can"
