"""What persons say at a terminal, of whatever kind, and that it was not accepted."""

from __future__ import annotations

from dataclasses import dataclass, field

from twin.model.events.operations_event import LEFT_OUT_IF_EMPTY, OperationsEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(OperationsEvent):
    """What `person` says at `terminal`; a rule says it too, and then nobody stands there.

    `entry_id` is the terminal's own for it: what is sent twice with one id, by a terminal that heard no answer, is one entry.
    """

    terminal: str = ""
    entry_id: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRefused(OperationsEvent):
    """What somebody said was not accepted, and why. Nothing else has changed."""

    entry: str  # its type
    reason: str
    terminal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretRefused(Entry):
    """Somebody gave a wrong secret or PIN (`secret_kind`) as `person`; after the last try the person is locked out.

    `locked_until_s` is in seconds since 1970 on the wall, since that is the clock of a guesser; 0: there are tries left.
    """

    secret_kind: str
    tries_left: int
    locked_until_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretChanged(Entry):
    """`worker` has another secret or PIN (`secret_kind`), chosen by `person`: his own, or a new one for who has forgotten it.

    What was signed with the one before holds; sessions that were begun with it are over (21 CFR 11.300).
    """

    worker: str
    secret_kind: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOff(Entry):
    """A person has signed off at a terminal: the session with this digest is over, for a server that is started again too."""

    session: str


# What the work is done by hand with, where no machine is connected. See `twin.mes.hand_work`.


@dataclass(frozen=True, slots=True, kw_only=True)
class PiecesCounted(Entry):
    """Pieces of a job order that were done at a work unit; scrap and rework have a `reason`. `is_last`: all that is left is good."""

    good: int = 0
    scrap: int = 0
    rework: int = 0
    reason: str = ""
    is_last: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CountCorrected(Entry):
    """Pieces of a job order that a person or a machine counted at `counted_us` were others (`good`, `scrap`, `rework`); both are kept.

    `reason`: of scrap and rework, as it was asked when they were counted; `why`: of the correction.
    """

    counted_us: int
    good: int
    scrap: int
    rework: int
    reason: str = ""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupDone(Entry):
    """A work unit is set up: its run begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopReported(Entry):
    """A work unit does not work, for a reason that is asked when it stops and not afterwards."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StopReasonCorrected(Entry):
    """The stop that began at `since_us` had another `reason` than was said (`was_reason`; "": none); both are kept.

    `why`: of the correction, needed where a person has said the reason before, and not a machine.
    """

    since_us: int
    was_reason: str
    reason: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StopEnded(Entry):
    """A work unit that was reported to be stopped works again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpCalled(Entry):
    """Andon: somebody at a work unit needs `help`, one of what the plant declares."""

    help: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpAnswered(Entry):
    """Whoever was called has come, and it is settled."""

    help: str
