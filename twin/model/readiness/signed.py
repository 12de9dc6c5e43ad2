"""Who says something, and where: no entry of a person is taken without both."""

from __future__ import annotations

from collections.abc import Collection

from twin.model.events import Entry, EntryRefused
from twin.model.problems import did_you_mean, listed


def unsigned(event: Entry, persons: Collection[str]) -> str:
    """What is wrong with who says it and where, in words; "" if nothing is. A plant that declares no persons takes everybody."""
    if not event.person:
        return "nobody has signed it; allowed: one person, by id"
    if not event.terminal:
        return "it does not say where it was said; allowed: the terminal"
    return stranger(event.person, persons)


def stranger(person: str, persons: Collection[str]) -> str:
    """That nobody knows this person; "" if somebody does, or the plant declares no persons."""
    left = getattr(persons, "left", ())  # of a staff: who works here no more
    if person in left:
        return f"{person} works here no more; allowed: {listed([name for name in persons if name not in left])}"
    if persons and person not in persons:
        return f"nobody knows a person '{person}'{did_you_mean(person, persons)}; allowed: {listed(persons)}"
    return ""


def refusal(event: Entry, reason: str) -> EntryRefused:
    """That an entry was not accepted, and why."""
    return EntryRefused(
        effective_us=event.effective_us, equipment=event.equipment, request=event.request, job_order=event.job_order, lot=event.lot,
        person=event.person, terminal=event.terminal, entry=type(event).__name__, reason=reason,
    )  # fmt: skip
