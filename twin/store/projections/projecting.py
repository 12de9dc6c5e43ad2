"""Bringing the derived tables up to the journal, or making them anew."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from twin.model.events import LotMerged, LotSplit, OperationsResponse, SubcontractOrderPlaced
from twin.store.journal import JournalEntry, StoreError
from twin.store.journal.database import in_words, writing
from twin.store.journal.database_journal import DatabaseJournal
from twin.store.journal.hash_chain import JournalRow, entry_of
from twin.store.journal.tables import JOURNAL
from twin.store.projections.business import apply_to_customer_orders, apply_to_postings, apply_to_purchase_orders
from twin.store.projections.production import apply_to_job_orders, apply_to_lots
from twin.store.projections.projected_rows import ProjectedRows, Row
from twin.store.projections.states import StateIntervals
from twin.store.projections.tables import CUSTOMER_ORDER, JOB_ORDER, LOT, PROJECTED, PROJECTIONS, PURCHASE_ORDER, SUBCONTRACTED, recreate

_PLACE = "journal"


def project_rows(entries: Iterable[JournalEntry]) -> dict[str, list[Row]]:
    """Rows of every derived table by its name, of a whole journal, in memory."""
    rows = ProjectedRows()
    _apply(entries, rows)
    return {table.name: rows.of(table) for table in PROJECTIONS}


def project(journal: DatabaseJournal, *, batch: int = 5_000) -> int:
    """Bring the derived tables of the journal's database up to its last committed entry; how many entries were new.

    Parameters
    ----------
    batch : entries in one transaction; other writers wait while it lasts

    Raises
    ------
    StoreError : the journal has entries that are not committed, or the database refuses
    """
    if journal.uncommitted:
        raise StoreError(f"{journal.uncommitted} entries of the journal are not committed; commit them before the tables can tell of them")
    taken = 0
    while True:
        with in_words(journal.url), writing(journal.engine) as connection:
            found = _project_batch(connection, batch)
        taken += found
        if not found:
            return taken


def rebuild(journal: DatabaseJournal, *, batch: int = 5_000) -> int:
    """Drop the derived tables and make them anew from the whole journal; how many entries it has."""
    if not journal.uncommitted:
        with in_words(journal.url), writing(journal.engine) as connection:
            recreate(connection)
    return project(journal, batch=batch)


def _project_batch(connection: Connection, batch: int) -> int:
    rows = ProjectedRows(connection)
    place = rows.get(PROJECTED, _PLACE) or {"name": _PLACE, "seq": 0}
    page = select(JOURNAL).where(JOURNAL.c.seq > place["seq"]).order_by(JOURNAL.c.seq).limit(batch)
    entries = [entry_of(JournalRow._make(row)) for row in connection.execute(page)]
    if entries:
        _prefetch(entries, rows)
        _apply(entries, rows)
        place["seq"] = entries[-1].seq
        rows.put(PROJECTED, place)
        rows.flush()
    return len(entries)


def _prefetch(entries: list[JournalEntry], rows: ProjectedRows) -> None:
    events = [entry.event for entry in entries]
    orders = {getattr(event, "order", "") for event in events}
    rows.prefetch(JOB_ORDER, {one for event in events for one in event.job_order.split("+")})
    rows.prefetch(LOT, {event.lot for event in events} | {event.from_lot for event in events if isinstance(event, LotSplit | LotMerged)})
    rows.prefetch(CUSTOMER_ORDER, orders)
    rows.prefetch(PURCHASE_ORDER, orders)
    rows.prefetch(SUBCONTRACTED, {event.request for event in events if isinstance(event, OperationsResponse | SubcontractOrderPlaced)})


def _apply(entries: Iterable[JournalEntry], rows: ProjectedRows) -> None:
    states = StateIntervals()
    for entry in entries:
        states.apply(entry, rows)
        apply_to_job_orders(entry, rows)
        apply_to_purchase_orders(entry, rows)  # before the lots: a correction differs from what was known to have come
        apply_to_lots(entry, rows)
        apply_to_postings(entry, rows)
        apply_to_customer_orders(entry, rows)
