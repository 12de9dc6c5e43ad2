"""A question that takes a while: answered by a thread of its own, looked at meanwhile, ended on demand."""

from __future__ import annotations

import logging
import threading
import time
from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from twin.study import StudyStoppedError

Found = TypeVar("Found")
_log = logging.getLogger(__name__)


class Question(ABC, Generic[Found]):
    """One question; whoever derives from it sets its own fields first, since the thread begins at once."""

    about: str
    """What is looked for, as the thread and the log name it."""

    def __init__(self) -> None:
        self.found: Found | None = None
        self.is_done, self.failure, self.took_s = False, "", 0.0
        self.stop = threading.Event()
        self._began_s = time.monotonic()
        threading.Thread(target=self._look, name=self.about, daemon=True).start()

    @abstractmethod
    def answer(self) -> Found:
        """What was found. ValueError and StudyStoppedError say in words why there is nothing."""

    @property
    def percent_done(self) -> int:
        """How far it is, 0 to 100, as far as anybody knows."""
        return 0

    def cancel(self) -> None:
        """What is done by now counts."""
        self.stop.set()

    @property
    def is_cancelled(self) -> bool:
        return self.stop.is_set()

    def show(self, found: Found) -> None:
        """What can be looked at before all of it is done; the time taken is that of the first answer."""
        self.took_s, self.found = self.took_s or time.monotonic() - self._began_s, found

    def _look(self) -> None:
        try:
            self.show(self.answer())
        except (ValueError, StudyStoppedError) as reason:  # in words already
            self.failure = str(reason)
        except Exception as error:  # the page must say so: a bar that stands still looks like work
            self.failure = f"{type(error).__name__}: {error}"
            _log.exception("%s: the search has ended with a fault", self.about)
        self.is_done = True
