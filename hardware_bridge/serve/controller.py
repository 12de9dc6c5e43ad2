"""What every virtual PLC can do, whatever language it speaks."""

from __future__ import annotations

from errno import EADDRINUSE
from typing import Protocol

from twin.model.events import OperationsEvent

HOLD_S = 0.005
"""Seconds between two looks whether a client that is waited for has read on."""


class ServeError(Exception):
    """A virtual PLC cannot do what is asked, in words."""


def cannot_listen(name: str, address: str, error: OSError) -> ServeError:
    """Why a port cannot be had, and what helps."""
    helps = "; allowed: end what listens there, or a --port-offset, the same for connect" if error.errno == EADDRINUSE else ""
    return ServeError(f"{name}: cannot listen at {address}: {error.strerror or error}{helps}")


class VirtualController(Protocol):
    """One connection of the signal map, served: the controllers of its equipment, and a clock that they share.

    Attributes
    ----------
    name : of the connection
    life : which record is served; a number that stays when the same journal is served again, so that a client sees whether
        sequence numbers go on from where it was
    """

    name: str
    life: int

    async def start(self) -> None:
        """Listen.

        Raises
        ------
        ServeError : the port cannot be had
        """

    async def stop(self) -> None:
        """Close every connection and the port."""

    def is_read(self) -> bool:
        """Whether some client follows every piece of equipment."""

    async def publish(self, fact: OperationsEvent) -> None:
        """The equipment of the fact has changed. Waits while a client is so far behind that it would lose an earlier change."""

    async def say(self, fact: OperationsEvent) -> None:
        """Send a fact without a controller as a message."""

    async def move_clock(self, clock_us: int) -> None:
        """Everything up to this plant time has been published."""
