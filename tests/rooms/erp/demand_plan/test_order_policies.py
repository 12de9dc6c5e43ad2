"""(Q, R) and newsvendor: published examples to the digit, the best of all whole numbers by brute force, and what is taken of it."""

from __future__ import annotations

import itertools
import math
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rooms.erp.material_plan.little_plan import plant, scenario
from tests.rooms.procurement.trading_shop import Office
from twin.erp import Erp
from twin.erp.demand_plan.advice import LeadTime, advise
from twin.erp.demand_plan.order_policies import (
    Costs,
    OrderPolicy,
    cost_in_equations,
    cost_of_year,
    expected_short,
    newsvendor,
    newsvendor_cost,
    order_policy,
    whole_newsvendor,
    whole_policy,
)
from twin.erp.material_plan.plan import MaterialPlan
from twin.erp.material_plan.position import declared_position, erp_position
from twin.model import events as e
from twin.model.checks.plant_checks import check_plant
from twin.model.materials import MaterialDefinition
from twin.model.scenario import Policies

MUSTARD = Costs(yearly=200, order=50, holding=2, shortage=25)
"""Nahmias (2009), Production and Operations Analysis, 6th ed., example 5.4: 100 in a lead time of half a year, give or take 25."""
DAY_US = 86_400_000_000


def test_snyder_and_shen_5_2_to_the_last_digit() -> None:
    """Fundamentals of Supply Chain Theory (2019), example 5.2: r = 213.9704421358, Q = 318.5901810769 at 95.45114022 a year."""
    costs, mean, sd = Costs(yearly=1300, order=8, holding=0.225, shortage=7.5), 1300 / 12, 150 / math.sqrt(12)
    found = order_policy(costs, mean, sd)
    assert found is not None
    assert (found.point, found.lot) == pytest.approx((213.9704421358024, 318.5901810768729), abs=1e-7)
    assert cost_in_equations(costs, found, mean, sd) == pytest.approx(95.451140222851961, abs=1e-9)


def test_the_mustard_of_nahmias() -> None:
    """(Q, R) = (110.8, 142.6), which he rounds to (111, 143); in whole units 110 at 143 is cheaper, by a third of a cent a year."""
    found = order_policy(MUSTARD, 100, 25)
    assert found is not None
    assert (round(found.lot), round(found.point)) == (111, 143)
    assert whole_policy(MUSTARD, found, 100, 25) == OrderPolicy(lot=110, point=143)
    assert whole_policy(MUSTARD, found, 100, 25, multiple=40).lot in (80, 120)


def test_no_whole_numbers_cost_less_in_the_equations_of_hadley_and_whitin() -> None:
    """Their yearly cost for every lot from 60 to 180 and every point from 80 to 200, shortages added up from a fine grid of demands."""
    x = np.arange(0, 300, 0.01)
    weight = np.exp(-(((x - 100) / 25) ** 2) / 2)
    weight /= weight.sum()
    short = {point: float((np.maximum(0, x - point) * weight).sum()) for point in range(80, 201)}

    def year(lot: int, point: int) -> float:
        return 2 * (lot / 2 + point - 100) + 50 * 200 / lot + 25 * 200 * short[point] / lot

    best = min(itertools.product(range(60, 181), range(80, 201)), key=lambda it: year(*it))
    found = order_policy(MUSTARD, 100, 25)
    assert found is not None
    assert math.dist(best, (found.lot, found.point)) < 1
    whole = whole_policy(MUSTARD, found, 100, 25)
    assert best == (whole.lot, whole.point) == (110, 143)


def test_the_exact_cost_of_a_year_is_that_of_every_position_of_stock() -> None:
    """Stock and what is on order is anywhere between the point and a lot above: the mean over a thousand places of it.

    And of all whole numbers the best by exact cost is no more than half a percent cheaper than what the equations advise.
    """
    demand = NormalDist(100, 25)

    def exact(lot: float, point: float) -> float:
        places = [point + lot * (n + 0.5) / 1000 for n in range(1000)]
        held = sum(y - 100 + expected_short(y, 100, 25) for y in places) / 1000
        waits = sum(1 - demand.cdf(y) for y in places) / 1000
        return 50 * 200 / lot + 2 * held + 25 * 200 * waits

    for lot, point in ((111, 143), (60, 90), (180, 100)):
        assert cost_of_year(MUSTARD, OrderPolicy(lot=lot, point=point), 100, 25) == pytest.approx(exact(lot, point), rel=1e-5)
    every = itertools.product(range(90, 140), range(120, 160))
    best = min(cost_of_year(MUSTARD, OrderPolicy(lot=lot, point=point), 100, 25) for lot, point in every)
    assert best <= exact(111, 143) <= best * 1.005


def test_where_a_shortage_costs_less_than_stock_nobody_advises_stock() -> None:
    assert order_policy(Costs(yearly=10, order=50, holding=2, shortage=1), 5, 2) is None
    certain = order_policy(MUSTARD, 100, 0)
    assert certain == OrderPolicy(lot=100, point=100), "nothing is missed: the economic order quantity, just in time"


