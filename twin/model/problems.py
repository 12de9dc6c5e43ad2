"""What is wrong with something that a person wrote: where, what, why, and what is allowed instead.

A check finds; it knows the path of a key in a declared table (`Finding`). The reader of the file knows the line of
that path, and makes a `Problem` of it. All problems of all files are raised together, once, as a `PlantFileError`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

_ALLOWED = "; allowed: "
Document = Literal["plant", "items", "signals", "scenario", "record"]
KeyPath = tuple[str | int, ...]
Place = tuple[str | int, ...]
"""A document and a path in it. As what a finding rests on, "*" stands for any one part, and "**" at the end for all that is within."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something wrong at `path` of one of the documents.

    `at_key`: the key itself is meant and not its value. `rests_on`: what else must be as it was meant, or nothing can be said here.
    `spoils`: what stands here means nothing, so that nothing can be said of what rests on it.
    """

    document: Document
    path: KeyPath
    what: str
    allowed: str = ""
    at_key: bool = False
    rests_on: tuple[Place, ...] = ()
    spoils: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """Something wrong at a place of a text. Lines and columns count from 1; line 0: the text has no lines (it was made by a program).

    `file` is empty for what stands in no file, as an option of a command.
    """

    file: str
    line: int
    column: int
    what: str
    allowed: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return (f"{place}: " if place else "") + self.what + (f"{_ALLOWED}{self.allowed}" if self.allowed else "")


class ToldAgain(Exception):
    """An error that is made of `problems`: it comes out of another process, as of a study, as it went in."""

    problems: Any

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.problems,)


class PlantFileError(ToldAgain):
    """Files that cannot be used, with every problem found in them, in the order of files and lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


def problems_document(error: Exception) -> dict[str, list[dict[str, str | int]]]:
    """What is wrong, as every command with --json tells it: the problems of files, or the lines of a message, which stand in no file."""
    if isinstance(error, PlantFileError):
        problems = error.problems
    else:
        parts = [line.partition(_ALLOWED) for line in str(error).splitlines()]
        problems = [Problem(file="", line=0, column=0, what=what, allowed=allowed) for what, _, allowed in parts]
    return {"problems": [asdict(problem) for problem in problems]}


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that looks most like `word`; None if none does."""
    by_lower = {k.lower(): k for k in known}
    near = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.68)
    return by_lower[near[0]] if near else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The question in brackets, after a blank, if a known word looks like `word`; else nothing."""
    near = nearest(word, known)
    return f" (did you mean '{near}'?)" if near else ""


def listed(known: Iterable[str], at_most: int = 12) -> str:
    """The known words in a row, cut short after `at_most`; "none" if there are none."""
    words = list(known)
    more = f", … ({len(words)} in all)" if len(words) > at_most else ""
    return ", ".join(words[:at_most]) + more if words else "none"
