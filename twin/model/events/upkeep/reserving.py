"""Level 3: what a planner or a supervisor promises ahead: a person, a tool, a work unit or a line for a job order, or for a while."""

from __future__ import annotations

from dataclasses import dataclass

from twin.model.events.entries import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceReserved(Entry):
    """`resource` ("equipment", "person" or "tool", by `resource_kind`) is for `job_order`, or, without one, for what `reason` says.

    From `from_us` (-1: from now on) until `until_us` (-1: until the job order is done; what is for no job order has an end). Nothing else
    has it meanwhile, nor begins with it what would not be done by then; and the job order has that and no other of its kind.
    """

    reservation: str
    resource_kind: str
    resource: str
    from_us: int = -1
    until_us: int = -1
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceReservationEnded(Entry):
    """A resource is nobody's any more, for a reason."""

    reservation: str
    reason: str