def test_newsvendors_to_the_last_digit() -> None:
    """Stockpyl's published 132.815515655446 at 35.09966638649737; Nahmias's example 5.3: 15.24 of the Computer Journal, so 15."""
    best = newsvendor(18, 2, 120, 10)
    assert (best, newsvendor_cost(best, 18, 2, 120, 10)) == pytest.approx((132.815515655446, 35.09966638649737), abs=1e-9)
    assert newsvendor(0.50, 0.15, 11.73, 4.74) == pytest.approx(15.22, abs=0.02)
    assert whole_newsvendor(0.50, 0.15, 11.73, 4.74) == 15
    every = range(40)
    costs = {q: sum(p * (0.5 * max(0, d - q) + 0.15 * max(0, q - d)) for d, p in _chances(11.73, 4.74)) for q in every}
    assert min(every, key=lambda q: costs[q]) == 15
    assert whole_newsvendor(1, 1000, 1, 3) == 0


def _chances(mean: float, sd: float) -> list[tuple[float, float]]:
    of, step = NormalDist(mean, sd), 0.05
    return [(mean + step * n, of.cdf(mean + step * (n + 0.5)) - of.cdf(mean + step * (n - 0.5))) for n in range(-600, 601)]


def material(**said: Any) -> MaterialDefinition:
    planning = {"order_cost": "50 EUR", "holding_cost": "2 EUR", "shortage_cost": "25 EUR", **said}
    return MaterialDefinition.model_validate({"kind": "purchased", "standard_cost": "10 EUR", "planning": planning})


def test_advice_says_both_where_costs_are_declared() -> None:
    half_year = LeadTime(mean_d=182.5, sd_d=0, source="as declared")
    found = advise("mustard", material(), 200 / 365, 25 / math.sqrt(182.5), half_year)
    assert found.least_cost is not None
    assert found.for_once is None
    assert (found.least_cost.lot, found.least_cost.point, found.least_cost.safety) == (110, 143, 43)
    assert "25.00 for one that is missing" in found.least_cost.why
    assert advise("mustard", material(order_cost=None), 1, 1, half_year).least_cost is None
    paper = material(shortage_cost="0.50 EUR", sold_once={"period": "1 week", "salvage": "0.10 EUR"})
    weekly = advise("paper", paper, 11.73 / 7, 4.74 / math.sqrt(7), half_year, unit_cost=25).for_once
    assert weekly is not None
    assert (weekly.quantity, weekly.over, weekly.period_us) == (15, 3, 7 * DAY_US)
    assert "77 % of the times" in weekly.why.replace("77%", "77 %")
    assert advise("paper", paper, 1, 1, half_year, unit_cost=10).for_once is None, "what is left over costs nothing"


def test_a_period_that_is_taken_is_planned_by_and_may_leave_needs_open() -> None:
    office = Office({"housing": 40})
    said = {"material": "housing", "safety_stock": 7, "lot_quantity": 0, "period_us": 7 * DAY_US}
    assert office.say(e.PlanningParametersSet, **said) == []

    def ordered() -> list[int]:
        plan = MaterialPlan(office.erp.planning_parameters.plant, erp_position(office.erp, office.now_us))
        return [it.started for it in plan.orders if it.material == "housing"]

    there = office.erp.stock.on_hand["housing"]
    assert ordered() == ([7 - there] if there < 7 else [])
    assert office.say(e.PlanningParametersSet, **{**said, "safety_stock": 62}) == []
    assert ordered() == [62 - there]
    assert office.say(e.PlanningParametersSet, **{**said, "safety_stock": -3}) == []
    assert ordered() == []
    assert not office.erp.planning_parameters.violations()
    assert "with a period it may be below zero" in office.refused(e.PlanningParametersSet, **{**said, "safety_stock": -3, "period_us": 0})
    assert "allowed: none, or up to 3660 d" in office.refused(e.PlanningParametersSet, **{**said, "period_us": -1})
    assert office.say(e.PlanningParametersSet, material="housing", safety_stock=55, lot_quantity=0) == []
    assert ordered() == [55 - there], "a period said before is forgotten"


@given(minimum=st.integers(1, 20), multiple=st.integers(1, 9), maximum=st.integers(1, 25), wanted=st.integers(1, 60))
@settings(max_examples=25)
def test_orders_keep_to_their_limits_or_no_order_is_allowed(minimum: int, multiple: int, maximum: int, wanted: int) -> None:
    """Whether a file says the limits or a planner takes a minimum later."""
    limits = {"multiple": multiple, "maximum": maximum}
    made = plant({"raw": {"days": 1, "planning": {**limits, "minimum": minimum}}})
    orders = MaterialPlan(made, declared_position(made, scenario({"raw": {3: wanted}}))).orders
    keeps = all(minimum <= it <= maximum and it % multiple == 0 for order in orders for it in order.quantities)
    assert keeps != any("no order of 'raw' is allowed" in it.what for it in check_plant(made))
    if multiple <= maximum:
        taken = Erp(plant({"raw": {"days": 1, "planning": limits}}), Policies()).planning_parameters
        said = {"person": "anna", "terminal": "t", "material": "raw", "safety_stock": 0, "lot_quantity": minimum}
        assert keeps == (taken._wrong(e.PlanningParametersSet(effective_us=1, **said)) == "")


def test_what_is_sold_once_is_checked() -> None:
    made = plant({"raw": {"days": 1, "planning": {"sold_once": {"period": "1 week", "salvage": "900 EUR"}}}})
    words = [str(it.what) for it in check_plant(made)]
    assert any("nobody knows what it costs if 'raw' is missing" in it for it in words)
    assert any("would bring as much as it cost" in it for it in words)
