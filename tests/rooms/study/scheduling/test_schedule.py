"""Detailed schedules: cases with known answers, and the gearbox shop as a planner asks about it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import yaml

import twin
from tests.laws.planning.schedule_verifier import problems_of
from tests.rooms.simulation.small_floor import plant_of, scenario_of
from tests.rooms.simulation.transport.test_fleets import BOTH, FLOOR
from twin import study
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.results.run import Run
from twin.run import simulate
from twin.study.scheduling.schedule import Schedule

DAY_US = 86_400_000_000
PLANT = "plant_models/gearbox_shop"


def case(layout: str, materials: str, scenario: str) -> tuple[Plant, Scenario]:
    tables = {"layout": yaml.safe_load(layout), "materials": yaml.safe_load(materials)}
    return Plant.model_validate(tables), Scenario.model_validate({"plant": "any", "horizon": "90 d", **yaml.safe_load(scenario)})


def begun(plant: Plant, scenario: Scenario) -> Run:
    """Everything has been ordered; nothing but the first starts has happened."""
    return twin.simulate(plant, scenario, until="1 us")


def day(at_us: int | None) -> str:
    return "" if at_us is None else datetime.fromtimestamp(at_us / 1e6, UTC).strftime("%m-%d")


COLOURS = """
plant: paint
storage_units: {rack: {}}
work_centers: {painting: {storage: rack}}
work_units: {booth: {equipment_class: booth, work_center: painting}}
process_segments: {paint: {work_center: painting}}
setups:
  booth:
    initial: green
    matrix:
      green: {red: 1 d, white: 1 d, black: 1 d}
      red: {green: 2 d, white: 2 d, black: 2 d}
      white: {green: 3 d, red: 3 d, black: 3 d}
      black: {green: 4 d, red: 4 d, white: 4 d}
routings:
  red: {"10": {segment: paint, run: 1 d, setup_family: red}}
  green: {"10": {segment: paint, run: 1 d, setup_family: green}}
  white: {"10": {segment: paint, run: 1 d, setup_family: white}}
  black: {"10": {segment: paint, run: 1 d, setup_family: black}}
  any: {"10": {segment: paint, run: 1 d}}
"""
PAINTED = (
    "materials: {red: {kind: finished}, green: {kind: finished}, white: {kind: finished}, black: {kind: finished}, any: {kind: finished}}"
)
WANTED = """
start: 2009-01-01T00:00:00Z
demand:
  orders:
    - {order: red1, customer: us, material: red, quantity: 3, due: 29 d, priority: 7}
    - {order: green, customer: us, material: green, quantity: 3, due: 40 d, priority: 6}
    - {order: white, customer: us, material: white, quantity: 3, due: 31 d, priority: 5}
    - {order: black, customer: us, material: black, quantity: 7, due: 4 d, priority: 4}
    - {order: any3, customer: us, material: any, quantity: 3, due: 11 d, priority: 3}
    - {order: any4, customer: us, material: any, quantity: 4, due: 50 d, priority: 2}
    - {order: red2, customer: us, material: red, quantity: 3, due: 29 d, priority: 1}
"""


def test_aps_03_a_matrix_of_setups() -> None:
    """aps-03: black is done on 9 January, all else in time; ten days of set-ups (1 + 4 + 2 + 3), where frePPLe needs twelve."""
    plant, scenario = case(COLOURS, PAINTED, WANTED)
    plan = study.schedule(begun(plant, scenario), "edd", until="80 d")
    assert {it.order: day(it.ships_us) for it in plan.late} == {"black": "01-09"}
    assert sum(it.setup_us for it in plan.operations) == 10 * DAY_US
    assert [(it.setup_from, it.setup_to) for it in plan.operations if it.setup_us] == [
        ("green", "black"), ("black", "red"), ("red", "white"), ("white", "green"),
    ]  # fmt: skip
    assert not problems_of(plan, plant, {}, has_stops=False)
    stays = study.schedule(begun(plant, scenario), "setup_avoidance", until="80 d").replan(rule=None, frozen="20 d", until="80 d").schedule
    assert len(stays.late) == stays.compared[0].late_count == 2, "rules are compared with what stays where it is"
    assert stays.weighted_late_us == stays.compared[0].weighted_late_us > plan.weighted_late_us
    best = study.schedule(begun(plant, scenario), until="80 d")
    assert best.weighted_late_us <= plan.weighted_late_us == min(it.weighted_late_us for it in best.compared if it.rule == "edd")


def test_aps_01_what_takes_longer_than_is_left_is_late_for_that() -> None:
    """Order 1 cannot be there before 9 January, six days late, because of what it takes to make; order 2 is in time, on the 11th."""
    plant, scenario = case(
        """
