"""What a sender may write in a line, what is refused in words, and how the stage puts in order."""

from __future__ import annotations

import gzip
import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.forked import ran
from tests.rooms.store.any_events import events_of, possible_event
from twin.model.events import EVENT_TYPES, CountObserved, EquipmentStateChanged, Heartbeat, event_to_fields
from twin.model.events.operations_event import BASE_FIELDS
from twin.model.exchange.bounds import LAST_US, out_of_bounds
from twin.model.problems import Problem
from twin.store.ingest import IngestStage, ReceivedFact, needed_tolerance_us
from twin.store.ingest.received import importable, line_of, read_line, read_received, write_received
from twin.store.journal import StoreError

MIN_US, DAY_US = 60_000_000, 86_400_000_000
A_COUNT = '{"id": "a", "type": "StockCounted", "effective_us": 1, "material": "A", "lot": "a", "quantity":'


def beat(minute: int, name: str = "", sequence: int | None = None) -> ReceivedFact:
    return ReceivedFact(
        id=name or str(minute), sequence=sequence, event=Heartbeat(effective_us=minute * MIN_US, reason=name), place="here:1"
    )


def given_on(stage: IngestStage, *minutes: int) -> list[list[int]]:
    return [[it.effective_us // MIN_US for it in found] for minute in minutes for found in stage.take(beat(minute))]


@given(event=possible_event.filter(lambda it: type(it).__name__ in importable()), sequence=st.none() | st.integers(0, 9))
def test_what_is_written_is_read_again(event, sequence):
    fact = ReceivedFact(id="plc/1", sequence=sequence, event=event, place=":1")
    assert read_line(line_of(fact)) == fact


@given(event=st.sampled_from(importable()).flatmap(lambda name: events_of(EVENT_TYPES[name])))
def test_a_number_that_no_plant_can_have_is_refused_in_words_and_any_other_is_read(event):
    said = {name: getattr(event, name) for name in BASE_FIELDS} | event_to_fields(event)
    beyond = out_of_bounds({name: value for name, value in said.items() if name != "recorded_us"})
    read = read_line(line_of(ReceivedFact(id="plc/1", sequence=None, event=event)))
    if beyond:
        assert isinstance(read, Problem)
        assert all(words in read.what for words in beyond)
    elif isinstance(read, Problem):
        assert "cannot be kept" in read.what or "'recorded_us' is" in read.what


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "no JSON"),
        ("[1]", "a JSON list"),
        ("[" * 99_999, "no JSON"),
        ('{"id": "a", "type": "CountObserved", "effective_us": 1, "equipment": ["saw"]}', "'equipment' is [\"saw\"], and not str"),
        ('{"type": "Heartbeat", "effective_us": 1}', "it has no 'id'"),
        ('{"id": "a", "type": "Hartbeat", "effective_us": 1}', "did you mean 'Heartbeat'?"),
        ('{"id": "a", "type": "JobOrderStarted", "effective_us": 1}', "is concluded here, from facts"),
        ('{"id": "a", "type": "SparePartIssued", "effective_us": 1}', "is concluded here, from facts"),
        ('{"id": "a", "type": "JournalPosted", "effective_us": 1}', "is no fact"),
        ('{"id": "a", "type": "Heartbeat"}', "'effective_us' is missing"),
        ('{"id": "a", "type": "Heartbeat", "effective_us": "noon"}', "'effective_us' is \"noon\", and not int"),
        ('{"id": "a", "type": "CountObserved", "effective_us": 1, "equipment": "saw", "god": 1}', "nothing is called 'god' (did you mean"),
        ('{"id": "a", "type": "CountObserved", "effective_us": 1, "equipment": "sw"}', "the plant has no equipment 'sw' (did you mean"),
        (f"{A_COUNT} -1}}", "'quantity' is -1; allowed: 0 to 100000000"),
        (f"{A_COUNT} {10**15}}}", "'quantity' is 1000000000000000; allowed: 0 to 100000000"),
        (f"{A_COUNT} {'9' * 400}}}", "'quantity' is a number of some 400 digits; allowed"),
        (
            '{"id": "a", "type": "ProductUnbuilt", "effective_us": 1, "material": "A", "quantity": 1, "recovered": [["B", "b", -2]]}',
            "'recovered' is -2; allowed: 0 to",
        ),
        (
            f'{{"id": "a", "type": "PeriodCloseRequested", "effective_us": 1, "period": "p", "until_us": {2**62}}}',
            f"'until_us' is {2**62}; allowed: -1 to {LAST_US}",
        ),
        ('{"id": "a", "type": "ProcessValueObserved", "effective_us": 1, "property": "t", "value": NaN}', "cannot be kept"),
    ],
)
def test_what_is_no_fact_is_refused_in_words(line: str, words: str):
    problem = read_line(line, "received.jsonl", 7, frozenset({"saw"}))
    assert isinstance(problem, Problem)
    assert words in str(problem)
    assert str(problem).startswith("received.jsonl:7:1: ")
    assert problem.allowed


