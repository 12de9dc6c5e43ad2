"""A person's own PIN or secret, changed where that person stands: the one that there was is asked, and the file has the new one, hashed.

Who has forgotten one gets another from somebody with the role `security`, who has shown a PIN, or a secret where nobody has PINs; with
that a person may choose one of his own, and do nothing else. Neither stands in the journal, which says who has changed whose, where and
when. What was signed before holds.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from twin.model.events import SecretChanged
from twin.model.personnel.roles import SECURITY, having
from twin.model.problems import did_you_mean, listed
from twin.store.proof.badges import Badges
from twin.store.proof.lockout import Tell
from twin.store.proof.secrets_file import SHORTEST, change_in
from twin.store.proof.signing import Signatures

if TYPE_CHECKING:
    from twin.model.plant import Person


class Secrets:
    """The PINs and secrets of a file, as persons change them.

    Parameters
    ----------
    file : of secrets, written anew with each change
    persons : who works here, with roles
    badges, signatures : what PINs and secrets are for
    tell : whom a change is told, to be kept; never the PIN or secret
    """

    def __init__(self, file: Path, persons: Mapping[str, Person], badges: Badges, signatures: Signatures, tell: Tell) -> None:
        self._file, self._persons, self._badges, self._signatures, self._tell = file, persons, badges, signatures, tell
        self._lock = threading.Lock()  # two changes at once: one of them would be lost

    def of(self, person: str) -> list[str]:
        """Which kinds a person has: "pin", "secret"."""
        return [kind for kind, it in (("pin", self._badges), ("secret", self._signatures)) if it.has(person)]

    @property
    def givers(self) -> list[str]:
        """Who may give others a new one."""
        return having(self._persons, SECURITY)

    def change(self, person: str, terminal: str, kind: str, *, was: str, new: str, again: str) -> str:
        """Another PIN or secret of a person's own; "" or in words why not, all at once. A wrong old one is counted."""
        if kind not in self.of(person):
            return f"{person} has no {_spoken(kind)} here; allowed: {listed(map(_spoken, self.of(person)))}"
        if words := _doubt(kind, new, again, was):
            return words
        wrong = self._badges.why_not_of(person, was, terminal) if kind == "pin" else self._signatures.wrong(person, was, terminal)
        return wrong or self._write(SecretChanged(effective_us=0, person=person, terminal=terminal, worker=person, secret_kind=kind), new)

    def give(self, person: str, terminal: str, kind: str, *, worker: str, new: str, again: str, reason: str, own: str = "") -> str:
        """A new PIN or secret for somebody who has forgotten it; "" or in words why not.

        `own`: the giver's secret, which is asked where nobody has a PIN, so that no session says who it is. A wrong one is counted.
        """
        if person not in self.givers:
            return f"{person} has not the role '{SECURITY}', which this takes; allowed: {listed(self.givers)}"
        if worker == person:
            return "that is your own; allowed: to change it with the one that there is, or somebody else with that role"
        if worker not in self._persons:
            return f"nobody knows a person '{worker}'{did_you_mean(worker, self._persons)}"
        if words := _doubt(kind, new, again) or ("" if reason.strip() else "it needs a reason"):
            return words
        if not self._badges.are_asked_for and (wrong := self._signatures.wrong(person, own, terminal)):
            return f"{wrong}; allowed: the giver's own" if not self._signatures.has(person) else wrong
        said = SecretChanged(effective_us=0, person=person, terminal=terminal, worker=worker, secret_kind=kind, reason=reason)
        return self._write(said, new)

    def _write(self, said: SecretChanged, new: str) -> str:
        try:
            with self._lock:
                held = change_in(self._file, said.worker, said.secret_kind, new, is_given=said.person != said.worker)
                self._badges.take(said.worker, held)
                self._signatures.take(said.worker, held)
        except ValueError as error:
            return str(error)
        self._tell(said)
        return ""


def _spoken(kind: str) -> str:
    return "PIN" if kind == "pin" else kind


def _doubt(kind: str, new: str, again: str, was: str = "") -> str:
    """What is wrong with what was typed, whoever has typed it."""
    if kind not in SHORTEST:
        return f"'{kind}' is neither a secret nor a PIN; allowed: secret, pin"
    wrongs = [
        f"a {_spoken(kind)} needs {SHORTEST[kind]} signs or more" if len(new) < SHORTEST[kind] else "",
        "the new one was not typed twice alike" if new != again else "",
        "the new one is the one that there was" if new == was else "",
    ]
    return "; ".join(filter(None, wrongs))
