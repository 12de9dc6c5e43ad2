"""Equipment: the PackML state of every work unit, line and station, as intervals that tile time.

What controllers report is kept as they report it. What PackML does not allow is kept too, and somebody is told.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache

from twin.mes.maintenance.out_of_use import PLANNED_DOWN, OutOfUse, pieces, together
from twin.model.events import AlarmCleared, AlarmRaised, CountObserved, EnergyMetered, EquipmentModeChanged, EquipmentStateChanged
from twin.model.floor.fleets import vehicles_of
from twin.model.plant import Plant
from twin.model.states import WorkUnitMode, WorkUnitState
from twin.model.upkeep.transitions import ACTING, TRANSITIONS

S = WorkUnitState

_NUMBERS = frozenset(int(state) for state in S)
_TAKES_NO_TIME = frozenset(ACTING) | {S.STOPPED, S.COMPLETE}


@cache
def _reported_after(state: WorkUnitState) -> frozenset[WorkUnitState]:
    """States that a controller can truthfully report next.

    An acting state may take no time and is then not reported; nor are EXECUTE with nothing to do, and STOPPED or COMPLETE on
    the way back to IDLE. So only IDLE cannot be passed unseen: what is stopped, aborted or complete comes back to work through it.
    """
    reached: set[WorkUnitState] = set()
    ahead = [state]
    while ahead:
        here = ahead.pop()
        for source, _, target in TRANSITIONS:
            if source == here and target not in reached:
                reached.add(target)
                if target in _TAKES_NO_TIME:
                    ahead.append(target)
    return frozenset(reached)


@cache
def is_legal_report(before: int, after: int, phase: int = S.EXECUTE) -> bool:
    """Whether a controller that reported `before` may report `after` next.

    The same state again (another reason, job order or person) is legal, and so is anything to or from UNKNOWN. A set-up is
    reported as STARTING (`phase`), and goes on as STARTING after it was held or suspended.
    """
    if before == after or S.UNKNOWN in (before, after):
        return True
    if before in (S.HELD, S.SUSPENDED) and after == S.STARTING:
        return phase == S.STARTING
    return after in _reported_after(S(before))


SETUP_STATES = frozenset({S.STARTING, S.RESETTING})  # with a job order: ISO 22400 actual unit setup time
RUN_STATES = frozenset({S.EXECUTE, S.UNHOLDING, S.UNSUSPENDING, S.COMPLETING})
WORKING_STATES = frozenset({S.STARTING}) | RUN_STATES
HELD_STATES = frozenset({S.HOLDING, S.HELD})
SUSPENDED_STATES = frozenset({S.SUSPENDING, S.SUSPENDED})
ABORTED_STATES = frozenset({S.ABORTING, S.ABORTED})
STOPPED_STATES = frozenset({S.CLEARING, S.STOPPING, S.STOPPED})
LOOKED_BACK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class StateInterval:
    """A piece of equipment was in one state from `start_us` up to, not including, `end_us` (UTC microseconds)."""

    equipment: str
    start_us: int
    end_us: int
    state: int
    reason: str
    job_order: str  # several in one batch: joined with "+"
    person: str
    energy_wh: int = 0  # metered in it
    maintenance: str = ""  # that was going on in it, by persons or by the plant itself: PLANNED_DOWN, CORRECTIVE_DOWN
    told_us: int = -1  # of a piece: when the whole began
    is_commanded: bool = False  # a person has told it to stop: nothing has failed

    @property
    def duration_us(self) -> int:
        return self.end_us - self.start_us

    @property
    def reported_us(self) -> int:
        """The instant of the report that it comes from."""
        return self.start_us if self.told_us < 0 else self.told_us


def is_stop(seen: StateInterval | EquipmentRecord) -> bool:
    """Whether it stands for a reason that somebody could say: it neither waits for others, nor is its shift over."""
    return seen.state in HELD_STATES | ABORTED_STATES | STOPPED_STATES and seen.reason != "off_shift"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Pieces counted at a piece of equipment; `batch_size` job orders were worked on together."""

    at_us: int
    job_order: str
    good: int
    scrap: int
    rework: int
    batch_size: int
    reason: str = ""  # of scrap and rework, as a person has said

    @property
    def pieces(self) -> int:
        return self.good + self.scrap + self.rework