def test_what_happened_many_years_from_its_run_is_refused_and_what_is_due_may_lie_further():
    def read(**said: int) -> ReceivedFact | Problem:
        line = {"id": "a", "type": "PeriodCloseRequested", "period": "p", "effective_us": DAY_US, "until_us": DAY_US, **said}
        return read_line(json.dumps(line), start_us=0)

    for wrong in ({"effective_us": 3700 * DAY_US}, {"recorded_us": 4000 * DAY_US}, {"until_us": 40_000 * DAY_US}):
        problem = read(**wrong)
        assert isinstance(problem, Problem)
        assert f"'{next(iter(wrong))}' is {next(iter(wrong.values()))}, " in problem.what
    assert isinstance(read(effective_us=3600 * DAY_US, until_us=30_000 * DAY_US), ReceivedFact)


def test_more_lots_than_anybody_makes_for_one_order_are_refused():
    asked = {"id": "a", "type": "SalesOrderConfirmed", "effective_us": 1, "order": "O", "customer": "c", "material": "GB1", "due_us": 1}
    lines = [json.dumps({**asked, "unit_price_minor": 1, "quantity": quantity}) for quantity in (60_000, 60_001)]
    taken, refused = (read_line(line, lot_sizes={"GB1": 6}) for line in lines)
    assert isinstance(taken, ReceivedFact)
    assert isinstance(refused, Problem)
    assert "'quantity' is 60001, 10001 lots of 6; allowed: 10000 lots, so 60000 or fewer" in refused.what


def test_an_order_whose_name_would_be_taken_apart_is_refused():
    asked = {"id": "a", "type": "SalesOrderConfirmed", "effective_us": 1, "customer": "c", "material": "GB1", "due_us": 1, "quantity": 1}
    refused = read_line(json.dumps({**asked, "unit_price_minor": 1, "order": "O+1"}))
    assert isinstance(refused, Problem)
    assert "'O+1' has a '+', which joins ids here" in refused.what


def test_all_that_is_wrong_in_a_line_is_said_at_once():
    problem = read_line('{"sequence": "x", "type": "CountObserved", "equipment": "saw", "good": 1.5}')
    assert isinstance(problem, Problem)
    for words in ("no 'id'", "'sequence'", "'effective_us' is missing", "'good' is 1.5, and not int"):
        assert words in problem.what


