"""Late facts: a state that is reported after a later one is known is cut into the intervals where it belongs.

It lasts until the next known report, so intervals tile as if it had come in time; indicators are formed from them, and are right.
What was concluded from the interval as it was known then stands in the journal and in the books. The difference is made good now,
in the open period, by one rule: working time that was missing is posted as one more EquipmentActual and PersonnelActual; working
time that was posted and never worked is not taken back (no actual is negative), somebody is told how much it is for whom. Energy
stays with whom it was posted to; between the two pieces of an interval it goes by time.

A late state with the very instant of one known from an earlier round took no time: it leaves no trace, and overwrites nothing. But if
the state is unknown since that instant, because a controller could not be heard, what it tells of that instant is in force. Two
that come late together are in order: the second lasts. A late state does not say what the equipment does now: it answers no
command, and PackML does not judge it. A late start of a job order that is not known to run starts it, and leaves it unfinished.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from twin.mes.collection.actuals import Worked, actuals, whole
from twin.mes.equipment import StateInterval
from twin.mes.execution import JobOrder
from twin.model.events import EquipmentActual, EquipmentStateChanged, OperationsEvent, PersonnelActual, WorkAlertRaised

US_PER_S = 1_000_000
Booked = Counter[tuple[str, str, str]]  # (job order, person, "set-up" | "run" | "work") -> us; person "" for the equipment's own time


def corrections(
    event: EquipmentStateChanged,
    before: Iterable[StateInterval],
    after: Iterable[StateInterval],
    job_orders: Mapping[str, JobOrder],
    now_us: int,
    worked_us: Worked = whole,
) -> list[OperationsEvent]:
    """What makes good that `before` was posted where `after` is true, at `now_us`: the time that was missing, alerts on too much."""
    booked, true = _booked(before, job_orders, worked_us), _booked(after, job_orders, worked_us)
    found: list[OperationsEvent] = []
    for key in dict.fromkeys((*booked, *true)):
        job_order, person, kind = key
        difference_us, job = true[key] - booked[key], job_orders[job_order]
        if abs(difference_us) <= 1:  # a batch's microsecond that does not divide falls otherwise in two pieces than in one
            continue
        if difference_us < 0:
            whose = person or event.equipment
            message = f"{-difference_us / US_PER_S:g} s of {kind} by {whose} were posted to {job_order}, and not worked, as is known now"
            found.append(replace(WorkAlertRaised.about(event, "late_fact", message), job_order=job_order, request=job.request, lot=job.lot))
        elif person:
            found.append(
                PersonnelActual(
                    effective_us=now_us, equipment=event.equipment, request=job.request, job_order=job_order, lot=job.lot,
                    person=person, work_us=difference_us,
                )
            )  # fmt: skip
        else:
            found.append(
                EquipmentActual(
                    effective_us=now_us, equipment=event.equipment, request=job.request, job_order=job_order, lot=job.lot,
                    setup_us=difference_us if kind == "set-up" else 0, run_us=difference_us if kind == "run" else 0,
                )
            )  # fmt: skip
    return found


def _booked(intervals: Iterable[StateInterval], job_orders: Mapping[str, JobOrder], worked_us: Worked) -> Booked:
    """What is posted for these intervals, energy aside."""
    found: Booked = Counter()
    for interval in intervals:
        for actual in actuals(replace(interval, energy_wh=0), job_orders, worked_us):
            if isinstance(actual, PersonnelActual):
                found[actual.job_order, actual.person, "work"] += actual.work_us
            elif isinstance(actual, EquipmentActual):
                found[actual.job_order, "", "set-up"] += actual.setup_us
                found[actual.job_order, "", "run"] += actual.run_us
    return found