@dataclass(slots=True, kw_only=True)
class EquipmentRecord:
    """What one piece of equipment has reported. The last state is open; the closed ones lie behind it without a gap."""

    equipment: str
    work_center: str
    calendar: str | None
    line: str = ""  # a station's line
    fleet: str = ""  # a vehicle's fleet
    maximum_batch: int = 1
    maintained_for: frozenset[str] = frozenset()  # reasons of maintenance that the plant does by itself, there or on its line
    state: int = S.UNKNOWN
    reason: str = ""
    is_commanded: bool = False  # a person has told it to stop so
    reported: str = ""  # the same as the equipment said it; a person may have said another reason since
    job_order: str = ""
    person: str = ""
    first_us: int = -1  # of the first report
    since_us: int = -1
    told_us: int = -1  # what time it was when the open state was reported: later than `since_us` if that was late
    cut_us: tuple[int, int] = (-1, -1)  # the last late report: its instant, and what time it was
    cut_count: int = 0  # late reports that were cut into the closed intervals
    phase: int = S.UNKNOWN  # STARTING or EXECUTE, whichever was reported last: what an interruption has interrupted
    mode: int = WorkUnitMode.PRODUCTION
    energy_wh: int = 0  # metered for the open interval
    intervals: list[StateInterval] = field(default_factory=list)
    counts: list[Count] = field(default_factory=list)
    alarms: dict[str, int] = field(default_factory=dict)  # open alarms, since when

    @property
    def is_station(self) -> bool:
        return bool(self.line)

    @property
    def is_scheduled(self) -> bool:
        """Whether Level 3 starts job orders on it: a work unit or a line, no station and no vehicle."""
        return not (self.line or self.fleet)

    @property
    def job_orders(self) -> list[str]:
        return self.job_order.split("+") if self.job_order else []

    @property
    def persons(self) -> list[str]:
        return self.person.split("+") if self.person else []

    def planned_down(self, state: int, reason: str) -> str:
        """What a state says of maintenance that the plant does by itself."""
        return PLANNED_DOWN if reason in self.maintained_for and state in STOPPED_STATES else ""

    def open_interval(self, now_us: int) -> StateInterval:
        """The interval that still goes on, as far as it has come at `now_us`."""
        return StateInterval(
            equipment=self.equipment, start_us=self.since_us, end_us=max(now_us, self.since_us),
            state=self.state, reason=self.reason, job_order=self.job_order, person=self.person,
            energy_wh=self.energy_wh, maintenance=self.planned_down(self.state, self.reason), is_commanded=self.is_commanded,
        )  # fmt: skip


def _most_lots(plant: Plant, unit: str) -> int:
    """Lots that a work unit takes at once at most, whatever its batches count."""
    batch = plant.layout.work_units[unit].batch
    if batch is None:
        return 1
    steps = [it for routing in plant.layout.routings.values() for it in routing.values()]
    sizes = [it.batch.maximum for it in steps if it.batch and any(unit in plant.equipment_of(way.segment) for way in it.ways)]
    return max([batch.maximum, *sizes])


