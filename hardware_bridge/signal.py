"""A signal: one controller value with time and quality, not yet an event. What all sources yield, whatever the wire."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, NamedTuple, Protocol

from hardware_bridge.change import ChangeRecord


class Quality(IntEnum):
    """May the value be believed? What is uncertain is, and says so; what is bad is no value."""

    GOOD = 0
    BAD = 1
    UNCERTAIN = 2


SignalProperty = Literal["change", "present", "message", "clock"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One value that a controller said, or that could not be had of it.

    Attributes
    ----------
    connection, equipment : of whom; clock and message belong to the connection alone
    property :
        `change`: the equipment has changed; `value` is a ChangeRecord
        `present`: nothing has happened since the change number `value`, and the equipment can be heard
        `message`: an order, a delivery, a test result...; `value` is its JSON text
        `clock`: everything up to `value`, plant time in UTC microseconds, has been said before this
    quality, reason : if BAD, why in words; then `value` is None. UNCERTAIN: the device is not sure, `value` counts
    source_us : the controller's time, UTC microseconds
    sequence : place of the change or message among its kind; of its last part, if the change took several records
    place : where it stands at its controller: a node, or a unit and its registers
    life : which life of the controller counts the sequence; another number after a controller has forgotten its counters
    """

    connection: str
    property: SignalProperty
    value: ChangeRecord | int | str | None
    source_us: int
    equipment: str = ""
    quality: Quality = Quality.GOOD
    reason: str = ""
    sequence: int = 0
    life: int = 0
    place: str = ""


class Position(NamedTuple):
    """How far the bridge has come with one piece of equipment (or, with the name "", with the messages of a connection)."""

    sequence: int = 0
    life: int = 0


class SourceLost(ConnectionError):
    """A source cannot be heard any more, or not at all; the reason in words."""


class SignalSource(Protocol):
    """Where signals come from: an OPC UA server, a Modbus TCP server, a recorded file."""

    @property
    def connection(self) -> str:
        """Its name in the signal map."""

    @property
    def address(self) -> str:
        """Where it is, for people."""

    @property
    def equipment(self) -> Sequence[str]:
        """Whose signals come from it."""

    def batches(self, known: Callable[[str], Position]) -> AsyncIterator[Sequence[Signal]]:
        """Connect, catch up from where `known` says, then yield what comes. The next batch is asked for once this one is safe.

        Ends only if there can be no more, as with a recording.

        Raises
        ------
        SourceLost : connection refused, cut or silent, or the peer speaks another language
        """
