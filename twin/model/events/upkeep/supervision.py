"""Level 3, supervision: what a supervisor says so that the floor does otherwise than the rules would have it."""

from __future__ import annotations

from dataclasses import dataclass

from twin.model.events.entries import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeChangeRequested(Entry):
    """`equipment` shall be in another mode (PackML)."""

    wanted_mode: str  # its name


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOrderReassigned(Entry):
    """`job_order` shall be done on `equipment` and nowhere else; without equipment: wherever it can be done."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonReassigned(Entry):
    """Person `worker` shall work on `equipment` and nowhere else; without equipment: wherever there is something to do."""

    worker: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestExpedited(Entry):
    """`request` shall have this priority from now on; larger is more urgent."""

    priority: int
    reason: str = ""
