"""Vehicles that carry lots: who is sent to whom, what a trip takes, who waits for what, and what is told of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.simulation.small_floor import SINGLE, minutes, plant_of, scenario_of, states_of
from twin.model.checks.plant_checks import check_plant
from twin.model.events import LotSetDown, MaterialIdentified, OperationsEvent
from twin.model.plant import Plant
from twin.now.plant_now import plant_now
from twin.run import simulate
from twin.simulation.engines import ENGINES, play

FLOOR = """
plant: floor
storage_units: {yard: {}, belt: {}, far: {}}
work_centers: {turning: {storage: yard, carried_by: cart}, milling: {storage: belt}, grinding: {storage: far, carried_by: cart}}
work_units:
  lathe_1: {equipment_class: lathe, work_center: turning}
  lathe_2: {equipment_class: lathe, work_center: turning}
  grinder: {equipment_class: grinder, work_center: grinding}
  mill: {equipment_class: mill, work_center: milling}
fleets:
  cart: {vehicles: 1, parks_at: yard, load: 1 min, unload: 2 min, times: {yard: {belt: 5 min}, far: {belt: 7 min, yard: 20 min}}}
process_segments: {turn: {work_center: turning}, mill: {work_center: milling}, grind: {work_center: grinding}}
routings:
  shaft: {"10": {segment: turn, run: 10 min}, "20": {segment: mill, run: 1 min}}
  disc: {"10": {segment: grind, run: 8 min}, "20": {segment: mill, run: 1 min}}
