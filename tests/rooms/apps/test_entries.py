"""What persons say beside a run: it goes through the one path, is answered in words, comes once, and is the same in every replay."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import twin
from tests.rooms.results.test_users import told
from twin.apps.feed import Feed
from twin.apps.feeds import live, replayed, simulated
from twin.model.events import (
    DefectsCounted,
    EntryRefused,
    EquipmentStateChanged,
    GoodsReceived,
    Heartbeat,
    JobOrderCommand,
    JobOrderHeld,
    LotDispositionChanged,
    LotHoldRequested,
    LotReleaseRequested,
    MasterDataChanged,
    OperationsEvent,
    StopReported,
    TestResultRecorded,
)
from twin.model.states import Source, WorkUnitState
from twin.results.run import Run
from twin.store.journal import open_journal
from twin.store.live import WATERMARK

SHOP = "plant_models/gearbox_shop"
HOUR_US = 3_600_000_000


@contextmanager
def running(feed: Feed) -> Iterator[Feed]:
    feed.start()
    try:
        yield feed
    finally:
        feed.stop()
        assert not feed.failure, feed.failure


def wait_until(condition: Callable[[], bool], patience_s: float = 60) -> None:
    deadline_s = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline_s, "it did not come about"
        time.sleep(0.02)


def a_person(run: Run) -> str:
    return next(iter(run.plant.layout.persons))


def a_lot(run: Run) -> str:
    return next(name for name, lot in run.mes.lots.items() if lot.in_process)


def said_by_users(run: Run) -> list[OperationsEvent]:
    return [entry.event for entry in run.journal.entries() if entry.source == Source.USER]


def come_anew(feed: Feed, who: dict[str, str]) -> None:
    """Beside a plant that plays itself a supplier with his grease is declared, and delivers in time; a new gearbox nobody would make."""
    about: dict[str, Any] = {"effective_us": 0, "reason": "it runs out", "is_new": True, **who}
    grease = (("kind", "purchased"), ("standard_cost", "3 EUR"), ("supplier", "refinery"), ("reorder", '{"point": 20, "quantity": 50}'))
    refinery = MasterDataChanged(table="suppliers", declared="refinery", changes=(("lead_time", "10 min"),), **about)
    assert feed.enter(refinery) == feed.enter(MasterDataChanged(table="materials", declared="grease", changes=grease, **about)) == ""
    made = MasterDataChanged(table="materials", declared="GB9", changes=(("kind", "made"),), **about)
    assert "none would make 'GB9'; allowed: it stands among the entries of the scenario, or" in feed.enter(made)
    feed.pace.factor = 3600  # type: ignore[union-attr]

    def came() -> list[GoodsReceived]:
        events = (entry.event for entry in feed.run.journal.entries())
        return [it for it in events if isinstance(it, GoodsReceived) and it.material == "grease"]

    wait_until(lambda: bool(came()))
    feed.pace.factor = 1  # type: ignore[union-attr]
    ordered = next(it for it in feed.run.erp.purchasing.orders.values() if it.material == "grease")
    assert came()[0].effective_us == ordered.due_us


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_a_simulated_plant_takes_entries_between_its_rounds_and_replays_to_the_same(root: Path, engine: str) -> None:
    with running(simulated(root / SHOP, None, seed=3, speed=60, engine=engine, lead_us=30 * HOUR_US)) as feed:
        run = feed.run
        who = {"person": a_person(run), "terminal": "tablet 3"}
        with run.lock:
            lot = a_lot(run)
            unit = next(it for it in run.mes.equipment.records.values() if it.state == WorkUnitState.EXECUTE and it.is_scheduled)
        assert feed.enter(LotHoldRequested(effective_us=0, lot=lot, reason="scratches", **who)) == ""
        assert lot in run.mes.tracking.restricted
        assert (
            feed.enter(LotHoldRequested(effective_us=0, lot="no such lot", reason="scratches", **who)) == "nobody knows lot 'no such lot'"
        )
        assert "nobody knows a person 'nobody'" in feed.enter(
            LotHoldRequested(effective_us=0, lot=lot, reason="x", person="nobody", terminal="t")
        )
        assert feed.enter(LotReleaseRequested(effective_us=0, lot=lot, **who)) == ""
        hold = {"effective_us": 0, "equipment": unit.equipment, "job_order": unit.job_order, "reason": "noise", **who}
        stop = {"effective_us": 0, "equipment": unit.equipment, "reason": "breakdown", **who}
        assert "says by itself what it does; allowed: to hold it, with a reason, and to restart it" in feed.enter(StopReported(**stop))
        assert feed.enter(JobOrderCommand(command="Hold", **hold)) == ""
        assert unit.state == WorkUnitState.HELD, "the plant has obeyed before the answer came"
        assert "is Held" in feed.enter(JobOrderCommand(command="Hold", **hold))
        assert "not say where" in feed.enter(JobOrderCommand(command="Restart", effective_us=0, person=who["person"]))
        words = feed.enter(JobOrderCommand(command="Restart", effective_us=0, equipment=unit.equipment, job_order=unit.job_order, **who))
        assert words == ""
        wait_until(lambda: feed.run.now_us > unit.since_us)
        come_anew(feed, {**who, "person": "clara"})
    users = said_by_users(run)
    kinds = [LotHoldRequested] * 3 + [LotReleaseRequested, StopReported] + [JobOrderCommand] * 3 + [MasterDataChanged] * 2
    assert [type(it) for it in users] == kinds
    events = [entry.event for entry in run.journal.entries()]
    held = next(it for it in events if isinstance(it, JobOrderHeld) and it.reason == "noise")
    asked = next(it for it in users if isinstance(it, JobOrderCommand))
    assert held.effective_us == asked.effective_us, "a command takes effect at its instant, and not when something happens next"
    assert [it.effective_us for it in events] == sorted(it.effective_us for it in events)
    again = twin.replay(root / SHOP, list(run.journal.entries()))
    assert told(again) == told(run)
    assert again.trace_hash == run.trace_hash


@pytest.mark.slow
def test_a_command_that_only_the_plant_can_refuse_is_answered_in_its_words(root: Path) -> None:
    """A unit that the MES has seen running is stopped by its own failure: it goes on by itself, and by nobody's word."""
    with running(simulated(root / SHOP, None, seed=3, speed=60, lead_us=30 * HOUR_US)) as feed:
        run = feed.run
        who = {"person": a_person(run), "terminal": "tablet 3"}
        records = run.mes.equipment.records.values()
        feed.pace.factor = 3600  # type: ignore[union-attr]
        wait_until(lambda: any(it.state == WorkUnitState.HELD and it.is_scheduled and it.job_order for it in records))
        feed.pace.factor = 1  # type: ignore[union-attr]
        unit = next(it for it in records if it.state == WorkUnitState.HELD and it.job_order)
        words = feed.enter(JobOrderCommand(effective_us=0, command="Restart", equipment=unit.equipment, job_order=unit.job_order, **who))
        assert words.startswith(f"{unit.equipment} goes on by itself after")


