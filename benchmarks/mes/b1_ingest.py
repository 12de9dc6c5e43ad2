"""B1: mixed events of a plant into a journal, durable, with a commit every 5 ms at most; the journal alone, and with the MES reacting.

The peer is a plain batched INSERT of the very rows into the same table of the same database, in as many commits: no ids, no hashes, no
canonical text, no look for duplicates. SQLite waits for the disk at each commit (WAL, FULL), PostgreSQL as it does by itself.

    python -m benchmarks.mes.b1_ingest [FACTS, 1,000,000 if left out]
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterable
from itertools import chain, islice
from pathlib import Path

from benchmarks.measuring import pairs
from benchmarks.mes.year import facts_of, shop
from tools.start_postgres import PostgresMissing, PostgresServer
from twin.mes import Mes
from twin.model.events import OperationsEvent
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.model.states import Source
from twin.store.journal import DatabaseJournal
from twin.store.journal.database import parse_url
from twin.store.journal.hash_chain import JournalRow

GROUP_S = 0.005
FACTS, ROUNDS = 1_000_000, 3
Rows = list[JournalRow]


def clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def ingest(url: str, facts: Iterable[OperationsEvent], mes: Mes | None) -> tuple[float, float, int, int]:
    """Seconds on the wall and of the processor, entries, commits."""
    journal = DatabaseJournal(url)
    begin_s, begin_cpu_s = clocks()
    committed_s, commits = begin_s, 0
    for fact in facts:
        pending = deque([journal.append(fact, source=Source.LIVE)])
        while mes is not None and pending:
            entry = pending.popleft()
            pending += [journal.append(it, source=Source.RULE, cause=entry.id, rule="Mes") for it in mes.apply(entry.event)]
        if time.perf_counter() - committed_s > GROUP_S:
            journal.commit()
            committed_s, commits = time.perf_counter(), commits + 1
    journal.commit()
    end_s, end_cpu_s = clocks()
    entries = len(journal)
    journal.close()
    return end_s - begin_s, end_cpu_s - begin_cpu_s, entries, commits + 1


def rows_in(url: str) -> Rows:
    journal = DatabaseJournal(url)
    rows = list(journal.rows())
    journal.close()
    return rows


def plain_insert(url: str, rows: Rows, commits: int) -> tuple[float, float]:
    """The same rows, batched."""
    DatabaseJournal(url).close()
    journal = DatabaseJournal(url)  # for its engine, set up as a journal needs it
    marks = ", ".join([("?" if parse_url(url).drivername == "sqlite" else "%s")] * len(JournalRow._fields))
    size = max(1, -(-len(rows) // commits))
    begin_s, begin_cpu_s = clocks()
    for first in range(0, len(rows), size):
        with journal.engine.begin() as connection:
            connection.exec_driver_sql(f"INSERT INTO journal VALUES ({marks})", rows[first : first + size])
    end_s, end_cpu_s = clocks()
    journal.close()
    return end_s - begin_s, end_cpu_s - begin_cpu_s


def measure(name: str, urls: Iterable[str], case: tuple[Plant, Scenario], facts: list[OperationsEvent]) -> None:
    """Us and the plain insert in turn, print and keep."""
    url = iter(urls)
    kept = []
    for reacts in (False, True):
        found = []
        for _ in range(ROUNDS):
            ours, mes = next(url), Mes(case[0], case[1].policies) if reacts else None
            wall_s, cpu_s, entries, commits = ingest(ours, facts, mes)
            plain_wall_s, plain_cpu_s = plain_insert(next(url), rows_in(ours), commits)
            found.append((wall_s, cpu_s, plain_wall_s, plain_cpu_s, entries, commits))
        what = "journal and MES" if reacts else "journal"
        wall_s, cpu_s, plain_wall_s, plain_cpu_s, entries, commits = sorted(found)[len(found) // 2]
        row = pairs.row(f"plain insert, {name}, {what}", [(it[1] / it[4] * 1e6, it[3] / it[4] * 1e6) for it in found], None)
        kept.append(row)
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"B1 ingest, {name}, {what}: {len(facts):,} facts, {entries:,} entries, {commits:,} commits; peak {peak_mb:.0f} MB")
        print(
            f"B1 ingest, {name}, {what}: {len(facts) / cpu_s / 1e3:.1f} k facts and {entries / cpu_s / 1e3:.1f} k entries a CPU s;"
            f" {cpu_s:.2f} CPU s, {wall_s:.2f} s by the wall; plain insert of these rows {plain_cpu_s:.2f} CPU s, {plain_wall_s:.2f} s"
        )
    pairs.keep(f"B1{'' if name == 'SQLite' else 'p'} ingest", ours="journal", pairs=kept, facts=len(facts))


def main(count: int) -> None:
    """Print SQLite's and PostgreSQL's."""
    case = shop(200, 365.0 * count / 1_000_000, 4.0)
    facts = list(islice(chain.from_iterable(facts_of(case)), count))
    with tempfile.TemporaryDirectory() as folder:
        measure("SQLite", (f"sqlite:///{Path(folder) / f'{n}.db'}" for n in range(99)), case, facts)
    try:
        with PostgresServer() as server:
            measure("PostgreSQL", iter(server.create_database, ""), case, facts)
    except PostgresMissing as missing:
        print(f"B1 ingest, PostgreSQL: left out: {missing}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else FACTS)
