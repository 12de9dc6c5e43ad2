"""Where finished lots wait, and for how long: capacity, blocking after service, transport, rework."""

from __future__ import annotations

from tests.rooms.simulation.small_floor import SINGLE, TWO_STEPS, Desk, counts_of, plant_of, play, refusal, scenario_of, start, states_of
from twin.model.events import CountObserved, Heartbeat
from twin.simulation.simpy_plant import SimulatedPlant


def test_a_lot_that_finds_no_place_blocks_the_unit_that_made_it() -> None:
    facts = play(plant_of(TWO_STEPS, SINGLE), scenario_of("shaft 4", horizon="70 min"))
    assert states_of(facts, "lathe")[1:] == [
        (0, "EXECUTE", ""), (5, "COMPLETE", ""), (5, "IDLE", ""), (5, "EXECUTE", ""),  # the mill takes the first lot at once
        (10, "COMPLETE", ""), (10, "IDLE", ""), (10, "EXECUTE", ""),  # the second lies on the belt
        (15, "SUSPENDED", "blocked"), (25, "COMPLETE", ""), (25, "IDLE", ""), (25, "EXECUTE", ""),
        (30, "SUSPENDED", "blocked"), (45, "COMPLETE", ""), (45, "IDLE", ""),
    ]  # fmt: skip
    assert [at for at, *_ in counts_of(facts, "lathe")] == [5, 10, 15, 30]  # counted before the block


def test_a_lot_may_be_fetched_from_the_unit_that_it_blocks() -> None:
    plant = plant_of(TWO_STEPS, SINGLE)
    desk = Desk(plant)
    desk.start("a", 1)
    desk.wait(5)
    desk.start("b", 1)
    desk.wait(10)
    assert states_of(desk.facts, "lathe")[-1] == (10, "SUSPENDED", "blocked")
    desk.send(start("b", 1, "20", equipment="mill"))  # a lies on the belt, and has to wait
    assert states_of(desk.facts, "lathe")[-2:] == [(10, "COMPLETE", ""), (10, "IDLE", "")]
    assert states_of(desk.facts, "mill")[-1] == (10, "EXECUTE", "")


def test_a_unit_that_breaks_down_while_blocked_is_aborted_and_its_lot_may_leave() -> None:
    layout = {"work_units/lathe/failures": "[{reason: rust, clock: calendar, time_to_failure: 17 min, repair: 2 min}]"}
    facts = play(plant_of(TWO_STEPS, SINGLE, **layout), scenario_of("shaft 3", horizon="30 min"))
    assert states_of(facts, "lathe")[-5:] == [
        (15, "SUSPENDED", "blocked"), (17, "ABORTED", "rust"), (19, "SUSPENDED", "blocked"), (25, "COMPLETE", ""), (25, "IDLE", ""),
    ]  # fmt: skip


def test_a_lot_on_its_way_may_not_be_started_and_its_arrival_is_told() -> None:
    desk = Desk(plant_of(TWO_STEPS, SINGLE, **{"routings/shaft/10/transport": "3 min"}))
    desk.start("a", 1)
    desk.wait(5)
    assert "on its way" in refusal(desk.send(start("a", 1, "20", equipment="mill")))
    arrival = desk.wait(8)
    assert any(isinstance(fact, Heartbeat) and fact.reason == "transport" for fact in arrival)
    desk.send(start("a", 1, "20", equipment="mill"))
    assert states_of(desk.facts, "mill")[-1] == (8, "EXECUTE", "")


def test_the_place_at_the_end_of_the_way_is_taken_when_the_lot_leaves() -> None:
    facts = play(plant_of(TWO_STEPS, SINGLE, **{"routings/shaft/10/transport": "3 min"}), scenario_of("shaft 3", horizon="20 min"))
    assert states_of(facts, "lathe")[1:] == [
        (0, "EXECUTE", ""), (5, "COMPLETE", ""), (5, "IDLE", ""), (5, "EXECUTE", ""),
        (10, "COMPLETE", ""), (10, "IDLE", ""), (10, "EXECUTE", ""), (15, "SUSPENDED", "blocked"),
    ]  # fmt: skip


