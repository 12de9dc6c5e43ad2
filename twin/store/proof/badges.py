"""A badge and a PIN at a terminal: who has shown both is signed on there, for as long as something is done and no longer than a shift.

A session is a token that only this run's badges can have made, so a terminal that was offline, or a server that was started again, knows it
still. Whoever gives wrong PINs is locked out for a while, and everybody is told so in words.
"""

from __future__ import annotations

import hmac
import logging
import math
import time
from collections.abc import Callable, Collection
from pathlib import Path

from twin.model.problems import did_you_mean
from twin.store.proof.secrets_file import Credential, read_secrets

IDLE_S = 300.0
LONGEST_S = 12 * 3600.0
TRIES = 5
LOCKED_S = 900.0
_log = logging.getLogger(__name__)


class SignOnRefused(ValueError):
    """Nobody is signed on like this; the message says why, and never holds a PIN."""


class Badges:
    """Who may sign on where, who is, and who is locked out.

    Parameters
    ----------
    idle_s : a session ends when nothing was entered in it for so long, s
    clock : seconds since 1970
    """

    def __init__(self, *, idle_s: float = IDLE_S, clock: Callable[[], float] = time.time) -> None:
        self.idle_s, self._clock = idle_s, clock
        self._pins: dict[str, Credential] = {}
        self._used_s: dict[str, float] = {}  # by token: when something was entered last
        self._signed_off: set[str] = set()
        self._wrong: dict[str, int] = {}  # by person: wrong PINs in a row
        self._locked_until_s: dict[str, float] = {}

    @property
    def are_asked_for(self) -> bool:
        """Whether anybody has a PIN: then everybody needs one at a terminal."""
        return bool(self._pins)

    def enroll(self, person: str, pin: str) -> None:
        """Give a person a PIN."""
        self._pins[person] = Credential.of(pin, person.encode())

    def enroll_all(self, file: Path, persons: Collection[str]) -> None:
        """Enroll who has a PIN in a file of secrets.

        Raises
        ------
        ValueError : as `read_secrets`
        """
        self._pins |= {person: its["pin"] for person, its in read_secrets(file, persons).items() if "pin" in its}

    def sign_on(self, person: str, pin: str, terminal: str) -> str:
        """The token of the session that begins.

        Raises
        ------
        SignOnRefused : no PIN, a wrong one, or one too many
        """
        now_s, known = self._clock(), self._pins.get(person)
        if known is None:
            raise SignOnRefused(f"'{person}' has no PIN here{did_you_mean(person, self._pins)}; allowed: who stands in the file of secrets")
        if (left_s := self._locked_until_s.get(person, 0.0) - now_s) > 0:
            raise SignOnRefused(f"{person} is locked out after {TRIES} wrong PINs; allowed: again in {math.ceil(left_s / 60)} min")
        if not known.fits(pin):
            raise SignOnRefused(self._wrong_pin(person, terminal, now_s))
        self._wrong.pop(person, None)
        token = self._token(known, person, terminal, str(round(now_s)))
        self._used_s[token] = now_s
        self._signed_off.discard(token)  # that of one second is the same
        return token

    def doubt(self, token: str, person: str, terminal: str, *, was_kept: bool = False) -> str:
        """Why nothing may be entered in a session; "" if it may. `was_kept`: entered while the server was away, and sent now."""
        if not self.are_asked_for:
            return ""
        known, (began, _, _) = self._pins.get(person), token.partition(":")
        is_said = known is not None and token.isascii() and began.isdecimal()  # other signs cannot be compared, and are in no token
        is_own = is_said and known is not None and hmac.compare_digest(token, self._token(known, person, terminal, began))
        if not is_own:
            return f"{person or 'nobody'} is not signed on at '{terminal}'; allowed: badge and PIN first"
        now_s = self._clock()
        idle_s = 0.0 if was_kept else now_s - self._used_s.get(token, float(began))
        if token in self._signed_off or now_s - float(began) > LONGEST_S or idle_s > self.idle_s:
            self._used_s[token] = -math.inf  # nothing begins it again: forgotten, it would be as young as when it began
            return f"the session of {person} has ended; allowed: badge and PIN again"
        self._used_s[token] = now_s
        return ""

    def sign_off(self, token: str) -> None:
        """The session is over."""
        self._signed_off.add(token)

    def _wrong_pin(self, person: str, terminal: str, now_s: float) -> str:
        count = self._wrong[person] = self._wrong.get(person, 0) + 1
        _log.warning("wrong PIN of %s at %s, number %d", person, terminal, count)
        if count < TRIES:
            return f"that is not the PIN of {person}; {TRIES - count} more {'try' if TRIES - count == 1 else 'tries'}"
        self._wrong.pop(person)
        self._locked_until_s[person] = now_s + LOCKED_S
        return f"that is not the PIN of {person}, who is locked out now; allowed: again in {round(LOCKED_S / 60)} min"

    @staticmethod
    def _token(known: Credential, person: str, terminal: str, began: str) -> str:
        said = f"{person}\n{terminal}\n{began}"
        return f"{began}:{hmac.new(known.key, said.encode(errors='replace'), 'sha256').hexdigest()}"
