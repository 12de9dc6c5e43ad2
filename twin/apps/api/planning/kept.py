"""Questions of programs that take a while, by name: one at a time, asked twice the same, ended, and kept until others push them out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, Literal, Protocol, TypeVar

from twin.apps.api.once import Refused

State = Literal["running", "done", "cancelled", "failed"]
KEPT = 8
"""So many are kept; the oldest that has ended goes first."""


class Looked(Protocol):
    """What is asked in a thread of its own, and how it stands."""

    is_done: bool
    failure: str

    @property
    def is_cancelled(self) -> bool: ...

    def cancel(self) -> None:
        """What is done by now counts."""
        ...

    def asked_in_words(self) -> str:
        """How it was asked for, for who asks otherwise under the same name."""
        ...


Question = TypeVar("Question", bound=Looked)
Asked = TypeVar("Asked")


class Kept(Generic[Asked, Question]):
    """The questions of one kind of one server: one at a time, since each takes a processor.

    `what` : as refusals name one, with its "is" or "are"; `address` : under which they are
    """

    def __init__(self, what: str, verb: Literal["is", "are"], address: str, make: Callable[[Asked], Question]) -> None:
        self._one, self._is = what, verb
        self._was, self._have = {"is": ("was", "it has"), "are": ("were", "they have")}[verb]
        self._address, self._make = address, make
        self._lock = threading.Lock()
        self._questions: dict[str, tuple[Asked, Question]] = {}

    def begin(self, name: str, asked: Asked) -> tuple[Question, bool]:
        """The one of that name, and whether it was there.

        Raises
        ------
        Refused : the name is another's, or another one runs
        """
        with self._lock:
            if kept := self._questions.get(name):
                was, found = kept
                if was != asked:
                    words = f"{self._one} '{name}' {self._was} asked for otherwise ({found.asked_in_words()})"
                    raise Refused(409, f"{words}; allowed: a name of its own for each")
                return found, True
            if running := next((other for other, (_, it) in self._questions.items() if not it.is_done), ""):
                words = f"{self._one} '{running}' {self._is} under way"
                raise Refused(409, f"{words}; allowed: once {self._have} ended, or after DELETE {self._address}/{running}")
            while len(self._questions) >= KEPT:
                del self._questions[next(iter(self._questions))]
            made = self._make(asked)
            self._questions[name] = asked, made
            return made, False

    def found(self, name: str) -> Question:
        """One that is kept.

        Raises
        ------
        Refused : there is none of that name
        """
        kept = self._questions.get(name)
        if kept is None:
            raise Refused(404, f"there {self._is} no {self._one} '{name}'; allowed: {', '.join(self._questions) or 'none is kept'}")
        return kept[1]

    def all(self) -> list[tuple[str, Question]]:
        """Those that are kept, oldest first."""
        return [(name, it) for name, (_, it) in list(self._questions.items())]

    def end(self) -> None:
        """The server stops: nobody is left to read what runs."""
        for _, it in self.all():
            it.cancel()


def state_of(it: Looked, has_ended: bool) -> State:
    """How a question stands; `has_ended`, as it was before its answer was looked at."""
    if not has_ended:
        return "running"
    return "failed" if it.failure else "cancelled" if it.is_cancelled else "done"
