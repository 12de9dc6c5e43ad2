"""When a customer could have something: one date, what each method says, and why they differ."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

import twin
from tests.rooms.results.test_outlook import without_surprises
from twin.erp.sales.capable import capable
from twin.model.events import SalesOrderConfirmed
from twin.model.plant import Plant
from twin.results.outlook.orders_ahead import orders_ahead
from twin.results.run import Run
from twin.results.trade.promised_first import promised_first
from twin.results.trade.when_there import when_there
from twin.store.files import read_plant, read_scenario

HOUR_US = 3_600_000_000


@cache
def shop_at(root: Path, until: str) -> Run:
    return twin.simulate(root / "plant_models/gearbox_shop", until=until, seed=1)


def test_what_is_done_of_open_orders_leaves_room_for_more(root: Path) -> None:
    """After a day, work that is done already was taken for still to be done: a gearbox could be there seven hours later."""
    run = shop_at(root, "1 d")
    told = when_there(run, "GB1", 1)
    blind = capable(run.erp, "GB1", 1, run.now_us)
    assert told.capable.due_us < blind.due_us - 6 * HOUR_US


def test_one_date_is_recommended_and_each_method_says_why_its_own_is_another(root: Path) -> None:
    told = when_there(shop_at(root, "1 d"), "GB2", 3)
    capacity, played, stock = told.methods
    assert told.recommended_us == capacity.at_us == told.capable.due_us
    assert "the floor keeps it" in told.why
    assert capacity.differs == ""
    assert "earlier: the floor begins at once what it is given" in played.differs
    assert f"and {len(told.pushed)} open orders leave later for it" in played.differs
    assert "later: it adds the planned lead times of the bill one after the other (13 d)" in stock.differs


def test_where_finite_capacity_is_too_early_it_says_what_it_leaves_out_and_how_much_that_is(root: Path) -> None:
    told = when_there(shop_at(root, "12 h"), "GB2", 8)
    assert told.recommended_us is not None
    assert told.capable.due_us + 14 * HOUR_US < told.recommended_us
    assert told.played_us is not None
    assert told.played_us <= told.recommended_us
    assert told.methods[0].differs == (
        "14 h 8 min earlier: it does not wait for persons, the floor does for 18 h 9 min; it has set-ups at their mean, on the floor they"
        " take 12 h 13 min"
    )


def test_whoever_takes_an_order_is_told_the_date_that_is_recommended(root: Path) -> None:
    """By stock and lead times alone he would be turned away, with a date six days later."""
    run = shop_at(root, "1 d")
    told = when_there(run, "GB1", 8)
    assert told.recommended_us is not None
    assert told.available.due_us > told.recommended_us + 100 * HOUR_US
    order = SalesOrderConfirmed(
        effective_us=run.now_us, order="N", customer="cranes", material="GB1", quantity=8, due_us=told.recommended_us, unit_price_minor=1
    )  # fmt: skip
    (line,) = promised_first(run, order)
    assert (line.promised_us, line.late_us) == (told.recommended_us, 0)
    (sooner,) = promised_first(run, replace(order, due_us=told.recommended_us - HOUR_US))
    assert sooner.late_us == HOUR_US


def test_so_many_that_nobody_plays_them_are_promised_by_capacity_alone(root: Path) -> None:
    run = shop_at(root, "1 d")
    told = when_there(run, "GB1", 100_000)
    assert told.recommended_us == told.capable.due_us
    assert told.played_us is None
    assert "material and finite capacity alone say so: " in told.why


@pytest.mark.slow
def test_orders_have_an_end_in_sight_that_the_material_plan_has_not_asked_the_floor_for_yet(root: Path) -> None:
    """Where the plan decides day by day, most open orders are in the plan alone; without surprises they leave when they are expected to."""
    plant: Plant = without_surprises(read_plant(root / "plant_models/gearbox_shop"))
    scenario = read_scenario(root / "scenarios/gearbox_shop/year.yaml", plant)
    then = twin.simulate(plant, scenario, until="8 d", seed=1)
    whole = twin.simulate(plant, scenario, until="20 d", seed=1)
    ahead = orders_ahead(then)
    left = {it.order: it.shipped_us for it in whole.erp.orders(whole.now_us)}
    assert len(ahead) > 8
    assert not any(it.order in ahead for it in then.erp.requests.requests.values()), "no request is for an order of its own there"
    assert all(it.expected_us is not None for it in ahead.values())
    missed_us = sorted(abs((left[name] or 0) - (it.expected_us or 0)) for name, it in ahead.items())
    assert missed_us[len(missed_us) // 2] < 2 * HOUR_US, "within two hours, in the middle; an hour too late for a shift is a weekend"
    assert missed_us[-1] < 24 * HOUR_US
