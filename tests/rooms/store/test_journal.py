from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.databases import DATABASES, databases
from tests.rooms.store.any_events import CONCRETE, any_event, any_record, append_all, events_of
from twin.model.events import (
    CountObserved,
    EquipmentStateChanged,
    Heartbeat,
    JobOrderCommandRefused,
    JobOrderStarted,
    JournalPosted,
    OperationsEvent,
    OrderPromised,
    ProcessValueObserved,
)
from twin.model.states import Source
from twin.store.journal import (
    EMPTY_HEAD,
    DatabaseJournal,
    Journal,
    MemoryJournal,
    StoreError,
    hash_chain,
    open_journal,
    trace_hash,
    transcribe,
    verify,
)
from twin.store.journal.hash_chain import canonical
from twin.store.journal.occurrences import Occurrences

on_each_database = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NOON_US = 1_772_452_800_000_000


def count(good: int = 1, *, at_us: int = NOON_US, equipment: str = "mill_1") -> CountObserved:
    return CountObserved(effective_us=at_us, equipment=equipment, job_order="SO-1/mill", good=good)


@pytest.fixture(params=["memory", *DATABASES])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    if request.param == "memory":
        yield MemoryJournal()
        return
    with databases(request.param, request, tmp_path) as fresh:
        journal = DatabaseJournal(fresh())
        yield journal
        journal.close()


@pytest.mark.slow
@given(record=any_record())
@on_each_database
def test_the_same_record_has_the_same_entries_and_head_in_memory_and_in_each_database(fresh_database: Callable[[], str], record):
    memory, database = MemoryJournal(), DatabaseJournal(fresh_database())
    assert append_all(database, record) == append_all(memory, record)
    database.commit()
    assert list(database.entries()) == list(memory.entries())
    assert (database.head, len(database)) == (memory.head, len(memory))
    assert trace_hash(database.entries()) == trace_hash(memory.entries())
    assert verify(database) is None
    assert verify(memory) is None
    database.close()


@pytest.mark.slow
@pytest.mark.parametrize("event_class", CONCRETE, ids=lambda c: c.__name__)
@settings(max_examples=10, deadline=None)  # as many go through the pages, which keep the same texts
@given(data=st.data())
def test_an_event_of_every_class_comes_back_from_its_text_as_it_was(event_class, data):
    from twin.store.journal.hash_chain import entry_of, row_of

    entry = MemoryJournal().append(data.draw(events_of(event_class)), source=Source.USER)
    assert entry_of(row_of(entry)) == entry


@given(event=any_event)
def test_the_body_is_canonical_json(event):
    body = canonical(event).body
    assert json.dumps(json.loads(body), sort_keys=True, separators=(",", ":")) == body


@given(event=any_event)
def test_the_text_of_an_event_is_that_of_its_values_one_by_one(event):
    """It is laid out beforehand for each class; whatever stands in a field, the text is what the plain way writes."""
    assert canonical(event) == ("".join(hash_chain._texts(event)), hash_chain._texts(event)[1])


def test_an_empty_journal_has_no_entry_and_the_empty_head(journal):
    journal.commit()
    assert (len(journal), journal.head, list(journal.entries())) == (0, EMPTY_HEAD, [])


def test_entries_can_be_read_from_any_seq_on_and_what_is_not_committed_comes_last(journal):
    committed = [journal.append(count(n), source=Source.LIVE) for n in range(5)]
    journal.commit()
    pending = [journal.append(count(n), source=Source.LIVE) for n in range(5, 8)]
    assert [entry.seq for entry in journal.entries()] == list(range(1, 9))
    assert list(journal.entries(3)) == committed[3:] + pending
    assert list(journal.entries(6)) == pending[1:]
    assert list(journal.entries(8)) == []


def test_equal_facts_are_two_entries(journal):
    assert journal.append(count(), source=Source.LIVE).id != journal.append(count(), source=Source.LIVE).id
    assert len(journal) == 2


def test_a_fact_that_is_said_again_with_its_occurrence_is_the_same_entry(journal):
    first = journal.append(count(), source=Source.LIVE, occurrence=0)
    journal.commit()
    assert journal.append(count(), source=Source.LIVE, occurrence=0) == first
    assert len(journal) == 1


@given(record=any_record(), split=st.integers(0, 12))
@on_each_database
def test_a_record_that_is_appended_again_by_a_new_process_adds_nothing(fresh_database: Callable[[], str], record, split):
    url = fresh_database()
    before = DatabaseJournal(url)
    append_all(before, record[:split])
    before.commit()
    before.close()
    after = DatabaseJournal(url)
    append_all(after, record)
    after.commit()
    once = MemoryJournal()
    append_all(once, record)
    assert list(after.entries()) == list(once.entries())
    after.close()


