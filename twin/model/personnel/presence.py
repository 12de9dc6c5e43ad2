"""Who is there when beside the declared calendars: absences, extra attendance and swapped shifts, as calendars of persons.

A person of whom something was said has a calendar of the own: the declared one, with exceptions. So whoever reads a plant, either engine,
a schedule or a future, knows of it without a rule of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from twin.model.calendars import WorkTime, spoken_duration, written_local
from twin.model.events import AbsenceEntered, AttendanceEntered, ShiftsSwapped
from twin.model.personnel.work_calendar import CalendarException, WorkCalendar
from twin.model.plant import Person, Plant, PlantFile
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import unsigned

PRESENCE = (AbsenceEntered, AttendanceEntered, ShiftsSwapped)
PresenceEntry = AbsenceEntered | AttendanceEntered | ShiftsSwapped
ABSENCES = ("sickness", "holiday", "training", "other")
EXTRA_SHIFT = "extra"
OPEN_END_US = 32_472_144_000_000_000  # the year 2999: until somebody says otherwise
_YEAR_US = 366 * 86_400_000_000
_LONGEST_US = {AbsenceEntered: 5 * _YEAR_US, ShiftsSwapped: _YEAR_US // 2}
_Key = tuple[str, int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A stretch in which a person is away."""

    from_us: int
    until_us: int  # OPEN_END_US: nobody knows
    absence: str
    by: str

    def words(self, person: str, time_zone: str) -> str:
        """As in "berta is absent until Mon 9 Mar, 06:00 (sickness)"."""
        until = f"until {written_local(self.until_us, time_zone)}" if self.until_us < OPEN_END_US else "until further notice"
        return f"{person} is absent {until} ({self.absence})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """Somebody is otherwise from an instant on. `before` is None for who is new."""

    person: str
    before: Person | None
    now: Person
    at_us: int
    has_left: bool = False
    is_back: bool = False  # who had left is here again

    @property
    def costs(self) -> bool:
        """Whether wages are others from then on."""
        if self.before is None or self.has_left or self.is_back:
            return True
        return (self.before.calendar, self.before.hourly_cost) != (self.now.calendar, self.now.hourly_cost)


class Presence:
    """What was said of who is there when, by person, in the order in which it was said first; what is said again takes its place."""

    def __init__(self, said: Iterable[PresenceEntry] = ()) -> None:
        self._said: dict[str, dict[_Key, PresenceEntry]] = {}
        self._once: dict[str, list[CalendarException]] = {}  # by which calendars persons worked before, or not yet
        self._left: dict[str, list[CalendarException]] = {}
        for it in said:
            self.take(it)

    def take(self, it: PresenceEntry) -> None:
        """It was said, and makes sense."""
        other = it.other if isinstance(it, ShiftsSwapped) else ""
        self._said.setdefault(it.worker, {})[type(it).__name__, it.from_us, other] = it
        if other:
            self._said.setdefault(other, {})[type(it).__name__, it.from_us, it.worker] = it

    def follow(self, it: Changed, before: WorkTime | None) -> None:
        """Somebody joins, leaves, or works by another calendar than `before`, which stays as it was planned for a year back."""
        if it.has_left:
            self._left[it.person] = [CalendarException.of(it.at_us, OPEN_END_US)]
        elif it.before is None or it.is_back:
            since_us = self._left.pop(it.person)[0].start_us if it.person in self._left else 0
            self._once.setdefault(it.person, []).append(CalendarException.of(since_us, it.at_us))
        elif before and it.before.calendar != it.now.calendar:
            shifts = [CalendarException.of(on.start_us, on.end_us, on.shift) for on in before.intervals(it.at_us - _YEAR_US, it.at_us)]
            self._once[it.person] = [CalendarException.of(0, it.at_us), *shifts]

    def known(self, it: PresenceEntry) -> PresenceEntry | None:
        """What was said of the same before; None if nothing was."""
        other = it.other if isinstance(it, ShiftsSwapped) else ""
        return self._said.get(it.worker, {}).get((type(it).__name__, it.from_us, other))

    def doubt(self, it: PresenceEntry, layout: PlantFile, now_us: int) -> str:
        """Why it is not accepted, in words, with what is allowed; "" if it is."""
        others = [it.worker, it.other] if isinstance(it, ShiftsSwapped) else [it.worker]
        for name in others:
            if doubt := unsigned(it, layout.persons) or not_to_say(it.person, name, layout):
                return doubt
        known = self.known(it)
        if it.until_us == it.from_us:
            return "" if known else f"nobody has said anything of {it.worker} from {written_local(it.from_us, layout.time_zone)} on"
        if doubt := _wrong_span(it, layout, now_us):
            return doubt
        if isinstance(it, AbsenceEntered) and it.absence not in ABSENCES:
            return f"'{it.absence}' is no absence{did_you_mean(it.absence, ABSENCES)}; allowed: {listed(ABSENCES)}"
        if isinstance(it, ShiftsSwapped):
            mine, theirs = (layout.persons[name].calendar for name in others)
            same = f"{it.worker} and {it.other} both work by calendar '{mine}'" if mine == theirs else ""
            return f"{it.worker} cannot swap with himself; allowed: somebody else" if it.worker == it.other else same
        return self._planned_already(it, layout) if isinstance(it, AttendanceEntered) else ""

    def _planned_already(self, it: AttendanceEntered, layout: PlantFile) -> str:
        """That somebody is there then anyhow; extra hours lie beside what is planned."""
        before = Presence(one for one in self.said_of(it.worker) if one is not self.known(it))
        works = WorkTime(before.calendar_of(it.worker, layout), layout.time_zone).intervals(it.from_us, it.until_us)
        if not works:
            return ""
        span = " to ".join(written_local(at_us, layout.time_zone) for at_us in (works[0].start_us, works[0].end_us))
        return f"{it.worker} works from {span} anyhow; allowed: hours outside of that"

    def persons(self) -> list[str]:
        """Who works by a calendar of the own."""
        return list(dict.fromkeys([*self._said, *self._once, *self._left]))

    def said_of(self, person: str) -> list[PresenceEntry]:
        """What holds of what was said of a person: nothing that was taken back."""
        return [it for it in self._said.get(person, {}).values() if it.until_us != it.from_us]

    def absences(self, person: str) -> Iterator[Absence]:
        """When a person is away, in the order in which it was said; of what was worked all the same nothing is taken off."""
        yield from filter(None, map(_absence, self.said_of(person)))

    def absent_at(self, person: str, at_us: int) -> Absence | None:
        """The absence that holds at an instant; None if there is none, or he is there all the same."""
        found = None
        for it in self.said_of(person):
            if it.from_us <= at_us < _end_us(it):
                found = _absence(it)
        return found

    def calendar_of(self, person: str, layout: PlantFile) -> WorkCalendar:
        """The calendar of a person: the declared one, with what was said."""
        declared = layout.calendars[layout.persons[person].calendar]
        said = [one for it in self.said_of(person) for one in _exceptions(it, person, layout)]
        exceptions = [*self._once.get(person, []), *said, *self._left.get(person, [])]
        return declared.model_copy(update={"exceptions": [*declared.exceptions, *exceptions]}) if exceptions else declared

    def attended(self, plant: Plant, layout: PlantFile) -> Plant:
        """`plant` with calendars of their own for whom something was said; `layout` has the declared ones.

        Who has another calendar in it than the declared one keeps that: somebody supposes more than was said.
        """
        mine, declared = plant.layout.persons, layout.persons
        whom = [name for name in self.persons() if name in mine and name in declared and mine[name].calendar == declared[name].calendar]
        if not whom:
            return plant
        calendars, persons = dict(plant.layout.calendars), dict(mine)
        for name in whom:
            own = own_name(name, layout)
            calendars[own] = self.calendar_of(name, layout)
            persons[name] = persons[name].model_copy(update={"calendar": own})
        return plant.model_copy(update={"layout": plant.layout.model_copy(update={"calendars": calendars, "persons": persons})})


def own_name(person: str, layout: PlantFile) -> str:
    """What a person's calendar of the own is called."""
    return f"{layout.persons[person].calendar}, {person}"


