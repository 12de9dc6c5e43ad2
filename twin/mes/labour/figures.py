"""What labour gave: attendance, work, earned time and quality by person, group, shift or activity.

Attendance (APAT of ISO 22400-2) is the time that the person's calendar plans, and what was clocked outside of it; work (APWT) is what went
to job orders; worker efficiency is the one over the other. A job order earns the time that its routing allows for it: its set-up once it
was started, its run for every good piece, where somebody has to be there for it. What a job order earned, and its good and bad pieces, are
those of the persons who worked on it, in proportion to their time: times in microseconds and pieces in whole ones, that add up.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from twin.mes.equipment import Equipment, StateInterval
from twin.mes.execution import Execution
from twin.mes.labour.timesheets import Timesheet
from twin.mes.performance.time_model import APT, ASUT, NO_SHIFT, category_of
from twin.model.calendars import Span, WorkInterval, WorkTime, outside
from twin.model.measures import allocate
from twin.model.personnel.labour import BREAK, MAINTENANCE
from twin.model.plant import Person, Plant

SCOPES = ("person", "group", "shift", "activity")
DIRECT = "job orders"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stint:
    """A stretch of one person's time in one shift: so much of it went to a job order, an activity, or (neither) to equipment as such."""

    person: str
    shift: str
    start_us: int
    end_us: int
    job_order: str
    activity: str
    work_us: int
    is_clocked: bool
    equipment: str = ""  # that has reported it, or is maintained
    reported_us: int = -1  # when the state in which it did so began


@dataclass(frozen=True, slots=True, kw_only=True)
class LabourRow:
    """One person, group, shift or activity in one window. Times in us; shares None where there is nothing to divide by."""

    scope: str
    name: str
    person_count: int
    attendance_us: int  # APAT
    work_us: int  # APWT
    indirect_us: int
    break_us: int  # clocked
    earned_us: int
    good: int
    scrap: int
    rework: int

    @property
    def worker_efficiency(self) -> float | None:
        """APWT / APAT."""
        return self.work_us / self.attendance_us if self.attendance_us else None

    @property
    def productivity(self) -> float | None:
        """Time earned over time worked."""
        return self.earned_us / self.work_us if self.work_us else None

    @property
    def quality_ratio(self) -> float | None:
        """Good pieces over all that were counted."""
        produced = self.good + self.scrap + self.rework
        return self.good / produced if produced else None


@dataclass(slots=True)
class _Sums:
    persons: set[str]
    times: Counter[str]