plant: lead
storage_units: {rack: {}}
work_centers: {sub: {storage: rack}, end: {storage: rack}, gate: {storage: rack}}
work_units:
  sub_1: {equipment_class: sub, work_center: sub}
  sub_2: {equipment_class: sub, work_center: sub}
  sub_3: {equipment_class: sub, work_center: sub}
  end_1: {equipment_class: end, work_center: end}
  end_2: {equipment_class: end, work_center: end}
  gate_1: {equipment_class: gate, work_center: gate}
process_segments: {make_sub: {work_center: sub}, make_end: {work_center: end}, deliver: {work_center: gate}}
setups: {sub: {same: 1 d, default: 1 d}}
routings:
  sub: {"10": {segment: make_sub, run: 12 h, setup_family: sub}}
  end: {"10": {segment: make_end, run: 7 d, per: lot}, "20": {segment: deliver, run: 1 d, per: lot}}
""",
        """
materials:
  raw: {kind: purchased, opening_stock: 20}
  sub: {kind: made, lot_size: 2, opening_stock: 15, bill: [{material: raw, quantity: 1}]}
  end: {kind: finished, bill: [{material: sub, quantity: 1}]}
""",
        """
start: 2009-01-01T00:00:00Z
demand:
  orders:
    - {order: one, customer: us, material: end, quantity: 7, due: 2 d}
    - {order: two, customer: us, material: end, quantity: 14, due: 10 d}
""",
    )
    plan = study.schedule(begun(plant, scenario), "edd")
    assert {it.order: day(it.ships_us) for it in plan.orders} == {"one": "01-09", "two": "01-11"}
    assert [(it.order, it.late_us) for it in plan.late] == [("one", 6 * DAY_US)]
    assert sum(late_us for _, late_us in plan.late[0].causes) == 6 * DAY_US
    assert plan.late[0].causes[0][0].startswith("run on end_1"), plan.late[0].causes
    assert [it.quantity for it in plan.operations if it.material == "sub"] == [2, 2, 2]
    assert not problems_of(plan, plant, {"raw": 14, "sub": 8}, has_stops=False)


def test_aps_11_operation_time_by_the_piece() -> None:
    """Forty minutes for five are eight for one."""
    plant, scenario = case(
        """
plant: pieces
storage_units: {rack: {}}
work_centers: {turning: {storage: rack}}
work_units: {lathe: {equipment_class: lathe, work_center: turning}}
process_segments: {turn: {work_center: turning}}
routings: {shaft: {"10": {segment: turn, run: 8 min}}}
""",
        "materials: {shaft: {kind: finished}}",
        """
start: 2009-01-01T00:00:00Z
demand:
  orders:
    - {order: A, customer: us, material: shaft, quantity: 1, due: 1 d}
    - {order: B, customer: us, material: shaft, quantity: 5, due: 1 d}
