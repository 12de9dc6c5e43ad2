"""Adding up: what a state interval or a count gives to the sums of a work unit or line, a shift, a request or a product."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

from twin.mes.equipment import Count, StateInterval
from twin.mes.execution import Execution, JobOrder
from twin.mes.performance.indicators import Sums, exact
from twin.mes.performance.losses import BREAK, NO_OPERATOR, WAITING, delay_of
from twin.mes.performance.time_model import ADET, APT, ASUT, PDOT, UNKNOWN, category_of, failure_of, length_us, overlap_us
from twin.mes.personnel import WorkCalendars
from twin.mes.release import Release
from twin.mes.tracking.tracking import Tracking
from twin.model.calendars import Span, WorkTime, apart
from twin.model.plant import Plant

DAY_US = 86_400_000_000


class Adding:
    """Looks at intervals, counts and their job orders; keeps nothing."""

    def __init__(self, plant: Plant, execution: Execution, release: Release, tracking: Tracking, calendars: WorkCalendars) -> None:
        self._execution, self._release, self._tracking, self._calendars = execution, release, tracking, calendars
        self._station_piece_us = {
            name: station.cycle.mean_us / line.transfer_lot
            for line in plant.layout.production_lines.values()
            for name, station in line.stations.items()
        }
        self._line_piece_us = {name: line.piece_us for name, line in plant.layout.production_lines.items()}
        self._scrap_share = {
            name: station.scrap for line in plant.layout.production_lines.values() for name, station in line.stations.items()
        }
        for name, line in plant.layout.production_lines.items():  # scrap of any of its stations
            self._scrap_share[name] = 1.0 - math.prod(1.0 - station.scrap for station in line.stations.values())
        self._routings, self._persons = plant.layout.routings, plant.layout.persons
        self._breaks_of_day: dict[tuple[WorkTime, int], list[Span]] = {}  # by calendar: persons change theirs, and their classes

    def planned(self, calendar: str | None, from_us: int, to_us: int) -> list[Span]:
        """When a calendar plans work in [from_us, to_us); always, without one."""
        if calendar is None:
            return [(from_us, to_us)]
        return [(i.start_us, i.end_us) for i in self._calendars.work_times[calendar].intervals(from_us, to_us)]

    def add_planned(self, sums: Sums, planned: list[Span], known_from_us: int) -> None:
        """Add planned time, and what of it lies before anything is known."""
        sums.pbt += sum(end - start for start, end in planned)
        if planned and planned[0][0] < known_from_us:
            sums.unknown += sum(max(0, min(end, known_from_us) - start) for start, end in planned)

    def add_intervals(
        self, sums: Sums, intervals: Iterable[StateInterval], planned: list[Span], from_us: int, to_us: int, last_failure: str = ""
    ) -> None:
        """Add what of these intervals lies in [from_us, to_us); a loss counts only where the calendar plans work.

        Work outside the calendar was planned by whoever let it happen: planned busy time is the calendar and whatever was worked, less
        planned down time.
        `last_failure` is that of the interval before these, if it lies in there.
        """
        for interval in intervals:
            if interval.start_us >= to_us:  # a piece of one that goes on beyond the window
                break
            category, duration_us = category_of(interval), length_us(interval, from_us, to_us)
            if category in (APT, ASUT):
                sums.spend(category, duration_us)
                sums.pbt += duration_us - overlap_us(interval, planned)
                sums.work += duration_us * (interval.person.count("+") + 1 if interval.person else 0)
            else:
                lost_us = overlap_us(interval, planned)
                sums.spend(category, lost_us)
                if category == PDOT:
                    sums.pbt -= lost_us
                if category == ADET and lost_us:
                    self._add_delay(sums, interval, planned, lost_us)
            failed = failure_of(interval)
            if failed:
                sums.repair += duration_us
                sums.failure_count += failed != last_failure and interval.start_us >= from_us
            last_failure = failed
            if interval.energy_wh:
                sums.metered += exact(interval.energy_wh * duration_us / max(1, interval.duration_us))

    def breaks_in(self, interval: StateInterval) -> list[Span]:
        """Where nobody was there to go on, and who could have had a break: that is no stop. In order, and apart."""
        if delay_of(interval) != (WAITING, NO_OPERATOR):
            return []
        jobs, _ = self.jobs_of(interval)
        wanted = next((job.step.personnel_class for job in jobs if job.step.personnel_class), None)
        return [] if wanted is None else self._breaks(wanted, interval.start_us, interval.end_us)

    def _add_delay(self, sums: Sums, interval: StateInterval, planned: list[Span], lost_us: int) -> None:
        """Add what a delay has lost to its cause."""
        paused = self.breaks_in(interval)
        break_us = sum(overlap_us(replace(interval, start_us=start, end_us=end), planned) for start, end in paused)
        for kind, part_us in (((BREAK, ""), break_us), (delay_of(interval), lost_us - break_us)):
            if part_us:
                sums.delays[kind] += part_us

    def _breaks(self, personnel_class: str, from_us: int, to_us: int) -> list[Span]:
        """When somebody of a class has a break, within [from_us, to_us); in order, and apart."""
        who = (name for name, it in self._persons.items() if personnel_class in it.classes)
        times = dict.fromkeys(self._calendars.of_persons[name] for name in who if name in self._calendars.of_persons)
        days = range(from_us // DAY_US, (to_us - 1) // DAY_US + 1)
        paused = apart(it for one in times for day in days for it in self._breaks_on(one, day))
        return [(max(start, from_us), min(end, to_us)) for start, end in paused if end > from_us and start < to_us]

    def _breaks_on(self, work_time: WorkTime, day: int) -> list[Span]:
        if (work_time, day) not in self._breaks_of_day:
            self._breaks_of_day[work_time, day] = work_time.breaks(day * DAY_US, (day + 1) * DAY_US)
        return self._breaks_of_day[work_time, day]

    def add_count(self, sums: Sums, equipment: str, count: Count, *, is_last: bool = True) -> None:
        """Add a count. Of an order the good pieces are those of its last operation (`is_last`); scrap and rework are of all."""
        good = count.good if is_last else 0
        sums.scrap += count.scrap
        sums.rework += count.rework
        if count.reason:
            sums.lost[count.reason] = sums.lost.get(count.reason, 0) + count.scrap + count.rework
        sums.good += good
        sums.expected += exact(self.planned_run_us(equipment, count))
        sums.expected_scrap += exact(self.planned_scrap(equipment, count))
        if self.is_first_pass(count):
            sums.first_produced += count.pieces if self.is_first_operation(count) else 0
            sums.first_good += good
            sums.first_inspected += count.scrap + count.rework + good

    def jobs_of(self, interval: StateInterval) -> tuple[list[JobOrder], int]:
        """The known job orders of an interval that counts for them, and their pieces together: what its time is shared out by."""
        if not interval.job_order or interval.reason == "off_shift" or category_of(interval) == UNKNOWN:
            return [], 0
        jobs = [job for job in map(self._execution.job_orders.get, interval.job_order.split("+")) if job]
        return jobs, sum(job.quantity for job in jobs) or len(jobs)

    def share_interval(self, found: Mapping[str, Sums], interval: StateInterval, from_us: int, to_us: int, key: str) -> None:
        """Add an interval to the requests (or products) of its job orders, in a batch by quantity."""
        jobs, whole = self.jobs_of(interval)
        category, duration_us = category_of(interval), length_us(interval, from_us, to_us)
        for job in jobs:
            sums, weight = found.get(getattr(job, key)), job.quantity or 1
            if sums is None:
                continue
            part_us = duration_us * weight // whole
            sums.spend(category, part_us)
            if interval.energy_wh:
                sums.metered += exact(interval.energy_wh * weight / whole * duration_us / max(1, interval.duration_us))
            if interval.person and category in (APT, ASUT):
                sums.work += part_us * (interval.person.count("+") + 1)

    def share_count(self, found: Mapping[str, Sums], equipment: str, count: Count, key: str) -> None:
        """Add a count to the request (or product) of its job order."""
        job = self._execution.job_orders.get(count.job_order)
        sums = found.get(getattr(job, key)) if job else None
        if job and sums is not None:
            self.add_count(sums, equipment, count, is_last=job.after is None)

    def is_first_pass(self, count: Count) -> bool:
        """Whether its pieces are inspected for the first time: what was reworked, out of stock too, has been inspected before."""
        job = self._execution.job_orders.get(count.job_order)
        if job is None:
            return True
        lot, request = self._tracking.lots.get(job.lot), self._release.requests.get(job.request)
        return not (lot and lot.from_lot) and not (request and request.was_stock)

    def is_first_operation(self, count: Count) -> bool:
        """Whether its pieces come out of the first operation of their routing."""
        job = self._execution.job_orders.get(count.job_order)
        return job is not None and job.step.is_first

    def planned_scrap(self, equipment: str, count: Count) -> float:
        """PSQ of a count: the share that the operation, or the stations of a line, are declared to scrap."""
        if equipment in self._scrap_share:
            return self._scrap_share[equipment] * count.pieces
        job = self._execution.job_orders.get(count.job_order)
        return self._routings[job.material][job.operation].scrap * count.pieces if job else 0.0

    def planned_run_us(self, equipment: str, count: Count) -> float:
        """PRU * PQ of a count: what the routing (or the cycle of a station) expects for these pieces."""
        if equipment in self._station_piece_us:
            return self._station_piece_us[equipment] * count.pieces
        job = self._execution.job_orders.get(count.job_order)
        if job is None or not job.quantity:
            return self._line_piece_us.get(equipment, 0.0) * count.pieces
        return job.step.busy_us(job.quantity, equipment) * count.pieces / job.quantity / count.batch_size