REWORK = {"routings/shaft/20/scrap": "0.25", "routings/shaft/20/rework": "0.25", "routings/shaft/20/rework_to": "'10'"}


def test_bad_pieces_are_drawn_by_job_order_and_rework_goes_on_as_a_lot_of_its_own() -> None:
    plant = plant_of(TWO_STEPS, "materials: {shaft: {kind: finished, lot_size: 8}}", **REWORK, **{"storage_units/belt/capacity": None})
    facts = play(plant, scenario_of("shaft 8, shaft 8, shaft 8", horizon="30 d"))
    counts = [fact for fact in facts if isinstance(fact, CountObserved)]
    first = [fact for fact in counts if fact.job_order.endswith("/20")]
    assert {fact.job_order.split("/")[0] for fact in first} >= {"A-shaft", "B-shaft", "C-shaft", "A-shaft.R"}
    for fact in first:
        lot = fact.job_order.split("/")[0]
        again = [other for other in counts if other.job_order == f"{lot}.R/10"]
        assert sum(other.good for other in again) == fact.rework  # the rework of a lot is turned again, piece by piece
    pieces = sum(fact.good + fact.scrap for fact in first)
    assert pieces == 24


def test_rework_finds_a_place_where_nothing_else_does() -> None:
    changes = {**REWORK, "routings/shaft/20/rework": "1.0", "routings/shaft/20/scrap": "0.0", "storage_units/rack/capacity": "1"}
    desk = Desk(plant_of(TWO_STEPS, SINGLE, **changes))
    desk.start("a", 1)
    desk.wait(5)
    desk.send(start("a", 1, "20", equipment="mill"))
    desk.wait(25)
    assert states_of(desk.facts, "mill")[-2:] == [(25, "COMPLETE", ""), (25, "IDLE", "")]
    desk.start("a.R", 1)
    assert states_of(desk.facts, "lathe")[-1] == (25, "EXECUTE", "")


def test_rework_takes_a_place_even_beyond_capacity() -> None:
    changes = {
        "routings/shaft/30": '{segment: mill, run: 1 min, rework: 1.0, rework_to: "20"}',
        "work_units/mill_2": "{equipment_class: mill, work_center: milling}",
    }
    desk = Desk(plant_of(TWO_STEPS, SINGLE, **changes))
    desk.start("a", 1)
    desk.wait(5)
    desk.send(start("a", 1, "20", equipment="mill"), start("b", 1))
    desk.wait(25)  # b lies on the belt, a blocks the mill
    desk.send(start("a", 1, "30", equipment="mill_2"), start("c", 1))
    desk.wait(26)  # a.R comes to the belt, where b is
    desk.send(start("b", 1, "20", equipment="mill"))
    desk.wait(30)  # c finds a.R there
    assert states_of(desk.facts, "lathe")[-1] == (30, "SUSPENDED", "blocked")
    desk.send(start("a.R", 1, "20", equipment="mill_2"))
    assert states_of(desk.facts, "lathe")[-1] == (30, "IDLE", "")


def test_a_lot_reworked_at_two_operations_gives_lots_of_two_names() -> None:
    third = '{segment: mill, run: 1 min, rework: 0.5, rework_to: "20"}'
    changes = {**REWORK, "routings/shaft/20/scrap": "0.0", "routings/shaft/30": third, "storage_units/belt/capacity": None}
    plant = plant_of(TWO_STEPS, "materials: {shaft: {kind: finished, lot_size: 100}}", **changes)
    source = SimulatedPlant(plant, scenario_of("shaft 100", horizon="30 d"), 1, control="rule")
    counts: list[CountObserved] = []
    while (facts := source.advance()) is not None:
        counts += [fact for fact in facts if isinstance(fact, CountObserved)]
    job_orders = [fact.job_order for fact in counts]
    assert len(set(job_orders)) == len(job_orders)
    assert sum(fact.good for fact in counts if fact.job_order.endswith("/30")) == 100
