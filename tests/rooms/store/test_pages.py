from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rooms.store.any_events import CONCRETE, any_record, append_all, events_of
from twin.model.events import EVENT_TYPES, CountObserved, JobOrderCommand, JournalPosted, ProcessValueObserved
from twin.model.events.operations_event import BASE_FIELDS
from twin.model.states import Source
from twin.store.journal import MemoryJournal, StoreError, trace_hash, verify
from twin.store.journal.hash_chain import own_fields
from twin.store.pages import entries_from_page, page_about, page_from_entries, read_page, read_page_table, typed_columns, write_page


@pytest.mark.slow
@pytest.mark.parametrize("event_class", CONCRETE, ids=lambda c: c.__name__)
@settings(max_examples=3, deadline=None)  # a page costs what its columns cost: few pages, of many events
@given(data=st.data())
def test_every_event_class_goes_into_a_page_and_comes_back_without_loss(event_class, data):
    journal = MemoryJournal()
    for event in data.draw(st.lists(events_of(event_class), min_size=4, max_size=12)):
        journal.append(event, source=Source.LIVE)
    assert entries_from_page(page_from_entries(journal.entries())) == list(journal.entries())


@given(record=any_record())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_journal_goes_to_a_file_and_comes_back_without_loss(tmp_path: Path, record):
    journal = MemoryJournal()
    append_all(journal, record)
    write_page(tmp_path / "run.parquet", journal.entries())
    found = read_page(tmp_path / "run.parquet")
    assert found == list(journal.entries())
    assert [[type(value) for value in _own(entry.event)] for entry in found] == [
        [type(value) for value in _own(entry.event)] for entry in journal.entries()
    ]
    assert verify(found) is None
    assert trace_hash(found) == trace_hash(journal.entries())


def _own(event):
    return [getattr(event, name) for name in own_fields(type(event).__name__)]


def test_an_empty_journal_is_an_empty_page(tmp_path: Path):
    write_page(tmp_path / "run.parquet", [], {"plant": "gearbox_shop"})
    assert read_page(tmp_path / "run.parquet") == []
    assert read_page_table(tmp_path / "run.parquet").schema == page_from_entries([]).schema


@pytest.fixture
def page() -> pa.Table:
    journal = MemoryJournal()
    journal.append(CountObserved(effective_us=1, equipment="mill_1", good=5, scrap=1), source=Source.SIMULATED)
    journal.append(CountObserved(effective_us=2, equipment="mill_1", good=2**70), source=Source.SIMULATED)
    journal.append(ProcessValueObserved(effective_us=3, property="temperature", value=10**400, unit="\ud800C"), source=Source.SIMULATED)  # type: ignore[arg-type]
    journal.append(ProcessValueObserved(effective_us=3, property="temperature", value=2**60 + 1), source=Source.SIMULATED)
    journal.append(JournalPosted(effective_us=4, document="issue", legs=(("1400", 7), ("1300", -(2**64)))), source=Source.RULE)
    journal.append(JobOrderCommand(effective_us=5, command="Start", lots=("a", "b"), quantities=(3, 2**64)), source=Source.RULE)
    return page_from_entries(journal.entries(), {"plant": "gearbox_shop", "seed": 7})


def test_own_fields_are_typed_columns_that_an_analysis_can_work_on(page):
    assert page.column("effective_us").type == pa.int64()
    assert page.column("good").to_pylist() == [5, None, None, None, None, None], "what is too large is whole in the body alone"
    assert page.column("scrap").to_pylist() == [1, 0, None, None, None, None]
    assert page.column("value").to_pylist() == [None, None, None, float(2**60), None, None]
    assert page.column("unit").to_pylist() == [None, None, "?C", "", None, None]
    assert page.column("legs").to_pylist()[4] == [{"account": "1400", "amount_minor": 7}, {"account": "1300", "amount_minor": None}]
    assert page.column("lots").to_pylist()[5] == ["a", "b"]
    assert page.column("quantities").to_pylist()[5] == [3, None]
    assert page.column("type").to_pylist()[0] == "CountObserved"


def test_a_page_says_what_it_is_of(page, tmp_path: Path):
    assert page_about(page) == {"page": "1", "plant": "gearbox_shop", "seed": "7"}
    write_page(tmp_path / "run.parquet", entries_from_page(page), page_about(page) | {"scenario": "Frühschicht"})
    assert page_about(read_page_table(tmp_path / "run.parquet")) == {**page_about(page), "scenario": "Frühschicht"}


def test_every_own_field_of_every_event_class_has_a_typed_column():
    from dataclasses import fields

    every = {field.name for event_class in EVENT_TYPES.values() for field in fields(event_class)} - set(BASE_FIELDS)
    assert set(typed_columns()) == every


def test_a_file_that_is_no_page_is_refused_in_words(tmp_path: Path, page):
    (tmp_path / "notes.txt").write_text("no Parquet at all")
    (tmp_path / "empty").touch()
    pq.write_table(pa.table({"a": [1]}), tmp_path / "other.parquet")
    write_page(tmp_path / "whole.parquet", entries_from_page(page))
    whole = (tmp_path / "whole.parquet").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(whole[:-200])
    pq.write_table(page.replace_schema_metadata({"twin.page": "99"}), tmp_path / "newer.parquet")
    pq.write_table(page.drop_columns(["body"]), tmp_path / "without_body.parquet")
    complaints = {
        "notes.txt": "is no event page",
        "empty": "is no event page",
        "other.parquet": "another Parquet file",
        "cut.parquet": "is no event page",
        "newer.parquet": "newer plant-twin",
        "without_body.parquet": "no column body",
        "nowhere.parquet": "there is no file",
        ".": "is no event page",
    }
    for name, says in complaints.items():
        with pytest.raises(StoreError, match=says):
            read_page(tmp_path / name)


def test_a_changed_page_is_found(page):
    entries = entries_from_page(page)
    forged = page.set_column(page.column_names.index("equipment"), "equipment", pa.array(["mill_1", "mill_2", "", "", "", ""]))
    assert verify(entries) is None
    assert verify(entries_from_page(forged)) == 2
    assert verify(entries_from_page(page.slice(1))) == 1


def test_a_page_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path, page):
    with pytest.raises(StoreError, match="cannot be written"):
        write_page(tmp_path / "nowhere" / "run.parquet", entries_from_page(page))
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError, match="cannot be written"):
        write_page(tmp_path / "folder", entries_from_page(page))
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
