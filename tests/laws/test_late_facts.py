"""A fact that comes late, after others of later instants, leaves the same floor behind as the stream in order."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rooms.mes.little_plant import HOUR_US, MIN_US, START_US, Floor, state_of
from twin.mes import Mes
from twin.model.events import EquipmentActual, Heartbeat, JobOrderCompleted, OperationsEvent, PersonnelActual, WorkAlertRaised
from twin.model.states import DispatchStatus
from twin.model.states import WorkUnitState as S


def stream() -> list[OperationsEvent]:
    """Two hours of a bench: idle, set up, at work, held, at work again, counted twice, done."""
    floor, said = Floor(), []

    def at(minute: int, *facts: int | tuple[S, *tuple[str, ...]]) -> None:
        floor.now_us = START_US + minute * MIN_US
        said.extend(floor.count("bench_1", "R/10", good=it) if isinstance(it, int) else floor.state("bench_1", *it) for it in facts)

    at(0, (S.IDLE, ""))
    at(10, (S.STARTING, "R/10", "ben"))
    at(20, (S.EXECUTE, "R/10", "ben"))
    at(50, 2)
    at(60, (S.HELD, "R/10"))
    at(70, (S.EXECUTE, "R/10", "ben"))
    at(100, 3)
    at(101, (S.COMPLETE, "R/10"), (S.IDLE, ""))
    at(120, (S.STOPPED, ""))
    return said


def opened() -> Floor:
    floor = Floor()
    floor.tell(floor.request("R", "BOX", 5), floor.stock("PIN", 99), floor.stock("SCREW", 99))
    return floor


def follow(floor: Floor, facts: list[OperationsEvent], late: range, *, until: int | None = None) -> Floor:
    """Tell the stream round by round, but the facts in `late` at the head of the last round, or right after number `until`."""
    until = len(facts) - 1 if until is None else until
    for n, fact in enumerate(facts):
        floor.now_us = fact.effective_us
        if n not in late:
            floor.tell(fact)
        if n == until:
            floor.tell(Heartbeat(effective_us=floor.now_us, reason="clock"))
            for index in late:
                floor.tell(facts[index])
    floor.now_us = START_US + 3 * HOUR_US
    floor.tell(Heartbeat(effective_us=floor.now_us, reason="clock"))
    return floor


def seen(floor: Floor) -> tuple[object, ...]:
    """What equipment, counts and indicators say."""
    record = floor.mes.equipment.records["bench_1"]
    row = next(r for r in floor.mes.indicators("equipment", START_US, floor.now_us) if r.name == "bench_1")
    windows = [floor.mes.equipment.counts("bench_1", START_US + a * MIN_US, START_US + (a + 20) * MIN_US) for a in range(0, 160, 20)]
    return record.intervals, (record.state, record.since_us), windows, row


LATE = [range(n, n + 1) for n in range(1, 7)] + [range(7, 9), range(1, 9), range(3, 6)]


@pytest.mark.parametrize("late", LATE)
def test_states_tile_and_counts_and_indicators_are_those_of_the_stream_in_order(late):
    in_order, other = follow(opened(), stream(), range(0)), follow(opened(), stream(), late)
    assert seen(other) == seen(in_order)
    assert other.mes.audit(other.now_us) == []
    assert other.mes.job_orders["R/10"].status == DispatchStatus.COMPLETED


@settings(deadline=None, max_examples=60)
@given(first=st.integers(0, 9), length=st.integers(1, 9), wait=st.integers(0, 9))
def test_whatever_comes_late_and_however_late_it_is_the_same_floor(first, length, wait):
    facts = stream()
    if first + length < len(facts) and facts[first + length].effective_us == facts[first + length - 1].effective_us:
        length += 1  # what is said at one instant comes late together
    if first and first < len(facts) and facts[first].effective_us == facts[first - 1].effective_us:
        first, length = first - 1, length + 1
    late = range(first, min(first + length, len(facts)))
    until = min(max(first + length + wait, 0), len(facts) - 1)
    other = follow(opened(), facts, late, until=until)
    assert seen(other) == seen(follow(opened(), facts, range(0)))
    again = Mes(other.plant, other.policies)
    for event in other.journal:
        again.apply(event)
    assert state_of(again) == state_of(other.mes)


def test_working_time_that_was_missing_is_posted_once_more():
    floor = follow(opened(), stream(), range(5, 6))  # nobody heard that the hold ended after ten minutes
    posted = [
        (type(e).__name__, (e.effective_us - START_US) // MIN_US) for e in floor.journal if isinstance(e, EquipmentActual | PersonnelActual)
    ]
    assert posted[-2:] == [("EquipmentActual", 120), ("PersonnelActual", 120)]
    job = floor.mes.job_orders["R/10"]
    assert (job.setup_us, job.run_us, job.work_us) == (10 * MIN_US, 71 * MIN_US, 81 * MIN_US)


def test_working_time_that_was_posted_and_not_worked_is_told_and_never_negative():
    floor = follow(opened(), stream(), range(4, 5))  # nobody heard of the hold
    assert [e.message for e in floor.mes.alerts if e.alert == "late_fact"] == [
        "600 s of run by bench_1 were posted to R/10, and not worked, as is known now",
        "600 s of work by ben were posted to R/10, and not worked, as is known now",
    ]
    assert all(e.run_us >= 0 for e in floor.journal if isinstance(e, EquipmentActual))
    assert floor.mes.job_orders["R/10"].run_us == 81 * MIN_US


def test_a_late_state_of_the_same_instant_took_no_time_and_overwrites_nothing():
    floor = Floor().all_idle()
    floor.wait(10).tell(floor.state("saw_1", S.EXECUTE))
    same = floor.state("saw_1", S.HELD)
    floor.wait(5).tell(Heartbeat(effective_us=floor.now_us, reason="clock"))
    before = floor.mes.equipment.intervals("saw_1", START_US, floor.now_us)
    floor.tell(same, replace(same, effective_us=START_US))
    assert floor.mes.equipment.intervals("saw_1", START_US, floor.now_us) == before
    assert floor.mes.equipment.records["saw_1"].state == S.EXECUTE


def test_a_controller_that_can_be_heard_again_tells_what_it_did_since_nobody_knew():
    """Its clock has stood still meanwhile, so it tells it of the very instant from which on its state was unknown."""
    floor = opened()
    floor.tell(floor.state("bench_1", S.IDLE))
    at_work = floor.wait(10).state("bench_1", S.EXECUTE, "R/10", "ben")
    floor.tell(at_work)
    floor.wait(20).tell(floor.state("bench_1", S.UNKNOWN))
    heard = replace(at_work, effective_us=floor.now_us)
    floor.wait(5).tell(Heartbeat(effective_us=floor.now_us, reason="clock"))
    floor.tell(heard)
    floor.wait(10).tell(floor.count("bench_1", "R/10", good=5), floor.state("bench_1", S.IDLE))
    kept = floor.mes.equipment.intervals("bench_1", START_US, floor.now_us)
    assert [(i.state, i.duration_us // MIN_US) for i in kept] == [(S.IDLE, 10), (S.EXECUTE, 20), (S.EXECUTE, 15)]
    assert floor.mes.job_orders["R/10"].run_us == 35 * MIN_US
    assert [
        type(it).__name__ for it in floor.journal if type(it).__name__ in ("JobOrderPaused", "JobOrderResumed", "JobOrderCompleted")
    ] == [
        "JobOrderPaused",
        "JobOrderResumed",
        "JobOrderCompleted",
    ]
    assert floor.mes.audit(floor.now_us) == []


def test_a_state_from_before_all_that_was_known_lasts_until_the_first_report():
    floor = Floor()
    floor.wait(10).tell(floor.state("saw_1", S.EXECUTE))
    floor.tell(replace(floor.state("saw_1", S.HELD), effective_us=START_US))
    kept = floor.mes.equipment.intervals("saw_1", START_US, floor.now_us + MIN_US)
    assert [(i.state, i.duration_us // MIN_US) for i in kept] == [(S.HELD, 10), (S.EXECUTE, 1)]
    assert floor.mes.audit(floor.now_us) == []


def test_a_count_before_its_release_is_remembered():
    floor = Floor().all_idle()
    floor.starts("mill_1", "R/10")
    floor.wait(10).finishes("mill_1", "R/10", good=4, scrap=1)
    concluded = floor.wait(10).tell(floor.request("R", "PLATE", 5))
    assert [(e.good, e.scrap) for e in concluded if isinstance(e, JobOrderCompleted)] == [(4, 1)]
    assert not [e for e in concluded if isinstance(e, WorkAlertRaised)]
    assert floor.mes.tracking.on_hand("PLATE") == 4
    assert floor.mes.audit(floor.now_us) == []


def test_the_check_after_every_batch_finds_a_gap_and_a_lost_piece():
    floor = Floor().all_idle()
    floor.tell(floor.request("R", "PLATE", 5))
    floor.does("mill_1", "R/10", 4)
    record = floor.mes.equipment.records["mill_1"]
    floor.mes.equipment.enter(replace(floor.state("mill_1", S.STOPPED), effective_us=floor.now_us + MIN_US), floor.now_us + MIN_US)
    record.intervals[-1] = replace(record.intervals[-1], start_us=record.intervals[-1].start_us + 1)
    floor.mes.tracking.lots["R"].scrapped += 1
    floor.mes.invariants.note(floor.command("Stop", "mill_1", "R/10"))
    floor.mes.invariants.note(replace(floor.command("Stop", "mill_1", "R/10"), lot="R"))
    wrong = floor.mes.violations(floor.now_us + MIN_US)
    assert len(wrong) == 2
    assert "does not begin where the one before it ends" in wrong[0]
    assert "5 went in, but 0 were produced, 1 scrapped" in wrong[1]
