"""Whoever gives wrong secrets or PINs in a row is locked out for a while: told so in words, and kept in the journal (21 CFR 11.300(d)).

The clock is the wall's: a guesser guesses by it, whatever the speed of the plant.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterable

from twin.model.events import Entry, OperationsEvent, SecretRefused

TRIES = 5
LOCKED_S = 900.0
_LONGEST_TERMINAL = 200  # a guesser chooses it, and it is kept
_log = logging.getLogger(__name__)
Clock = Callable[[], float]
Tell = Callable[[Entry], object]


def to_nobody(event: Entry) -> None:
    """Where there is no journal that is written."""


class Lockout:
    """Wrong secrets in a row by person, of one kind.

    Parameters
    ----------
    kind : "secret" or "PIN"
    tell : whom each wrong one is told, to be kept
    clock : seconds since 1970
    """

    def __init__(self, kind: str, tell: Tell = to_nobody, clock: Clock = time.time) -> None:
        self._kind, self._tell, self._clock = kind, tell, clock
        self._wrong: dict[str, int] = {}
        self._until_s: dict[str, float] = {}

    def recall(self, events: Iterable[OperationsEvent]) -> None:
        """Know again who was locked out, after a restart."""
        for event in events:
            if isinstance(event, SecretRefused) and event.secret_kind == self._kind and event.locked_until_s:
                self._until_s[event.person] = event.locked_until_s

    def why(self, person: str) -> str:
        """Why nobody may try as this person now; "" if somebody may."""
        left_s = self._until_s.get(person, 0.0) - self._clock()
        if left_s <= 0:
            return ""
        return f"{person} is locked out after {TRIES} wrong {self._kind}s; allowed: again in {math.ceil(left_s / 60)} min"

    def right(self, person: str) -> None:
        """It was the right one: what was wrong before counts no more."""
        self._wrong.pop(person, None)

    def wrong(self, person: str, terminal: str) -> str:
        """It was a wrong one; in words, with how many tries are left."""
        count = self._wrong[person] = self._wrong.get(person, 0) + 1
        left, until_s = TRIES - count, 0
        _log.warning("wrong %s of %s at %s, number %d", self._kind, person, terminal, count)
        words = f"that is not the {self._kind} of {person}; {left} more {'try' if left == 1 else 'tries'}"
        if left <= 0:
            self._wrong.pop(person)
            self._until_s[person] = until_s = math.ceil(self._clock() + LOCKED_S)
            words = f"that is not the {self._kind} of {person}, who is locked out now; allowed: again in {round(LOCKED_S / 60)} min"
        self._tell(
            SecretRefused(
                effective_us=0, person=person, terminal=terminal[:_LONGEST_TERMINAL] or "unknown", secret_kind=self._kind,
                tries_left=left, locked_until_s=until_s,
            )
        )  # fmt: skip
        return words
