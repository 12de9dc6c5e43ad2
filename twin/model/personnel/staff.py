"""Who works here and what each can do, from the plant file and from what is said while the plant runs.

MES and ERP each keep a `Staff` of their own in the plant that they are given: its `layout.persons` are the persons as
they are now. What else persons change while the plant runs (quality plans, tools, reasons) is each one's own, too. A
`Plant` that somebody else holds stays what it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

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
    """The plant with a `Staff` of its own, which only whoever asked for it changes; so are quality plans, tools and reasons."""
    return plant.model_copy(update={"layout": _own(plant.layout, plant.layout)})


def _own(layout: PlantFile, now: PlantFile) -> PlantFile:
    """`layout` with what persons may change while the plant runs as it is in `now`, and not changed with that."""
    changing: dict[str, Any] = {"persons": Staff(now.persons), "quality_plans": dict(now.quality_plans), "tools": dict(now.tools)}
    return layout.model_copy(update={**changing, "reasons": now.reasons.model_copy(deep=True)})


@dataclass(slots=True)
class Staffing:
    """What is said of persons, taken into a staff: at once, or when it becomes so."""

    layout: PlantFile
    version: int = 0
    coming: list[StaffEntry] = field(default_factory=list)

    @property
    def staff(self) -> Staff:
        """The persons as they are now."""
        assert isinstance(self.layout.persons, Staff)
        return self.layout.persons

    def seen(self, plant: Plant) -> Plant:
        """`plant` with persons, quality plans, tools and reasons as they are now, as a value that stays so."""
        return plant.model_copy(update={"layout": _own(plant.layout, self.layout)})

    def doubt(self, it: StaffEntry) -> str:
        """Why it is not accepted, in words, with what is allowed; "" if it is."""
        layout, joins = self.layout, isinstance(it, PersonnelChanged) and it.worker not in self.layout.persons
        if doubt := "" if is_message(it) else unsigned(it, layout.persons) or not_to_say(it.person, it.worker, layout, joins=joins):
            return doubt
        if not joins and it.worker not in self.staff:
            return f"nobody knows a person '{it.worker}'{did_you_mean(it.worker, self.staff)}; allowed: {listed(self.staff)}"
        if it.worker in self.staff.left and not (isinstance(it, PersonnelChanged) and it.classes):
            return f"{it.worker} works here no more; allowed: that he joins again, with classes and calendar"
        if it.from_us >= 0 and not it.recorded_us <= it.from_us <= it.recorded_us + _YEAR_US:
            return f"from {written_local(it.from_us, layout.time_zone)} on; allowed: from now on, or from a day of the next year"
        return self._skill(it) if isinstance(it, SkillRecorded) else self._person(it, joins=joins)

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
        if joins and (it.has_left or not (it.classes and it.calendar and it.hourly_cost_minor >= 0)):
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

    def take(self, it: StaffEntry) -> list[Changed]:
        """It was said, and makes sense: who is otherwise now. What becomes so later waits for that."""
        if it.from_us > it.effective_us:
            self.coming.append(it)
            return []
        return [self._changed(it, it.effective_us)]

    def due(self, now_us: int) -> Iterator[Changed]:
        """Who is otherwise by now, by what was said before; in the order of time."""
        for it in sorted((it for it in self.coming if it.from_us <= now_us), key=lambda it: it.from_us):
            self.coming.remove(it)
            yield self._changed(it, it.from_us)

    def _changed(self, it: StaffEntry, at_us: int) -> Changed:
        staff, before = self.staff, self.staff.get(it.worker)
        is_back = False
        if isinstance(it, SkillRecorded):
            assert before is not None
            now = _with_skill(before, it)
        else:
            is_back, now = it.worker in staff.left and not it.has_left, _otherwise(before, it)
            (staff.left.add if it.has_left else staff.left.discard)(it.worker)
        staff[it.worker] = now
        self.version += 1
        has_left = isinstance(it, PersonnelChanged) and it.has_left
        return Changed(person=it.worker, before=before, now=now, at_us=at_us, has_left=has_left, is_back=is_back)


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
