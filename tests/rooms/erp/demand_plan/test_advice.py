"""Advice on safety stock, reorder point and lot size: the case with its numbers, its parts by hand, and what follows when it is taken."""

from __future__ import annotations

import math
from typing import Any

import pytest

import twin
from tests.known_answers import CASES
from tests.rooms.erp.material_plan.little_plan import LAYOUT, plant
from tests.rooms.procurement.trading_shop import Office
from twin.command.planning.showing import _advised
from twin.erp.demand_plan.advice import LeadTime, advise, lead_of, missed_by
from twin.erp.material_plan.plan import MaterialPlan
from twin.erp.material_plan.position import erp_position
from twin.model import events as e
from twin.model.materials import MaterialDefinition
from twin.model.scenario import Scenario
from twin.results.material_plan import plain_rows
from twin.results.planning.advice_now import advice_now

COSTS = {"order_cost": "10 EUR", "holding_cost": "0.50 EUR"}


def bought(**planning: Any) -> MaterialDefinition:
    return MaterialDefinition.model_validate({"kind": "purchased", "planning": planning})


def test_inv_01_is_what_is_advised() -> None:
    """50 a day missed by 10, nine days: 49.35 of safety stock, order at 499.35; 1000 a year at 10 an order and 0.5 a year: lots of 200."""
    case = CASES["inv-01-eoq-rop"]
    given, then = case["given"], case["then"]
    found = advise("x", bought(), given["daily"], given["sd_daily"], LeadTime(mean_d=given["lead_days"], sd_d=0, source="declared"))
    assert (round(found.safety, 2), round(found.point, 2)) == (then["safety"], then["reorder_point"])
    assert (found.safety_quantity, found.point_quantity, found.lot) == (50, 500, None)
    yearly = advise("x", bought(**COSTS), given["annual"] / 365, 1, LeadTime(mean_d=1, sd_d=0, source="declared"))
    assert yearly.lot == then["EOQ"]
    assert advise("x", bought(**COSTS, multiple=30), given["annual"] / 365, 1, LeadTime(mean_d=1, sd_d=0, source="")).lot == 210


def test_lead_times_that_vary_cost_stock_too() -> None:
    """Nine days, give or take two, of 50: sqrt(9 * 100 + 2500 * 4) = 104.4, times 2.326 for 99 %: 242.88."""
    lead = lead_of([7.0, 9.0, 11.0, 9.0], 20.0)
    assert (lead.mean_d, lead.sd_d) == (9, pytest.approx(math.sqrt(2)))
    found = advise("x", bought(service_level=0.99), 50, 10, LeadTime(mean_d=9, sd_d=2, source=""))
    assert found.safety == pytest.approx(242.88, abs=0.01)
    assert lead_of([7.0, 9.0], 20.0) == LeadTime(mean_d=20.0, sd_d=0.0, source="as declared")


def test_what_a_forecast_missed_is_that_of_the_mean_of_the_days_before() -> None:
    """10, 14, 6: the second misses 10 by 4, the third 12 by 6: sqrt((16 + 36) / 2)."""
    assert missed_by([10, 14, 6]) == pytest.approx(math.sqrt(26))
    with pytest.raises(ValueError, match="say nothing"):
        missed_by([3])


def test_advice_that_is_taken_is_planned_by_from_then_on() -> None:
    office = Office({"housing": 40})
    said = {"material": "housing", "safety_stock": 55, "lot_quantity": 30, "note": "95 % of its orders"}
    assert office.say(e.PlanningParametersSet, **said) == []
    planned = office.erp.planning_parameters.plant
    plan = MaterialPlan(planned, erp_position(office.erp, office.now_us))
    assert [(it.material, it.started) for it in plan.orders if it.material == "housing"] == [("housing", 30)]
    assert office.erp.plant.materials.materials["housing"].planning is None, "what the files declare stays"
    assert "no material is called 'house'" in office.refused(e.PlanningParametersSet, **{**said, "material": "house"})
    assert "allowed: 0 to" in office.refused(e.PlanningParametersSet, **{**said, "safety_stock": -1})
    assert "nobody knows a person" in office.refused(e.PlanningParametersSet, person="nobody", **said)


def test_a_run_is_advised_by_what_came_in_it() -> None:
    """Five orders on five days, each of which takes its part and two of raw; what came is in the table and on the page."""
    layout = {**LAYOUT, "routings": {"part": {"10": {"segment": "work", "run": "1 min"}}}}
    part = {"kind": "finished", "price": "9 EUR", "bill": {"raw": 2}}
    made = plant({"part": part, "raw": {"days": 1, "opening_stock": 200, "planning": COSTS}}, layout)
    orders = [
        {"order": f"O{day}", "customer": "acme", "material": "part", "quantity": quantity, "at": f"{day} d 1 h", "due": f"{day + 1} d"}
        for day, quantity in enumerate((10, 14, 6, 10, 10))
    ]
    asked = Scenario.model_validate({"plant": "little", "start": "2026-03-02T00:00:00Z", "horizon": "5 d", "demand": {"orders": orders}})
    run = twin.simulate(made, asked)
    rows = {it["material"]: it for it in run.planning_advice().to_dict("records")}
    assert (rows["part"]["daily_quantity"], rows["raw"]["daily_quantity"]) == (10, 20)
    assert all(_advised(it) for it in plain_rows(run.planning_advice())), "the command says it"
    assert rows["part"]["missed_quantity"] == pytest.approx(missed_by([10, 14, 6, 10, 10]))
    assert rows["raw"]["missed_quantity"] == pytest.approx(2 * missed_by([10, 14, 6, 10, 10]))
    assert rows["raw"]["lot_quantity"] == math.ceil(math.sqrt(2 * 20 * 365 * 1000 / 50))
    shown = {it.material: it for it in advice_now(run).rows}
    assert not shown["raw"].is_taken
    with pytest.raises(ValueError, match="2 days say too little"):
        twin.simulate(made, asked, until="2 d").planning_advice()