"""
BOTH = "materials: {shaft: {kind: finished, lot_size: 1}, disc: {kind: finished, lot_size: 1}}"


def facts_of(plant: Plant, orders: str, engine: str = "simpy") -> list[OperationsEvent]:
    source, facts = play(engine, plant, scenario_of(orders), 1, control="rule"), list[OperationsEvent]()
    while (told := source.advance()) is not None:
        facts += told
    return facts


def carried(facts: list[OperationsEvent]) -> list[tuple[float, str, str, str]]:
    """(minute, vehicle, lot, where it is set down, "" where it is loaded)."""
    return [
        (minutes(it), it.equipment, it.lot, getattr(it, "place", "")) for it in facts if isinstance(it, MaterialIdentified | LotSetDown)
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_trip_is_driven_leg_by_leg_and_the_lot_holds_its_unit_until_it_is_loaded(engine: str) -> None:
    facts = facts_of(plant_of(FLOOR, BOTH), "shaft 2", engine)
    assert states_of(facts, "cart_1") == [
        (0, "IDLE", ""),
        (10, "EXECUTE", "loading"), (11, "EXECUTE", "loaded_travel"), (16, "EXECUTE", "unloading"),
        (18, "EXECUTE", "empty_travel"), (23, "EXECUTE", "loading"), (24, "EXECUTE", "loaded_travel"), (29, "EXECUTE", "unloading"),
        (31, "IDLE", ""),
    ]  # fmt: skip
    assert states_of(facts, "lathe_2")[-3:] == [(10, "SUSPENDED", "blocked"), (24, "COMPLETE", ""), (24, "IDLE", "")]
    assert carried(facts) == [
        (11, "cart_1", "A-shaft.1", ""), (18, "cart_1", "A-shaft.1", "belt"),
        (24, "cart_1", "A-shaft.2", ""), (31, "cart_1", "A-shaft.2", "belt"),
    ]  # fmt: skip
    assert [minute for minute, state, _ in states_of(facts, "mill") if state == "EXECUTE"] == [18, 31]


def test_a_vehicle_takes_as_many_lots_of_one_way_as_fit_in() -> None:
    facts = facts_of(plant_of(FLOOR, BOTH, **{"fleets/cart/capacity": 2}), "shaft 2")
    assert [(at, lot) for at, _, lot, place in carried(facts) if place] == [(18, "A-shaft.1"), (18, "A-shaft.2")]
    pieces = {"fleets/cart/capacity": 5, "fleets/cart/counts": "pieces"}
    big = "materials: {shaft: {kind: finished, lot_size: 4}, disc: {kind: finished}}"
    facts = facts_of(plant_of(FLOOR, big, **pieces, **{"routings/shaft/10/per": "lot"}), "shaft 8")
    assert [at for at, *_, place in carried(facts) if place] == [18, 31]  # four of each, and five fit in


@pytest.mark.parametrize(("rule", "first"), [("longest_waiting", "A-disc"), ("nearest", "B-shaft")])
def test_the_rule_says_who_is_fetched_first(rule: str, first: str) -> None:
    """The disc calls at 8, the shaft at 10, the cart comes back to the yard at 30: there it is near to the shaft."""
    busy = {"fleets/cart/rule": rule, "work_units/grinder/failures": "[]", "fleets/cart/calendar": "late", "calendars": LATE}
    facts = facts_of(plant_of(FLOOR, BOTH, **busy), "disc 1, shaft 1")
    assert next(lot for _, _, lot, place in carried(facts) if not place) == first


LATE = "{late: {shifts: {day: {days: [mon], start: '06:30', end: '14:00'}}}}"


def test_of_several_free_vehicles_the_nearest_goes() -> None:
    facts = facts_of(plant_of(FLOOR, BOTH, **{"fleets/cart/vehicles": 2}), "disc 1, shaft 1 @ 31 min")
    loaded = [(vehicle, lot) for _, vehicle, lot, place in carried(facts) if not place]
    assert loaded == [("cart_1", "A-disc"), ("cart_2", "B-shaft")]  # cart_1 is at the belt, five minutes away


def test_a_vehicle_that_nobody_calls_drives_back_to_where_it_parks() -> None:
    facts = facts_of(plant_of(FLOOR, BOTH, **{"fleets/cart/when_idle": "parks"}), "shaft 1")
    assert states_of(facts, "cart_1")[-2:] == [(18, "EXECUTE", "to_park"), (23, "IDLE", "")]


def test_ways_by_distance_and_speed() -> None:
    ways = {
        "fleets/cart/times": "{}",
        "fleets/cart/distances": "{yard: {belt: 90 m}}",
        "fleets/cart/speed": "1.5 m/s",
        "fleets/cart/default": "1 h",
    }
    assert carried(facts_of(plant_of(FLOOR, BOTH, **ways), "shaft 1"))[-1][0] == 10 + 1 + 1 + 2


def test_a_vehicle_stands_where_it_fails_and_drives_on() -> None:
    jam = {"fleets/cart/failures": "[{reason: flat, time_to_failure: 4 min, repair: 30 min}]"}
    facts = facts_of(plant_of(FLOOR, BOTH, **jam), "shaft 1")
    assert states_of(facts, "cart_1")[1:5] == [
        (10, "EXECUTE", "loading"), (11, "EXECUTE", "loaded_travel"), (14, "HELD", "flat"), (44, "EXECUTE", "loaded_travel"),
    ]  # fmt: skip


def test_what_is_done_where_it_waits_next_needs_no_vehicle() -> None:
    routing = '{"10": {segment: turn, run: 10 min}, "20": {segment: turn, run: 1 min}}'
    assert carried(facts_of(plant_of(FLOOR, BOTH, **{"routings/shaft": routing}), "shaft 3")) == []


def test_pieces_to_rework_are_carried_back() -> None:
    back = {
        "work_centers/milling/carried_by": "cart", "routings/shaft/20/rework": 0.5, "routings/shaft/20/rework_to": "'10'",
        "routings/shaft/10/run": "1 min",
    }  # fmt: skip
    facts = facts_of(plant_of(FLOOR, "materials: {shaft: {kind: finished}, disc: {kind: finished}}", **back), "shaft 6")
    assert [(lot, place) for _, _, lot, place in carried(facts) if place][:2] == [("A-shaft", "belt"), ("A-shaft.R", "yard")]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_deadlock_names_the_vehicles_in_it(engine: str) -> None:
    """Lots go there and back through storages of one place, and the one cart waits with the first that finds none."""
    there_and_back = {
        "storage_units": "{yard: {capacity: 1}, belt: {capacity: 1}, far: {}}", "work_centers/milling/carried_by": "cart",
        "routings/shaft": '{"10": {segment: turn, run: 5 min}, "20": {segment: mill, run: 5 min}, "30": {segment: turn, run: 5 min}}',
    }  # fmt: skip
    run = simulate(plant_of(FLOOR, BOTH, **there_and_back), scenario_of("shaft 9"), engine=engine)
    assert run.deadlock.startswith("deadlock, nothing here will ever move again: ")
    assert "waits since Mon 2 Mar" in run.deadlock
    assert "for a vehicle of cart, and each of them waits with lots of its own: cart_1" in run.deadlock
    assert "cart_1 holds A-shaft." in run.deadlock


def told(run: Any, name: str) -> list[tuple[int, float, str]]:
    return [(row.level, round(row.duration_h * 60, 1), row.what) for row in run.explain(name).table.itertuples()]


def test_explain_says_for_which_vehicle_an_order_waited_and_what_that_did() -> None:
    run = simulate(plant_of(FLOOR, BOTH), scenario_of("shaft 1, shaft 1"))
    assert told(run, "B") == [
        (0, 10, "run on lathe_2 (10)"),
        (0, 14, "done on lathe_2, and waited there for a vehicle of cart"),
        (1, 1, "cart_1 loaded A-shaft"),
        (1, 5, "cart_1 carried A-shaft"),
        (1, 2, "cart_1 unloaded A-shaft"),
        (1, 5, "cart_1 drove empty to fetch B-shaft"),
        (1, 1, "cart_1 loaded B-shaft"),
        (0, 7, "on cart_1 from yard to belt"),
        (0, 1, "run on mill (20)"),
    ]
    assert run.explain("B").main_cause == "cart_1 empty travel"
    assert ("loaded travel", "10 min (2%)") in run.explain("cart_1").facts
    assert ("empty travel", "5 min (1%)") in run.explain("cart_1").facts


def test_vehicles_have_indicators_in_which_empty_travel_counts() -> None:
    run = simulate(plant_of(FLOOR, BOTH), scenario_of("shaft 1, shaft 1", horizon="1 h"))
    by_name = {it.name: it for it in run.mes.indicators("equipment", run.scenario.start_us, run.now_us)}
    assert by_name["cart_1"].apt_us == 21 * 60_000_000  # two trips of 8 min, and 5 min empty between them
    assert by_name["cart_1"].allocation_efficiency == pytest.approx(21 / 60)
    assert "cart_1" not in {it.name for it in run.mes.indicators("shift", run.scenario.start_us, run.now_us)}


def test_a_lot_that_waits_or_rides_is_waiting_in_words() -> None:
    run = simulate(plant_of(FLOOR, BOTH), scenario_of("shaft 1, shaft 1"), until_us=12 * 60_000_000)
    assert [run.mes.status(f"{lot}-shaft/20") for lot in "AB"] == [
        ("Waiting", "its lot is on cart_1"), ("Waiting", "its lot waits for a vehicle of cart"),
    ]  # fmt: skip
    assert [run.mes.lots[f"{lot}-shaft"].place for lot in "AB"] == ["cart_1", "lathe_2"]


def test_the_plant_as_known_now_says_what_it_takes_vehicles_to_do() -> None:
    plant, scenario = plant_of(FLOOR, BOTH), scenario_of("shaft 1, shaft 1")
    now = plant_now(simulate(plant, scenario, until_us=12 * 60_000_000))
    assert [note for note in now.unknown if "vehicles" in note] == [
        "where vehicles drive: all are taken to be free where they park, and 2 lots to be there already"
    ]
    source, facts = now.begin(seed=1), list[OperationsEvent]()
    while (more := source.advance()) is not None:
        facts += more
    assert sum(it.good for it in facts if getattr(it, "equipment", "") == "mill" and hasattr(it, "good")) == 2


PRICED = BOTH.replace("finished,", "finished, price: 1 EUR,")


def problems(**changes: Any) -> list[str]:
    return [f"{'/'.join(map(str, it.path))}: {it.what}; {it.allowed}" for it in check_plant(plant_of(FLOOR, PRICED, **changes))]


def test_what_makes_no_sense_of_a_fleet_is_named() -> None:
    assert problems() == []
    assert problems(**{"work_centers/turning/carried_by": "carts"}) == [
        "work_centers/turning/carried_by: no fleet is called 'carts' (did you mean 'cart'?); cart"
    ]
    assert problems(**{"fleets/cart/parks_at": "yart"}) == [
        "fleets/cart/parks_at: no storage unit is called 'yart' (did you mean 'yard'?); yard, belt, far"
    ]
    assert problems(**{"fleets/cart/times": "{yard: {belt: 5 min}}"}) == [
        "fleets/cart: nobody says how long the way is from far to yard, belt to far; times, distances with a speed, or a default"
    ]
    assert problems(**{"fleets/cart/distances": "{yard: {belt: 5 m}}"})[0].startswith("fleets/cart/distances: distances without a speed")
    assert problems(**{"routings/shaft/10/transport": "1 min"}) == [
        "routings/shaft/10/transport: lots that are done here are carried by fleet 'cart', which takes its own time; 0, or no carried_by"
    ]
    assert problems(**{"routings/shaft/10/interval": "1 min"})[0].startswith("routings/shaft/10/interval: lots of a cascade are not out")
    assert problems(**{"storage_units/cart_1": "{}"})[0].startswith("fleets/cart: 'cart_1' is the name of a storage unit already")


def test_both_engines_say_the_same_of_a_fleet_under_mes_and_erp() -> None:
    plant, scenario = (
        plant_of(FLOOR, SINGLE.replace("}}", "}, disc: {kind: finished}}"), **{"fleets/cart/vehicles": 2}),
        scenario_of("shaft 9, disc 3"),
    )
    one, other = (simulate(plant, scenario, engine=engine) for engine in ENGINES)
    assert one.trace_hash == other.trace_hash
    by_rule = [facts_of(plant, "shaft 9, disc 3", engine) for engine in ENGINES]
    assert carried(by_rule[0]) == carried(by_rule[1]) == carried([entry.event for entry in one.journal.entries()])
