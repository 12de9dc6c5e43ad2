"""Clocking: classes that are named are there, skills that end are skills that the person has, a break is declared by nobody."""

from __future__ import annotations

from collections.abc import Iterator

from twin.model.personnel.labour import BREAK
from twin.model.plant import Plant
from twin.model.problems import Finding, did_you_mean, listed


def dangling(plant: Plant) -> Iterator[Finding]:
    """The personnel class of the supervisors is there."""
    word, known = plant.layout.labour.supervisors, plant.layout.personnel_classes
    if word is not None and word not in known:
        yield Finding(
            document="plant", path=("labour", "supervisors"), what=f"no personnel class is called '{word}'{did_you_mean(word, known)}",
            allowed=listed(known), rests_on=(("plant", "personnel_classes", word),), spoils=True,
        )  # fmt: skip


def skills_that_end(plant: Plant) -> Iterator[Finding]:
    """Only a class that a person has can end."""
    for name, person in plant.layout.persons.items():
        for skill in person.valid_until:
            if skill not in person.classes:
                yield Finding(
                    document="plant", path=("persons", name, "valid_until", skill),
                    what=f"{name} is no {skill}{did_you_mean(skill, person.classes)}", allowed=listed(person.classes), at_key=True,
                    rests_on=(("plant", "persons", name, "classes", "**"),),
                )  # fmt: skip


def activities(plant: Plant) -> Iterator[Finding]:
    """A break is there in every plant, and is no work."""
    if BREAK in plant.layout.labour.indirect:
        yield Finding(
            document="plant", path=("labour", "indirect", BREAK), what=f"'{BREAK}' is no work", at_key=True,
            allowed="another name; a break may be clocked without being declared",
        )  # fmt: skip
