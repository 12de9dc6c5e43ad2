"""A badge and a PIN at a terminal: who has shown both is signed on there, for as long as something is done and no longer than a shift.

A session is a token that only this run's badges can have made, so a terminal that was offline, or a server that was started again, knows it
still. What was entered offline is taken: the time in which no page of that terminal was heard here does not count as idle, and it is this
server that knows it. Who has signed off, and who gives wrong PINs, is kept in the journal; after too many such a person is locked out.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from twin.model.events import OperationsEvent, SignedOff
from twin.model.problems import did_you_mean
from twin.store.proof.lockout import Clock, Lockout, Tell, to_nobody
from twin.store.proof.secrets_file import Credential, Held, read_secrets

IDLE_S = 300.0
LONGEST_S = 12 * 3600.0
CHANGE = "Change my PIN or secret"
"""The button of the form where that is done."""
UNHEARD_S = 15.0
"""A page that is open is heard every half second; one that was not for so long was away."""


class SignOnRefused(ValueError):
    """Nobody is signed on like this; the message says why, and never holds a PIN."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Who speaks where, and the token that proves it; without PINs there is none."""

    person: str
    terminal: str
    token: str = ""


class Badges:
    """Who may sign on where, who is, and who is locked out.

    Parameters
    ----------
    idle_s : a session ends when nothing was entered in it for so long, s
    clock : seconds since 1970
    tell : whom wrong PINs and who signs off are told, to be kept
    """

    def __init__(self, *, idle_s: float = IDLE_S, clock: Clock = time.time, tell: Tell = to_nobody) -> None:
        self.idle_s, self._clock, self._tell = idle_s, clock, tell
        self._lockout = Lockout("PIN", tell, clock)
        self._heard_s: dict[str, float] = {}  # by terminal: when a page of it was heard last
        self._away: dict[str, list[tuple[float, float]]] = {}  # by terminal: from when to when none was
        self._pins: dict[str, Credential] = {}
        self._given: set[str] = set()  # whose PIN somebody else has chosen
        self._changed: dict[str, list[Credential]] = {}  # by person: PINs of before, in this run
        self._used_s: dict[str, float] = {}  # by token: when something was entered last
        self._signed_off: set[str] = set()  # digests of tokens

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
        for person, its in read_secrets(file, persons).items():
            self.take(person, its)

    def take(self, person: str, held: Held) -> None:
        """A person has the PIN that stands in the file now; sessions that were begun with another are over."""
        self._given = self._given | {person} if "pin" in held.given else self._given - {person}
        if "pin" in held.now:
            if (before := self._pins.get(person)) not in (None, held.now["pin"]):
                self._changed.setdefault(person, []).append(before)
            self._pins[person] = held.now["pin"]

    def has(self, person: str) -> bool:
        """Whether a person has a PIN."""
        return person in self._pins

    def why_not_of(self, person: str, pin: str, terminal: str) -> str:
        """Why this is not the PIN of who may try; "" if it is. A wrong one is counted."""
        known = self._pins.get(person)
        if known is None:
            return f"'{person}' has no PIN here{did_you_mean(person, self._pins)}; allowed: who stands in the file of secrets"
        if why := self._lockout.why(person):
            return why
        if not known.fits(pin):
            return self._lockout.wrong(person, terminal)
        self._lockout.right(person)
        return ""

    def recall(self, events: Iterable[OperationsEvent]) -> None:
        """Know again who has signed off, and who is locked out, after a restart."""
        told = list(events)
        self._signed_off |= {event.session for event in told if isinstance(event, SignedOff)}
        self._lockout.recall(told)

    def hear(self, terminal: str) -> None:
        """A page of a terminal is open here, now."""
        now_s = self._clock()
        last_s = self._heard_s.get(terminal, -math.inf)
        if now_s - last_s > UNHEARD_S:
            recent = (it for it in self._away.get(terminal, ()) if it[1] > now_s - LONGEST_S)
            self._away[terminal] = [*recent, (last_s, now_s)]
        self._heard_s[terminal] = now_s

    def sign_on(self, person: str, pin: str, terminal: str) -> str:
        """The token of the session that begins.

        Raises
        ------
        SignOnRefused : no PIN, a wrong one, or one too many
        """
        if why := self.why_not_of(person, pin, terminal):
            raise SignOnRefused(why)
        now_s = self._clock()
        token = self._token(self._pins[person], person, terminal, str(round(now_s)))
        self._used_s[token] = now_s
        self._signed_off.discard(_digest(token))  # that of one second is the same
        return token

    def why_not(self, person: str, session: Session | None) -> str:
        """Why this person may say nothing in a session; "" if he may. Nobody speaks for another."""
        if not self.are_asked_for:
            return ""
        if session is None or session.person != person:
            return f"{person or 'nobody'} is not signed on here; allowed: badge and PIN first"
        if words := self.doubt(session.token, person, session.terminal):
            return words
        given = f"the PIN of {person} was chosen by somebody else; allowed: first one of your own, with {CHANGE}"
        return given if person in self._given else ""

    def doubt(self, token: str, person: str, terminal: str, *, was_kept: bool = False, is_use: bool = True) -> str:
        """Why nothing may be entered in a session; "" if it may.

        `was_kept`: the terminal says that it was away, and sends it now. `is_use`: something is done in it, so that it lasts on.
        """
        if not self.are_asked_for:
            return ""
        known, (began, _, _) = self._pins.get(person), token.partition(":")
        is_said = known is not None and token.isascii() and began.isdecimal()  # other signs cannot be compared, and are in no token
        is_own = is_said and known is not None and hmac.compare_digest(token, self._token(known, person, terminal, began))
        if not is_own:
            if is_said and any(
                hmac.compare_digest(token, self._token(it, person, terminal, began)) for it in self._changed.get(person, ())
            ):
                return f"the PIN of {person} is another now; allowed: badge and that PIN"
            return f"{person or 'nobody'} is not signed on at '{terminal}'; allowed: badge and PIN first"
        now_s = self._clock()
        used_s = self._used_s.get(token, float(began))
        idle_s = now_s - used_s - (self._away_s(terminal, used_s, now_s) if was_kept else 0.0)
        if _digest(token) in self._signed_off or now_s - float(began) > LONGEST_S or idle_s > self.idle_s:
            self._used_s[token] = -math.inf  # nothing begins it again: forgotten, it would be as young as when it began
            return f"the session of {person} has ended; allowed: badge and PIN again"
        if is_use:
            self._used_s[token] = now_s
        return ""

    def sign_off(self, token: str, person: str, terminal: str) -> None:
        """The session is over, after a restart too."""
        if token and (session := _digest(token)) not in self._signed_off:
            self._signed_off.add(session)
            self._tell(SignedOff(effective_us=0, person=person, terminal=terminal, session=session))

    def _away_s(self, terminal: str, from_s: float, to_s: float) -> float:
        """How much of that time no page of the terminal was heard here; it is what this server knows, whatever is said there."""
        away = self._away.get(terminal, [])
        last_s = self._heard_s.get(terminal, -math.inf)
        if to_s - last_s > UNHEARD_S:
            away = [*away, (last_s, to_s)]
        return sum(max(0.0, min(to_s, end_s) - max(from_s, start_s)) for start_s, end_s in away)

    @staticmethod
    def _token(known: Credential, person: str, terminal: str, began: str) -> str:
        said = f"{person}\n{terminal}\n{began}"
        return f"{began}:{hmac.new(known.key, said.encode(errors='replace'), 'sha256').hexdigest()}"


def _digest(token: str) -> str:
    """What of a token may be read by others."""
    return hashlib.sha256(token.encode()).hexdigest()
