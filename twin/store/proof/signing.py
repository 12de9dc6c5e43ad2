"""Electronic signatures (21 CFR 11.50, 11.70, 11.200): two components, a meaning, bound to the hash of the entry that is signed.

A person has an id and a secret. Of the secret only a key is kept (scrypt, salted); with it a signature is sealed over the entry's hash, so
a signature fits one entry as it was when it was signed, and none else. Each signature needs both components: a tablet on the floor is no
place of one person alone, and an id, which anybody can choose, is none that only its owner can give. Whoever gives wrong secrets is locked
out for a while, and each is kept in the journal. Who has another secret by now has signed all the same: what was signed with one of before
is checked by that, and nobody signs with it.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Collection
from pathlib import Path

from twin.model.events import RecordSigned
from twin.model.problems import did_you_mean
from twin.store.journal import Journal, JournalEntry, verify
from twin.store.proof.badges import CHANGE
from twin.store.proof.lockout import Lockout
from twin.store.proof.secrets_file import SHORTEST, Credential, Held, read_secrets

TOO_SHORT = f"a secret needs {SHORTEST['secret']} signs or more"


class SignatureRefused(ValueError):
    """Nobody may sign like this; the message says why, and never holds a secret."""


class Signatures:
    """Makes signatures for the entries of one journal, and says of each whether it holds.

    Parameters
    ----------
    lockout : counts wrong secrets
    """

    def __init__(self, journal: Journal, *, lockout: Lockout | None = None) -> None:
        self._journal = journal
        self._lockout = lockout or Lockout("secret")
        self._credentials: dict[str, Credential] = {}
        self._older: dict[str, list[Credential]] = {}  # by person: secrets of before
        self._given: set[str] = set()  # whose secret somebody else has chosen
        self._is_by_file = False  # a file says who may sign: nobody else chooses a secret

    def enroll(self, person: str, secret: str) -> None:
        """Give a person a secret; one that is too short to be one is refused."""
        if len(secret) < SHORTEST["secret"]:
            raise SignatureRefused(TOO_SHORT)
        self._credentials[person] = Credential.of(secret, os.urandom(16))

    def choose(self, person: str, secret: str) -> None:
        """Give who signs for the first time the secret that is chosen there; nothing where there is one, or a file says who may sign."""
        if person not in self._credentials and not self._is_by_file:
            self.enroll(person, secret)

    def enroll_all(self, file: Path, persons: Collection[str]) -> None:
        """Enroll who has a secret in a file of secrets.

        Raises
        ------
        ValueError : as `read_secrets`
        """
        for person, its in read_secrets(file, persons).items():
            self.take(person, its)
        self._is_by_file = True

    def take(self, person: str, held: Held) -> None:
        """A person has the secret that stands in the file now, and had those of before."""
        if "secret" in held.now:
            self._credentials[person] = held.now["secret"]
        self._older[person] = held.older
        self._given = self._given | {person} if "secret" in held.given else self._given - {person}

    def has(self, person: str) -> bool:
        """Whether a person has a secret."""
        return person in self._credentials

    def why_not_of(self, person: str, secret: str, terminal: str = "") -> str:
        """Why somebody could not sign with this; "" if it is the person's secret, or would be chosen with the signature."""
        if person in self._credentials or self._is_by_file:
            return self.wrong(person, secret, terminal) or self._given_words(person)
        return "" if len(secret) >= SHORTEST["secret"] else TOO_SHORT

    def wrong(self, person: str, secret: str, terminal: str) -> str:
        """Why this is not the secret of who may try; "" if it is, whoever has chosen it. A wrong one is counted."""
        known = self._credentials.get(person)
        if known is None:
            return f"'{person}' has no secret here{did_you_mean(person, self._credentials)}"
        return self._wrong_secret(known, person, secret, terminal)

    def _given_words(self, person: str) -> str:
        given = f"the secret of {person} was chosen by somebody else; allowed: first one of your own, with {CHANGE}"
        return given if person in self._given else ""

    def sign(self, record: str, person: str, secret: str, meaning: str, *, terminal: str, at_us: int) -> RecordSigned:
        """The signature of an entry, to be told as any entry of a person.

        Raises
        ------
        SignatureRefused : nobody knows the person or the entry, or the secret is wrong
        """
        known = self._credentials.get(person)
        if known is None:
            raise SignatureRefused(f"'{person}' has no secret here{did_you_mean(person, self._credentials)}")
        if why := self._lockout.why(person):
            raise SignatureRefused(why)
        if not secret:
            raise SignatureRefused("it was signed without a secret; allowed: the id and the own secret, each time")
        if why := self._wrong_secret(known, person, secret, terminal):
            raise SignatureRefused(why)
        if why := self._given_words(person):
            raise SignatureRefused(why)
        entry = self._entry(record)
        if entry is None:
            raise SignatureRefused(f"the journal has no entry '{record}'")
        seal = self._seal(known, record, entry.hash, person, meaning, at_us)
        return RecordSigned(
            effective_us=at_us, person=person, terminal=terminal, record=record, record_hash=entry.hash, meaning=meaning, seal=seal
        )

    def doubt(self, signature: RecordSigned) -> str:
        """Why a signature does not hold; "" if it does."""
        entry, known = self._entry(signature.record), self._credentials.get(signature.person)
        if entry is None or known is None:
            return "it is of an entry, or a person, that is not known here"
        broken = verify(list(self._journal.entries()))
        if broken is not None and broken <= entry.seq:
            return f"the record was changed at entry {broken}"
        if entry.hash != signature.record_hash:
            return "the record is not the one that was signed"
        said = entry.id, entry.hash, signature.person, signature.meaning, signature.effective_us
        keys = (known, *self._older.get(signature.person, ()))
        fits = any(hmac.compare_digest(self._seal(it, *said), signature.seal) for it in keys)
        return "" if fits else "it was made for another record, person, meaning or time"

    def _wrong_secret(self, known: Credential, person: str, secret: str, terminal: str) -> str:
        """ "" if it is the secret of who may try; else in words, and counted."""
        if why := self._lockout.why(person):
            return why
        if not known.fits(secret):
            return self._lockout.wrong(person, terminal)
        self._lockout.right(person)
        return ""

    def _entry(self, record: str) -> JournalEntry | None:
        return next((entry for entry in self._journal.entries() if entry.id == record), None)

    @staticmethod
    def _seal(known: Credential, record: str, record_hash: str, person: str, meaning: str, at_us: int) -> str:
        said = "\n".join((record, record_hash, person, meaning, str(at_us)))
        return hmac.new(known.key, said.encode(), "sha256").hexdigest()
