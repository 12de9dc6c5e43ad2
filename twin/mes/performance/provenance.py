"""Where a figure comes from: the stretches of time and the counts whose sum each element of an indicator is.

It goes through what `Performance` goes through, by the same rules, and keeps the single pieces where that keeps their sums; a test holds
each sum against the indicator. So every figure of ISO 22400 opens down to its intervals, and these to what was reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from twin.mes.equipment import Count, EquipmentRecord, StateInterval
from twin.mes.performance.grouping import GROUPS
from twin.mes.performance.performance import SCOPES, Performance
from twin.mes.performance.time_model import ADOT, APT, ASUT, PDOT, UNKNOWN, category_of, failure_of, length_us, overlap_us
from twin.model.calendars import Span
from twin.model.problems import listed
from twin.model.states import WorkUnitState

PLANNED, WORKED_OUTSIDE, ALL_OF_IT = "planned by the calendar", "worked outside of the calendar", "all of the window"
PLANNED_DOWN = "less planned maintenance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of one element: microseconds of time, pieces, watt hours; from a state interval, a count, or a calendar."""

    element: str
    equipment: str
    start_us: int
    end_us: int
    amount: float
    kind: str  # the state, "count", or what the calendar says
    reason: str = ""
    job_order: str = ""
    person: str = ""
    reported_us: int = -1  # the instant of the report that it comes from; -1: a calendar's