def test_a_plant_in_which_nobody_says_anything_does_what_it_does_alone(root: Path) -> None:
    feed = simulated(root / SHOP, None, seed=5, speed=36_000, lead_us=HOUR_US)
    with running(feed):
        wait_until(lambda: feed.run.now_us - feed.run.scenario.start_us > 10 * HOUR_US)
    lived = [entry.id for entry in feed.run.journal.entries()]
    alone = [entry.id for entry in twin.simulate(root / SHOP, seed=5, until="30 h").journal.entries()]
    assert lived == alone[: len(lived)]


def test_the_same_entry_twice_is_one_event_and_has_the_same_answer(root: Path) -> None:
    with running(simulated(root / SHOP, None, seed=3, speed=60, lead_us=30 * HOUR_US)) as feed:
        run = feed.run
        who = {"person": a_person(run), "terminal": "tablet 3"}
        lot = a_lot(run)
        first = LotHoldRequested(effective_us=0, lot=lot, reason="scratches", entry_id="t3-1", **who)
        wrong = LotHoldRequested(effective_us=0, lot="none", reason="scratches", entry_id="t3-2", **who)
        answers: list[str] = []
        senders = [threading.Thread(target=lambda: answers.append(feed.enter(first))) for _ in range(8)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        assert answers == [""] * 8
        assert [feed.enter(wrong), feed.enter(wrong)] == ["nobody knows lot 'none'"] * 2
        measured = TestResultRecorded(effective_us=0, lot=lot, characteristic="noise", value=1.0, **who)
        found = DefectsCounted(effective_us=0, lot=lot, characteristic="burrs", inspected=5, found=1, entry_id="t3-6", **who)
        assert [feed.enter(measured, "t3-3"), feed.enter(measured, "t3-3"), feed.enter(found)] == ["", "", ""]
        assert feed.enter(replace(measured, value=float("nan"))) == "value is no number; allowed: a finite one"  # and the run goes on
        assert "NUL or half a character" in feed.enter(replace(first, lot="\ud800", entry_id="t3-4"))
        assert "NUL or half a character" in feed.enter(replace(first, lot="a\0", entry_id="t3-5"))
    assert [(it.entry_id, it.terminal) for it in said_by_users(run)] == [(f"t3-{n}", "tablet 3") for n in (1, 2, 3, 6)]
    assert sum(isinstance(entry.event, EntryRefused) for entry in run.journal.entries()) == 1
    again = Feed(run, feed._source._source, "simulated")  # the same journal under new pages: a tablet that was away sends again
    with running(again):
        assert [again.enter(first), again.enter(wrong)] == ["", "nobody knows lot 'none'"]
        assert [again.enter(measured, "t3-3"), again.enter(found)] == ["", ""], "a check, too"
    assert len(said_by_users(run)) == 4


@pytest.mark.slow
def test_after_the_end_of_a_record_persons_may_go_on_to_speak_and_nothing_is_commanded(root: Path, tmp_path: Path) -> None:
    short = twin.simulate(root / SHOP, seed=3, until="30 h")
    short.save(tmp_path / "run")
    with running(replayed(root / SHOP, None, str(tmp_path / "run"), speed=60, lead_us=31 * HOUR_US)) as feed:
        run = feed.run
        wait_until(lambda: feed.ended)
        who = {"person": a_person(run), "terminal": "tablet 3"}
        lot = a_lot(run)
        assert feed.enter(LotHoldRequested(effective_us=0, lot=lot, reason="scratches", **who)) == ""
        assert "nobody knows lot" in feed.enter(LotHoldRequested(effective_us=0, lot="none", reason="x", **who))
        assert feed.enter(lambda at_us: LotReleaseRequested(effective_us=at_us, lot=lot, **who)) == ""
        assert "this is a record" in feed.enter(JobOrderCommand(effective_us=0, command="Hold", job_order="x", **who))
    said = [entry for entry in run.journal.entries() if entry.source == Source.USER]
    assert [entry.event.effective_us for entry in said] == [run.now_us] * 3
    after = [entry.event for entry in run.journal.entries(said[0].seq)]
    assert not [it for it in after if isinstance(it, JobOrderCommand)], "nobody is left to do it"
    again = twin.replay(root / SHOP, list(run.journal.entries()))
    assert told(again) == told(run)


@pytest.mark.slow
def test_a_live_plant_takes_entries_between_watermarks_and_reads_them_again_alike(root: Path, tmp_path: Path) -> None:
    database_url = f"sqlite:///{tmp_path}/plant.db"
    short = twin.simulate(root / SHOP, seed=3, until="30 h")
    bridge = open_journal(database_url)
    for entry in short.journal.entries():
        if entry.source == Source.SIMULATED:
            bridge.append(entry.event, source=Source.LIVE)
    now_us = short.now_us + 1
    bridge.append(Heartbeat(effective_us=now_us, reason=WATERMARK), source=Source.LIVE)
    bridge.commit()
    with running(live(root / SHOP, None, database_url)) as feed:
        run = feed.run
        wait_until(lambda: run.now_us == now_us)
        who = {"person": a_person(run), "terminal": "tablet 3"}
        lot = a_lot(run)
        began_s = time.monotonic()
        assert feed.enter(LotHoldRequested(effective_us=0, lot=lot, reason="scratches", entry_id="t3-1", **who)) == ""
        assert time.monotonic() - began_s < 2, "nobody waits for the next watermark"
        assert lot in run.mes.tracking.restricted
        assert "nobody knows lot" in feed.enter(LotHoldRequested(effective_us=0, lot="none", reason="x", **who))
        unit = next(name for name, it in run.mes.equipment.records.items() if it.is_scheduled)
        bridge.append(EquipmentStateChanged(effective_us=now_us + 5, equipment=unit, state=WorkUnitState.STOPPED), source=Source.LIVE)
        bridge.append(Heartbeat(effective_us=now_us + 9, reason=WATERMARK), source=Source.LIVE)
        bridge.commit()
        wait_until(lambda: run.now_us == now_us + 9)
        assert feed.enter(LotReleaseRequested(effective_us=0, lot=lot, entry_id="t3-2", **who)) == ""
        run_told = told(run)
    assert [it for _, it, _ in run_told if isinstance(it, LotDispositionChanged)]
    with running(live(root / SHOP, None, database_url)) as feed:
        wait_until(lambda: feed.run.now_us == now_us + 9)
        assert feed.enter(LotHoldRequested(effective_us=0, lot=lot, reason="scratches", entry_id="t3-1", **who)) == ""
        assert told(feed.run) == run_told, "whoever reads the same journal again concludes nothing else"
    bridge.close()
