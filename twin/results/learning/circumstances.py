"""What was known besides queues and machines: process values, tools, persons, results, lots that went in, maintenance, hour and shift."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from twin.mes.equipment import STOPPED_STATES
from twin.model.calendars import WorkInterval, WorkTime
from twin.model.events import (
    CountObserved,
    DefectsCounted,
    Entry,
    EntryRefused,
    EquipmentStateChanged,
    GoodsReceived,
    JobOrderCommand,
    JobOrderCreated,
    JobOrderStarted,
    MaintenancePerformed,
    MaintenanceRequested,
    MaterialActual,
    OperationsEvent,
    PersonnelChanged,
    ProcessValueCorrected,
    ProcessValueObserved,
    SkillRecorded,
    TestResultCorrected,
    TestResultRecorded,
    ToolAssigned,
    ToolMounted,
    ToolReconditioned,
)
from twin.model.measures import US_PER_H
from twin.model.personnel.staff import StaffEntry, person_after
from twin.model.plant import Person, Plant
from twin.model.states import MaterialUse

NEVER = math.nan
VALUE, OF_LOT, LAST = "value_", "lot_", "last_"
"""Columns that a plant has as soon as it has told of such a thing: a process value there, a result of the lot, the last of its material."""
_DAY_US = 24 * US_PER_H


class Circumstances:
    """What the entries told that were applied, and what calendars and qualifications say by themselves.

    Parameters
    ----------
    created : job orders as far as they are known
    plant : tells calendars, persons and what it maintains by itself; without one these columns are empty, and hours are UTC
    """

    def __init__(self, created: Mapping[str, JobOrderCreated], plant: Plant | None) -> None:
        self._created, self._plant = created, plant
        self._zone = ZoneInfo(plant.layout.time_zone) if plant else UTC
        self._calendar_of = _calendars_of(plant) if plant else {}
        self._shifts: dict[tuple[str, int], list[WorkInterval]] = {}  # by calendar and day
        self._reasons = {name: {it.reason for it in declared} for name, declared in plant.maintenance.items()} if plant else {}
        self._values: defaultdict[str, dict[str, float]] = defaultdict(dict)  # by equipment and property
        self._maintained_us: dict[str, int] = {}
        self._stopped_for: dict[str, str] = {}  # maintenance that a plant does by itself, by equipment
        self._maintained_count: defaultdict[str, int] = defaultdict(int)
        self._tools: defaultdict[str, dict[str, None]] = defaultdict(dict)  # by equipment, in the order in which they came
        self._assigned: defaultdict[str, list[str]] = defaultdict(list)  # by job order
        self._used: defaultdict[str, int] = defaultdict(int)  # pieces since the tool was as new
        self._begun: defaultdict[tuple[str, str, str], int] = defaultdict(int)  # by person, material and operation
        self._consumed: defaultdict[str, dict[str, None]] = defaultdict(dict)  # lots, by the lot that they went into
        self._supplier: dict[str, str] = {}  # by lot
        self._results: defaultdict[str, dict[str, float]] = defaultdict(dict)  # by lot and characteristic
        self._last: defaultdict[str, dict[str, float]] = defaultdict(dict)  # by material
        self._failed: defaultdict[str, int] = defaultdict(int)  # by lot
        self._material: dict[str, str] = {}  # by lot
        self._staff: defaultdict[str, list[StaffEntry]] = defaultdict(list)  # by person, as it was said
        self._maintained_unit: dict[str, str] = {}  # by maintenance order: whoever says that it is done names that alone
        self._take_back: tuple[Entry | None, Callable[[], None]] = (None, lambda: None)  # what was said last, should it be refused
        self._rules: dict[type[OperationsEvent], Callable[[Any], None]] = {
            ProcessValueObserved: self._observed, EquipmentStateChanged: self._state_changed,
            MaintenanceRequested: self._requested, MaintenancePerformed: self._maintained,
            ToolMounted: self._mounted, ToolAssigned: self._assign, ToolReconditioned: self._reconditioned, CountObserved: self._counted,
            JobOrderCreated: self._create, JobOrderStarted: self._start, MaterialActual: self._actual, GoodsReceived: self._received,
            TestResultRecorded: self._measured, DefectsCounted: self._found, TestResultCorrected: self._corrected,
            ProcessValueCorrected: self._value_corrected,
            EntryRefused: self._refused, SkillRecorded: self._staffed, PersonnelChanged: self._staffed,
        }  # fmt: skip

    def apply(self, event: OperationsEvent) -> None:
        """One more entry of the journal, in its order."""
        if rule := self._rules.get(type(event)):
            rule(event)

    def about_job(self, event: JobOrderCommand | JobOrderStarted, job: JobOrderCreated) -> dict[str, Any]:
        """What was known of who does it, of its lot, and of what is in it."""
        persons = event.person.split("+") if event.person else []
        lots = self._consumed[job.lot]
        known = [it for person in persons if (it := self._person(person, event.effective_us))]
        classes = {name for it in known for name in it.classes}
        calendars = (self._calendar_of.get(event.equipment), *(it.calendar for it in known))  # a machine without shifts has its persons'
        return {
            "shift": next(filter(None, (self._shift(it, event.effective_us) for it in calendars)), ""),
            "person": event.person, "person_classes": "+".join(sorted(classes)),
            "person_begun_count_so_far": max((self._begun[person, job.material, job.operation] for person in persons), default=0),
            "material_lots": "+".join(lots),
            "suppliers": "+".join(dict.fromkeys(self._supplier[lot] for lot in lots if lot in self._supplier)),
            "failed_result_count_so_far": self._failed[job.lot],
            **{f"{OF_LOT}{name}": value for name, value in self._results[job.lot].items()},
            **{f"{LAST}{name}": value for name, value in self._last[job.material].items()},
        }  # fmt: skip

    def about_unit(self, equipment: str, at_us: int) -> dict[str, Any]:
        """What was known of a piece of equipment, and which hour and shift it was there."""
        local, tools = datetime.fromtimestamp(at_us / 1_000_000, self._zone), self._tools[equipment]
        maintained_us = self._maintained_us.get(equipment)
        return {
            "hour": local.hour, "weekday": local.weekday(), "shift": self._shift(self._calendar_of.get(equipment), at_us),
            "since_maintenance_h": NEVER if maintained_us is None else (at_us - maintained_us) / US_PER_H,
            "maintenance_count_so_far": self._maintained_count[equipment], "tools": "+".join(tools),
            "tool_piece_count": float(max(self._used[tool] for tool in tools)) if tools else NEVER,
            **{f"{VALUE}{name}": value for name, value in self._values[equipment].items()},
        }  # fmt: skip

    # Inside

    def _staffed(self, event: StaffEntry) -> None:
        said = self._staff[event.worker]
        said.append(event)

        def take_back() -> None:
            said.remove(event)

        self._take_back = event, take_back

    def _person(self, name: str, at_us: int) -> Person | None:
        """A person as he was then: what was recorded of him later is known of no row before."""
        found = self._plant.layout.persons.get(name) if self._plant else None
        said = ((it.from_us if it.from_us >= 0 else it.effective_us, it) for it in self._staff[name])
        for since_us, it in sorted(said, key=itemgetter(0)):
            found = person_after(found, it) if since_us <= at_us else found
        return found

    def _shift(self, calendar: str | None, at_us: int) -> str:
        day = at_us // _DAY_US
        if self._plant is None or calendar is None:
            return ""
        if (calendar, day) not in self._shifts:
            work_time = WorkTime(self._plant.layout.calendars[calendar], self._plant.layout.time_zone)
            self._shifts[calendar, day] = work_time.shifts(day * _DAY_US, (day + 1) * _DAY_US)
        return next((it.shift for it in self._shifts[calendar, day] if it.start_us <= at_us < it.end_us), "")

    def _observed(self, event: ProcessValueObserved) -> None:
        self._values[event.equipment][event.property] = event.value

    def _state_changed(self, event: EquipmentStateChanged) -> None:
        unit = event.equipment
        is_maintained = event.state in STOPPED_STATES and event.reason in self._reasons.get(unit, ())
        before, now = self._stopped_for.get(unit, ""), event.reason if is_maintained else ""
        if before or now:  # it was maintained up to its end
            self._maintained_us[unit], self._stopped_for[unit] = event.effective_us, now
            self._maintained_count[unit] += bool(now) and now != before

    def _requested(self, event: MaintenanceRequested) -> None:
        name, before = event.maintenance, self._maintained_unit.get(event.maintenance, "")
        self._take_back = event, lambda: self._maintained_unit.update({name: before})
        self._maintained_unit[name] = event.equipment

    def _maintained(self, event: MaintenancePerformed) -> None:
        unit = self._maintained_unit.get(event.maintenance) or event.equipment
        before_us = self._maintained_us.get(unit, -1)

        def take_back() -> None:
            self._maintained_us[unit] = before_us
            self._maintained_count[unit] -= 1
            if before_us < 0:
                del self._maintained_us[unit]

        self._take_back = event, take_back
        self._maintained_us[unit] = event.effective_us
        self._maintained_count[unit] += 1

    def _mounted(self, event: ToolMounted) -> None:
        for tools in self._tools.values():
            tools.pop(event.tool, None)
        if event.equipment:
            self._tools[event.equipment][event.tool] = None

    def _assign(self, event: ToolAssigned) -> None:
        self._mounted(ToolMounted(effective_us=event.effective_us, equipment=event.equipment, tool=event.tool))
        self._assigned[event.job_order].append(event.tool)
        self._used[event.tool] = event.used

    def _reconditioned(self, event: ToolReconditioned) -> None:
        tool, used = event.tool, self._used[event.tool]
        self._take_back = event, lambda: self._used.update({tool: used})
        self._used[tool] = 0

    def _counted(self, event: CountObserved) -> None:
        for tool in self._assigned.get(event.job_order, ()):
            self._used[tool] += event.good + event.scrap + event.rework

    def _create(self, event: JobOrderCreated) -> None:
        self._material[event.lot] = event.material

    def _start(self, event: JobOrderStarted) -> None:
        for name in event.job_order.split("+"):
            if job := self._created.get(name):
                for person in event.person.split("+") if event.person else ():
                    self._begun[person, job.material, job.operation] += 1

    def _actual(self, event: MaterialActual) -> None:
        job = self._created.get(event.job_order)
        if job and event.use == MaterialUse.CONSUMED and event.lot:
            self._consumed[job.lot][event.lot] = None

    def _received(self, event: GoodsReceived) -> None:
        self._supplier[event.lot or event.order] = event.supplier

    def _measured(self, event: TestResultRecorded) -> None:
        self._failed[event.lot] += not event.passed
        self._keep(event.lot, event.characteristic, event.value)

    def _found(self, event: DefectsCounted) -> None:
        self._keep(event.lot, event.characteristic, float(event.found))

    def _corrected(self, event: TestResultCorrected) -> None:
        lot, name = event.lot, event.characteristic
        results, last = self._results[lot], self._last[self._material.get(lot, "")]
        was = [(it, it[name]) for it in (results, last) if it.get(name) == event.was]

        def take_back() -> None:
            for it, value in was:
                it[name] = value

        self._take_back = event, take_back
        for it, _ in was:
            it[name] = event.value

    def _value_corrected(self, event: ProcessValueCorrected) -> None:
        values, name = self._values[event.equipment], event.property
        if values.get(name) != event.was:
            return

        def take_back() -> None:
            values[name] = event.was

        self._take_back = event, take_back
        values[name] = event.value

    def _keep(self, lot: str, characteristic: str, value: float) -> None:
        self._results[lot][characteristic] = value
        if material := self._material.get(lot):
            self._last[material][characteristic] = value

    def _refused(self, event: EntryRefused) -> None:
        said, take_back = self._take_back
        if said is None or (type(said).__name__, said.person) != (event.entry, event.person):
            return
        if event.effective_us in (said.effective_us, said.recorded_us):  # of what happened earlier, either
            take_back()
            self._take_back = None, take_back


def _calendars_of(plant: Plant) -> dict[str, str | None]:
    layout = plant.layout
    lines = {name: line.calendar for name, line in layout.production_lines.items()}
    stations = {station: line.calendar for line in layout.production_lines.values() for station in line.stations}
    return {**{name: unit.calendar for name, unit in layout.work_units.items()}, **lines, **stations}
