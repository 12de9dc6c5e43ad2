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
