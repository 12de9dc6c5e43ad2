"""Performance: times and quantities added up by work unit, request, shift, product or person, from intervals and counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from twin.mes.equipment import Count, Equipment, EquipmentRecord, StateInterval
from twin.mes.execution import Execution
from twin.mes.labour.figures import Figures
from twin.mes.performance.indicators import Indicators, Sums, divide
from twin.mes.performance.losses import Loss, delay_of, losses_of
from twin.mes.performance.time_model import (
    ADET,
    APT,
    ASUT,
    FAILED_STATES,
    NO_SHIFT,
    UNKNOWN,
    Span,
    category_of,
    length_us,
    overlap_us,
    with_gaps,
)
from twin.mes.personnel import WorkCalendars
from twin.mes.release import Release
from twin.mes.tracking.tracking import Tracking
from twin.model.plant import Plant
from twin.model.states import WorkUnitState

SCOPES = ("equipment", "request", "order", "shift", "product", "person")  # the order of ISO 22400 is the production order: our request


@dataclass(frozen=True, slots=True, kw_only=True)
class Downtime:
    """A piece of equipment did not work although it was planned to, or had something to do; for a reason."""

    equipment: str
    start_us: int
    end_us: int
    state: int
    reason: str
    job_order: str


class Performance:
    """Answers from what the other rooms of the MES have kept; keeps nothing itself."""

    def __init__(
        self, plant: Plant, equipment: Equipment, execution: Execution, release: Release, tracking: Tracking, calendars: WorkCalendars,
        labour: Figures,
    ) -> None:  # fmt: skip
        self.equipment, self.execution, self.release = equipment, execution, release
        self._tracking, self._calendars, self._persons, self.labour = tracking, calendars, plant.layout.persons, labour
        self._station_piece_us = {
            name: station.cycle.mean_us / line.transfer_lot
            for line in plant.layout.production_lines.values()
            for name, station in line.stations.items()
        }
        self._line_piece_us = {name: line.piece_us for name, line in plant.layout.production_lines.items()}
        self._shift_calendar: dict[str, str] = {}  # shift -> the first declared calendar that has it
        for calendar_id, calendar in plant.layout.calendars.items():
            for shift in calendar.shifts:
                self._shift_calendar.setdefault(shift, calendar_id)

    def indicators(self, by: str, from_us: int, to_us: int, now_us: int, failures_plus: int = 0) -> list[Indicators]:
        """Rows of one scope in declared order (requests and products in the order of their release).

        Parameters
        ----------
        by : "equipment", "request" (or "order", the same: ISO 22400 means the production order), "shift", "product" or "person"
        from_us, to_us : window, us since 1970; cut at `now_us`
        failures_plus : added to the number of failures where a mean time is formed (1: FE + 1)

        Raises
        ------
        ValueError : no such scope
        """
        to_us = min(to_us, now_us)
        scopes: dict[str, Callable[[int, int], dict[str, Sums]]] = {
            "equipment": self._by_equipment,
            "request": lambda a, b: self._by_order(a, b, "request"),
            "order": lambda a, b: self._by_order(a, b, "request"),
            "shift": self._by_shift,
            "product": lambda a, b: self._by_order(a, b, "material"),
            "person": self._by_person,
        }
        if by not in scopes:
            raise ValueError(f"no indicators by '{by}'; allowed: {', '.join(SCOPES)}")
        if to_us <= from_us:
            return []
        return [divide(by, name, from_us, to_us, sums, failures_plus) for name, sums in scopes[by](from_us, to_us).items()]

    def names(self, by: str, from_us: int, to_us: int) -> list[str]:
        """What has a row in a scope; none if there is no such scope."""
        if by in ("request", "order"):
            return list(self.release.requests)
        if by == "product":
            return list(dict.fromkeys(it.material for it in self.release.requests.values()))
        known = {"equipment": list(self.equipment.records), "shift": [*self._shift_calendar, NO_SHIFT], "person": list(self._persons)}
        return known.get(by, [])

    def downtimes(self, from_us: int, to_us: int, now_us: int) -> list[Downtime]:
        """Every delay and failure in the window, cut to it, by equipment in declared order, then by time."""
        return [
            Downtime(
                equipment=name, start_us=max(it.start_us, from_us), end_us=min(it.end_us, to_us), state=it.state, reason=it.reason,
                job_order=it.job_order,
            )
            for name in self.equipment.records
            for it in self.equipment.intervals(name, from_us, min(to_us, now_us))
            if it.reason != "off_shift" and (category_of(it) == ADET or it.state in FAILED_STATES or it.state == WorkUnitState.STOPPED)
        ]  # fmt: skip

    def losses(self, from_us: int, to_us: int, now_us: int) -> list[Loss]:
        """Where the planned time of each piece of equipment went in the window, in parts that add up to it exactly."""
        to_us = min(to_us, now_us)
        return (
            [loss for name, sums in self._by_equipment(from_us, to_us).items() for loss in losses_of(name, sums)] if to_us > from_us else []
        )

    # Scopes

    def _by_equipment(self, from_us: int, to_us: int) -> dict[str, Sums]:
        found = {}
        for name, record in self.equipment.records.items():
            found[name] = sums = Sums()
            self._add_times(sums, record, [(from_us, to_us)])
            for count in self.equipment.counts(name, from_us, to_us):
                self._add_count(sums, name, count)
        return found

    def _by_shift(self, from_us: int, to_us: int) -> dict[str, Sums]:
        """Work units and lines together, each in the shifts of its calendar; without one, in the shifts of the plant."""
        found = {shift: Sums() for shift in (*self._shift_calendar, NO_SHIFT)}
        for name, record, by_shift in self.spans_by_shift(from_us, to_us):
            for shift, its in by_shift.items():
                self._add_times(found[shift], record, its)
                for start, end in its:
                    for count in self.equipment.counts(name, start, end):
                        self._add_count(found[shift], name, count)
        return found

    def spans_by_shift(self, from_us: int, to_us: int) -> Iterator[tuple[str, EquipmentRecord, Mapping[str, list[Span]]]]:
        """Of every work unit and line: the window by shift, in spans."""
        plant_shifts = self._plant_shifts(from_us, to_us)
        for name, record in self.equipment.records.items():
            if not record.is_scheduled:
                continue
            if record.calendar is None:
                spans = plant_shifts
            else:
                spans = with_gaps(
                    [(i.start_us, i.end_us, i.shift) for i in self._calendars.work_times[record.calendar].intervals(from_us, to_us)],
                    from_us,
                    to_us,
                )
            by_shift: defaultdict[str, list[Span]] = defaultdict(list)
            for start, end, shift in spans:
                by_shift[shift].append((start, end))
            yield name, record, by_shift

    def _by_order(self, from_us: int, to_us: int, key: str) -> dict[str, Sums]:
        """By request or by product: the time that units were busy with its job orders, and what came of them."""
        found: dict[str, Sums] = {}
        first_start_us: dict[str, int] = {}
        for job in self.execution.job_orders.values():
            if job.started_us >= 0:
                first_start_us[job.request] = min(job.started_us, first_start_us.get(job.request, job.started_us))
        for request in self.release.requests.values():
            sums = found.setdefault(getattr(request, key), Sums())
            if request.request in first_start_us:
                end_us = request.answered_us if request.answered_us >= 0 else to_us
                sums.aoet += max(0, min(end_us, to_us) - max(first_start_us[request.request], from_us))
        for name, record in self.equipment.records.items():
            if not record.is_scheduled:
                continue
            for interval in self.equipment.intervals(name, from_us, to_us):
                if interval.job_order:
                    self._share_interval(found, interval, from_us, to_us, key)
            for count in self.equipment.counts(name, from_us, to_us):
                counted = self.execution.job_orders.get(count.job_order)
                if counted and getattr(counted, key) in found:
                    self._add_count(found[getattr(counted, key)], name, count, is_last=counted.after is None)
        for sums in found.values():
            sums.pbt = sums.apt + sums.asut + sums.adet
        return found

    def _by_person(self, from_us: int, to_us: int) -> dict[str, Sums]:
        found = {name: Sums() for name in self._persons}
        for name in self._persons:
            found[name].attendance = self.labour.attendance_us(name, from_us, to_us).total()
        for stint in self.labour.stints(from_us, to_us):
            if not stint.activity:
                found[stint.person].work += stint.work_us
        return found

    # Sums

    def _add_times(self, sums: Sums, record: EquipmentRecord, spans: list[Span]) -> None:
        """Add what a piece of equipment did in `spans`; a loss counts only where its calendar plans work.

        Work outside the calendar was planned by whoever let it happen: planned busy time is the calendar and whatever was worked.
        """
        name = record.equipment
        for from_us, to_us in spans:
            planned = self.planned(record, from_us, to_us)
            sums.pbt += sum(end - start for start, end in planned)
            last_failure = ""
            intervals = self.equipment.intervals(name, from_us, to_us)
            known_from_us = intervals[0].start_us if intervals else to_us
            sums.unknown += sum(max(0, min(end, known_from_us) - start) for start, end in planned)
            for interval in intervals:
                category = category_of(interval)
                duration_us = length_us(interval, from_us, to_us)
                if category in (APT, ASUT):
                    sums.spend(category, duration_us)
                    sums.pbt += duration_us - overlap_us(interval, planned)
                    sums.work += duration_us * (interval.person.count("+") + 1 if interval.person else 0)
                else:
                    lost_us = overlap_us(interval, planned)
                    sums.spend(category, lost_us)
                    if category == ADET and lost_us:
                        sums.delays[delay_of(interval)] += lost_us
                failed = interval.reason or "failed" if interval.state in FAILED_STATES else ""
                if failed:
                    sums.repair += duration_us
                    sums.failure_count += failed != last_failure and interval.start_us >= from_us
                last_failure = failed
                if interval.energy_wh:
                    sums.energy_wh += interval.energy_wh * duration_us / max(1, interval.duration_us)

    def planned(self, record: EquipmentRecord, from_us: int, to_us: int) -> list[Span]:
        if record.calendar is None:
            return [(from_us, to_us)]
        return [(i.start_us, i.end_us) for i in self._calendars.work_times[record.calendar].intervals(from_us, to_us)]

    def _share_interval(self, found: dict[str, Sums], interval: StateInterval, from_us: int, to_us: int, key: str) -> None:
        """Add an interval to the requests (or products) of its job orders, in a batch by quantity."""
        category = category_of(interval)
        if category == UNKNOWN or interval.reason == "off_shift":
            return
        jobs = [job for job in map(self.execution.job_orders.get, interval.job_order.split("+")) if job]
        whole = sum(job.quantity for job in jobs) or len(jobs)
        duration_us = length_us(interval, from_us, to_us)
        for job in jobs:
            if getattr(job, key) in found:
                sums, weight = found[getattr(job, key)], job.quantity or 1
                sums.spend(category, duration_us * weight // whole)
                sums.energy_wh += interval.energy_wh * weight / whole * duration_us / max(1, interval.duration_us)
                if interval.person and category in (APT, ASUT):
                    sums.work += duration_us * weight // whole * (interval.person.count("+") + 1)

    def _add_count(self, sums: Sums, equipment: str, count: Count, *, is_last: bool = True) -> None:
        """Add a count. Of an order the good pieces are those of its last operation (`is_last`); scrap and rework are of all."""
        sums.scrap += count.scrap
        sums.rework += count.rework
        sums.good += count.good if is_last else 0
        sums.planned_run += self.planned_run_us(equipment, count)
        if self.is_first_pass(count):
            sums.first_good += count.good if is_last else 0
            sums.first_inspected += count.scrap + count.rework + (count.good if is_last else 0)

    def is_first_pass(self, count: Count) -> bool:
        """Whether its pieces are inspected for the first time: what was reworked has been inspected before."""
        job = self.execution.job_orders.get(count.job_order)
        lot = self._tracking.lots.get(job.lot) if job else None
        return lot is None or not lot.from_lot

    def planned_run_us(self, equipment: str, count: Count) -> float:
        """PRU * PQ of a count: what the routing (or the cycle of a station) expects for these pieces."""
        if equipment in self._station_piece_us:
            return self._station_piece_us[equipment] * count.pieces
        job = self.execution.job_orders.get(count.job_order)
        if job is None or not job.quantity:
            return self._line_piece_us.get(equipment, 0.0) * count.pieces
        return job.step.busy_us(job.quantity, equipment) * count.pieces / job.quantity / count.batch_size

    def _plant_shifts(self, from_us: int, to_us: int) -> list[tuple[int, int, str]]:
        named = [
            (interval.start_us, interval.end_us, shift)
            for shift, calendar in self._shift_calendar.items()
            for interval in self._calendars.work_times[calendar].intervals(from_us, to_us)
            if interval.shift == shift
        ]
        return with_gaps(sorted(named), from_us, to_us)
