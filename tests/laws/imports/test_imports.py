"""What comes late, twice or out of order ends as what came clean; what cannot be taken is refused in words; nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import twin
from tests.laws.imports.disorder import differing, disordered, ending, messages_of
from tests.parity.any_bills import plants_with_bills
from tests.parity.test_levels_by_rule import Case, with_mes_and_erp
from twin.exchange import import_facts
from twin.model.events import OperationsEvent
from twin.model.problems import Problem
from twin.model.states import Source
from twin.results.run import Run
from twin.store.ingest import (
    ImportSource,
    ReceivedFact,
    needed_tolerance_us,
    write_received,
)


def imported(case: Case, messages: Sequence[ReceivedFact | Problem], tolerance_us: int | None = None) -> Run:
    needed = needed_tolerance_us(messages) if tolerance_us is None else tolerance_us
    return import_facts(ImportSource(messages, tolerance_us=needed), *case)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(case=plants_with_bills(), seed=st.integers(0, 2**32), share=st.sampled_from([0.02, 0.2, 0.9]), places=st.integers(2, 400))
def test_whatever_comes_late_twice_or_swapped_the_journal_is_that_of_the_clean_import(case: Case, seed: int, share: float, places: int):
    messages = messages_of(with_mes_and_erp(case, seed))
    arriving, kinds = disordered(messages, seed, share, places)
    clean, other = imported(case, messages), imported(case, arriving)
    assert other.journal.head == clean.journal.head
    assert ending(other) == ending(clean)
    counts = other.received
    assert counts is not None
    assert (counts.received, counts.taken, counts.duplicates) == (len(arriving), len(messages), kinds["twice"])
    assert counts.nothing_is_lost


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(case=plants_with_bills(), seed=st.integers(0, 2**32), tolerance_min=st.integers(0, 20), places=st.integers(2, 300))
def test_what_comes_later_than_the_tolerance_is_kept_as_a_late_fact_and_put_right_by_importing_anew(
    case: Case, seed: int, tolerance_min: int, places: int
):
    messages = messages_of(with_mes_and_erp(case, seed))
    arriving, _ = disordered(messages, seed, 0.1, places)
    run = imported(case, arriving, tolerance_min * 60_000_000)  # what must always hold is checked as it goes
    counts = run.received
    assert counts is not None
    assert counts.nothing_is_lost
    kept = [entry.event for entry in run.journal.entries() if entry.source == Source.REPLAYED]
    assert sorted(map(said, kept)) == sorted(said(message.event) for message in messages), "each fact once, whenever it came"
    known_us = -1
    for event in kept:
        assert event.recorded_us >= known_us or event.effective_us >= known_us, "what comes late is known from then on"
        known_us = max(known_us, event.effective_us)
    assert sum(event.recorded_us > event.effective_us for event in kept) <= counts.late
    assert imported(case, arriving, counts.most_behind_us).journal.head == imported(case, messages).journal.head


def said(event: OperationsEvent) -> str:
    return repr(replace(event, recorded_us=0))


@pytest.mark.slow
@pytest.mark.parametrize(("plant", "until", "count"), [("gearbox_shop", "3 d", 3_000), ("bottling_line", "3 h", 4_000)])
def test_a_journal_of_a_shipped_plant_ends_in_the_same_state(root: Path, tmp_path: Path, plant: str, until: str, count: int):
    """Through files, with lines that are no facts among them."""
    folder = root / "plant_models" / plant
    messages = messages_of(twin.simulate(folder, until=until, seed=3))
    arriving, kinds = disordered(messages, 3, 0.02, 2_000)
    write_received(tmp_path / "clean.jsonl.gz", messages)
    write_received(tmp_path / "received.jsonl", arriving)
    spoiled = (tmp_path / "received.jsonl").read_text().splitlines()
    spoiled[10:10] = ["not a fact", '{"id": "x", "type": "CountObserved"}']
    (tmp_path / "received.jsonl").write_text("\n".join(spoiled))
    clean, other = (twin.import_record(folder, tmp_path / name) for name in ("clean.jsonl.gz", "received.jsonl"))
    assert len(messages) > count
    assert other.journal.head == clean.journal.head
    assert differing(ending(other), ending(clean)) == []
    counts = other.received
    assert counts is not None
    assert (counts.received, counts.taken) == (len(arriving) + 2, len(messages))
    assert (counts.duplicates, counts.refused, counts.late) == (kinds["twice"], 2, 0)
    assert [(it.line, Path(it.file).name) for it in counts.problems] == [(11, "received.jsonl"), (12, "received.jsonl")]
