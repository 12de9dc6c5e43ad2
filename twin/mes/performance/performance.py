"""Performance: times and quantities added up by equipment, request, shift, product or person, from intervals and counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from twin.mes.equipment import Equipment, EquipmentRecord
from twin.mes.execution import Execution
from twin.mes.labour.figures import Figures
from twin.mes.performance.adding import Adding
from twin.mes.performance.grouping import GROUPS, members_of
from twin.mes.performance.indicators import Indicators, Sums, divide
from twin.mes.performance.kept.execution_times import ExecutionTimes
from twin.mes.performance.kept.kept_sums import KeptSums
from twin.mes.performance.kept.shifts import ShiftWindow, Tile, Tiles
from twin.mes.performance.losses import Loss, losses_of
from twin.mes.performance.time_model import ADET, FAILED_STATES, NO_SHIFT, category_of, with_gaps
from twin.mes.personnel import WorkCalendars
from twin.mes.release import Release
from twin.mes.tracking.tracking import Tracking
from twin.model.calendars import Span, outside
from twin.model.events import OperationsEvent
from twin.model.plant import Plant
from twin.model.states import WorkUnitState

# the order of ISO 22400 is the production order: our request
SCOPES = ("equipment", "work_center", "area", "plant", "request", "order", "shift", "product", "person")


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
    """Answers from what the other rooms of the MES have kept, and from sums of it that are formed as it comes (`KeptSums`)."""

    def __init__(
        self, plant: Plant, equipment: Equipment, execution: Execution, release: Release, tracking: Tracking, calendars: WorkCalendars,
        labour: Figures,
    ) -> None:  # fmt: skip
        self.equipment, self.execution, self.release = equipment, execution, release
        self._calendars, self._persons, self.labour = calendars, plant.layout.persons, labour
        self.members = members_of(plant, equipment.records.values())
        self.adding = Adding(plant, execution, release, tracking, calendars)
        self._shift_calendar: dict[str, str] = {}  # shift -> the first declared calendar that has it
        for calendar_id, calendar in plant.layout.calendars.items():
            for shift in calendar.shift_names:
                self._shift_calendar.setdefault(shift, calendar_id)
        calendars_there = dict.fromkeys(record.calendar for record in equipment.records.values())
        self._tiles = {calendar: Tiles(calendar, self._tiles_of) for calendar in calendars_there}
        self.kept = KeptSums(equipment, execution, self.adding, self._tiles)
        self._execution_times = ExecutionTimes(execution, release)

    def hearing(self, kind: type[OperationsEvent]) -> list[Callable[[Any], None]]:
        """Who is told of events of a class before they change what the other rooms know: to sum up what is certain, and forget the rest."""
        return [*self.kept.hearing(kind), *self._execution_times.hearing(kind)]

    def indicators(self, by: str, from_us: int, to_us: int, now_us: int, failures_plus: int = 0) -> list[Indicators]:
        """Rows of one scope in declared order (requests and products in the order of their release).

        Parameters
        ----------
        by : "equipment", "work_center", "area" (none without areas), "plant", "request" (or "order", the same: ISO 22400 means the
            production order), "shift", "product" or "person"
        from_us, to_us : window, us since 1970; cut at `now_us`
        failures_plus : added to the number of failures where a mean time is formed (1: FE + 1)

        Raises
        ------
        ValueError : no such scope
        """
        to_us = min(to_us, now_us)
        scopes: dict[str, Callable[[int, int], dict[str, Sums]]] = {
            "equipment": self._by_equipment,
            **{group: partial(self._by_group, group) for group in GROUPS},
            "request": self._by_request,
            "order": self._by_request,
            "shift": self._by_shift,
            "product": self._by_product,
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
        if by in self.members:
            return list(self.members[by])
        known = {"equipment": list(self.equipment.records), "shift": [*self._shift_calendar, NO_SHIFT], "person": list(self._persons)}
        return known.get(by, [])

    def downtimes(self, from_us: int, to_us: int, now_us: int) -> list[Downtime]:
        """Every delay and failure in the window, cut to it and without breaks, by equipment in declared order, then by time."""
        return [
            Downtime(
                equipment=name, start_us=max(start_us, from_us), end_us=min(end_us, to_us), state=it.state, reason=it.reason,
                job_order=it.job_order,
            )
            for name in self.equipment.records
            for it in self.equipment.intervals(name, from_us, min(to_us, now_us))
            if it.reason != "off_shift"
            and (category_of(it) == ADET or it.state in FAILED_STATES or it.state == WorkUnitState.STOPPED or it.maintenance)
            for start_us, end_us in outside((it.start_us, it.end_us), self.adding.breaks_in(it))
            if end_us > from_us and start_us < to_us
        ]  # fmt: skip

    def losses(self, from_us: int, to_us: int, now_us: int) -> list[Loss]:
        """Where the planned time of each piece of equipment went in the window, in parts that add up to it exactly."""
        to_us = min(to_us, now_us)
        return (
            [loss for name, sums in self._by_equipment(from_us, to_us).items() for loss in losses_of(name, sums)] if to_us > from_us else []
        )

    # Scopes

    def _by_equipment(self, from_us: int, to_us: int) -> dict[str, Sums]:
        self.kept.settle()
        found: dict[str, Sums] = {}
        planned: dict[str | None, list[Span]] = {}  # by calendar: many units share one, and a year has a thousand shifts
        for name, record in self.equipment.records.items():
            if record.calendar not in planned:
                planned[record.calendar] = self.adding.planned(record.calendar, from_us, to_us)
            found[name] = Sums(calendar=to_us - from_us)
            self.kept.add_equipment(found[name], record, planned[record.calendar], from_us, to_us)
        return found

    def _by_group(self, group: str, from_us: int, to_us: int) -> dict[str, Sums]:
        """Work units and lines together; with the work and the attendance of all persons, of the whole plant."""
        of = self._by_equipment(from_us, to_us)
        found = {name: Sums() for name in self.members[group]}
        for name, sums in found.items():
            for member in self.members[group][name]:
                sums.add(of[member].values())
                sums.calendar += of[member].calendar
        if group == "plant":
            persons = self._by_person(from_us, to_us).values()
            for sums in found.values():
                sums.work, sums.attendance = sum(it.work for it in persons), sum(it.attendance for it in persons)
        return found

    def _by_shift(self, from_us: int, to_us: int) -> dict[str, Sums]:
        """Work units and lines together, each in the shifts of its calendar; without one, in the shifts of the plant."""
        self.kept.settle()
        found = {shift: Sums() for shift in (*self._shift_calendar, NO_SHIFT)}
        windows: dict[str | None, ShiftWindow] = {}
        for record in self.equipment.records.values():
            if not record.is_scheduled:
                continue
            if record.calendar not in windows:
                windows[record.calendar] = self._tiles[record.calendar].window(from_us, to_us)
            self.kept.add_shifts(found, record, windows[record.calendar])
        return found

    def spans_by_shift(self, from_us: int, to_us: int) -> Iterator[tuple[str, EquipmentRecord, Mapping[str, list[Span]]]]:
        """Of every work unit and line: the window by shift, in spans."""
        shifts_of: dict[str | None, dict[str, list[Span]]] = {}
        for name, record in self.equipment.records.items():
            if not record.is_scheduled:
                continue
            if record.calendar not in shifts_of:
                by_shift = shifts_of[record.calendar] = {}
                for start, end, shift in self._tiles_of(record.calendar, from_us, to_us):
                    by_shift.setdefault(shift, []).append((start, end))
            yield name, record, shifts_of[record.calendar]

    def _tiles_of(self, calendar: str | None, from_us: int, to_us: int) -> list[Tile]:
        """The shifts of a calendar (None: of the plant) in a window, with what no shift covers: together they tile it."""
        if calendar is None:
            return self._plant_shifts(from_us, to_us)
        intervals = self._calendars.work_times[calendar].intervals(from_us, to_us)
        return with_gaps([(it.start_us, it.end_us, it.shift) for it in intervals], from_us, to_us)

    def _by_request(self, from_us: int, to_us: int) -> dict[str, Sums]:
        """The time that units were busy with the job orders of each request, and what came of them."""
        found: dict[str, Sums] = {}
        first_start_us: dict[str, int] = {}
        for job in self.execution.job_orders.values():
            if job.started_us >= 0:
                first_start_us[job.request] = min(job.started_us, first_start_us.get(job.request, job.started_us))
        for request in self.release.requests.values():
            sums = found.setdefault(request.request, Sums())
            if request.request in first_start_us:
                end_us = request.answered_us if request.answered_us >= 0 else to_us
                sums.aoet += max(0, min(end_us, to_us) - max(first_start_us[request.request], from_us))
        for name, record in self.equipment.records.items():
            if not record.is_scheduled:
                continue
            for interval in self.equipment.intervals(name, from_us, to_us):
                self.adding.share_interval(found, interval, from_us, to_us, "request")
            for count in self.equipment.counts(name, from_us, to_us):
                self.adding.share_count(found, name, count, "request")
        return _busy(found)

    def _by_product(self, from_us: int, to_us: int) -> dict[str, Sums]:
        """The same by product."""
        self.kept.settle()
        found = {product: Sums(aoet=aoet_us) for product, aoet_us in self._execution_times.by_product(from_us, to_us).items()}
        for record in self.equipment.records.values():
            if record.is_scheduled:
                self.kept.add_products(found, record, from_us, to_us)
        return _busy(found)

    def _by_person(self, from_us: int, to_us: int) -> dict[str, Sums]:
        found = {name: Sums() for name in self._persons}
        for name in self._persons:
            found[name].attendance = self.labour.attendance_us(name, from_us, to_us).total()
        for stint in self.labour.stints(from_us, to_us):
            if not stint.activity:
                found[stint.person].work += stint.work_us
        return found

    def _plant_shifts(self, from_us: int, to_us: int) -> list[Tile]:
        named = [
            (interval.start_us, interval.end_us, shift)
            for shift, calendar in self._shift_calendar.items()
            for interval in self._calendars.work_times[calendar].intervals(from_us, to_us)
            if interval.shift == shift
        ]
        return with_gaps(sorted(named), from_us, to_us)


def _busy(found: dict[str, Sums]) -> dict[str, Sums]:
    """Of an order, all the time that units were busy with it was planned."""
    for sums in found.values():
        sums.pbt = sums.apt + sums.asut + sums.adet
    return found