def test_facts_are_given_on_once_one_is_there_that_is_later_by_more_than_the_tolerance():
    stage = IngestStage(5 * MIN_US)
    assert given_on(stage, 1, 3, 2, 6) == []
    assert given_on(stage, 8, 8) == [[1], [2]]
    assert [[it.effective_us // MIN_US for it in found] for found in stage.finish()] == [[3], [6], [8]]
    assert (stage.counts.received, stage.counts.taken, stage.counts.duplicates) == (6, 5, 1)
    assert (stage.counts.reordered, stage.counts.late) == (1, 0)


def test_what_comes_for_an_instant_that_was_given_on_heads_the_next_round_and_is_known_from_then_on():
    stage = IngestStage(0)
    assert given_on(stage, 1, 5, 9) == [[1], [5]]
    assert stage.take(beat(3)) == []
    ((late, last),) = stage.finish()
    assert (late.effective_us, late.recorded_us, last.effective_us) == (3 * MIN_US, 9 * MIN_US, 9 * MIN_US)
    assert (stage.counts.late, stage.counts.most_behind_us) == (1, 6 * MIN_US)
    assert needed_tolerance_us([beat(1), beat(5), beat(9), beat(3)]) == 6 * MIN_US


def test_facts_of_one_instant_go_by_the_senders_number_and_those_without_come_last():
    stage = IngestStage(0)
    for fact in (beat(1, "c"), beat(1, "b", 2), beat(1, "a", 1), beat(1, "d")):
        stage.take(fact)
    assert [it.reason for it in stage.finish()[0]] == ["a", "b", "c", "d"]  # type: ignore[attr-defined]


def test_an_id_that_comes_again_and_says_another_thing_is_refused_and_the_first_stays():
    stage = IngestStage(0)
    at = {"effective_us": 1, "equipment": "saw"}
    one, other = CountObserved(**at, good=1), CountObserved(**at, good=2)
    for event in (one, one, other):
        stage.take(ReceivedFact(id="a", sequence=None, event=event, place="received.jsonl:3"))
    counts = stage.counts
    assert (counts.received, counts.taken, counts.duplicates, counts.refused) == (3, 1, 1, 1)
    assert counts.nothing_is_lost
    assert str(counts.problems[0]).startswith("received.jsonl:3:1: the id 'a' has come before, and said another thing")
    assert stage.finish() == [[one]]


def test_a_file_that_is_not_there_or_damaged_is_said_in_words(tmp_path: Path):
    damaged = tmp_path / "received.jsonl.gz"
    damaged.write_bytes(gzip.compress(b"{}\n" * 99)[:-9])
    changed = tmp_path / "changed.jsonl.gz"
    changed.write_bytes(bytes(byte ^ 0xFF if place > 12 else byte for place, byte in enumerate(gzip.compress(b"{}\n" * 99))))
    for path in (tmp_path / "nothing.jsonl", damaged, changed):
        with pytest.raises(StoreError, match="cannot be read"):
            list(read_received(path))


def typed(root: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return ran("import", "plant_models/gearbox_shop", *arguments, cwd=root)


@pytest.mark.slow
def test_the_command_says_what_became_of_every_message(root: Path, tmp_path: Path):
    record = tmp_path / "received.jsonl"
    start_us = 1_772_434_800_000_000
    facts = [
        ReceivedFact(id=f"plc/{n}", sequence=n, event=event)
        for n, event in enumerate(
            [Heartbeat(effective_us=start_us, reason="start"), EquipmentStateChanged(effective_us=start_us, equipment="saw_1", state=4)]
        )
    ]
    write_received(record, [facts[1], facts[0], facts[1]])
    with record.open("a") as file:
        file.write("nonsense\n")
    done = typed(root, "--record", record, "--json")
    assert done.returncode == 1, "something was refused"
    told = json.loads(done.stdout)
    assert {name: told["received"][name] for name in ("received", "taken", "duplicates", "refused")} == {
        "received": 4, "taken": 2, "duplicates": 1, "refused": 1,
    }  # fmt: skip
    assert told["refused"][0]["line"] == 4
    done = typed(root, "--record", record)
    assert "4 received = 2 taken + 1 duplicates + 1 refused" in done.stderr
    assert f"{record}:4:1: no JSON" in done.stderr.replace("\n", "")
