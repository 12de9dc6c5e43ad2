"""Persons, classes and qualifications of another system (PersonnelInformation), as changes of a plant, checked as all changes are."""

from __future__ import annotations

from typing import Any

from twin.model.checks import Doubts
from twin.model.exchange import nouns
from twin.model.exchange.messages import Message
from twin.model.exchange.personnel import PersonnelChanges, personnel_changes
from twin.model.plant import Plant
from twin.model.problems import PlantFileError, Problem
from twin.store.files.changes import examine_changes

NOUN = "PersonnelInformation"


def staffed(message: Message, plant: Plant, file: str = "") -> tuple[Plant, dict[str, Any]]:
    """The plant with the personnel of a message, and what that changes of it, as a scenario writes its `changes`.

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
    return changed, found.changes


def _refused(file: str, wrong: list[tuple[str, str, str]]) -> PlantFileError:
    return PlantFileError(Problem(file=file, line=0, column=0, what=f"{where}: {what}", allowed=allowed) for where, what, allowed in wrong)
