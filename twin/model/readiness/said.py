"""What persons say in a simulated run: entries that a scenario holds, each at its time."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any

from twin.model.events import EVENT_TYPES, Entry
from twin.model.events.operations_event import BASE_FIELDS
from twin.model.measures import DurationUs, Table
from twin.model.readiness.earlier import happened_at

BEAT_US = 15 * 60 * 1_000_000
"""The clock of a simulated plant beats every quarter of an hour: then somebody may say something."""

_TOLD = ("effective_us", "recorded_us", "person", "terminal")
_KINDS: dict[str, tuple[type, ...]] = {"str": (str,), "int": (int,), "float": (int, float), "bool": (bool,), "float | None": (int, float)}


class Said(Table):
    """`person` says something at a terminal, so long after the start: the name of an entry, and what it is about."""

    at: DurationUs
    happened: DurationUs | None = None  # so long after the start, if that was earlier than it is said
    person: str
    terminal: str = "simulated terminal"
    says: str  # the name of an Entry, as DocumentAcknowledged
    about: dict[str, Any] = {}  # its fields, and lot, job_order, equipment, request

    def event(self, start_us: int) -> Entry:
        """It as an event; it was checked before."""
        said: dict[str, Any] = {name: _whole(it) for name, it in self.about.items()}
        kind = EVENT_TYPES[self.says]
        event = kind(effective_us=start_us + self.at, person=self.person, **{"terminal": self.terminal, **said})
        assert isinstance(event, Entry)
        return event if self.happened is None else happened_at(event, start_us + self.happened, start_us + self.at)


def _whole(it: Any) -> Any:
    """Lists as events hold them, which never change."""
    return tuple(map(_whole, it)) if isinstance(it, list) else it


def entry_kinds() -> dict[str, type[Entry]]:
    """What persons can say, by name."""
    return {name: kind for name, kind in EVENT_TYPES.items() if issubclass(kind, Entry) and kind is not Entry}


def wrong_fields(kind: type[Entry], about: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What is wrong with the fields of an entry: (field, what, allowed)."""
    own = {it.name: it for it in fields(kind) if it.name not in (*BASE_FIELDS, "terminal", "entry_id")}
    may = [*own, *(name for name in BASE_FIELDS if name not in _TOLD)]
    found = [(name, f"{kind.__name__} has no '{name}'", ", ".join(may)) for name in about if name not in may]
    needed = [name for name, it in own.items() if it.default is MISSING and name not in about]
    found += [("", f"{kind.__name__} needs '{name}'", f"{name}: {own[name].type}") for name in needed]
    for name, value in about.items():
        kinds = _KINDS.get(str(own[name].type) if name in own else "str")
        if name in may and kinds and (not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds)):
            found.append((name, f"{value!r} is no {kinds[-1].__name__}", f"{name}: {own[name].type if name in own else 'str'}"))
    return found
