"""What a journal keeps of one event, and what every journal can do."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import NamedTuple, Protocol

from twin.model.events import OperationsEvent
from twin.model.states import Source

EMPTY_HEAD = "0" * 64
"""The head of a journal that has no entry yet."""

PLANT_SOURCES = frozenset({Source.SIMULATED, Source.LIVE, Source.REPLAYED})
"""Where the plant's own facts come from; what users and rules add is not the plant's."""


class StoreError(Exception):
    """Something at the door of the store: what it is, why, and what is allowed, in words. Never holds a password."""


class NoJournal(StoreError):
    """Nobody has begun a journal there yet: the place can be reached, and holds none."""


class JournalEntry(NamedTuple):
    """One event as the journal keeps it. A tuple, since one is made for each event, and it takes a fifth of the time of a dataclass.

    Attributes
    ----------
    seq : its place, from 1 without gaps
    id : made from content, so that the same thing has the same id wherever it is journaled
    source : who said so
    rule, cause : for what was concluded: by which rule, from the entry of which id; "" for a fact
    event : the event itself
    previous_hash, hash : the chain; `hash` covers everything else here
    """

    seq: int
    id: str
    source: Source
    rule: str
    cause: str
    event: OperationsEvent
    previous_hash: str
    hash: str


class Journal(Protocol):
    """The append-only, hash-chained stream of everything that happened. One writer thread for each object."""

    def append(
        self, event: OperationsEvent, *, source: Source, cause: str = "", rule: str = "", occurrence: int | None = None
    ) -> JournalEntry:
        """Put one event at the end; it becomes durable with the next `commit`.

        Harmless to repeat: an event whose id the journal has already is not added again, and the entry that is there is returned.

        Parameters
        ----------
        source : who says so
        cause, rule : for a derived event, the id of the entry that it follows from and the rule that said so
        occurrence : how many events with the same cause and rule (for a fact: with the same content) came before it. Left out,
            this journal object counts. A source that may say the same thing twice, as a bridge that reconnects, gives 0.

        Raises
        ------
        StoreError : the event cannot be kept (NaN, a time outside int64, a NUL in an id), the database refuses, or the journal
            holds another event under this id (the same cause led to something else before)
        """

    def first_of(self, cause: str, rule: str, place: int = 0) -> JournalEntry | None:
        """What was concluded first from an entry by a rule, or after so many others; None: nothing, or nothing that it knows again."""

    def commit(self) -> None:
        """Make everything appended since the last commit durable, all or nothing."""

    def rollback(self) -> None:
        """Forget everything appended since the last commit."""

    def entries(self, after_seq: int = 0) -> Iterator[JournalEntry]:
        """Entries with a higher seq, in order; what this object has appended and not yet committed comes last."""

    def stamp(self) -> Hashable:
        """Something that is another one once `entries` has more to give, at the cost of microseconds; None: nobody can tell.

        What another process has committed to PostgreSQL shows a moment later.
        """

    @property
    def head(self) -> str:
        """Hash of the last entry, which stands for all before it; 64 zeros if there is none."""

    def __len__(self) -> int: ...

    def close(self) -> None:
        """Let go of the database; what is not committed is forgotten."""
