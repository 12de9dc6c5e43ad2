"""The live plant as an event source: complete instants only, in canonical order, as a function of the journal alone."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.databases import END_OTHERS
from twin.model.events import (
    CountObserved,
    EquipmentStateChanged,
    GoodsReceived,
    Heartbeat,
    OperationsEvent,
    SalesOrderConfirmed,
    WorkAlertRaised,
)
from twin.model.materials import MaterialDefinition, Materials
from twin.model.plant import Plant, PlantFile, WorkUnit
from twin.model.states import Source, WorkUnitState
from twin.store.journal import DatabaseJournal, MemoryJournal, StoreError, open_journal
from twin.store.live import WATERMARK, LiveSource, rounds_of, why_not_live


def plant() -> Plant:
    units = {name: WorkUnit(equipment_class=name, work_center="shop") for name in ("saw", "mill")}
    layout = PlantFile(plant="two_units", storage_units={}, work_centers={}, work_units=units, process_segments={}, routings={})
    return Plant(layout=layout, materials=Materials(materials={"bar": MaterialDefinition(kind="purchased")}))


def state(effective_us: int, equipment: str, state: WorkUnitState, job_order: str = "") -> EquipmentStateChanged:
    return EquipmentStateChanged(effective_us=effective_us, equipment=equipment, state=state, job_order=job_order)


def watermark(effective_us: int) -> Heartbeat:
    return Heartbeat(effective_us=effective_us, reason=WATERMARK)


def journal_of(*facts: OperationsEvent) -> MemoryJournal:
    journal = MemoryJournal()
    for fact in facts:
        journal.append(fact, source=Source.LIVE)
    return journal


def followed(journal: MemoryJournal) -> list[list[OperationsEvent]]:
    source = LiveSource(journal, plant=plant(), until_idle_s=0)
    rounds = []
    while (facts := source.advance()) is not None:
        rounds.append(list(facts))
    return rounds


def test_an_instant_is_yielded_only_when_a_watermark_covers_it() -> None:
    early, covered, after = (state(t, "saw", WorkUnitState.IDLE) for t in (1, 2, 3))
    rounds = followed(journal_of(early, covered, watermark(2), after))
    assert rounds == [[early], [watermark(2), covered]]


def test_facts_of_two_connections_are_yielded_by_time_whoever_came_first() -> None:
    late_device, early_device = state(9, "saw", WorkUnitState.IDLE), state(4, "mill", WorkUnitState.IDLE)
    assert followed(journal_of(late_device, early_device, watermark(9))) == [[early_device], [watermark(9), late_device]]


def test_what_ends_a_job_comes_before_what_starts_the_next_even_on_equipment_declared_earlier() -> None:
    before = [state(1, "mill", WorkUnitState.EXECUTE, "a"), watermark(1)]
    saw_starts = state(5, "saw", WorkUnitState.STARTING, "b")
    mill_counts = CountObserved(effective_us=5, equipment="mill", job_order="a", good=1)
    mill_ends, mill_idle = state(5, "mill", WorkUnitState.COMPLETE, "a"), state(5, "mill", WorkUnitState.IDLE)
    mill_starts = state(5, "mill", WorkUnitState.EXECUTE, "c")
    delivery = GoodsReceived(effective_us=5, order="PO-1", supplier="s", material="bar", quantity=1, unit_price_minor=1)
    arrival = [saw_starts, mill_counts, mill_ends, mill_idle, mill_starts, delivery, watermark(5)]
    assert followed(journal_of(*before, *arrival))[1] == [
        watermark(5), delivery, mill_counts, mill_ends, mill_idle, saw_starts, mill_starts,
    ]  # fmt: skip


def test_a_resume_is_not_a_start() -> None:
    held = [state(1, "mill", WorkUnitState.EXECUTE, "a"), state(2, "mill", WorkUnitState.HELD, "a"), watermark(2)]
    resumes = state(5, "saw", WorkUnitState.IDLE), state(5, "mill", WorkUnitState.EXECUTE, "a")
    assert followed(journal_of(*held, *reversed(resumes), watermark(5)))[-1] == [watermark(5), *resumes]


def test_orders_of_one_instant_are_yielded_by_type_then_by_id() -> None:
    orders = [
        SalesOrderConfirmed(effective_us=1, order=o, customer="c", material="m", quantity=1, due_us=9, unit_price_minor=1) for o in "ba"
    ]
    assert followed(journal_of(*orders, watermark(1))) == [[watermark(1), *reversed(orders)]]


def test_a_late_fact_keeps_its_time_and_heads_the_next_round() -> None:
    late = state(3, "mill", WorkUnitState.IDLE)
    on_time = state(8, "saw", WorkUnitState.IDLE)
    rounds = followed(journal_of(watermark(5), late, on_time, watermark(9)))
    assert rounds == [[watermark(5)], [late, on_time], [watermark(9)]]
    assert [facts[-1].effective_us for facts in rounds] == [5, 8, 9]


def test_a_fact_at_the_watermark_itself_is_not_late() -> None:
    same_instant = state(5, "mill", WorkUnitState.IDLE)
    assert followed(journal_of(watermark(5), same_instant, watermark(6))) == [[watermark(5)], [same_instant], [watermark(6)]]


def test_only_live_facts_are_yielded_and_each_names_its_entry() -> None:
    journal = journal_of(state(1, "saw", WorkUnitState.IDLE))
    journal.append(Heartbeat(effective_us=1, reason="concluded"), source=Source.RULE, cause="x", rule="y")
    journal.append(watermark(1), source=Source.LIVE)
    source = LiveSource(journal, plant=plant())
    facts = source.advance()
    assert facts is not None
    assert source.recorded
    assert [source.entry_of(fact).seq for fact in facts] == [3, 1]


def test_what_users_have_said_is_carried_at_its_instant() -> None:
    journal = journal_of(state(1, "saw", WorkUnitState.IDLE))
    word = WorkAlertRaised(effective_us=1, alert="call", message="the saw smells of smoke")
    journal.append(word, source=Source.USER)
    journal.append(watermark(1), source=Source.LIVE)
    assert followed(journal) == [[watermark(1), word, state(1, "saw", WorkUnitState.IDLE)]]


@pytest.mark.parametrize("source", [Source.SIMULATED, Source.REPLAYED])
def test_a_journal_in_which_somebody_else_writes_is_refused_rather_than_waited_for(source: Source) -> None:
    journal = journal_of(state(1, "saw", WorkUnitState.IDLE), watermark(1))
    following = LiveSource(journal, plant=plant(), until_idle_s=0)
    assert following.advance() is not None
    assert why_not_live(journal) == ""
    journal.append(state(2, "saw", WorkUnitState.IDLE), source=source)
    with pytest.raises(StoreError, match=rf"holds {source} facts \(entry 3\); allowed: a new journal, or one that a bridge has written"):
        following.advance()


def test_waiting_ends_when_stopped_and_meanwhile_a_growing_journal_is_followed() -> None:
    journal, stop = MemoryJournal(), threading.Event()
    source = LiveSource(journal, plant=plant(), poll_s=0.001, stop=stop)
    writer = threading.Timer(0.05, lambda: journal.append(watermark(7), source=Source.LIVE))
    writer.start()
    assert source.advance() == [watermark(7)]
    writer.join()
    threading.Timer(0.05, stop.set).start()
    began_s = time.monotonic()
    assert source.advance() is None
    assert time.monotonic() - began_s < 2


def test_a_journal_tells_that_it_has_grown_without_being_read(tmp_path: Path) -> None:
    """Whoever writes: another process, another object of this one, or it itself; so a look at it can be taken often."""
    followed_journal, bridge = open_journal(tmp_path / "live.db"), open_journal(tmp_path / "live.db")
    source, stamps = LiveSource(followed_journal, plant=plant(), until_idle_s=0), [followed_journal.stamp()]
    for at_us, writer in enumerate([bridge, followed_journal, bridge, bridge, followed_journal], 1):
        assert followed_journal.stamp() == stamps[-1]
        writer.append(watermark(at_us), source=Source.LIVE)
        writer.commit()
        stamps.append(followed_journal.stamp())
        assert source.advance() == [watermark(at_us)]
    assert len(set(stamps)) == 6
    bridge.close()
    followed_journal.close()


@pytest.mark.db
@pytest.mark.xdist_group("postgresql")
def test_postgresql_announces_what_was_committed_and_nothing_else(postgres_url: str) -> None:
    """A look costs no question; who could not listen for a while reads, and then listens anew."""
    followed_journal, bridge = open_journal(postgres_url), open_journal(postgres_url)
    source, stamp = LiveSource(followed_journal, plant=plant(), until_idle_s=10), followed_journal.stamp()
    assert stamp is not None
    bridge.append(watermark(1), source=Source.LIVE)
    bridge.rollback()
    for at_us in (2, 3):
        assert followed_journal.stamp() == stamp, "what was rolled back, or is still being written, nobody hears of"
        bridge.append(watermark(at_us), source=Source.LIVE)
        assert followed_journal.stamp() == stamp
        bridge.commit()
        assert source.advance() == [watermark(at_us)]
        until_s = time.monotonic() + 10
        while (heard := followed_journal.stamp()) == stamp:  # a row can be read before the server has told of it
            assert time.monotonic() < until_s
        stamp = heard
    assert isinstance(bridge, DatabaseJournal)
    with bridge.engine.connect() as connection:
        connection.exec_driver_sql(END_OTHERS)
    until_s = time.monotonic() + 10
    while followed_journal.stamp() is not None:  # until it has noticed
        assert time.monotonic() < until_s
    assert followed_journal.stamp() not in (None, stamp)
    bridge.append(watermark(4), source=Source.LIVE)
    bridge.commit()
    assert source.advance() == [watermark(4)]
    bridge.close()
    followed_journal.close()


@given(
    st.lists(st.tuples(st.integers(0, 6), st.sampled_from(["saw", "mill", ""]), st.booleans()), max_size=40),
    st.lists(st.integers(1, 7), max_size=10),
)
def test_every_fact_under_a_watermark_is_yielded_once_however_the_journal_grew(
    drawn: list[tuple[int, str, bool]], reads: list[int]
) -> None:
    """In one read or in many; and the time of the rounds never goes back."""
    facts: list[OperationsEvent] = [
        watermark(t) if is_watermark else CountObserved(effective_us=t, equipment=equipment, good=n)
        for n, (t, equipment, is_watermark) in enumerate(drawn)
    ]
    facts.append(watermark(10))
    at_once = [[entry.event for entry in entries] for entries in rounds_of(journal_of(*facts).entries(), ["saw", "mill"])]
    assert sorted(map(repr, (fact for facts in at_once for fact in facts))) == sorted(map(repr, facts))
    times = [facts[-1].effective_us for facts in at_once]
    assert times == sorted(times)

    growing, source_rounds = MemoryJournal(), []
    source = LiveSource(growing, plant=plant(), until_idle_s=-1)
    rest = iter(facts)
    for step in [*reads, len(facts)]:
        for _, fact in zip(range(step), rest, strict=False):
            growing.append(fact, source=Source.LIVE)
        while (facts_now := source.advance()) is not None:
            source_rounds.append(list(facts_now))
    assert source_rounds == at_once
