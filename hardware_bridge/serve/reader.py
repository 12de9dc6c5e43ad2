"""Back-pressure: a virtual PLC does not overwrite what a client that has shown itself has not read yet."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Reader:
    """One client and how far it has read the changes of one piece of equipment.

    A client that makes no progress for `patience_s` seconds while it is waited for is waited for no longer, until it reads on.
    """

    patience_s: float
    position: int = 0  # sequence number of the last change that it has for certain
    gone: bool = False  # its connection has ended; it may come back, or another in its place
    _waited_since_s: float | None = field(default=None, repr=False)
    _given_up: bool = field(default=False, repr=False)

    def has_read(self, position: int) -> None:
        """It has everything up to `position`."""
        if position > self.position:
            self.position = position
            self._waited_since_s = None
            self._given_up = False

    def holds(self, needed: int) -> bool:
        """Must it be waited for, before what stands right after the change number `needed` may be overwritten?"""
        if self.position >= needed:
            self._waited_since_s = None
            return False
        if self._given_up:
            return False
        now_s = time.monotonic()
        if self._waited_since_s is None:
            self._waited_since_s = now_s
        self._given_up = now_s - self._waited_since_s > self.patience_s
        return not self._given_up


def any_holds(readers: Iterable[Reader], needed: int) -> bool:
    """Whether one of the readers must be waited for. All are asked, so that their patience runs at the same time."""
    return bool([reader for reader in readers if reader.holds(needed)])
