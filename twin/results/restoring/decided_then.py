"""What an older version has decided on what a person said, where today's would decide otherwise: a journal keeps it that goes on."""

from __future__ import annotations

from twin.model.events import BillEntered, CharacteristicChanged, EntryRefused, OperationsEvent, PaymentOrdered, SalesOrderChanged
from twin.model.source import Fold
from twin.store.journal import Journal, JournalEntry

OTHERWISE_TODAY = (PaymentOrdered, BillEntered, SalesOrderChanged, CharacteristicChanged)
"""What is looked up so."""


def decided_then(journal: Journal, entry: JournalEntry, fold: Fold) -> list[OperationsEvent]:
    """Of bills: what was taken then, or refused. Of payments: that they were refused. Nothing, where the fold is to be asked."""
    if not isinstance(entry.event, PaymentOrdered | BillEntered):
        return []
    found, rule = list[OperationsEvent](), type(fold).__name__
    while known := journal.first_of(entry.id, rule, len(found)):
        found.append(known.event)
    return found if isinstance(entry.event, BillEntered) or any(isinstance(it, EntryRefused) for it in found) else []


def refused_then(journal: Journal, entry: JournalEntry, fold: Fold) -> list[OperationsEvent]:
    """Of what nothing follows today: that it was refused. Another date may be promised by now, a first quality plan be said."""
    may_be = isinstance(entry.event, SalesOrderChanged | CharacteristicChanged)
    known = journal.first_of(entry.id, type(fold).__name__) if may_be else None
    return [known.event] if known and isinstance(known.event, EntryRefused) else []
