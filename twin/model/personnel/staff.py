"""Who works here and what each can do, from the plant file and from what is said while the plant runs.

MES and ERP each keep a `Staff` of their own in the plant that they are given: its `layout.persons` are the persons as
they are now. What else persons change while the plant runs (quality plans, tools, reasons, ...) is each one's own, too. A
`Plant` that somebody else holds stays what it is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from twin.model.calendars import written_local
from twin.model.events import PersonnelChanged, SkillRecorded
from twin.model.floor.words import is_id
from twin.model.personnel.presence import Changed, not_to_say
from twin.model.plant import Person, Plant, PlantFile
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import unsigned

StaffEntry = SkillRecorded | PersonnelChanged
STAFF = (SkillRecorded, PersonnelChanged)
MESSAGE = "message of "
"""How the terminal of what another system says begins; who that is follows."""
_YEAR_US = 366 * 86_400_000_000
_CHANGING = ("quality_plans", "tools", "maintenance_plans", "calibrations", "procedures")
"""Sections of plant.yaml that persons change while the plant runs."""


def is_message(it: StaffEntry) -> bool:
    """Whether another system says it, and nobody here has to sign it."""
    return not it.person and it.terminal.startswith(MESSAGE)


class Staff(dict[str, Person]):
    """Persons by id. Who has left stays in it, since what he did stays; he is sent nowhere, and says nothing."""

    def __init__(self, persons: Mapping[str, Person]) -> None:
        super().__init__(persons)
        self.left: set[str] = set(persons.left) if isinstance(persons, Staff) else set()


def here(persons: Mapping[str, Person]) -> dict[str, Person]:
    """Those of a staff who work here still."""
    left = persons.left if isinstance(persons, Staff) else ()
    return {name: it for name, it in persons.items() if name not in left}


def staffed(plant: Plant) -> Plant:
    """The plant with a `Staff` of its own, which only whoever asked for it changes; so is what persons change beside it."""
    return plant.model_copy(update={"layout": _own(plant.layout, plant.layout)})


def _own(layout: PlantFile, now: PlantFile) -> PlantFile:
    """`layout` with what persons may change while the plant runs as it is in `now`, and not changed with that."""
    changing: dict[str, Any] = {name: dict(getattr(now, name)) for name in _CHANGING}
    return layout.model_copy(
        update={**changing, "persons": Staff(now.persons), "reasons": now.reasons.model_copy(deep=True), "alarms": now.alarms}
    )


class Was(NamedTuple):
    """What a person was from an instant on. `person` is None for who was not known yet; who has left is not here."""

    since_us: int
    person: Person | None
    is_here: bool


@dataclass(slots=True)
class Staffing:
    """What is said of persons, taken into a staff in the order in which it becomes so, whenever it is said."""

    layout: PlantFile
    version: int = 0
    coming: list[StaffEntry] = field(default_factory=list)
    _told: dict[str, list[tuple[int, StaffEntry]]] = field(default_factory=dict)  # by person, in the order in which it becomes so
    _was: dict[str, list[Was]] = field(default_factory=dict)  # the same: what that made of him, after what he was at first

    @property
    def staff(self) -> Staff:
        """The persons as they are now."""
        assert isinstance(self.layout.persons, Staff)
        return self.layout.persons

    def seen(self, plant: Plant) -> Plant:
        """`plant` with persons, and what else they change, as they are now, as a value that stays so."""
        return plant.model_copy(update={"layout": _own(plant.layout, self.layout)})

    def doubt(self, it: StaffEntry) -> str:
        """Why it is not accepted, in words, with what is allowed; "" if it is."""
        layout, joins = self.layout, isinstance(it, PersonnelChanged) and it.worker not in self.layout.persons
        if doubt := "" if is_message(it) else unsigned(it, layout.persons) or not_to_say(it.person, it.worker, layout, joins=joins):
            return doubt
        if not joins and it.worker not in self.staff:
            return f"nobody knows a person '{it.worker}'{did_you_mean(it.worker, self.staff)}; allowed: {listed(self.staff)}"
        if self._has_left(it) and not (isinstance(it, PersonnelChanged) and it.classes):
            return f"{it.worker} works here no more; allowed: that he joins again, with classes and calendar"
        if it.from_us >= 0 and not it.recorded_us <= it.from_us <= it.recorded_us + _YEAR_US:
            return f"from {written_local(it.from_us, layout.time_zone)} on; allowed: from now on, or from a day of the next year"
        return self._skill(it) if isinstance(it, SkillRecorded) else self._person(it, joins=joins)

    def doubt_to_come(self, it: StaffEntry) -> str:
        """Why it is not said of somebody who will have left by then, in words; "" if it may be.

        It is asked at the doors alone, since journals of before have such entries. Messages may: another system says all of a person again.
        """
        at_us = max(it.from_us, it.effective_us)
        joins = isinstance(it, PersonnelChanged) and not it.has_left and bool(it.classes)
        said = sorted((one for one in self.coming if one.worker == it.worker and one.from_us <= at_us), key=lambda one: one.from_us)
        whether = [one for one in said if isinstance(one, PersonnelChanged) and (one.has_left or one.classes)]  # he is here, or not
        leaves_us = whether[-1].from_us if whether and whether[-1].has_left else -1
        if leaves_us < 0 or joins or is_message(it):
            return ""
        when = written_local(leaves_us, self.layout.time_zone)
        return f"{it.worker} leaves {when} already; allowed: until then, or that {it.worker} joins again, with classes and calendar"

    def _skill(self, it: SkillRecorded) -> str:
        known = self.staff[it.worker]
        if doubt := self._strange([it.skill]):
            return doubt
        if it.is_withdrawn and it.skill not in known.classes:
            return f"{it.worker} is no {it.skill}; allowed: {listed(known.classes)}"
        if it.is_withdrawn and len(known.classes) == 1:
            return f"{it.worker} has no other qualification; allowed: another first, or that he leaves"
        if it.last_day and _day(it.last_day) is None:
            return f"'{it.last_day}' is no day; allowed: as in 2027-03-31, or nothing where it does not end"
        return ""

    def _person(self, it: PersonnelChanged, *, joins: bool) -> str:
        if joins and not is_id(it.worker):
            return f"'{it.worker}' is no id; allowed: letters, digits, '_', '-' and '.', as in anna_b"
        if joins and not _joins(it):
            near, known = did_you_mean(it.worker, self.staff), listed(self.staff)
            return f"nobody knows a person '{it.worker}'{near}; allowed: one of {known}, or who joins, with classes, calendar and cost"
        if doubt := self._strange(it.classes):
            return doubt
        calendars = self.layout.calendars
        if it.calendar and it.calendar not in calendars:
            return f"no calendar is called '{it.calendar}'{did_you_mean(it.calendar, calendars)}; allowed: {listed(calendars)}"
        if len(set(it.classes)) < len(it.classes):
            return f"{listed(it.classes)}: a class stands there twice"
        is_said = it.has_left or it.title or it.classes or it.calendar or it.hourly_cost_minor >= 0
        return "" if is_said else "it says nothing of him; allowed: title, classes, calendar, hourly cost, or that he has left"

    def _strange(self, classes: tuple[str, ...] | list[str]) -> str:
        known = self.layout.personnel_classes
        strange = next((name for name in classes if name not in known), "")
        return f"no personnel class is called '{strange}'{did_you_mean(strange, known)}; allowed: {listed(known)}" if strange else ""

    def _has_left(self, it: StaffEntry) -> bool:
        """Whether somebody works here no more at the instant that an entry is of."""
        then = [was for was in self._was.get(it.worker, ()) if was.since_us <= it.effective_us]
        return not then[-1].is_here if then and then[-1].person else it.worker in self.staff.left

    def take(self, it: StaffEntry) -> Iterator[Changed]:
        """It was said, and makes sense: who is otherwise now. What becomes so later waits for that."""
        yield from self.due(it.effective_us)
        if it.from_us > it.effective_us:
            self.coming.append(it)
        else:
            yield self._changed(it, it.effective_us)

    def due(self, now_us: int) -> Iterator[Changed]:
        """Who is otherwise by now, by what was said before; in the order of time."""
        for it in sorted((it for it in self.coming if it.from_us <= now_us), key=lambda it: it.from_us):
            self.coming.remove(it)
            yield self._changed(it, it.from_us)

    def since(self, person: str, at_us: int) -> list[Was]:
        """What a person is from an instant on, one after the other, as far as something was said of him that is so by now."""
        return [it for it in self._was.get(person, ()) if it.since_us >= at_us]

    def _changed(self, it: StaffEntry, at_us: int) -> Changed:
        """What becomes known late holds until what was said of later, which holds on top of it."""
        staff, before, was_here = self.staff, self.staff.get(it.worker), it.worker not in self.staff.left
        told, was = self._told.setdefault(it.worker, []), self._was.setdefault(it.worker, [Was(-1, before, was_here)])
        place = bisect_right(told, at_us, key=lambda one: one[0])
        if was[0].person is None and told and place == 0 and not _joins(it):  # nobody is anything before he joins
            at_us = told[0][0]
            place = bisect_right(told, at_us, key=lambda one: one[0])
        told.insert(place, (at_us, it))
        del was[place + 1 :]
        for since_us, one in told[place:]:
            was.append(_next(was[-1], since_us, one))
        now, is_here = was[-1].person, was[-1].is_here
        assert now is not None
        staff[it.worker] = now
        (staff.left.discard if is_here else staff.left.add)(it.worker)
        self.version += 1
        has_left, is_back = was_here and not is_here, is_here and not was_here
        return Changed(person=it.worker, before=before, now=now, at_us=at_us, has_left=has_left, is_back=is_back)


def _joins(it: StaffEntry) -> bool:
    """Whether it says all that has to be known of somebody new."""
    return isinstance(it, PersonnelChanged) and not it.has_left and bool(it.classes and it.calendar and it.hourly_cost_minor >= 0)


def _next(was: Was, at_us: int, it: StaffEntry) -> Was:
    """What a person is once an entry holds. Who has left is here again only where it says as what."""
    if isinstance(it, SkillRecorded):
        assert was.person is not None
        return Was(at_us, _with_skill(was.person, it), was.is_here)
    is_here = not it.has_left and (was.is_here or was.person is None or bool(it.classes))
    return Was(at_us, _otherwise(was.person, it), is_here)


def person_after(before: Person | None, it: StaffEntry) -> Person | None:
    """What a person is once an entry holds; None: of nobody who works here a skill was recorded."""
    if isinstance(it, PersonnelChanged):
        return _otherwise(before, it)
    return _with_skill(before, it) if before else None


def _with_skill(before: Person, it: SkillRecorded) -> Person:
    classes = [name for name in before.classes if name != it.skill or not it.is_withdrawn]
    classes += [] if it.is_withdrawn or it.skill in classes else [it.skill]
    ends = {skill: last for skill, last in before.valid_until.items() if skill != it.skill}
    last = _day(it.last_day)
    return before.model_copy(update={"classes": classes, "valid_until": ends | ({it.skill: last} if last and not it.is_withdrawn else {})})


def _otherwise(before: Person | None, it: PersonnelChanged) -> Person:
    said: dict[str, Any] = {"title": it.title, "classes": list(it.classes), "calendar": it.calendar}
    said = {name: value for name, value in said.items() if value}
    if it.hourly_cost_minor >= 0:
        said["hourly_cost"] = it.hourly_cost_minor
    if before is None:
        return Person.model_construct(**{"title": "", "valid_until": {}, "roles": [], **said})
    ends = {skill: last for skill, last in before.valid_until.items() if skill in (it.classes or before.classes)}
    return before.model_copy(update={**said, "valid_until": ends})


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
