"""Lots that stand on the floor at the start: the plant goes on with them, MES and ERP know them, and the books hold what they are worth."""

from __future__ import annotations

from pathlib import Path

import pytest

import twin
from tests.parity.playing import ruled
from tests.rooms.simulation.small_floor import counts_of, plant_of, scenario_of
from twin import library
from twin.model.checks.scenario_checks import check_scenario
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.results.run import Run
from twin.run import carry
from twin.simulation.engines import ENGINES, play

TURN_AND_MILL = """
plant: two_steps
storage_units: {rack: {}, belt: {capacity: 2}}
work_centers: {turning: {storage: rack}, milling: {storage: belt}}
work_units:
  lathe: {equipment_class: lathe, work_center: turning, hourly_cost: 60 EUR/h}
  mill: {equipment_class: mill, work_center: milling, hourly_cost: 120 EUR/h}
process_segments: {turn: {work_center: turning}, mill: {work_center: milling}}
routings: {shaft: {"10": {segment: turn, run: 5 min}, "20": {segment: mill, run: 20 min}}}
"""
SHAFTS = """
materials:
  bar: {kind: purchased, standard_cost: 3 EUR, supplier: mill_works, opening_stock: 100}
  shaft: {kind: finished, lot_size: 2, price: 90 EUR, bill: [{material: bar, quantity: 1}]}
suppliers: {mill_works: {lead_time: 1 d}}
customers: {us: {}}
"""
W1 = {"work_in_process": {"W1": {"material": "shaft", "quantity": 2, "operation": "20", "due": "1 h"}}}


def carried(engine: str, plant: Plant, scenario: Scenario) -> Run:
    return carry(play(engine, plant, scenario, 1), Run(plant, scenario, seed=1))


@pytest.mark.parametrize("engine", ENGINES)
def test_the_plant_goes_on_with_what_stands_there(engine: str) -> None:
    plant = plant_of(TURN_AND_MILL, "materials: {shaft: {kind: finished, lot_size: 2}}")
    facts = ruled(engine, (plant, scenario_of("shaft 2", **W1)), 1, None)
    assert counts_of(facts, "mill") == [(40, "W1-shaft/20", 2, 0, 0), (80, "A-shaft/20", 2, 0, 0)]


@pytest.mark.parametrize("engine", ENGINES)
def test_conwip_counts_it(engine: str) -> None:
    plant = plant_of(TURN_AND_MILL, "materials: {shaft: {kind: finished, lot_size: 2}}")
    facts = ruled(engine, (plant, scenario_of("shaft 2", **W1)), 1, 1)
    assert counts_of(facts, "lathe") == [(50, "A-shaft/10", 2, 0, 0)]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_hot_lot_goes_before_the_others_that_stand_there(engine: str) -> None:
    """Its own priority, else that of its order, else none; what comes later is behind what is as urgent."""
    plant = plant_of(TURN_AND_MILL.replace("{capacity: 2}", "{}"), "materials: {shaft: {kind: finished, lot_size: 2}}")
    one = {"material": "shaft", "quantity": 1, "operation": "20"}
    found = {"W1": one, "W2": one | {"order": "A"}, "W3": one | {"order": "A", "priority": 7}, "W4": one | {"priority": 5}}
    order = {"order": "A", "customer": "us", "material": "shaft", "quantity": 1, "due": "1 d", "priority": 5}
    asked = scenario_of(work_in_process=found, policies={"dispatch": "priority"}, demand={"orders": [order]})
    facts = ruled(engine, (plant, asked), 1, None)
    assert [job for _, job, *_ in counts_of(facts, "mill")] == ["W3-shaft/20", "W2-shaft/20", "W4-shaft/20", "A-shaft/20", "W1-shaft/20"]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_books_hold_what_was_done_to_it_and_it_ends_without_a_variance(engine: str) -> None:
    plant = plant_of(TURN_AND_MILL, SHAFTS)
    run = carried(engine, plant, scenario_of(**W1, horizon="39 min"))
    (row,) = run.erp.work_in_progress(run.now_us)
    assert (row.request, row.booked_minor) == ("W1-shaft", 2 * (300 + 500))  # two bars, five minutes of the lathe each
    assert run.mes.requests["W1-shaft"].open_count == 1
    run = carried(engine, plant, scenario_of(**W1, horizon="2 h"))
    (cost,) = run.erp.request_costs()
    assert (cost.status, cost.produced, cost.produced_minor, cost.variance_minor) == ("closed", 2, 2 * (300 + 500 + 4000), 0)
    assert run.erp.stock.on_hand["bar"] == 100
    assert not run.mes.alerts
    assert not run.erp.alerts


@pytest.mark.parametrize("engine", ENGINES)
def test_an_order_gets_what_is_in_the_making(engine: str) -> None:
    run = carried(engine, plant_of(TURN_AND_MILL, SHAFTS), scenario_of("shaft 2", **W1))
    assert list(run.erp.requests.requests) == ["W1-shaft"]
    assert run.erp.orders(run.now_us)[0].shipped == 2


def test_what_cannot_stand_there_is_named() -> None:
    standing = {"material": "shaft", "quantity": 1, "operation": "20"}
    found = {
        "A": standing, "W2": {**standing, "operation": "10"}, "W3": {**standing, "order": "B"}, "W4": {**standing, "operation": "30"},
    }  # fmt: skip
    scenario = scenario_of("shaft 1, shaft 1 @ 5 min", work_in_process=found, plant="two_steps")
    said = [f"{'.'.join(it.path)}: {it.what}" for it in check_scenario(scenario, plant_of(TURN_AND_MILL, SHAFTS))]
    assert said == [
        "work_in_process.W4.operation: no operation of 'shaft' is called '30'",
        "work_in_process.A: 'A' is the name of an order",
        "work_in_process.W2.operation: '10' is the first operation of 'shaft': nothing has been done to this lot yet",
        "work_in_process.W3.order: order 'B' is not known yet at the start",
    ]
    crowd = scenario_of(work_in_process={f"W{n}": standing for n in range(3)}, plant="two_steps")
    (one,) = check_scenario(crowd, plant_of(TURN_AND_MILL, SHAFTS))
    assert (one.path, one.what) == (("work_in_process", "W2"), "'belt' has no place for this lot")


def test_the_books_of_a_shop_with_odd_rates_hold_to_the_cent(root: Path) -> None:
    """What is absorbed is rounded together with what the lot was found with; every round of a run asks what must hold."""
    shop = root / "plant_models/gearbox_shop"
    found = {
        "W1": {"material": "PI1", "quantity": 10, "operation": "30", "due": "2 d"},
        "W2": {"material": "SH1", "quantity": 7, "operation": "20"},
    }
    tables = library.read_scenario(None, shop).model_dump(mode="json") | {"work_in_process": found}
    run = twin.simulate(shop, Scenario.model_validate(tables), until="2 d", seed=1)
    assert run.erp.violations() == []
