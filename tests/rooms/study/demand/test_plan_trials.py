"""A plan is simulated before it is firmed: on-time probability of each order, and what it costs, from whole runs."""

from __future__ import annotations

import pytest

import twin
from twin import study
from twin.model.materials import Materials
from twin.model.plant import Plant, PlantFile
from twin.model.scenario import Scenario
from twin.moment import at
from twin.study.ahead.forecast import wilson
from twin.study.ahead.plan_trials import as_planned

LAYOUT = {
    "plant": "kiosk",
    "energy_tariff": "0.20 EUR/kWh",
    "storage_units": {"counter": {}},
    "work_centers": {"cutting": {"storage": "counter"}},
    "work_units": {
        "press_1": {"equipment_class": "press", "work_center": "cutting", "hourly_cost": "10 EUR/h", "power": {"execute": "10 kW"}}
    },
    "process_segments": {"cut": {"work_center": "cutting"}},
    "routings": {"key": {"10": {"segment": "cut", "run": {"exponential": "9 min"}}}},
}
ITEMS = {
    "materials": {
        "key": {"kind": "finished", "price": "30 EUR", "bill": [{"material": "blank", "quantity": 1}]},
        "blank": {"kind": "purchased", "standard_cost": "2 EUR", "supplier": "metal", "opening_stock": 8},
    },
    "suppliers": {"metal": {"lead_time": "1 d"}},
    "customers": {"street": {}},
}
ORDERS = [
    {"order": "soon", "customer": "street", "material": "key", "quantity": 4, "due": "36 min"},
    {"order": "late", "customer": "street", "material": "key", "quantity": 4, "due": "10 h"},
    {"order": "unknown", "customer": "street", "material": "key", "quantity": 1, "at": "1 h", "due": "10 h"},
]


@pytest.fixture(scope="module")
def plant() -> Plant:
    return Plant(layout=PlantFile.model_validate(LAYOUT), materials=Materials.model_validate(ITEMS))


@pytest.fixture(scope="module")
def asked() -> Scenario:
    return Scenario.model_validate({"plant": "kiosk", "start": "2026-03-02T00:00:00Z", "horizon": "12 h", "demand": {"orders": ORDERS}})


def test_each_order_has_its_chance_and_the_plan_its_cost(plant: Plant, asked: Scenario) -> None:
    trials = study.simulate_plan(plant, asked, 12, seed=3)
    assert [it.order for it in trials.orders] == ["soon", "late"]  # the third is not known yet
    assert trials.count == 12
    soon, late = trials.orders
    runs = [twin.simulate(plant, as_planned(asked), seed=3 + n) for n in range(12)]
    times = [run.erp.customer_orders.orders["soon"].shipped_us for run in runs]
    on_time = sum(it is not None and it <= soon.due_us for it in times)
    assert soon.on_time_interval == wilson(on_time, 12)
    assert 0 < on_time < 12
    assert late.on_time_share == wilson(12, 12)[1]
    assert len(set(trials.costs_minor)) > 1, "runs differ"
    assert [it.result_minor for it in trials.ledgers] == [
        sum(it.amount_minor for it in run.erp.income_statement() if it.account) for run in runs
    ]
    told = trials.summary()
    assert told["cost_eur"]["p10"] <= told["cost_eur"]["p50"] <= told["cost_eur"]["p90"]
    assert told["result_eur"]["mean"] == pytest.approx(told["revenue_eur"]["mean"] - told["cost_eur"]["mean"])


def test_a_run_that_is_under_way_is_tried_from_where_it_stands(plant: Plant, asked: Scenario) -> None:
    run = twin.simulate(plant, asked, seed=1, until="1 min")
    trials = study.simulate_plan_of(run, 4, seed=5)
    assert {it.order for it in trials.orders} == {"soon", "late"}
    assert trials.now_us == run.now_us
    assert trials == study.simulate_plan_of(run, 4, seed=5)
    with pytest.raises(ValueError, match="no run says nothing"):
        study.simulate_plan_of(run, 0)
    now = at(run, run.now_us)
    by_order, by_plan = now.go_on(seed=5).erp, now.go_on(seed=5, scenario=as_planned(run.scenario)).erp
    assert [it.material for it in by_order.purchase_orders()] == ["blank"], "eight are there, nine are needed"
    assert [[it.quantity for it in erp.requests.requests.values() if it.order == "unknown"] for erp in (by_order, by_plan)] == [[1], []]
    assert not by_plan.purchase_orders(), "the plan alone asks, and it is next made tomorrow"


def test_an_order_of_which_a_part_has_left_has_not_left_in_time(plant: Plant, asked: Scenario) -> None:
    """One of four keys is there at once; the others take longer than this run lasts."""
    stocked = {**ITEMS["materials"], "key": {**ITEMS["materials"]["key"], "opening_stock": 1}}
    orders = [{**ORDERS[0], "partial": "allowed"}]
    parts = asked.model_copy(update={"demand": asked.demand.model_validate({"orders": orders})})
    shop = Plant(layout=plant.layout, materials=Materials.model_validate({**ITEMS, "materials": stocked}))
    (soon,) = study.simulate_plan(shop, parts, 2, seed=3, until_us=60_000_000).orders
    assert (soon.on_time_count, soon.shipped_us) == (0, ())
    run = twin.simulate(shop, as_planned(parts), seed=3, until="1 min")
    assert run.erp.customer_orders.orders["soon"].shipped == 1