class Figures:
    """Answers from time sheets and state intervals; keeps nothing itself."""

    def __init__(
        self, plant: Plant, sheets: Mapping[str, Timesheet], work_times: Mapping[str, WorkTime], setup_standard_us: Mapping[str, int],
        equipment: Equipment, execution: Execution,
    ) -> None:  # fmt: skip
        self._persons: dict[str, Person] = plant.layout.persons
        self._indirect = plant.layout.labour.indirect
        self._sheets, self._work_times, self._setup_standard_us = sheets, work_times, setup_standard_us
        self._equipment, self._execution = equipment, execution
        self._shifts = [shift for it in plant.layout.calendars.values() for shift in it.shift_names]

    def rows(self, by: str, from_us: int, to_us: int) -> list[LabourRow]:
        """Rows of one scope, in declared order.

        Raises
        ------
        ValueError : no such scope
        """
        if by not in SCOPES:
            raise ValueError(f"no labour by '{by}'; allowed: {', '.join(SCOPES)}")
        found: dict[str, _Sums] = {name: _Sums(set(), Counter()) for name in self._names(by)}
        stints = self.stints(from_us, to_us)
        for stint in stints:
            sums = found[self._name_of(by, stint)]
            sums.persons.add(stint.person)
            sums.times[_kind(stint)] += stint.work_us
        for person in self._persons if by != "activity" else ():
            for shift, attendance_us in self.attendance_us(person, from_us, to_us, stints).items():
                sums = found[shift if by == "shift" else self._group(person) if by == "group" else person]
                sums.persons.add(person)
                sums.times["attendance"] += attendance_us
        self._credit(found, by, from_us, to_us, stints)
        return [
            LabourRow(
                scope=by, name=name, person_count=len(it.persons), attendance_us=it.times["attendance"], work_us=it.times["work"],
                indirect_us=it.times["indirect"], break_us=it.times[BREAK], earned_us=it.times["earned"], good=it.times["good"],
                scrap=it.times["scrap"], rework=it.times["rework"],
            )
            for name, it in found.items()
            if by != "activity" or it.persons or name in (DIRECT, *self._indirect)
        ]  # fmt: skip

    def attendance_us(self, person: str, from_us: int, to_us: int, stints: Iterable[Stint] | None = None) -> Counter[str]:
        """Time that a person's calendar plans in [from_us, to_us), and what was clocked outside of it (no break), by shift."""
        found: Counter[str] = Counter()
        for it in self._work_times[person].intervals(from_us, to_us):
            found[it.shift] += it.end_us - it.start_us
        clocked = (
            self._clocked(person, from_us, to_us) if stints is None else (it for it in stints if it.person == person and it.is_clocked)
        )
        found[NO_SHIFT] += sum(it.work_us for it in clocked if it.shift == NO_SHIFT and it.activity != BREAK)
        return +found

    def stints(self, from_us: int, to_us: int) -> list[Stint]:
        """Where the time of persons went in [from_us, to_us): what they clocked; where they clocked nothing, what equipment reported."""
        found = [stint for person in self._persons for stint in self._clocked(person, from_us, to_us)]
        shifts = {person: work_time.intervals(from_us, to_us) for person, work_time in self._work_times.items()}
        cover = {person: self._sheets[person].cover() for person in self._persons}
        for name in self._equipment.records:
            for interval in self._equipment.intervals(name, from_us, to_us):
                if interval.person and category_of(interval) in (APT, ASUT):
                    for person in interval.person.split("+"):
                        if person in self._persons:
                            span = max(interval.start_us, from_us), min(interval.end_us, to_us)
                            found += self._staffed(person, interval, outside(span, cover[person]), shifts[person])
        return found

    # Inside

    def _clocked(self, person: str, from_us: int, to_us: int) -> list[Stint]:
        return [
            Stint(
                person=person, shift=it.shift, start_us=it.start_us, end_us=it.end_us, job_order=it.job_order, activity=it.activity,
                work_us=it.work_us, is_clocked=True, equipment=it.equipment,
            )
            for it in self._sheets[person].spells(from_us, to_us)
        ]  # fmt: skip

    def _staffed(self, person: str, interval: StateInterval, spans: Iterable[Span], shifts: list[WorkInterval]) -> Iterator[Stint]:
        """An interval at a piece of equipment, cut at the bounds of shifts, shared out to its job orders by quantity."""
        jobs = [job for job in map(self._execution.job_orders.get, interval.job_order.split("+")) if job]
        quantities = [job.quantity for job in jobs]
        shares = quantities if any(quantities) else [1] * max(1, len(jobs))
        for span in spans:
            for start, end, shift in _by_shift(span, shifts):
                parts = allocate(end - start, shares)
                for job_order, part in zip([job.job_order for job in jobs] or [""], parts, strict=True):
                    yield Stint(
                        person=person, shift=shift, start_us=start, end_us=end, job_order=job_order, activity="", work_us=part,
                        is_clocked=False, equipment=interval.equipment, reported_us=interval.reported_us,
                    )  # fmt: skip

    def _credit(self, found: Mapping[str, _Sums], by: str, from_us: int, to_us: int, stints: list[Stint]) -> None:
        """Earned time and pieces of the window, to whoever worked on the job order, then or before."""
        given = self._given(from_us, to_us)
        earlier = self.stints(self._first_us(from_us), from_us) if given else []
        worked: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for stint in (*earlier, *stints):
            if stint.job_order in given:
                worked[stint.job_order][self._name_of(by, stint)] += stint.work_us
        for job_order, amounts in given.items():
            names = worked.get(job_order)
            if names and any(names.values()):
                for kind, amount in amounts.items():
                    for name, part in zip(names, allocate(amount, list(names.values())), strict=True):
                        found[name].times[kind] += part

    def _given(self, from_us: int, to_us: int) -> dict[str, Counter[str]]:
        """What job orders gave in the window: pieces that were counted, and the time that the routing allows for them, us."""
        found: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for name, record in self._equipment.records.items():
            if not record.is_scheduled:
                continue
            for count in self._equipment.counts(name, from_us, to_us):
                job = self._execution.job_orders.get(count.job_order)
                if job is None or not job.step.personnel_class:
                    continue
                found[job.job_order].update(good=count.good, scrap=count.scrap, rework=count.rework)
                if job.step.attended == "all" and job.quantity:
                    earned_us = job.step.busy_us(job.quantity, name) * count.good / job.quantity / count.batch_size
                    found[job.job_order]["earned"] += round(earned_us)
        for mates in self._set_up_together(from_us, to_us):
            setup_us = max(self._setup_standard_us[name] for name in mates)
            for name, part in zip(mates, allocate(setup_us, [1] * len(mates)), strict=True):
                found[name]["earned"] += part
        return dict(found)

    def _set_up_together(self, from_us: int, to_us: int) -> list[list[str]]:
        """Job orders that were begun in the window and needed a set-up; those of a batch needed one for all."""
        found: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
        for name, setup_us in self._setup_standard_us.items():
            job = self._execution.job_orders[name]
            if setup_us and from_us <= job.started_us < to_us:
                found[job.equipment, job.started_us].append(name)
        return list(found.values())

    def _first_us(self, before_us: int) -> int:
        """When anything was known first, if that was before."""
        known = [record.first_us for record in self._equipment.records.values() if record.first_us >= 0]
        known += [sheet.clockings[0].on_us for sheet in self._sheets.values() if sheet.clockings]
        return min([*known, before_us])

    def _names(self, by: str) -> list[str]:
        if by == "person":
            return list(self._persons)
        if by == "shift":
            said = (shift for it in self._work_times.values() for shift in it.shift_names)  # of persons who are there beside them
            return list(dict.fromkeys([*self._shifts, *said, NO_SHIFT]))
        if by == "group":
            return list(dict.fromkeys(map(self._group, self._persons)))
        return list(dict.fromkeys([DIRECT, *self._indirect, MAINTENANCE, BREAK]))

    def _name_of(self, by: str, stint: Stint) -> str:
        if by == "activity":
            return stint.activity or DIRECT
        return stint.shift if by == "shift" else self._group(stint.person) if by == "group" else stint.person

    def _group(self, person: str) -> str:
        """The personnel class that a person declares first: what the person is at home in."""
        return next(iter(self._persons[person].classes), "")


def _kind(stint: Stint) -> str:
    return "work" if not stint.activity else BREAK if stint.activity == BREAK else "indirect"


def _by_shift(span: Span, shifts: list[WorkInterval]) -> Iterator[tuple[int, int, str]]:
    """A span cut at the bounds of shifts; what lies between them is in none."""
    at_us, to_us = span
    for it in shifts[max(0, bisect_right(shifts, at_us, key=lambda one: one.start_us) - 1) :]:
        start, end = max(it.start_us, at_us), min(it.end_us, to_us)
        if it.start_us >= to_us:
            break
        if end > start:
            if start > at_us:
                yield at_us, start, NO_SHIFT
            yield start, end, it.shift
            at_us = end
    if to_us > at_us:
        yield at_us, to_us, NO_SHIFT
