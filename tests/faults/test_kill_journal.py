"""Nothing that was acknowledged is lost, and nothing is kept by half, whoever is killed and whenever."""

from __future__ import annotations

import random
import time
from collections import Counter
from contextlib import suppress

import pytest

from tests.faults.ingest import ENTRIES, append_round, ingest
from tests.forked import FORKED
from tools.start_postgres import PostgresServer
from twin.store.journal import DatabaseJournal, MemoryJournal, verify
from twin.store.projections import project, project_rows

REPEATED = 3
"""Rounds that a process sends again after its predecessor was killed: it cannot know whether they arrived."""


class Ingestion:
    """A process that ingests, and the last round that it was told is safe."""

    def __init__(self, url: str, acknowledged: int = -1) -> None:
        self._heard, acknowledge = FORKED.Pipe(duplex=False)
        first_round = max(0, acknowledged + 1 - REPEATED)
        self.process = FORKED.Process(target=ingest, args=(url, first_round, acknowledge), daemon=True)
        self.process.start()
        acknowledge.close()
        self.complaint = ""
        self.acknowledged = acknowledged
        while self.acknowledged <= acknowledged:  # until it has sent something new
            self._hear()

    def _hear(self) -> None:
        said: int | str = self._heard.recv()
        if isinstance(said, str):
            self.complaint = said
        else:
            self.acknowledged = max(self.acknowledged, said)

    def kill(self) -> None:
        """SIGKILL in whatever it is doing; what it has said until then counts."""
        self.process.kill()
        self.wait()

    def wait(self) -> None:
        """Until it has ended."""
        self.process.join(60)
        with suppress(EOFError):
            while True:
                self._hear()


def assert_nothing_lost_nothing_half(url: str, acknowledged: int) -> None:
    journal = DatabaseJournal(url, create=False)
    rounds = Counter(entry.event.effective_us for entry in journal.entries())
    assert set(rounds.values()) == {ENTRIES}, "every transaction is whole"
    assert sorted(rounds) == list(range(len(rounds)))
    assert len(rounds) in (acknowledged + 1, acknowledged + 2), "all that is acknowledged, and at most the one after"
    assert verify(journal) is None
    undisturbed = MemoryJournal()
    for number in range(len(rounds)):
        append_round(undisturbed, number)
    assert journal.head == undisturbed.head, "as if nothing had happened"
    journal.close()


@pytest.mark.slow
def test_a_killed_writer_loses_nothing_that_was_acknowledged(database_url):
    draw = random.Random(6)
    acknowledged = -1
    for _ in range(8):
        ingestion = Ingestion(database_url, acknowledged)
        time.sleep(draw.uniform(0.0, 0.25))
        ingestion.kill()
        acknowledged = ingestion.acknowledged
        assert_nothing_lost_nothing_half(database_url, acknowledged)
    assert acknowledged > 8, "the test is about something"


@pytest.mark.slow
def test_two_killed_writers_leave_one_whole_chain(database_url):
    both = [Ingestion(database_url) for _ in range(2)]
    time.sleep(0.2)
    for ingestion in both:
        ingestion.kill()
    assert_nothing_lost_nothing_half_of_two(database_url, max(ingestion.acknowledged for ingestion in both))


def assert_nothing_lost_nothing_half_of_two(url: str, acknowledged: int) -> None:
    journal = DatabaseJournal(url)
    rounds = Counter(entry.event.effective_us for entry in journal.entries())
    assert set(rounds.values()) == {ENTRIES}, "what both have sent is there once"
    assert acknowledged <= max(rounds) <= acknowledged + 1
    assert verify(journal) is None
    assert project(journal, batch=500) == len(journal)
    assert len(project_rows(journal.entries())["stock_movement"]) == len(journal) // 3
    journal.close()


@pytest.mark.db
@pytest.mark.xdist_group("postgresql")
def test_a_server_that_crashes_loses_nothing_that_was_acknowledged(postgres_server: PostgresServer):
    url = postgres_server.create_database()
    postgres_server.write_out()  # what other tests have left is nothing to be recovered here
    acknowledged = -1
    for _ in range(2):
        ingestion = Ingestion(url, acknowledged)
        time.sleep(0.2)
        postgres_server.crash()
        ingestion.wait()
        acknowledged = ingestion.acknowledged
        assert ingestion.complaint.startswith("'postgresql+psycopg://twin:***@127.0.0.1"), ingestion.complaint
        assert_nothing_lost_nothing_half(url, acknowledged)
