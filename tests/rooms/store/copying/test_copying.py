"""A whole journal is copied as it stands: the same rows and head, all of them or none, checked on the way, from and to each database."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest

from tests.rooms.store.test_tampering import filled, forge
from twin.model.events import CountObserved
from twin.model.states import Source
from twin.store.journal import DatabaseJournal, MemoryJournal, StoreError, open_journal, verify
from twin.store.journal.copying import copied as room
from twin.store.journal.copying.copied import copied


@pytest.mark.parametrize("block", [5, 2_000])
def test_a_copy_has_the_same_rows_and_goes_on_where_they_end(
    fresh_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(room, "_BLOCK", block)
    recorded, journal = filled(fresh_database()), DatabaseJournal(fresh_database())
    assert list(copied(recorded, journal)) == list(recorded.entries())
    assert list(journal.rows()) == list(recorded.rows())
    assert (len(journal), journal.head) == (12, recorded.head)
    for it in (recorded, journal):
        it.append(CountObserved(effective_us=5, equipment="mill_1", good=5, lot="Größe"), source=Source.LIVE, occurrence=0)  # said again
        it.append(CountObserved(effective_us=9, equipment="mill_1", good=1), source=Source.LIVE)
        it.commit()
    assert list(journal.rows()) == list(recorded.rows())
    assert (len(journal), verify(journal)) == (13, None)
    recorded.close()
    journal.close()


@pytest.mark.parametrize("change", ["lot = lot || 'x'", "body = replace(body, '3', '4')", "hash = previous_hash", "id = lot"])
def test_what_was_changed_is_found_and_nothing_is_kept(fresh_database: Callable[[], str], change: str) -> None:
    recorded, url = filled(fresh_database()), fresh_database()
    forge(recorded, f"UPDATE journal SET {change} WHERE seq = 7")
    journal, heard = DatabaseJournal(url), []
    with pytest.raises(StoreError, match="entry 7 was changed after it was written; allowed: a journal as it was kept"):
        heard.extend(copied(recorded, journal))
    assert len(journal) == 0
    journal.append(CountObserved(effective_us=1, good=1), source=Source.LIVE)
    journal.commit()
    assert len(open_journal(url, create=False)) == 1, "and nobody waits for its write lock"
    recorded.close()
    journal.close()


def test_who_stops_in_the_midst_keeps_nothing(fresh_database: Callable[[], str]) -> None:
    recorded, journal = filled(fresh_database()), DatabaseJournal(fresh_database())
    with closing(copied(recorded, journal)) as entries:
        assert len(list(islice(entries, 5))) == 5
    assert len(journal) == 0
    assert len(list(copied(recorded, journal))) == 12
    with pytest.raises(StoreError, match="holds 12 entries already; allowed: a new file, or an empty database"):
        next(copied(recorded, journal))
    recorded.close()
    journal.close()


def test_a_record_may_be_written_on_while_it_is_copied(tmp_path: Path) -> None:
    recorded, journal = filled(f"sqlite:///{tmp_path}/record.db"), DatabaseJournal(tmp_path / "copy.db")
    bridge = DatabaseJournal(tmp_path / "record.db")
    with closing(copied(recorded, journal)) as entries:
        next(entries)
        bridge.append(CountObserved(effective_us=77, good=1), source=Source.LIVE)
        bridge.commit()
        assert len(list(entries)) == 11, "the record as it was when the copy began"
    assert (len(journal), len(bridge)) == (12, 13)
    for it in (recorded, journal, bridge):
        it.close()


def test_memory_to_database_and_back(database_url: str) -> None:
    kept = MemoryJournal()
    for n in range(7):
        kept.append(CountObserved(effective_us=n, good=n), source=Source.SIMULATED)
    kept.commit()
    journal, again = DatabaseJournal(database_url), MemoryJournal()
    assert list(copied(kept, journal)) == list(kept.entries())
    assert list(copied(journal, again)) == list(kept.entries())
    assert (again.head, again.stamp()) == (journal.head, 7)
    journal.close()
