"""Persons, classes and qualifications of another system (PersonnelInformation), as changes of a plant, checked as all changes are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from twin.model.checks import Doubts
from twin.model.events import PersonnelChanged, SkillRecorded
from twin.model.exchange import nouns
from twin.model.exchange.messages import Message
from twin.model.exchange.personnel import PersonnelChanges, personnel_changes
from twin.model.exchange.properties import Told
from twin.model.personnel.staff import MESSAGE, StaffEntry
from twin.model.plant import Person, Plant
from twin.model.problems import PlantFileError, Problem
from twin.store.files.changes import examine_changes

NOUN = "PersonnelInformation"


def staffed(message: Message, plant: Plant, file: str = "") -> tuple[Plant, PersonnelChanges]:
    """The plant with the personnel of a message, and what that changes of it.

    Raises
    ------
    PlantFileError : with everything that is wrong in the message, or would be wrong in the plant
    """
    if message.noun != NOUN or not message.content:
        raise _refused(file, [(message.name, f"a {message.noun} says nothing of persons", f"Process{NOUN}, Sync{NOUN} or Show{NOUN}")])
    found = PersonnelChanges()
    for n, it in enumerate(message.content):
        assert isinstance(it, nouns.PersonnelInformation)
        personnel_changes(it, plant, f"{NOUN}/{n}", found)
    changed, findings = examine_changes(plant, found.changes, Doubts())
    for finding in findings:
        key = str(finding.path[1]) if len(finding.path) > 1 else ""
        inside = "".join(f"/{it}" for it in finding.path[2:])
        found.wrong.append((found.said_at.get(key, NOUN) + inside, finding.what, finding.allowed))
    if found.wrong:
        raise _refused(file, found.wrong)
    return changed, found


def told_of_persons(message: Message, plant: Plant, now_us: int, sender: str, file: str = "") -> list[Told]:
    """What a message says otherwise than a plant that runs knows of its persons, as entries from now on; nothing if it says the same.

    Raises
    ------
    PlantFileError : with all that is wrong in the message; classes are of the plant file, and none comes while the plant runs
    """
    changed, found = staffed(message, plant, file)
    allowed = "a class that the plant was started with; `twin personnel` makes a scenario of this message, to start it with"
    of_plant = [(at, f"the plant says otherwise: it would change '{path}'", allowed) for path, at in found.said_at.items()]
    if wrong := [it for it, path in zip(of_plant, found.said_at, strict=True) if not path.startswith("persons.")]:
        raise _refused(file, wrong)
    at: dict[str, Any] = {"effective_us": now_us, "terminal": MESSAGE + sender}
    events: list[StaffEntry] = []
    for name, it in changed.layout.persons.items():
        known = plant.layout.persons.get(name)
        if known != it:
            events += _said_of(name, known, it, at)
    return [Told(sequence=n, event=event) for n, event in enumerate(events)]


def _said_of(name: str, known: Person | None, it: Person, at: dict[str, Any]) -> Iterator[StaffEntry]:
    keys = ("title", "calendar")
    said: dict[str, Any] = {key: getattr(it, key) for key in keys if known is None or getattr(it, key) != getattr(known, key)}
    if known is None or it.classes != known.classes:
        said["classes"] = tuple(it.classes)
    if known is None or it.hourly_cost != known.hourly_cost:
        said["hourly_cost_minor"] = it.hourly_cost
    if said:
        yield PersonnelChanged(**at, worker=name, **said)
    before = known.valid_until if known else {}
    for skill, last in it.valid_until.items():
        if before.get(skill) != last:
            yield SkillRecorded(**at, worker=name, skill=skill, last_day=str(last))


def _refused(file: str, wrong: list[tuple[str, str, str]]) -> PlantFileError:
    return PlantFileError(Problem(file=file, line=0, column=0, what=f"{where}: {what}", allowed=allowed) for where, what, allowed in wrong)