def not_to_say(person: str, worker: str, layout: PlantFile, *, joins: bool = False) -> str:
    """Why `person` may not say something of `worker`, whom nobody knows yet if he `joins`, in words; "" if he may.

    Somebody has to answer for it: who may correct clockings.
    """
    persons, wanted = layout.persons, layout.labour.supervisors
    if worker not in persons and not joins:
        return f"nobody knows a person '{worker}'{did_you_mean(worker, persons)}; allowed: {listed(persons)}"
    if wanted and wanted not in persons[person].classes:
        return f"{person} is no {wanted}; allowed: {listed([name for name, it in persons.items() if wanted in it.classes])}"
    return f"{person} cannot say that of himself; allowed: somebody else" if person == worker else ""


def _wrong_span(it: PresenceEntry, layout: PlantFile, now_us: int) -> str:
    """From when to when: in order, of the last year at the earliest, and no longer than anybody is there, or away, at a time."""
    from_us, until_us = it.from_us, _end_us(it)
    written = [written_local(at_us, layout.time_zone) for at_us in (from_us, until_us)]
    if not now_us - _YEAR_US <= from_us <= now_us + _YEAR_US or until_us <= from_us:
        return f"from {written[0]} to {written[1]}; allowed: an end after its beginning, that of a year before or after now"
    if it.until_us < 0:
        return "" if isinstance(it, AbsenceEntered) else "it has no end; allowed: an absence alone has none"
    longest_us = layout.labour.longest if isinstance(it, AttendanceEntered) else _LONGEST_US[type(it)]
    if until_us - from_us > longest_us:
        return f"that is longer than {spoken_duration(longest_us)}; allowed: no longer, or one entry after the other"
    return ""


def _absence(it: PresenceEntry) -> Absence | None:
    if not isinstance(it, AbsenceEntered):
        return None
    return Absence(from_us=it.from_us, until_us=_end_us(it), absence=it.absence, by=it.person)


def _exceptions(it: PresenceEntry, person: str, layout: PlantFile) -> Iterator[CalendarException]:
    if isinstance(it, AttendanceEntered):
        yield CalendarException.of(it.from_us, it.until_us, EXTRA_SHIFT)
        return
    yield CalendarException.of(it.from_us, _end_us(it))
    if isinstance(it, ShiftsSwapped):
        other = layout.persons[it.other if person == it.worker else it.worker].calendar
        for works in WorkTime(layout.calendars[other], layout.time_zone).intervals(it.from_us, it.until_us):
            yield CalendarException.of(works.start_us, works.end_us, works.shift)


def _end_us(it: PresenceEntry) -> int:
    return it.until_us if it.until_us >= 0 else OPEN_END_US
