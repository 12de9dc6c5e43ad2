"""The journal in memory: for a run in a notebook, until it is saved."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from twin.model.events import (
    BillReceived,
    CostBillReceived,
    EntryRefused,
    FreeInvoiceIssued,
    GoodsTakenBack,
    InvoiceIssued,
    JobOrderCommandRefused,
    JournalPosted,
    OperationsEvent,
    OrderPromised,
    SalesOrderConfirmed,
    SalesOrderRevised,
    WorkAlertRaised,
)
from twin.model.states import Source
from twin.store.journal.hash_chain import canonical, derived_id, fact_id, link_hash
from twin.store.journal.journal_entry import EMPTY_HEAD, JournalEntry, StoreError
from twin.store.journal.occurrences import Occurrences

_STANDS: dict[type[OperationsEvent], dict[str, Any]] = {
    EntryRefused: {"reason": ""},
    JobOrderCommandRefused: {"reason": ""},
    WorkAlertRaised: {"message": ""},
    OrderPromised: {"due_us": 0, "reason": ""},
    SalesOrderConfirmed: {"due_us": 0},
    SalesOrderRevised: {"due_us": 0},
    InvoiceIssued: {"due_us": 0},
    BillReceived: {"due_us": 0},
    CostBillReceived: {"due_us": 0},
    FreeInvoiceIssued: {"due_us": 0},
    GoodsTakenBack: {"lot": "", "invoices": (), "disposition": "", "reason": ""},
}
"""What may be concluded otherwise by now, and is as it was said then: words, dates of promises and terms, what came of returns."""


class MemoryJournal:
    """A `Journal` that ends with its process. Gives the same ids and hashes as one in a database."""

    def __init__(self) -> None:
        self._entries: list[JournalEntry] = []
        self._by_id: dict[str, JournalEntry] = {}
        self._committed = 0
        self._occurrences = Occurrences()

    def copy(self) -> MemoryJournal:
        """A journal with the same entries that goes on by itself."""
        other = MemoryJournal()
        other._entries, other._by_id, other._committed = list(self._entries), dict(self._by_id), self._committed
        other._occurrences = copy.deepcopy(self._occurrences)
        return other

    def append(
        self, event: OperationsEvent, *, source: Source, cause: str = "", rule: str = "", occurrence: int | None = None
    ) -> JournalEntry:
        """See `Journal.append`."""
        content, _ = canonical(event)
        if occurrence is None:
            occurrence = self._occurrences.count((cause, rule) if cause else content)
        entry_id = derived_id(cause, rule, occurrence) if cause else fact_id(content, occurrence)
        known = self._by_id.get(entry_id)
        if known is not None:
            refuse_another(known, event)
            return known
        seq, previous = len(self._entries) + 1, self.head
        linked = link_hash(previous, seq, entry_id, source.value, rule, cause, event.recorded_us, content)
        entry = JournalEntry(seq, entry_id, source, rule, cause, event, previous, linked)
        self._entries.append(entry)
        self._by_id[entry_id] = entry
        return entry

    def first_of(self, cause: str, rule: str, place: int = 0) -> JournalEntry | None:
        """See `Journal.first_of`."""
        return self._by_id.get(derived_id(cause, rule, place))

    def commit(self) -> None:
        """See `Journal.commit`; nothing in memory is durable."""
        self._committed = len(self._entries)
        self._occurrences.commit()

    def rollback(self) -> None:
        """See `Journal.rollback`."""
        for entry in self._entries[self._committed :]:
            del self._by_id[entry.id]
        del self._entries[self._committed :]
        self._occurrences.rollback()

    def entries(self, after_seq: int = 0) -> Iterator[JournalEntry]:
        """See `Journal.entries`. What is appended meanwhile does not come."""
        for place in range(max(after_seq, 0), len(self._entries)):
            yield self._entries[place]

    def stamp(self) -> int:
        """See `Journal.stamp`."""
        return len(self._entries)

    @property
    def head(self) -> str:
        """See `Journal.head`."""
        return self._entries[-1].hash if self._entries else EMPTY_HEAD

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[JournalEntry]:
        return self.entries()

    def close(self) -> None:
        """See `Journal.close`. The entries can still be read."""
        self.rollback()


class UnchainedJournal(MemoryJournal):
    """The same entries without their chain, at a third of the cost: for a run of which the outcome is kept and the journal is not.

    An id is a place, and hashes are empty: `verify` finds it broken, and a run that is to be saved wants a chained one. It does not
    notice that the same thing is said twice, which a simulated plant never does.
    """

    def append(
        self, event: OperationsEvent, *, source: Source, cause: str = "", rule: str = "", occurrence: int | None = None
    ) -> JournalEntry:
        """See `Journal.append`."""
        seq = len(self._entries) + 1
        entry = JournalEntry(seq, str(seq), source, rule, cause, event, "", "")
        self._entries.append(entry)
        return entry

    def rollback(self) -> None:
        """See `Journal.rollback`."""
        del self._entries[self._committed :]


def _is_wages(event: OperationsEvent) -> bool:
    """They follow from when persons were what, in whatever order that became known; what was posted otherwise is made good later."""
    return isinstance(event, JournalPosted) and event.document == "wages"


def refuse_another(known: JournalEntry, event: OperationsEvent) -> None:
    """The same id must mean the same event: else a rule has concluded, from one cause, something else than before.

    Why something was refused, and what a person should look at, may be put in other words than then, and another date be promised: what
    was said then stands.
    """
    if canonical(known.event).content == canonical(event).content:
        return
    unsaid = {"legs": ()} if _is_wages(known.event) and _is_wages(event) else _STANDS.get(type(event), {})
    is_same = unsaid and type(known.event) is type(event) and replace(known.event, **unsaid) == replace(event, **unsaid)
    if not is_same:
        raise StoreError(
            f"entry {known.seq} of the journal follows from the same cause by the same rule '{known.rule}' but says another thing, "
            f"{known.event}; "
            "allowed: the same conclusion again. The rules or the plant's files have changed since; use a new journal"
        )
