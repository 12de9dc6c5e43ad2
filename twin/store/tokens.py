"""Who may use the interface for programs: a token for each program, as whom it speaks, and what it may do.

Of a token only a digest is kept here; it is looked for among all of them in a time that does not depend on where they differ.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from twin.model.problems import did_you_mean, listed
from twin.store.texts import too_open

ROLES = ("reader", "planner", "sales", "purchasing", "warehouse", "finance", "production")
"""What a program may be. Everyone may read orders and stock; the others see and say more: docs/API.md."""
SHORTEST = 20
_KEYS = ("token", "person", "roles")


@dataclass(frozen=True, slots=True)
class Program:
    """One program: its name, the person as whom it speaks, and its roles."""

    name: str
    person: str
    roles: frozenset[str]


class Tokens:
    """Programs by their tokens."""

    def __init__(self) -> None:
        self._programs: list[tuple[bytes, Program]] = []

    def admit(self, token: str, program: Program) -> None:
        """Let a program in.

        Raises
        ------
        ValueError : the token is too short to be one, or has signs that no header can carry, or is another program's
        """
        if len(token) < SHORTEST or not (token.isascii() and token.isprintable()) or " " in token:
            raise ValueError(
                f"the token of '{program.name}' is none; allowed: {SHORTEST} letters, digits and signs or more, without blanks"
            )
        if self.program_of(token):
            raise ValueError(f"the token of '{program.name}' is that of another program, too; allowed: one of its own")
        self._programs.append((_digest(token), program))

    def program_of(self, token: str) -> Program | None:
        """Whose token it is; None if nobody's."""
        digest, found = _digest(token), None
        for known, program in self._programs:
            if hmac.compare_digest(known, digest):
                found = program
        return found


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()


def read_tokens(file: Path, persons: Collection[str]) -> Tokens:
    """The programs of a file, `name: {token: ..., person: ..., roles: [...]}` each; without `person` a program speaks as itself.

    Raises
    ------
    ValueError : no such file, one that others may read, or everything that is wrong in it, a line each; no message holds a token
    """
    try:
        read: Any = yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else None
    except (yaml.YAMLError, UnicodeDecodeError, OSError):
        read = None
    if not isinstance(read, dict) or not read:
        raise ValueError(f"{file}: no programs are to be read there; allowed: a file with 'name: {{token: ..., roles: [...]}}' for each")
    tokens, wrong = Tokens(), list[str]()
    if why := too_open(file):
        wrong.append(f"{file}: {why}")
    for name, said in read.items():
        try:
            tokens.admit(str(said["token"]) if isinstance(said, dict) and "token" in said else "", _program(str(name), said, persons))
        except ValueError as error:
            wrong.append(f"{file}: {error}")
    if wrong:
        raise ValueError("\n".join(wrong))
    return tokens


def _program(name: str, said: Any, persons: Collection[str]) -> Program:
    if not isinstance(said, dict):
        raise ValueError(f"'{name}' is no program; allowed: {{token: ..., person: ..., roles: [...]}}")
    if unknown := [str(key) for key in said if key not in _KEYS]:
        raise ValueError(f"'{name}' has '{unknown[0]}'{did_you_mean(unknown[0], _KEYS)}; allowed: {listed(_KEYS)}")
    roles = said.get("roles")
    if not isinstance(roles, list) or not roles:
        raise ValueError(f"'{name}' has no roles; allowed: a list of {listed(ROLES)}")
    if strange := [str(role) for role in roles if role not in ROLES]:
        raise ValueError(f"'{name}' has the role '{strange[0]}'{did_you_mean(strange[0], ROLES)}; allowed: {listed(ROLES)}")
    person = str(said.get("person", name))
    if "person" not in said and name in persons:
        raise ValueError(f"'{name}' is called as a person is; allowed: a name of its own, or 'person: {name}' to speak as that person")
    if "person" in said and persons and person not in persons:
        raise ValueError(f"'{name}' speaks as '{person}', whom nobody knows{did_you_mean(person, persons)}; allowed: {listed(persons)}")
    return Program(name=name, person=person, roles=frozenset(map(str, roles)))
