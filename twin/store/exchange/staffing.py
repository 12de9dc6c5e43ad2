"""Persons, classes and qualifications of another system (PersonnelInformation), as changes of a plant, checked as all changes are."""

from __future__ import annotations

from twin.model.checks import Doubts
from twin.model.exchange import nouns
from twin.model.exchange.messages import Message
from twin.model.exchange.personnel import PersonnelChanges, personnel_changes
from twin.model.plant import Plant
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


def refuse_others(message: Message, plant: Plant, file: str = "") -> None:
    """A plant that runs has the persons with whom it was started: a message that says the same is taken, and changes nothing.

    Raises
    ------
    PlantFileError : with all that the message says otherwise, or that is wrong in it
    """
    _, found = staffed(message, plant, file)
    allowed = "what the plant was started with; `twin personnel` makes a scenario of this message, to start it with"
    if found.changes:
        raise _refused(file, [(at, f"the plant says otherwise: it would change '{path}'", allowed) for path, at in found.said_at.items()])


def _refused(file: str, wrong: list[tuple[str, str, str]]) -> PlantFileError:
    return PlantFileError(Problem(file=file, line=0, column=0, what=f"{where}: {what}", allowed=allowed) for where, what, allowed in wrong)
