"""The file of secrets: for each person a secret to sign with, a PIN for terminals, or both; plain, or hashed so that no reader learns them.

    olga: correct horse                           # a secret alone
    pete: {secret: battery staple, pin: "4711"}   # YAML takes 4711 for a number, and 0815 for another: quote it
    quinn: {pin: scrypt:5f...:a3...}              # as `twin secrets FILE` writes it

Of what is plain a key is made with the person's id as salt, so that signatures and sessions hold after a restart.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from twin.model.problems import did_you_mean, listed
from twin.store.texts import too_open, write_texts

SHORTEST: dict[str, int] = {"secret": 8, "pin": 4}
HASHED = "scrypt:"
KEY_BYTES = 64
ALLOWED = "allowed: a file with a line 'person: secret' for each person, or 'person: {secret: ..., pin: ...}'"
_SCRYPT = {"n": 2**14, "r": 8, "p": 1}


@dataclass(frozen=True, slots=True)
class Credential:
    """What is kept of a secret or a PIN."""

    salt: bytes
    key: bytes

    @classmethod
    def of(cls, plain: str, salt: bytes) -> Credential:
        return cls(salt, key_of(plain, salt))

    def fits(self, plain: str) -> bool:
        """Whether this is what it was made of."""
        return hmac.compare_digest(key_of(plain, self.salt), self.key)

    @property
    def text(self) -> str:
        """As it stands in a file."""
        return f"{HASHED}{self.salt.hex()}:{self.key.hex()}"


def key_of(plain: str, salt: bytes) -> bytes:
    """The key that is kept of a secret (scrypt, RFC 7914)."""
    return hashlib.scrypt(plain.encode(errors="replace"), salt=salt, n=_SCRYPT["n"], r=_SCRYPT["r"], p=_SCRYPT["p"], dklen=KEY_BYTES)


def read_secrets(file: Path, persons: Collection[str]) -> dict[str, dict[str, Credential]]:
    """Credentials by person and kind.

    Raises
    ------
    ValueError : no such file, one that others may read, no YAML, another person than there is, a secret or PIN that is none; all at once
    """
    found: dict[str, dict[str, Credential]] = {}
    problems: list[str] = []
    read = _read(file)
    if why := too_open(file):
        problems.append(f"{file}: {why}")
    for name, said in read.items():
        person = str(name)
        if person not in persons:
            near = did_you_mean(person, persons)
            problems.append(f"{file}: nobody knows a person '{person}'{near}; allowed: {listed(persons)}")
            continue
        for kind, words in _by_kind(said).items():
            try:
                found.setdefault(person, {})[kind] = _credential(kind, words, person.encode())
            except ValueError as error:
                problems.append(f"{file}: {person}: {error}")
    if problems:
        raise ValueError("\n".join(problems))
    return found


def hash_secrets(file: Path) -> int:
    """Write the file anew with everything hashed that stood there plain; how many that were.

    Raises
    ------
    ValueError : no such file, no YAML, or a secret or PIN that is none
    """
    hashed: dict[str, Any] = {}
    count = 0
    for name, said in _read(file).items():
        for kind, words in _by_kind(said).items():
            try:
                credential = _credential(kind, words, os.urandom(16))
            except ValueError as error:
                raise ValueError(f"{file}: {name}: {error}") from None
            count += not str(words).startswith(HASHED)
            hashed.setdefault(str(name), {})[kind] = credential.text
    mode = file.stat().st_mode
    write_texts(file.parent, {file.name: yaml.safe_dump(hashed, sort_keys=False, width=1000)})
    file.chmod(mode)  # whoever could not read it cannot now
    return count


def _read(file: Path) -> dict[Any, Any]:
    if not file.is_file():
        raise ValueError(f"{file}: no secrets are to be read there; {ALLOWED}")
    try:
        read = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise ValueError(f"{file}{where}: no secrets are to be read there, since it is no YAML; {ALLOWED}") from None
    if not isinstance(read, dict):
        raise ValueError(f"{file}: no secrets are to be read there; {ALLOWED}")
    return read


def _by_kind(said: Any) -> dict[str, Any]:
    return said if isinstance(said, dict) else {"secret": said}


def _credential(kind: str, words: Any, salt: bytes) -> Credential:
    if kind not in SHORTEST:
        raise ValueError(f"'{kind}' is neither a secret nor a PIN; allowed: secret, pin")
    text = str(words)
    if text.startswith(HASHED):
        salt_hex, _, key_hex = text.removeprefix(HASHED).partition(":")
        try:
            found = Credential(bytes.fromhex(salt_hex), bytes.fromhex(key_hex))
        except ValueError:
            found = Credential(b"", b"")
        if len(found.key) != KEY_BYTES:
            raise ValueError(f"its {kind} begins with '{HASHED}' and is no hash; allowed: what `twin secrets` wrote")
        return found
    if kind == "pin" and isinstance(words, int):
        raise ValueError(f'its PIN is read as the number {words}; allowed: in quotes, as in "0815"')
    if len(text) < SHORTEST[kind]:
        raise ValueError(f"a {'PIN' if kind == 'pin' else kind} needs {SHORTEST[kind]} signs or more")
    return Credential.of(text, salt)