def test_the_same_cause_and_rule_cannot_conclude_another_thing_than_before(database_url):
    first, second = DatabaseJournal(database_url), DatabaseJournal(database_url)
    for journal, job_order in ((first, "SO-1/mill"), (second, "SO-2/mill")):
        fact = journal.append(count(), source=Source.LIVE)
        event = JobOrderStarted(effective_us=NOON_US, job_order=job_order)
        if journal is first:
            journal.append(event, source=Source.RULE, cause=fact.id, rule="mes.tracking")
            journal.commit()
            continue
        with pytest.raises(StoreError, match=r"same rule 'mes.tracking' but says another thing"):
            journal.append(event, source=Source.RULE, cause=fact.id, rule="mes.tracking")
        journal.close()


def test_why_something_was_refused_may_be_put_in_other_words_and_those_of_then_stand(database_url):
    for reason in ("no drawing", "no drawing; no gauge"):
        journal = DatabaseJournal(database_url)
        fact = journal.append(count(), source=Source.LIVE)
        said = JobOrderCommandRefused(effective_us=NOON_US, command="Start", reason=reason)
        assert journal.append(said, source=Source.RULE, cause=fact.id, rule="MES").event == replace(said, reason="no drawing")
        journal.commit()
        with pytest.raises(StoreError, match="says another thing"):
            journal.append(replace(said, command="Stop"), source=Source.RULE, cause=fact.id, rule="MES", occurrence=0)
        journal.close()


def test_a_promise_stays_as_it_was_given_and_a_change_that_was_refused_stays_refused(database_url):
    """Today another date would be promised, and the change be taken; whoever reads the journal goes by what it says."""
    for due_us in (NOON_US, NOON_US + 5):
        journal = DatabaseJournal(database_url)
        fact = journal.append(count(), source=Source.LIVE)
        assert journal.first_of(fact.id, "Erp") is None or due_us > NOON_US
        said = OrderPromised(effective_us=NOON_US, order="A", material="gear", quantity=1, due_us=due_us, reason="anew")
        assert journal.append(said, source=Source.RULE, cause=fact.id, rule="Erp").event.due_us == NOON_US
        assert journal.first_of(fact.id, "Erp").event.due_us == NOON_US
        with pytest.raises(StoreError, match="says another thing"):
            journal.append(replace(said, quantity=2), source=Source.RULE, cause=fact.id, rule="Erp", occurrence=0)
        journal.commit()
        journal.close()


def test_what_is_rolled_back_never_happened(journal):
    kept = journal.append(count(1), source=Source.LIVE)
    journal.commit()
    forgotten = journal.append(count(2), source=Source.LIVE)
    journal.append(JobOrderStarted(effective_us=NOON_US), source=Source.RULE, cause=forgotten.id, rule="mes.tracking")
    journal.rollback()
    assert (list(journal.entries()), journal.head) == ([kept], kept.hash)
    assert journal.append(count(2), source=Source.LIVE) == forgotten, "the same id, seq and hash as the first time"


def test_others_see_a_transaction_whole_or_not_at_all(database_url):
    writer, reader = DatabaseJournal(database_url), DatabaseJournal(database_url)
    for n in range(3):
        writer.append(count(n), source=Source.LIVE)
    assert (len(writer), len(reader), list(reader.entries())) == (3, 0, [])
    writer.commit()
    assert len(reader) == 3
    assert reader.head == writer.head


def test_what_was_not_committed_is_gone_after_close(database_url):
    journal = DatabaseJournal(database_url)
    journal.append(count(1), source=Source.LIVE)
    journal.close()
    assert len(open_journal(database_url)) == 0