class Equipment:
    """State intervals, counts, energy, modes and alarms of every piece of equipment. Changed by Level 2 alone."""

    def __init__(self, plant: Plant) -> None:
        layout = plant.layout
        self.records: dict[str, EquipmentRecord] = {}
        for unit_id, unit in layout.work_units.items():
            self.records[unit_id] = EquipmentRecord(
                equipment=unit_id, work_center=unit.work_center, calendar=unit.calendar,
                maximum_batch=_most_lots(plant, unit_id),
            )  # fmt: skip
        for line_id, line in layout.production_lines.items():
            self.records[line_id] = EquipmentRecord(equipment=line_id, work_center=line.work_center, calendar=line.calendar)
            for station in line.stations:
                self.records[station] = EquipmentRecord(
                    equipment=station, work_center=line.work_center, calendar=line.calendar, line=line_id
                )
        for name, fleet in layout.fleets.items():
            for vehicle in vehicles_of(name, fleet):
                self.records[vehicle] = EquipmentRecord(equipment=vehicle, work_center="", calendar=fleet.calendar, fleet=name)
        apart = together(plant)
        for name, declared in plant.maintenance.items():
            for one in apart[name]:
                self.records[one].maintained_for |= {it.reason for it in declared}
        self.out_of_use: dict[str, list[OutOfUse]] = {}  # maintenance by persons, by equipment

    def know(self, plant: Plant) -> None:
        """What the routings of now let work units take at once."""
        for unit in plant.layout.work_units:
            self.records[unit].maximum_batch = _most_lots(plant, unit)

    def doubt(self, event: EquipmentStateChanged) -> str:
        """Why this report cannot be taken in at all; "" if it can."""
        record = self.records.get(event.equipment)
        if record is None:
            return f"nobody declared '{event.equipment}'"
        if event.state not in _NUMBERS:
            return f"{event.equipment} reports state {event.state}, which PackML does not have"
        return ""

    def is_late(self, event: EquipmentStateChanged, now_us: int) -> bool:
        """Whether a state of the same instant or a later one is known from an earlier round; that nobody knew is no such state."""
        record = self.records[event.equipment]
        if event.effective_us != record.since_us:
            return event.effective_us < record.since_us
        return record.told_us != now_us and record.state != S.UNKNOWN

    def cut(self, event: EquipmentStateChanged, now_us: int) -> tuple[list[StateInterval], list[StateInterval]]:
        """Cut a late state into the closed intervals (see `late_facts`): the interval that held its instant, and its pieces now."""
        record, at_us = self.records[event.equipment], event.effective_us
        repeated, record.cut_us = record.cut_us == (at_us, now_us), (at_us, now_us)
        if at_us == record.since_us:
            return [], []
        n = bisect_right(record.intervals, at_us, key=lambda interval: interval.end_us)
        idle = event.state == S.IDLE
        late = StateInterval(
            equipment=event.equipment, start_us=at_us, end_us=record.first_us, state=event.state, reason=event.reason,
            job_order="" if idle else event.job_order, person="" if idle else event.person,
            maintenance=record.planned_down(event.state, event.reason),
        )  # fmt: skip
        if at_us < record.first_us:
            old, pieces, record.first_us = [], [late], at_us
        else:
            held = record.intervals[n]
            late = replace(late, end_us=held.end_us)
            if held.start_us == at_us and not repeated:
                return [], []
            early_wh = held.energy_wh * (at_us - held.start_us) // held.duration_us
            late = replace(late, energy_wh=held.energy_wh - early_wh)
            old = [held]
            pieces = [replace(held, end_us=at_us, energy_wh=early_wh), late] if held.start_us < at_us else [late]
        record.intervals[n : n + len(old)] = pieces
        record.cut_count += 1
        return old, pieces

    def enter(self, event: EquipmentStateChanged, now_us: int, *, is_commanded: bool = False) -> StateInterval:
        """Close the open interval and open the next; gives back the closed one, which may have no length."""
        record = self.records[event.equipment]
        closed = record.open_interval(event.effective_us)
        if record.first_us < 0:
            record.first_us = event.effective_us
        elif closed.end_us > closed.start_us:
            record.intervals.append(closed)
        record.state, record.reason, record.since_us, record.energy_wh = event.state, event.reason, event.effective_us, 0
        record.told_us, record.reported, record.is_commanded = now_us, event.reason, is_commanded
        # A controller may leave the last number in its register: an idle unit has no job order, whatever it says.
        idle = event.state == S.IDLE
        record.job_order, record.person = ("", "") if idle else (event.job_order, event.person)
        if event.state in WORKING_STATES:
            record.phase = S.STARTING if event.state == S.STARTING else S.EXECUTE
        return closed

    def count(self, event: CountObserved) -> None:
        """Keep a count by its instant. A late one is of the batch that was there then: what is counted ends an interval."""
        record = self.records[event.equipment]
        there = record.job_order
        if event.effective_us < record.since_us and record.intervals:
            then = bisect_left(record.intervals, event.effective_us, key=lambda interval: interval.end_us)
            there = record.intervals[min(then, len(record.intervals) - 1)].job_order
        insort(
            record.counts,
            Count(
                at_us=event.effective_us, job_order=event.job_order, good=event.good, scrap=event.scrap, rework=event.rework,
                batch_size=there.count("+") + 1, reason=event.reason if event.scrap or event.rework else "",
            ),
            key=lambda count: count.at_us,
        )  # fmt: skip

    def correct_count(self, equipment: str, was: Count, now: Count) -> None:
        """A count that a person has corrected; `was` is all that was counted of its job order at its instant."""
        counts = self.records[equipment].counts
        first, *more = (n for n, it in enumerate(counts) if (it.at_us, it.job_order) == (was.at_us, was.job_order))
        counts[first] = now
        for n in reversed(more):
            del counts[n]

    def stop_since(self, equipment: str, since_us: int) -> list[StateInterval]:
        """The stop that began then: intervals one after the other, for one reason, an open one last; none if no stop did."""
        record = self.records[equipment]
        found: list[StateInterval] = []
        for n in range(bisect_left(record.intervals, since_us, key=lambda it: it.start_us), len(record.intervals) + 1):
            it = record.intervals[n] if n < len(record.intervals) else record.open_interval(record.since_us)
            if not is_stop(it) or it.reason != (found[0].reason if found else it.reason) or (not found and it.start_us != since_us):
                break
            found.append(it)
        return found

    def stops(self, equipment: str) -> Iterator[list[StateInterval]]:
        """Its stops as `stop_since` has them, the newest first, as far back as the last `LOOKED_BACK` states."""
        record = self.records[equipment]
        stop: list[StateInterval] = []
        for it in (record.open_interval(record.since_us), *reversed(record.intervals[-LOOKED_BACK:])):
            if stop and (not is_stop(it) or it.reason != stop[0].reason):
                yield stop
                stop = []
            if is_stop(it):
                stop = [it, *stop]
        if stop:
            yield stop

    def correct_reason(self, equipment: str, since_us: int, reason: str) -> None:
        """The state that began then has another reason, as a person has said: it was not the one for which it was told to stop."""
        record = self.records[equipment]
        if record.since_us == since_us:
            record.reason, record.is_commanded = reason, False
            return
        n = bisect_left(record.intervals, since_us, key=lambda interval: interval.start_us)
        kind = record.planned_down(record.intervals[n].state, reason)
        record.intervals[n] = replace(record.intervals[n], reason=reason, maintenance=kind, is_commanded=False)

    def meter(self, event: EnergyMetered) -> None:
        record = self.records.get(event.equipment)
        if record:
            record.energy_wh += event.energy_wh

    def switch_mode(self, event: EquipmentModeChanged) -> None:
        record = self.records.get(event.equipment)
        if record:
            record.mode = event.mode

    def raise_alarm(self, event: AlarmRaised) -> None:
        record = self.records.get(event.equipment)
        if record:
            record.alarms.setdefault(event.alarm, event.effective_us)

    def clear_alarm(self, event: AlarmCleared) -> None:
        record = self.records.get(event.equipment)
        if record:
            record.alarms.pop(event.alarm, None)

    def intervals(self, equipment: str, from_us: int, to_us: int) -> list[StateInterval]:
        """State intervals of one piece of equipment that lie in [from_us, to_us), the open one last; cut by maintenance alone."""
        record = self.records[equipment]
        if record.first_us < 0:
            return []
        first = bisect_right(record.intervals, from_us, key=lambda interval: interval.end_us)
        after_last = bisect_left(record.intervals, to_us, key=lambda interval: interval.start_us)
        found = record.intervals[first:after_last]
        if record.since_us < to_us:
            found.append(record.open_interval(to_us))
        if equipment not in self.out_of_use:
            return found
        return [it for it in self.in_pieces(equipment, found) if it.end_us > from_us and it.start_us < to_us]

    def in_pieces(self, equipment: str, intervals: list[StateInterval]) -> list[StateInterval]:
        """State intervals of one piece of equipment, cut where maintenance by persons began or ended in them."""
        spans = self.out_of_use.get(equipment)
        return [piece for it in intervals for piece in pieces(it, spans)] if spans else intervals

    def counts(self, equipment: str, from_us: int, to_us: int) -> list[Count]:
        """Counts after `from_us` up to and including `to_us`: of pieces that were finished in that time."""
        counts = self.records[equipment].counts
        return counts[bisect_right(counts, from_us, key=lambda c: c.at_us) : bisect_right(counts, to_us, key=lambda c: c.at_us)]

    def audit(self) -> list[str]:
        """Where state intervals do not tile time, looked at one by one."""
        wrong = []
        for name, record in self.records.items():
            at_us = record.first_us
            for interval in record.intervals:
                if interval.start_us != at_us or interval.end_us <= interval.start_us:
                    wrong.append(f"{name}: the interval at {interval.start_us} does not begin where the one before it ends ({at_us})")
                at_us = interval.end_us
            if record.first_us >= 0 and at_us != record.since_us:
                wrong.append(f"{name}: nothing is known between {at_us} and {record.since_us}")
        return wrong
