"""Who waits for whom for ever: by plain state, and in the words that a run is stopped with."""

from __future__ import annotations

from tests.rooms.simulation.small_floor import SINGLE, plant_of, scenario_of
from twin.model.events import AlarmRaised
from twin.run import simulate
from twin.simulation.deadlock import Places, StuckLot, find_deadlock

THERE_AND_BACK = """
plant: there_and_back
storage_units: {rack: {capacity: 1}, belt: {capacity: 1}}
work_centers: {turning: {storage: rack}, milling: {storage: belt}}
work_units: {lathe: {equipment_class: lathe, work_center: turning}, mill: {equipment_class: mill, work_center: milling}}
process_segments: {turn: {work_center: turning}, mill: {work_center: milling}}
routings: {shaft: {"10": {segment: turn, run: 5 min}, "20": {segment: mill, run: 5 min}, "30": {segment: turn, run: 5 min}}}
"""


def stuck(lot: str, holder: str, storage: str, *able: str, since_us: int = 0) -> StuckLot:
    return StuckLot(lot=lot, holder=holder, storage=storage, since_us=since_us, able=able)


def full(lot: str, *able: str) -> Places:
    return Places(capacity=1, lots=((lot, able),))


A_AND_B = [stuck("1", "a", "to_b", "b"), stuck("2", "b", "to_a", "a", since_us=5)]


def test_two_that_wait_for_each_other_are_a_cycle_of_two() -> None:
    cycle = find_deadlock(A_AND_B, {"to_b": full("3", "b"), "to_a": full("4", "a")})
    assert [(it.stuck.holder, it.lot, it.blockers) for it in cycle] == [("a", "3", ("b",)), ("b", "4", ("a",))]


def test_who_only_waits_for_the_cycle_is_not_named_in_it() -> None:
    waiting = [stuck("5", "c", "to_b", "b", since_us=-9), *A_AND_B]
    cycle = find_deadlock(waiting, {"to_b": full("3", "b"), "to_a": full("4", "a")})
    assert [it.stuck.holder for it in cycle] == ["a", "b"]


def test_one_alone_can_be_a_cycle() -> None:
    assert [it.blockers for it in find_deadlock([stuck("1", "a", "to_a", "a")], {"to_a": full("2", "a")})] == [("a",)]


def test_anything_that_can_still_move_is_the_end_of_every_wait() -> None:
    both_full = {"to_b": full("3", "b"), "to_a": full("4", "a")}
    assert not find_deadlock(A_AND_B, {**both_full, "to_a": full("4", "a", "spare")})  # somebody else can take the lot on
    assert not find_deadlock([*A_AND_B[:1], stuck("2", "b", "to_a", "a", "spare")], both_full)  # or fetch it from where it is stuck
    assert not find_deadlock(A_AND_B, {**both_full, "to_a": Places(capacity=2, lots=(("4", ("a",)),))})  # there is a place
    assert not find_deadlock(A_AND_B[:1], both_full)  # b works, or stands still for another reason


def test_a_run_ends_at_the_instant_of_its_deadlock_and_says_who_waits_for_what() -> None:
    run = simulate(plant_of(THERE_AND_BACK, SINGLE), scenario_of("shaft 6"))
    assert run.deadlock == (
        "deadlock, nothing here will ever move again:"
        " mill holds A-shaft.2 and waits since Mon 2 Mar, 06:15 (5 min) for a place in rack, which is full with A-shaft.1;"
        " A-shaft.1 waits for lathe."
        " lathe holds A-shaft.4 and waits since Mon 2 Mar, 06:20 (just now) for a place in belt, which is full with A-shaft.3;"
        " A-shaft.3 waits for mill"
    )
    assert "ended by a deadlock" in repr(run)
    assert run.summary()["deadlock"] == run.deadlock
    assert [type(entry.event) for entry in run.journal.entries()].count(AlarmRaised) == 1


def test_with_a_place_more_the_same_orders_are_done() -> None:
    run = simulate(plant_of(THERE_AND_BACK, SINGLE, **{"storage_units/rack/capacity": None}), scenario_of("shaft 6"))
    assert run.deadlock == ""
    assert run.orders["status"].tolist() == ["shipped"]