class Provenance:
    """The pieces of indicators, by the scopes of `Performance`."""

    def __init__(self, performance: Performance) -> None:
        self._performance = performance

    def pieces(self, by: str, name: str, from_us: int, to_us: int) -> list[Piece]:
        """Every piece of one scope in [from_us, to_us).

        Raises
        ------
        ValueError : no such scope, or nothing of that name in it
        """
        if by not in SCOPES:
            raise ValueError(f"no indicators by '{by}'; allowed: {listed(SCOPES)}")
        known = self._performance.names(by, from_us, to_us)
        if name not in known:
            raise ValueError(f"no {by} '{name}'; " + (f"allowed: {listed(known)}" if known else "nothing of that kind is declared"))
        if by in GROUPS:
            return list(self._of_group(by, name, from_us, to_us))
        of = {"equipment": self._of_equipment, "shift": self._of_shift, "person": self._of_person}.get(by)
        if of is not None:
            return list(of(name, from_us, to_us))
        return list(self._of_order("material" if by == "product" else "request", name, from_us, to_us))

    def _of_equipment(self, name: str, from_us: int, to_us: int) -> Iterator[Piece]:
        performance = self._performance
        yield Piece(element="calendar", equipment=name, start_us=from_us, end_us=to_us, amount=to_us - from_us, kind=ALL_OF_IT)
        yield from self._times(performance.equipment.records[name], [(from_us, to_us)])
        for count in performance.equipment.counts(name, from_us, to_us):
            yield from self._counted(name, count, is_last=True)

    def _of_group(self, by: str, name: str, from_us: int, to_us: int) -> Iterator[Piece]:
        """Of all its equipment; the work of the plant is that of its persons."""
        for equipment in self._performance.members[by][name]:
            yield from (it for it in self._of_equipment(equipment, from_us, to_us) if by != "plant" or it.element != "work")
        for person in self._performance.names("person", from_us, to_us) if by == "plant" else ():
            yield from self._of_person(person, from_us, to_us)

    def _of_shift(self, shift: str, from_us: int, to_us: int) -> Iterator[Piece]:
        performance = self._performance
        for name, record, spans in performance.spans_by_shift(from_us, to_us):
            its = spans.get(shift, [])
            yield from self._times(record, its)
            for start, end in its:
                for count in performance.equipment.counts(name, start, end):
                    yield from self._counted(name, count, is_last=True)

    def _of_person(self, person: str, from_us: int, to_us: int) -> Iterator[Piece]:
        labour = self._performance.labour
        for shift, attendance_us in labour.attendance_us(person, from_us, to_us).items():
            yield Piece(element="attendance", equipment="", start_us=from_us, end_us=to_us, amount=attendance_us, kind=shift, person=person)
        for it in labour.stints(from_us, to_us):
            if it.person == person and not it.activity:
                yield Piece(
                    element="work", equipment=it.equipment, start_us=it.start_us, end_us=it.end_us, amount=it.work_us,
                    kind="clocked" if it.is_clocked else "reported", job_order=it.job_order, person=person, reported_us=it.reported_us,
                )  # fmt: skip

    def _times(self, record: EquipmentRecord, spans: list[Span]) -> Iterator[Piece]:
        """What a piece of equipment did in `spans`, as `Performance` adds it up."""
        name, performance = record.equipment, self._performance
        for from_us, to_us in spans:
            planned = performance.adding.planned(record.calendar, from_us, to_us)
            for start, end in planned:
                yield Piece(element="pbt", equipment=name, start_us=start, end_us=end, amount=end - start, kind=PLANNED)
            intervals = performance.equipment.intervals(name, from_us, to_us)
            known_from_us = intervals[0].start_us if intervals else to_us
            for start, end in planned:
                if (unknown_us := max(0, min(end, known_from_us) - start)) > 0:
                    yield Piece(
                        element="unknown", equipment=name, start_us=start, end_us=start + unknown_us, amount=unknown_us, kind=PLANNED
                    )
            last_failure = ""
            for it in intervals:
                yield from self._interval(it, planned, from_us, to_us)
                failed = failure_of(it)
                if failed:
                    yield _piece("repair", it, from_us, to_us, length_us(it, from_us, to_us))
                    if failed != last_failure and it.start_us >= from_us:
                        yield _piece("failure_count", it, from_us, to_us, 1)
                last_failure = failed

    def _interval(self, it: StateInterval, planned: list[Span], from_us: int, to_us: int) -> Iterator[Piece]:
        category, duration_us = category_of(it), length_us(it, from_us, to_us)
        planned_us = overlap_us(it, planned)
        if category in (APT, ASUT):
            yield _piece(category, it, from_us, to_us, duration_us)
            if duration_us > planned_us:
                yield _piece("pbt", it, from_us, to_us, duration_us - planned_us, WORKED_OUTSIDE)
            if it.person:
                yield _piece("work", it, from_us, to_us, duration_us * (it.person.count("+") + 1))
        elif planned_us:
            yield _piece(category, it, from_us, to_us, planned_us)
            if category == PDOT:
                yield _piece("pbt", it, from_us, to_us, -planned_us, PLANNED_DOWN)
        if it.energy_wh:
            yield _piece("energy_wh", it, from_us, to_us, it.energy_wh * duration_us / max(1, it.duration_us))

    def _of_order(self, key: str, name: str, from_us: int, to_us: int) -> Iterator[Piece]:
        """Of a request or product: its part of what units did with its job orders, in a batch by quantity."""
        performance = self._performance
        yield from self._execution_times(key, name, from_us, to_us)
        for unit, record in performance.equipment.records.items():
            if not record.is_scheduled:
                continue
            for it in performance.equipment.intervals(unit, from_us, to_us):
                yield from self._shared(it, key, name, from_us, to_us)
            for count in performance.equipment.counts(unit, from_us, to_us):
                job = performance.execution.job_orders.get(count.job_order)
                if job and getattr(job, key) == name:
                    yield from self._counted(unit, count, is_last=job.after is None)

    def _execution_times(self, key: str, name: str, from_us: int, to_us: int) -> Iterator[Piece]:
        """From the first start of a request to its answer."""
        performance = self._performance
        for request in performance.release.requests.values():
            started = [
                job.started_us
                for job in performance.execution.job_orders.values()
                if job.request == request.request and job.started_us >= 0
            ]
            if getattr(request, key) != name or not started:
                continue
            start = max(min(started), from_us)
            end = min(request.answered_us if request.answered_us >= 0 else to_us, to_us)
            if end > start:
                yield Piece(element="aoet", equipment="", start_us=start, end_us=end, amount=end - start, kind=request.request)

    def _shared(self, it: StateInterval, key: str, name: str, from_us: int, to_us: int) -> Iterator[Piece]:
        category = category_of(it)
        if not it.job_order or category == UNKNOWN or it.reason == "off_shift":
            return
        orders = self._performance.execution.job_orders
        jobs = [job for job in map(orders.get, it.job_order.split("+")) if job]
        whole = sum(job.quantity for job in jobs) or len(jobs)
        duration_us = length_us(it, from_us, to_us)
        for job in jobs:
            if getattr(job, key) != name:
                continue
            weight = job.quantity or 1
            part_us = duration_us * weight // whole
            yield _piece(category, it, from_us, to_us, part_us)
            if category not in (ADOT, PDOT):
                yield _piece("pbt", it, from_us, to_us, part_us)
            if it.energy_wh:
                yield _piece("energy_wh", it, from_us, to_us, it.energy_wh * weight / whole * duration_us / max(1, it.duration_us))
            if it.person and category in (APT, ASUT):
                yield _piece("work", it, from_us, to_us, part_us * (it.person.count("+") + 1))

    def _counted(self, equipment: str, count: Count, *, is_last: bool) -> Iterator[Piece]:
        amounts: dict[str, float] = {"good": count.good if is_last else 0, "scrap": count.scrap, "rework": count.rework}
        adding = self._performance.adding
        amounts["planned_run"] = adding.planned_run_us(equipment, count)
        amounts["planned_scrap"] = adding.planned_scrap(equipment, count)
        if adding.is_first_pass(count):
            amounts["first_produced"] = count.pieces if adding.is_first_operation(count) else 0
            amounts["first_good"] = amounts["good"]
            amounts["first_inspected"] = amounts["good"] + count.scrap + count.rework
        for element, amount in amounts.items():
            if amount:
                yield Piece(
                    element=element, equipment=equipment, start_us=count.at_us, end_us=count.at_us, amount=amount, kind="count",
                    job_order=count.job_order, reported_us=count.at_us, reason=count.reason if element in ("scrap", "rework") else "",
                )  # fmt: skip


def _piece(element: str, it: StateInterval, from_us: int, to_us: int, amount: float, why: str = "") -> Piece:
    return Piece(
        element=element, equipment=it.equipment, start_us=max(it.start_us, from_us), end_us=min(it.end_us, to_us), amount=amount,
        kind=why or WorkUnitState(it.state).label, reason=it.reason, job_order=it.job_order, person=it.person, reported_us=it.reported_us,
    )  # fmt: skip
