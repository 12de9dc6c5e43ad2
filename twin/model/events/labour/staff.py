"""Level 3, labour: who works here and what each of them can do, as it becomes otherwise while the plant runs."""

from __future__ import annotations

from dataclasses import dataclass

from twin.model.events.entries import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillRecorded(Entry):
    """Person `worker` has the qualification `skill`, a personnel class, from `from_us` on (-1: now); new, or renewed.

    It lasts to the end of `last_day`, local time ("2027-03-31"; "": it does not end). `is_withdrawn`: he has it no more.
    """

    worker: str
    skill: str
    last_day: str = ""
    is_withdrawn: bool = False
    from_us: int = -1
    evidence: str = ""  # a certificate, an examination, why it was withdrawn


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonnelChanged(Entry):
    """Person `worker` joins, or is otherwise from `from_us` on (-1: now): what is left out stays as it is.

    `has_left`: he works here no more from then on.
    """

    worker: str
    title: str = ""
    classes: tuple[str, ...] = ()  # all of them, the first of which he is at home in
    calendar: str = ""
    hourly_cost_minor: int = -1  # minor units an hour
    has_left: bool = False
    from_us: int = -1
    reason: str = ""