""",
    )
    plan = study.schedule(begun(plant, scenario), "edd")
    assert [(it.end_us - it.start_us) // 60_000_000 for it in plan.operations] == [8, 40]


@pytest.fixture(scope="module")
def run() -> Run:
    return twin.simulate(PLANT, until="2 d", seed=1)


@pytest.fixture(scope="module")
def best(run: Run) -> Schedule:
    return study.schedule(run)


@pytest.mark.slow
def test_all_open_orders_are_promised_and_the_rule_is_the_best(run: Run, best: Schedule) -> None:
    assert {it.order for it in best.orders} == {it.order for it in run.erp.customer_orders.orders.values() if it.open_quantity}
    assert best.compared[0].rule == best.rule
    assert [it.key for it in best.compared] == sorted(it.key for it in best.compared)
    assert best.weighted_late_us == best.compared[0].weighted_late_us, "MES and ERP ship when the rules in the plant do"
    for outcome in best.compared[1:3]:
        alone = study.schedule(run, outcome.rule)
        assert alone.weighted_late_us == outcome.weighted_late_us
        assert max(it.ships_us or 0 for it in alone.orders) == outcome.ships_us_last


@pytest.mark.slow
def test_nobody_finds_anything_wrong_with_it(run: Run, best: Schedule) -> None:
    assert len(best.operations) > 100
    assert not problems_of(best, run.plant, dict(run.erp.stock.on_hand), has_stops=True)


@pytest.mark.slow
def test_it_is_shown(best: Schedule) -> None:
    assert list(best.table["start"]) == sorted(best.table["start"])
    assert "<svg" in best._repr_html_()
    assert "Not known" in best._repr_html_()
    assert best.summary()["rules"][0]["rule"] == best.rule
    assert any("repairs that are under way take what they are expected to" in it for it in best.unknown)


def test_what_is_late_says_what_for(run: Run) -> None:
    """A supposed stop of the only furnace makes orders late, and it is named; the parts sum to the lateness."""
    plan = study.schedule(run, "edd", down={"furnace_1": "6 d"})
    assert plan.late
    for it in plan.late:
        assert sum(late_us for _, late_us in it.causes) == it.late_us
    assert any("furnace_1: supposed" in cause for it in plan.late for cause, _ in it.causes)
    assert plan.supposed == ("furnace_1 is down for 6 d",)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "words"),
    [
        ({"rule": "eddd"}, "did you mean 'edd'"),
        ({"down": {"mill_9": "1 h"}}, "there is no equipment 'mill_9'"),
        ({"late": {"PO-9": "1 d"}}, "there is no purchase order 'PO-9'"),
        ({"absent": {"nobody": "1 d"}}, "there is no person 'nobody'"),
        ({"absent": {"anna": "3000000 d"}}, "'3000000 d' for anna; allowed: longer than 0, and at most 3660 d"),
        ({"weights": {"X": 1}}, "order 'X' is not open"),
        ({"down": {"mill_1": "0 h"}}, "longer than 0"),
        ({"until": "0 d"}, "longer than 0"),
    ],
)
def test_bad_input_meets_words(run: Run, what: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        study.schedule(run, **what)  # type: ignore[arg-type]


# Again


@pytest.mark.slow
def test_nothing_new_changes_nothing(best: Schedule) -> None:
    again = best.replan()
    assert {it.how for it in again.changes} == {"kept"}
    assert again.stability == 1.0


@pytest.mark.slow
def test_a_breakdown_moves_what_stands_behind_it(run: Run, best: Schedule) -> None:
    again = best.replan(down={"furnace_1": "12 h"})
    assert again.of("moved", "resequenced", "reassigned")
    assert 0 < again.stability < 1 or not again.of("resequenced", "reassigned")
    stop_us = best.now_us + DAY_US // 2
    assert not [it for it in again.schedule.operations if it.equipment == "furnace_1" and best.now_us < it.start_us < stop_us]
    assert not problems_of(again.schedule, run.plant, dict(run.erp.stock.on_hand), has_stops=True)
    table = again.table
    assert set(table["change"]) <= {"moved", "resequenced", "reassigned", "new", "gone"}
    assert len(table) == len(again.changes) - len(again.of("kept"))


@pytest.mark.slow
def test_what_is_frozen_keeps_unit_and_sequence(best: Schedule) -> None:
    """Under another rule much goes another way; what begins within the frozen span does not."""
    free, frozen = best.replan(rule="fifo"), best.replan(rule="fifo", frozen="24 h")
    near = {it.job_order for it in best.operations if best.now_us < it.start_us < best.now_us + DAY_US}
    assert {it.job_order for it in frozen.changes if it.was_frozen} == near
    assert [it for it in free.of("resequenced", "reassigned") if it.job_order in near], "fifo would change them"
    assert not frozen.unfrozen
    assert {it.how for it in frozen.changes if it.was_frozen} <= {"kept", "moved"}
    assert frozen.stability > free.stability


def test_a_repair_takes_what_is_expected_of_it_or_nobody_knows(run: Run, best: Schedule) -> None:
    """The furnace has declared failures, the packing table has none."""
    declared = run.plant.failures["furnace_1"]
    mean_us = round(sum(it.repair.mean_us for it in declared) / len(declared))
    expected, said = best.replan(down={"furnace_1": "expected"}), best.replan(down={"furnace_1": f"{mean_us} us"})
    assert expected.schedule.operations == said.schedule.operations
    assert expected.schedule.supposed == ("furnace_1 is down for its expected repair",)
    with pytest.raises(ValueError, match="nobody knows how long a repair takes"):
        best.replan(down={"pack_1": "expected"})


@pytest.mark.slow
def test_who_is_under_way_stays_there(best: Schedule) -> None:
    running = {it.job_order: it.equipment for it in best.operations if it.is_running}
    for again in (best.replan(rule="spt"), best.replan(down={"mill_1": "3 h"})):
        assert {it.job_order: it.equipment for it in again.schedule.operations if it.is_running} == running


@pytest.mark.slow
def test_a_rush_order_is_promised_too(best: Schedule) -> None:
    rush = [{"order": "RUSH", "customer": "cranes", "material": "GB1", "quantity": 2, "priority": 9, "due": "4 d"}]
    again = best.replan(rush=rush, rule="priority")
    promise = next(it for it in again.schedule.orders if it.order == "RUSH")
    assert promise.ships_us
    assert promise.weight == 10
    assert {it.order for it in again.of("new")} >= {"RUSH"}
    with pytest.raises(ValueError, match="does not say its customer"):
        best.replan(rush=[{"order": "R", "material": "GB1", "quantity": 1, "due": "1 d"}])


@pytest.mark.slow
def test_who_is_absent_does_nothing(run: Run, best: Schedule) -> None:
    busiest = max({it.person for it in best.stays}, key=lambda name: sum(it.end_us - it.start_us for it in best.stays if it.person == name))
    again = best.replan(absent={busiest: "30 d"})
    assert not [it for it in again.schedule.stays if it.person == busiest and it.start_us > best.now_us]
    assert again.schedule.weighted_late_us >= best.weighted_late_us


def test_what_nobody_is_there_for_says_so(run: Run) -> None:
    """All who can tend the furnace are away for a week: that is what the late orders wait for."""
    tend = [name for name, it in run.plant.layout.persons.items() if "furnace_operator" in it.classes]
    plan = study.schedule(run, "edd", absent=dict.fromkeys(tend, "7 d"))
    assert any("no furnace_operator free" in cause for it in plan.late for cause, _ in it.causes), [it.causes for it in plan.late]


def test_a_late_delivery_comes_when_it_is_said_to(run: Run, best: Schedule) -> None:
    purchase = next(iter(sorted(run.erp.purchasing.open)))
    again = best.replan(late={purchase: "30 h"})
    assert [it.at_us for it in again.schedule.arrivals if it.order == purchase] == [best.now_us + 30 * 3_600_000_000]


@pytest.mark.slow
def test_a_run_that_has_gone_on_is_planned_anew_against_what_was_published(best: Schedule) -> None:
    later = twin.simulate(PLANT, until="2 d 6 h", seed=1)
    again = best.replan(later, frozen="4 h")
    assert again.schedule.now_us > best.now_us
    assert 0 <= again.stability <= 1
    started = {it.job_order for it in again.schedule.operations if it.is_running}
    assert not started & {it.job_order for it in again.changes}


def test_what_nobody_knows_where_the_mes_decides_is_refused_by_name() -> None:
    """A lot that a vehicle carries has its turn when it is set down, and nobody has said when."""
    tools = "tools: {chuck: {work_centers: [turning]}}"
    carrying = simulate(plant_of(f"{FLOOR}{tools}", BOTH), scenario_of("shaft 2"), until_us=12 * 60_000_000)
    with pytest.raises(ValueError, match=r"nobody knows when lot .* is set down, which cart_1"):
        study.schedule(carrying)


def test_what_is_supposed_of_holds_and_gauges_that_there_are_not_is_refused_in_words() -> None:
    plant, scenario = case(COLOURS, PAINTED, WANTED)
    run = begun(plant, scenario)
    with pytest.raises(ValueError, match="there is no lot on hold 'red1-red'; allowed: none"):
        study.schedule(run, "edd", released={"red1-red": "2 h"})
    with pytest.raises(ValueError, match="there is no gauge of a unit whose calibration is over by then 'booth'; allowed: none"):
        study.schedule(run, "edd", calibrated={"booth": "2 h"})


def test_where_nothing_is_open_the_schedule_is_empty_and_says_so() -> None:
    plan = study.schedule(twin.simulate(*case(COLOURS, PAINTED, WANTED), until="60 d"))
    assert plan.operations == ()
    assert plan.summary()["operations"] == plan.summary()["orders"] == []
    assert list(plan.replan(rule=None).table["job_order"]) == []
