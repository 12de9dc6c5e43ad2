"""A process that ingests rounds of events until somebody kills it."""

from __future__ import annotations

from itertools import count
from multiprocessing.connection import Connection

from twin.model.events import CountObserved, EquipmentActual, MaterialActual
from twin.model.states import Source
from twin.store.journal import Journal, StoreError, open_journal

FACTS = 40
ENTRIES = 3 * FACTS
"""Entries of a round: what follows from each fact is two more."""


def append_round(journal: Journal, number: int) -> None:
    """One instant of a plant: all facts, then what follows from each."""
    facts = [
        journal.append(CountObserved(effective_us=number, equipment=f"mill_{n}", job_order=f"SO-{n}/mill", good=1), source=Source.LIVE)
        for n in range(FACTS)
    ]
    for fact in facts:
        at = {"effective_us": number, "job_order": fact.event.job_order}
        journal.append(EquipmentActual(**at, run_us=5), source=Source.RULE, cause=fact.id, rule="mes.tracking")
        journal.append(
            MaterialActual(**at, use="Produced", material="gear", quantity=1), source=Source.RULE, cause=fact.id, rule="mes.material"
        )


def ingest(url: str, first_round: int, acknowledge: Connection) -> None:
    """Sends the number of each round once `commit` has returned: from then on it must not be lost. Ends with the store's complaint."""
    try:
        journal = open_journal(url)
        for number in count(first_round):
            append_round(journal, number)
            journal.commit()
            acknowledge.send(number)
    except StoreError as error:
        acknowledge.send(str(error))
