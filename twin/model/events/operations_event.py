"""The base of all events, and their round trip to plain fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from types import MappingProxyType
from typing import Any, ClassVar

EVENT_TYPES: dict[str, type[OperationsEvent]] = {}
"""Every event class by its name; filled as the classes are defined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationsEvent:
    """A fact about the plant, never changed (ISA-95 part 2, OperationsEvent).

    Attributes
    ----------
    effective_us : when it happened, int64 microseconds since 1970-01-01 UTC (B2MML EffectiveTimeStamp)
    recorded_us : when it became known (B2MML RecordTimeStamp); equals `effective_us` if left out
    equipment, request, job_order, lot, person : ids of what it concerns, "" where none.
        Several job orders in one batch, or several persons, are joined with "+".
    """

    LEVEL: ClassVar[int] = 3

    effective_us: int
    recorded_us: int = -1
    equipment: str = ""
    request: str = ""
    job_order: str = ""
    lot: str = ""
    person: str = ""

    def __post_init__(self) -> None:
        if self.recorded_us < 0:
            object.__setattr__(self, "recorded_us", self.effective_us)

    def __init_subclass__(cls) -> None:
        # A slotted dataclass is made twice; the second class, with the slots, replaces the first.
        EVENT_TYPES[cls.__name__] = cls
        if "__slots__" in vars(cls) and cls.__post_init__ is OperationsEvent.__post_init__:
            type.__setattr__(cls, "__init__", _maker(cls))


def _maker(kind: type[OperationsEvent]) -> Callable[..., None]:
    """`__init__` of an event class as it is generated, `__post_init__` with it, by the setters of its slots.

    A frozen dataclass looks the setter of each field up by name, each time; a run makes millions of events, and this takes half the time.
    """
    known: dict[str, Any] = {f"set_{it.name}": getattr(kind, it.name).__set__ for it in fields(kind)}
    known |= {f"default_{it.name}": it.default for it in fields(kind)}
    given = ", ".join(it.name if it.default is MISSING else f"{it.name}=default_{it.name}" for it in fields(kind))
    said = "".join(f"    set_{it.name}(self, {it.name})\n" for it in fields(kind) if it.name != "recorded_us")
    late = "    set_recorded_us(self, effective_us if recorded_us < 0 else recorded_us)\n"
    exec(f"def __init__(self, *, {given}):\n{said}{late}", known)  # of names of our own alone
    made: Callable[..., None] = known["__init__"]
    made.__qualname__ = f"{kind.__qualname__}.__init__"
    return made


LEFT_OUT_IF_EMPTY: Mapping[str, bool] = MappingProxyType({"left out if empty": True})
"""Metadata of a text field that came to an event class later: where it is "", the event is kept as it was before there was the field."""

SUBJECT_FIELDS = ("equipment", "request", "job_order", "lot", "person")
BASE_FIELDS = ("effective_us", "recorded_us", *SUBJECT_FIELDS)


def event_to_fields(event: OperationsEvent) -> dict[str, Any]:
    """The event's own fields (those of its class, without the base's) as JSON-ready values; tuples stay tuples."""
    return {f.name: getattr(event, f.name) for f in fields(event) if f.name not in BASE_FIELDS}


def event_from_fields(type_name: str, base: dict[str, Any], own: dict[str, Any]) -> OperationsEvent:
    """The inverse of `event_to_fields`: lists become (nested) tuples again.

    Raises
    ------
    KeyError : no event class has that name
    """
    return EVENT_TYPES[type_name](**base, **{k: as_tuple(v) for k, v in own.items()})


_SEQUENCES: frozenset[type] = frozenset({list, tuple})


def as_tuple(value: Any) -> Any:
    """A list, and every list in it, as the tuple that an event has there."""
    if type(value) not in _SEQUENCES:
        return value
    # Two levels at once, since most have two: a call for each leg of an entry is what it would cost.
    return tuple(
        [it if type(it) not in _SEQUENCES else tuple([v if type(v) not in _SEQUENCES else as_tuple(v) for v in it]) for it in value]
    )
