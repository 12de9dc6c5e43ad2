"""Calendars that work, and somebody there to work by them.

A calendar is looked at as one week of minutes, Monday 00:00 first, held as the bits of one integer: what two calendars share is `a & b`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo, available_timezones

from twin.model.floor.words import DAY_MIN
from twin.model.personnel.work_calendar import LONGEST_EXTRA_US, WEEKDAYS, Break, Shift, WorkCalendar
from twin.model.plant import Plant
from twin.model.problems import Finding, KeyPath, Place, did_you_mean

WEEK_MIN = 7 * DAY_MIN
ALWAYS = (1 << WEEK_MIN) - 1


def _finding(path: KeyPath, what: str, allowed: str, *, at_key: bool = False, rests_on: Iterable[Place] = ()) -> Finding:
    return Finding(document="plant", path=path, what=what, allowed=allowed, at_key=at_key, rests_on=tuple(rests_on))


def _hours_of(calendar: str, shift: str = "*") -> Place:
    """Everything that says when a calendar, or one shift of it, works."""
    return ("plant", "calendars", calendar, "shifts", shift, "**")


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _span(start_min: int, length_min: int) -> int:
    """The bits of `length_min` minutes from `start_min` of the week, which begins anew after Sunday."""
    bits = ((1 << length_min) - 1) << (start_min % WEEK_MIN)
    return (bits | bits >> WEEK_MIN) & ALWAYS


def _length(shift: Shift) -> int:
    return shift.end - shift.start if shift.end > shift.start else shift.end + DAY_MIN - shift.start


def _break_within(shift: Shift, pause: Break) -> tuple[int, int]:
    """Start of a break after the start of its shift, and its length, min."""
    return (pause.start - shift.start) % DAY_MIN, (pause.end - pause.start) % DAY_MIN


def _shift_minutes(shift: Shift, day: int) -> int:
    """The minutes of one shift that begins on weekday `day`, breaks included."""
    return _span(day * DAY_MIN + shift.start, _length(shift))


def open_minutes(calendar: WorkCalendar | None) -> int:
    """The minutes of a week without holidays in which the calendar works; None is around the clock."""
    if calendar is None:
        return ALWAYS
    minutes = 0
    for shift in calendar.shifts.values():
        for day in (WEEKDAYS.index(name) for name in shift.days):
            worked = _shift_minutes(shift, day)
            for pause in shift.breaks:
                after, length = _break_within(shift, pause)
                worked &= ~_span(day * DAY_MIN + shift.start + after, length)
            minutes |= worked
    return minutes


def time_zone_is_known(plant: Plant) -> Iterator[Finding]:
    """The time zone is one of the IANA data base on this machine."""
    name = plant.layout.time_zone
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError; "Europe" is a folder
        what = f"no time zone is called '{name}'{did_you_mean(name, available_timezones())}"
        yield _finding(("time_zone",), what, "a name of the IANA data base, as in Europe/Berlin, or UTC")


def calendars_work(plant: Plant) -> Iterator[Finding]:
    """A calendar has at least one minute of a week in which it works."""
    for name, calendar in plant.layout.calendars.items():
        if not open_minutes(calendar):
            what, allowed = f"calendar '{name}' never works", "a shift that is longer than its breaks"
            yield _finding(("calendars", name), what, allowed, at_key=True, rests_on=[_hours_of(name)])


def shifts(plant: Plant) -> Iterator[Finding]:
    """A weekday stands once in a shift, a shift begins on its day, and two shifts of one calendar do not overlap."""
    for name, calendar in plant.layout.calendars.items():
        covered: list[tuple[str, int]] = []
        for shift_name, shift in calendar.shifts.items():
            path = ("calendars", name, "shifts", shift_name)
            if shift.start >= DAY_MIN:
                yield _finding((*path, "start"), "a shift begins before the end of its day", "00:00 to 23:59")
            if len(set(shift.days)) < len(shift.days):
                yield _finding(
                    (*path, "days"), "a weekday stands twice here", "each weekday once", rests_on=(("plant", *path, "days", "**"),)
                )
            own = [_shift_minutes(shift, WEEKDAYS.index(day)) for day in dict.fromkeys(shift.days)]
            together = 0
            for minutes in own:
                together |= minutes
            others = [other for other, minutes in covered if minutes & together]
            if others:
                what = f"shift '{shift_name}' overlaps shift '{others[0]}' of the same calendar"
                rests_on = (_hours_of(name, shift_name), _hours_of(name, others[0]))
                yield _finding(path, what, "shifts one after another", at_key=True, rests_on=rests_on)
            covered.append((shift_name, together))


def exceptions(plant: Plant) -> Iterator[Finding]:
    """An exception ends after it begins, and extra work in it within a day."""
    for name, calendar in plant.layout.calendars.items():
        for index, it in enumerate(calendar.exceptions):
            path = ("calendars", name, "exceptions", index)
            if it.end <= it.start:
                allowed = f"later than {it.start.isoformat()}"
                yield _finding(
                    (*path, "end"), "the exception ends when it starts, or before", allowed, rests_on=[("plant", *path, "start")]
                )
            elif it.shift and it.end_us - it.start_us > LONGEST_EXTRA_US:
                what, allowed = f"'{it.shift}' works for longer than a day", "24 h at most, and another exception after that"
                rests_on = [("plant", *path, key) for key in ("start", "shift")]
                yield _finding((*path, "end"), what, allowed, rests_on=rests_on)


def breaks(plant: Plant) -> Iterator[Finding]:
    """A break has a length, lies inside its shift, and does not overlap another."""
    for name, calendar in plant.layout.calendars.items():
        for shift_name, shift in calendar.shifts.items():
            taken = 0
            for index, pause in enumerate(shift.breaks):
                path = ("calendars", name, "shifts", shift_name, "breaks", index)
                after, length = _break_within(shift, pause)
                minutes = ((1 << length) - 1) << after
                whole = [_hours_of(name, shift_name)]
                if length == 0:
                    yield _finding(
                        (*path, "end"),
                        "the break ends when it starts",
                        f"later than {_clock(pause.start)}",
                        rests_on=[("plant", *path, "start")],
                    )
                elif after + length > _length(shift):
                    what, within = f"the break is not within shift '{shift_name}'", f"{_clock(shift.start)} to {_clock(shift.end)}"
                    yield _finding(path, what, within, rests_on=whole)
                elif minutes & taken:
                    yield _finding(path, f"the break overlaps another of shift '{shift_name}'", "breaks one after another", rests_on=whole)
                taken |= minutes


def staffing(plant: Plant) -> Iterator[Finding]:
    """Every segment that needs somebody can be staffed: a person has the class, and works while the equipment may be used."""
    layout = plant.layout
    classes: Place = ("plant", "persons", "*", "classes", "**")
    idle = {name for name, calendar in layout.calendars.items() if not open_minutes(calendar)}  # complained of by itself
    for segment, it in layout.process_segments.items():
        if it.personnel_class not in layout.personnel_classes:
            continue
        path = ("process_segments", segment, "personnel_class")
        able = [person for person in layout.persons.values() if it.personnel_class in person.classes]
        if not able:
            what = f"nobody can staff '{segment}' at work center '{it.work_center}': no person has class '{it.personnel_class}'"
            yield _finding(path, what, "a class that a person has, or a person with this class", rests_on=[classes])
            continue
        there = 0
        for person in able:
            there |= open_minutes(layout.calendars.get(person.calendar))
        hours = [_hours_of(person.calendar) for person in able]
        for name in plant.equipment_of(segment):
            calendar = (layout.work_units.get(name) or layout.production_lines[name]).calendar
            if not there & open_minutes(layout.calendars.get(calendar or "")) and not idle & {
                calendar,
                *(person.calendar for person in able),
            }:
                what = f"nobody can staff '{segment}' at '{name}': no person of class '{it.personnel_class}' works in calendar '{calendar}'"
                rests_on = [classes, ("plant", "persons", "*", "calendar"), *hours, *_hours_of_equipment(name, calendar, segment)]
                yield _finding(path, what, f"persons of this class whose shifts overlap calendar '{calendar}'", rests_on=rests_on)


def _hours_of_equipment(name: str, calendar: str | None, segment: str) -> Iterator[Place]:
    """What says that the work unit or line does the segment, and when."""
    yield from (("plant", "process_segments", segment, key) for key in ("work_center", "equipment_class"))
    for table in ("work_units", "production_lines"):
        yield from (("plant", table, name, key) for key in ("work_center", "equipment_class", "calendar"))
    yield _hours_of(calendar or "")
