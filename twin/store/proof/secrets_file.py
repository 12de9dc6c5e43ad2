"""The file of secrets: for each person a secret to sign with, a PIN for terminals, or both; plain, or hashed so that no reader learns them.

    olga: correct horse                           # a secret alone
    pete: {secret: battery staple, pin: "4711"}   # YAML takes 4711 for a number, and 0815 for another: quote it
    quinn: {pin: scrypt:5f...:a3...}              # as `twin secrets FILE` writes it
    rosa: {secret: ..., older: [...], given: [pin]}

Of what is plain a key is made with the person's id as salt, so that signatures and sessions hold after a restart, and after `twin secrets`.
`older` are secrets of before: what was signed with them is checked by them, and nobody signs with them. `given` is what somebody else has
chosen: with that one may choose another, and nothing else.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from twin.model.problems import did_you_mean, listed
from twin.store.texts import too_open

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


@dataclass(slots=True)
class Held:
    """What one person signs on and signs with, by kind; with which secrets before, and what of it somebody else has chosen."""

    now: dict[str, Credential] = field(default_factory=dict)
    older: list[Credential] = field(default_factory=list)
    given: list[str] = field(default_factory=list)

    @property
    def texts(self) -> dict[str, Any]:
        """As it stands in a file."""
        found: dict[str, Any] = {kind: it.text for kind, it in self.now.items()}
        more = {"older": [it.text for it in self.older], "given": self.given}
        return found | {name: its for name, its in more.items() if its}


def read_secrets(file: Path, persons: Collection[str]) -> dict[str, Held]:
    """What each person holds.

    Raises
    ------
    ValueError : no such file, one that others may read, no YAML, another person than there is, a secret or PIN that is none; all at once
    """
    found: dict[str, Held] = {}
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
        found[person], wrongs = _held(person, said)
        problems += [f"{file}: {person}: {words}" for words in wrongs]
    if problems:
        raise ValueError("\n".join(problems))
    return found


def hash_secrets(file: Path) -> int:
    """Write the file anew with everything hashed that stood there plain; how many that were. Each is as it was: its key stays the same.

    Raises
    ------
    ValueError : no such file, no YAML, or a secret or PIN that is none; all at once
    """
    held: dict[str, Any] = {}
    problems: list[str] = []
    read = _read(file)
    for name, said in read.items():
        it, wrongs = _held(str(name), said)
        problems += [f"{file}: {name}: {words}" for words in wrongs]
        held[str(name)] = it.texts
    if problems:
        raise ValueError("\n".join(problems))
    _write(file, held)
    return sum(not words.startswith(HASHED) for said in read.values() for words in _words_of(said))


def change_in(file: Path, person: str, kind: str, plain: str, *, is_given: bool = False) -> Held:
    """Write what a person holds with another secret or PIN, hashed; the lines of others stay as they are.

    `is_given`: somebody else has chosen it. A secret of before stays among the older ones.

    Raises
    ------
    ValueError : it is too short to be one, the person does not stand in the file, or that can be read or written no more
    """
    credential, read = _credential(kind, plain, os.urandom(16), is_plain=True), _read(file)
    key = next((it for it in read if str(it) == person), None)
    if key is None:
        raise ValueError(f"'{person}' does not stand in the file of secrets; allowed: {listed(map(str, read))}")
    it, wrongs = _held(person, read[key])
    if wrongs:
        raise ValueError("; ".join(wrongs))
    if kind == "secret" and kind in it.now:
        it.older.append(it.now[kind])
    it.now[kind] = credential
    it.given = sorted({*it.given, kind} if is_given else {*it.given} - {kind})
    _write(file, {**read, key: it.texts})
    return it


def _held(person: str, said: Any) -> tuple[Held, list[str]]:
    """What a person's line says, and all that is wrong with it."""
    found, problems = Held(), list[str]()
    by_kind = _by_kind(said)
    for kind, words in by_kind.items():
        try:
            match kind:
                case "older":
                    found.older = [_credential("secret", it, person.encode()) for it in _list(kind, words)]
                case "given":
                    found.given = [_kind(str(it), by_kind) for it in _list(kind, words)]
                case _:
                    found.now[kind] = _credential(kind, words, person.encode())
        except ValueError as error:
            problems.append(str(error))
    return found, problems


def _list(kind: str, words: Any) -> list[Any]:
    if not isinstance(words, list):
        raise ValueError(f"'{kind}' is no list; allowed: {kind}: [...]")
    return words


def _kind(kind: str, by_kind: Mapping[str, Any]) -> str:
    if kind not in SHORTEST or kind not in by_kind:
        raise ValueError(f"'{kind}' is given and is not there; allowed: {listed(it for it in SHORTEST if it in by_kind)}")
    return kind


def _words_of(said: Any) -> list[str]:
    """Secrets and PINs as they stand there."""
    by_kind = _by_kind(said)
    return [str(words) for kind, words in by_kind.items() if kind in SHORTEST] + [str(it) for it in by_kind.get("older", [])]


def _write(file: Path, held: Mapping[Any, Any]) -> None:
    """The whole file or none of it; whoever could not read it cannot now, nor while it is written."""
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
        unfinished.unlink(missing_ok=True)
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as written:
            written.write(yaml.safe_dump(dict(held), sort_keys=False, width=1000))
        unfinished.chmod(mode)
        unfinished.replace(file)
    except OSError as error:
        raise ValueError(
            f"{file}: it cannot be written: {error.strerror or error}; allowed: a file in a folder that may be written to"
        ) from None
    finally:
        unfinished.unlink(missing_ok=True)


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


def _credential(kind: str, words: Any, salt: bytes, *, is_plain: bool = False) -> Credential:
    if kind not in SHORTEST:
        raise ValueError(f"'{kind}' is neither a secret nor a PIN; allowed: secret, pin")
    text = str(words)
    if text.startswith(HASHED) and not is_plain:
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