def test_several_writers_continue_one_chain(database_url):
    """The bridge appends facts while `twin follow` appends what follows from them."""
    DatabaseJournal(database_url).close()
    failures: list[BaseException] = []

    def write(equipment: str) -> None:
        try:
            journal = DatabaseJournal(database_url)
            for n in range(30):
                for k in range(4):
                    journal.append(count(4 * n + k, equipment=equipment), source=Source.LIVE)
                journal.commit()
            journal.close()
        except BaseException as failure:
            failures.append(failure)

    writers = [threading.Thread(target=write, args=(f"mill_{n}",)) for n in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failures == []
    journal = DatabaseJournal(database_url)
    entries = list(journal.entries())
    assert verify(journal) is None
    assert sorted((e.event.equipment, e.event.good) for e in entries) == sorted(
        (f"mill_{n}", good) for n in range(3) for good in range(120)
    )
    assert all(len({e.event.equipment for e in entries[at : at + 4]}) == 1 for at in range(0, 360, 4)), "transactions never interleave"
    journal.close()


@pytest.mark.parametrize(
    ("event", "complaint"),
    [
        (ProcessValueObserved(effective_us=0, property="temperature", value=float("nan")), "finite"),
        (ProcessValueObserved(effective_us=0, property="temperature", value=float("inf")), "finite"),
        (CountObserved(effective_us=0, good={"a": object()}), "whole and finite numbers"),  # type: ignore[arg-type]
        (Heartbeat(effective_us=2**63), "outside int64"),
        (Heartbeat(effective_us=0, recorded_us=2**63), "outside int64"),
        (Heartbeat(effective_us=0, lot="a\0b"), "NUL"),
        (Heartbeat(effective_us=0, job_order="\udc80"), "half a character"),
    ],
)
def test_what_would_not_survive_is_refused_in_words_and_nothing_is_kept(journal, event, complaint):
    with pytest.raises(StoreError, match=complaint):
        journal.append(event, source=Source.LIVE)
    journal.rollback()
    assert len(journal) == 0


def test_a_number_of_numpy_is_kept_as_the_number_that_it_is(journal):
    plain = JournalPosted(effective_us=5, document="issue", legs=(("1400", 7), ("1300", -7)))
    foreign = JournalPosted(effective_us=np.int64(5), document="issue", legs=(("1400", np.int64(7)), ("1300", np.int32(-7))))  # type: ignore[arg-type]
    value = ProcessValueObserved(effective_us=5, property="t", value=np.float64(0.1))
    assert journal.append(foreign, source=Source.LIVE, occurrence=0) == journal.append(plain, source=Source.LIVE, occurrence=0)
    journal.append(value, source=Source.LIVE)
    journal.commit()
    assert [entry.event for entry in journal.entries()] == [plain, value]


@given(record=any_record(), where=st.data())
def test_the_trace_hash_knows_what_happened_and_not_who_told_of_it(record, where):
    facts = [(event, Source.SIMULATED, None, "") for event, source, _, _ in record if source != Source.RULE]
    replayed = [
        (type(event)(**{**_fields(event), "recorded_us": where.draw(st.integers(0, 10**9))}), Source.REPLAYED, None, "")
        for event, *_ in facts
    ]
    derived = (Heartbeat(effective_us=0), Source.RULE, 0, "mes")
    assert _trace(facts) == _trace(replayed) == _trace([*replayed, derived] if replayed else [])
    if len(facts) > 1 and canonical(facts[0][0]).content != canonical(facts[-1][0]).content:
        assert _trace(facts) != _trace([facts[-1], *facts[1:-1], facts[0]]), "order is part of what happened"
    assert _trace(facts) != _trace(facts[1:])


def _fields(event: OperationsEvent) -> dict[str, object]:
    from dataclasses import fields

    return {field.name: getattr(event, field.name) for field in fields(event)}


def _trace(record) -> str:
    journal = MemoryJournal()
    append_all(journal, record)
    return trace_hash(journal.entries())


def test_the_trace_hash_of_a_given_trace_is_the_same_on_every_machine():
    """Written down once; a change to the canonical text breaks every recorded run, and this test."""
    journal = MemoryJournal()
    journal.append(EquipmentStateChanged(effective_us=NOON_US, equipment="Fräse 1", state=6, reason="½"), source=Source.LIVE)
    journal.append(
        ProcessValueObserved(effective_us=NOON_US + 1, equipment="Fräse 1", property="t", value=0.1, unit="°C"), source=Source.LIVE
    )
    assert canonical(next(journal.entries()).event).content == (
        '["EquipmentStateChanged",1772452800000000,"Fr\\u00e4se 1","","","",""]{"reason":"\\u00bd","state":6}'
    )
    assert trace_hash(journal.entries()) == "dd48424292e3d3aa442ab7207a10ef7e7ab0d2e33ec65cdd1944f063ced4cdc9"
    assert journal.head == "51f8f30b3fa26419225bf1cc7a75e43773c38c1d62cf29767ee62b53ca1c2479"


def test_a_run_in_memory_is_kept_by_transcribing_it(database_url):
    memory, database = MemoryJournal(), DatabaseJournal(database_url)
    fact = memory.append(count(), source=Source.SIMULATED)
    memory.append(count(), source=Source.SIMULATED)
    memory.append(JobOrderStarted(effective_us=NOON_US), source=Source.RULE, cause=fact.id, rule="mes.tracking")
    transcribe(memory.entries(), database)
    transcribe(memory.entries(), DatabaseJournal(database_url))
    assert list(database.entries()) == list(memory.entries())
    with pytest.raises(StoreError, match="entry 2 would get another id"):
        transcribe(list(memory.entries())[1:], MemoryJournal())


def test_equal_facts_are_counted_until_they_are_forgotten():
    occurrences = Occurrences(remembered=2)
    assert [occurrences.count(key) for key in "aabab"] == [0, 1, 0, 2, 1]
    occurrences.commit()
    assert [occurrences.count(key) for key in "abc"] == [3, 2, 0]
    occurrences.rollback()
    assert [occurrences.count(key) for key in "abc"] == [3, 2, 0]
    occurrences.commit()
    assert occurrences.count("a") == 0, "three keys, two are remembered, the oldest went"
