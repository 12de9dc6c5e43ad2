"""PersonnelInformation: persons, classes and how long qualifications last, out of a plant and back as changes of one.

B2MML says that a person has a class by PersonnelClassID, and until when by the result of a test of a qualification: ours are one test
a class (QualificationTestSpecification), and for each qualification that ends a QualificationTestResult with its Expiration. Ours lasts
to the end of its last day, local time, so that of another ends with the last whole day before it expires. What a person costs and by
which calendar somebody works are properties.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from twin.model.exchange import nouns
from twin.model.exchange.parts import Property, Value
from twin.model.plant import Plant
from twin.model.problems import did_you_mean, listed

CALENDAR, COST = "WorkCalendarID", "HourlyCost"
_KEYS = {CALENDAR: "calendar", COST: "hourly_cost"}
_ELEMENTS = {"title": "/PersonName", "classes": "/PersonnelClassID", "valid_until": "/QualificationTestResult"}
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


def personnel(plant: Plant, of: str, published_us: int) -> nouns.PersonnelInformation:
    """All classes and persons of a plant."""
    layout, zone = plant.layout, ZoneInfo(plant.layout.time_zone)
    written = layout.model_dump(mode="json", include={"persons"}, context={"currency": layout.currency})["persons"]
    ends = dict.fromkeys(skill for it in layout.persons.values() for skill in it.valid_until)
    persons = [
        nouns.Person(
            id=name, person_name=it.title, personnel_class_id=list(it.classes),
            person_property=[_property(CALENDAR, it.calendar), _property(COST, written[name]["hourly_cost"])],
            qualification_test_result=[
                nouns.QualificationTestResult(
                    id=f"{name}/{skill}", qualification_test_specification_id=skill, expiration=_after(last, zone)
                )
                for skill, last in it.valid_until.items()
            ],
        )
        for name, it in layout.persons.items()
    ]  # fmt: skip
    return nouns.PersonnelInformation(
        id=of, published_date=published_us, person=persons,
        personnel_class=[nouns.PersonnelClass(id=name, description=it.title) for name, it in layout.personnel_classes.items()],
        qualification_test_specification=[nouns.QualificationTestSpecification(id=it, personnel_class_id=it) for it in ends],
    )  # fmt: skip


@dataclass(slots=True)
class PersonnelChanges:
    """What a message makes another of in a plant.

    Attributes
    ----------
    changes : as a scenario writes them: dotted path -> value
    said_at : by such a path: where the message says it
    wrong : what cannot be: (where, what, what is allowed)
    """

    changes: dict[str, Any] = field(default_factory=dict)
    said_at: dict[str, str] = field(default_factory=dict)
    wrong: list[tuple[str, str, str]] = field(default_factory=list)

    def change(self, path: str, value: Any, said_at: str) -> None:
        self.changes[path], self.said_at[path] = value, said_at


def personnel_changes(said: nouns.PersonnelInformation, plant: Plant, at: str, found: PersonnelChanges) -> None:
    """Add to `found` what a message, at the path `at`, says otherwise than the plant. What it does not say stays as it is."""
    layout, seen = plant.layout, set[str]()
    for n, it in enumerate(said.personnel_class):
        where = f"{at}/PersonnelClass/{n}"
        if it.id in seen:
            found.wrong.append((where, f"class '{it.id}' stands here twice", "each once"))
        seen.add(it.id)
        known = layout.personnel_classes.get(it.id)
        if known is None:
            found.change(f"personnel_classes.{it.id}", {"title": it.description}, where)
        elif it.description and it.description != known.title:
            found.change(f"personnel_classes.{it.id}.title", it.description, where)
    of_test: dict[str, str] = {}
    for n, test in enumerate(said.qualification_test_specification):
        where, classes = f"{at}/QualificationTestSpecification/{n}", {**layout.personnel_classes, **dict.fromkeys(seen)}
        if test.personnel_class_id not in classes:
            what = f"nobody declared class '{test.personnel_class_id}'{did_you_mean(test.personnel_class_id, classes)}"
            found.wrong.append((where, what, listed(classes)))
        of_test[test.id] = test.personnel_class_id
    names = set[str]()
    for n, person in enumerate(said.person):
        where = f"{at}/Person/{n}"
        if person.id in names:
            found.wrong.append((where, f"person '{person.id}' stands here twice", "each once"))
        names.add(person.id)
        _person(person, plant, of_test, where, found)


def _person(said: nouns.Person, plant: Plant, of_test: Mapping[str, str], where: str, found: PersonnelChanges) -> None:
    known = plant.layout.persons.get(said.id)
    fields = _properties(said, where, found)
    if said.person_name:
        fields["title"] = said.person_name
    if said.personnel_class_id:
        fields["classes"] = list(said.personnel_class_id)
    classes = said.personnel_class_id or (known.classes if known else [])
    before = {skill: str(last) for skill, last in known.valid_until.items() if skill in classes} if known else {}
    fields["valid_until"] = before | _ends(said, classes, of_test, plant, where, found)
    if known is None:
        needed = [name for name, key in _KEYS.items() if key not in fields]
        if needed or not classes:
            names = ", ".join([*(["PersonnelClassID"] if not classes else []), *needed])
            what = f"nobody here knows '{said.id}'{did_you_mean(said.id, plant.layout.persons)}, and {names} is not said"
            found.wrong.append((where, what, "a known person, or all that a new one needs"))
            return
        found.change(f"persons.{said.id}", fields, where)
        return
    written = plant.layout.model_dump(mode="json", include={"persons"}, context={"currency": plant.layout.currency})["persons"][said.id]
    for key, value in fields.items():
        if value != written[key]:
            found.change(f"persons.{said.id}.{key}", value, where + _ELEMENTS.get(key, ""))


def _properties(said: nouns.Person, where: str, found: PersonnelChanges) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for n, it in enumerate(said.person_property):
        if it.id in _KEYS:
            fields[_KEYS[it.id]] = it.value.value_string
        else:
            what = f"there is no property '{it.id}' of a person{did_you_mean(it.id, _KEYS)}"
            found.wrong.append((f"{where}/PersonProperty/{n}", what, listed(_KEYS)))
    return fields


def _ends(
    said: nouns.Person, classes: list[str], of_test: Mapping[str, str], plant: Plant, where: str, found: PersonnelChanges
) -> dict[str, str]:  # fmt: skip
    """The last day of each qualification that the message says the end of."""
    ends: dict[str, str] = {}
    for n, it in enumerate(said.qualification_test_result):
        test = it.qualification_test_specification_id
        at, skill = f"{where}/QualificationTestResult/{n}", of_test.get(test, "")
        if not skill:
            what = f"no test '{test}' of a qualification is specified{did_you_mean(test, of_test)}"
            found.wrong.append((at, what, listed(of_test)))
        elif skill not in classes:
            found.wrong.append((at, f"{said.id} is no {skill}{did_you_mean(skill, classes)}", listed(classes)))
        elif it.expiration is not None:
            ends[skill] = str(_last_day(it.expiration, ZoneInfo(plant.layout.time_zone)))
    return ends


def _after(last: date, zone: ZoneInfo) -> int:
    """The instant at which a qualification is over that lasts to the end of a day."""
    return (datetime.combine(last + timedelta(days=1), time(), zone) - _FIRST) // timedelta(microseconds=1)


def _last_day(expires_us: int, zone: ZoneInfo) -> date:
    """The last whole day before an instant."""
    return (_FIRST + timedelta(microseconds=expires_us)).astimezone(zone).date() - timedelta(days=1)


def _property(name: str, value: str) -> Property:
    return Property(id=name, value=Value(value_string=value))
