"""Variances by kind and by order, adding up to the books: a published month, and a simulated week."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.rooms.erp.small_shop import HOUR_US, ITEMS, LAYOUT, Carried, balances, labour, material_actual, plant, response
from tests.rooms.valuation.counter import Counter, day
from twin.erp import Erp
from twin.erp.accounting.statements import sums
from twin.erp.accounting.valuation.variances import ACCOUNTS_OF_VARIANCES, VarianceRow
from twin.model.events import (
    GoodsReceived,
    LandedCostAllocated,
    OperationsRequestReleased,
    OverheadIncurred,
    PurchaseOrderPlaced,
    StandardCostReleased,
    WorkAlertRaised,
)
from twin.model.scenario import Policies
from twin.run import simulate
from twin.store.files import read_plant, read_scenario


def month() -> Carried:
    """2000 kg bought at 5.20, 1850 used, 470 h at 20.50, 2,900 of power and 12,300 of rent, 900 made of 1000 planned."""
    layout = {
        **LAYOUT,
        "work_units": {"press": {"equipment_class": "press", "work_center": "cutting"}},
        "setups": {},
        "persons": {
            "dear": {"classes": ["cutter"], "calendar": "early", "hourly_cost": "20.50 EUR/h"},
            "cheap": {"classes": ["cutter"], "calendar": "early", "hourly_cost": "19.50 EUR/h"},
        },
        "process_segments": {"pressing": {"work_center": "cutting", "personnel_class": "cutter"}},
        "routings": {"unit": {"press": {"segment": "pressing", "run": "30 min"}}},
    }
    items = {
        "materials": {
            "part": {"kind": "purchased", "unit": "kg", "standard_cost": "5 EUR"},
            "unit": {"kind": "finished", "bill": [{"material": "part", "quantity": 2}]},
        },
        "suppliers": ITEMS["suppliers"],
        "overheads": {"power": {"per": "labour_hour", "rate": "6 EUR"}, "rent": {"per": "piece", "rates": {"unit": "12 EUR"}}},
    }
    carried = Carried(Erp(plant(layout, items), Policies()))
    carried.start()
    base = {"effective_us": day(1), "order": "PO1", "supplier": "mill", "material": "part", "quantity": 2_000}
    carried.round(PurchaseOrderPlaced(**base, unit_price_minor=500, due_us=day(1)), GoodsReceived(**base, lot="PO1", unit_price_minor=520))
    carried.round(OperationsRequestReleased(effective_us=day(2), request="R", material="unit", quantity=900, due_us=day(30)))
    carried.round(
        material_actual(day(3), "Consumed", "part", 1_850, request="R", lot="PO1"),
        labour(day(25), "dear", "R", 470 * HOUR_US),
        material_actual(day(26), "Produced", "unit", 900, request="R"),
        response(day(26), "R", "unit", good=900),
        OverheadIncurred(effective_us=day(28), overhead="power", amount_minor=290_000),
        OverheadIncurred(effective_us=day(28), overhead="rent", amount_minor=1_230_000, budget_minor=1_200_000),
    )
    return carried


def test_the_variances_of_a_month_to_the_cent() -> None:
    """std-01, a unit at 35.00: price 400, usage 250, rate 235, efficiency 400, variable overhead 80 and 120, fixed 300 and 1200."""
    carried = month()
    rows = {(it.kind, it.overhead): it.amount_minor for it in carried.erp.variances() if "not absorbed" not in it.kind}
    assert rows == {
        ("purchase price", ""): 40_000,
        ("material usage", ""): 25_000,
        ("labour rate", ""): 23_500,
        ("labour efficiency", ""): 40_000,
        ("overhead spending", "power"): 8_000,
        ("overhead efficiency", "power"): 12_000,
        ("overhead spending", "rent"): 30_000,
        ("overhead volume", "rent"): 120_000,
    }
    after = balances(carried.erp)
    assert carried.erp.ledger.stock_balances["unit"] == after["finished_goods"] == 3_150_000
    assert carried.erp.ledger.stock_balances["part"] == 1_000_000 - 925_000
    assert (after["goods_received_not_billed"], after.get("work_in_progress", 0)) == (-1_040_000, 0)
    assert after["overhead_absorbed"] == -(470 * 600 + 900 * 1_200)
    level = carried.erp.roll_up.level_cost("unit").times(900)
    assert (level.material, level.labour, level.overhead) == (900_000, 900_000, 270_000 + 1_080_000)


def adds_up(erp: Erp) -> bool:
    return sum(it.amount_minor for it in erp.variances()) == sum(erp.ledger.balances[account] for account in ACCOUNTS_OF_VARIANCES)


def test_they_add_up_to_the_accounts_and_each_of_production_names_its_request() -> None:
    carried = month()
    assert adds_up(carried.erp)
    assert {it.request for it in carried.erp.variances() if it.kind in ("labour rate", "material usage")} == {"R"}


def test_the_price_of_material_at_actual_cost_is_a_variance_of_its_request() -> None:
    """Part at FIFO for 12 where 10 was planned, 3 taken where 2 were: 6 dearer, and 10 more used."""
    shop = Counter({"valuation": "fifo", "standard_cost": "10 EUR"})
    order = shop.buy(1, 5, 1_200)
    shop.ask(2, "R", 2)
    shop.issue(3, "R", 3)
    shop.make(4, "R", 2)
    shop.close(5, "R", 2)
    assert {it.kind: it.amount_minor for it in shop.erp.variances() if it.request == "R"} == {
        "material price": 600,
        "material usage": 1_000,
    }
    shop.round(LandedCostAllocated(effective_us=day(6), order="F", amount_minor=50, receipts=((order, order, 1),)))
    assert {it.kind: it.amount_minor for it in shop.erp.variances() if it.request == "R"} == {
        "material price": 630,
        "material usage": 1_000,
    }
    assert adds_up(shop.erp)


@pytest.mark.parametrize("method", ["standard", "fifo", "moving_average"])
def test_what_is_made_at_its_cost_is_held_against_the_standard_too(method: str) -> None:
    """3 parts at 10.00 taken for 2, and an hour at 30.00 that nobody planned: at its cost both are in the worth of what was made."""
    shop = Counter({"standard_cost": "10 EUR"}, {"valuation": method})
    shop.buy(1, 5, 1_000)
    shop.ask(2, "R", 2)
    shop.issue(3, "R", 3)
    shop.round(labour(day(3), "anna", "R", HOUR_US))
    shop.make(4, "R", 2)
    shop.close(5, "R", 2)
    told = {it.kind: it.amount_minor for it in shop.erp.variances() if it.request == "R"}
    at_cost = {} if method == "standard" else {"borne by output": -4_000}
    assert told == {"material usage": 1_000, "labour efficiency": 3_000, **at_cost}
    assert shop.balance("production_variance") == sum(told.values()) == shop.erp.request_costs()[0].variance_minor
    assert shop.stock("unit") == (2, 2_000 if method == "standard" else 6_000)
    assert adds_up(shop.erp)


def test_what_nobody_planned_a_price_of_is_used_at_the_price_that_was_paid() -> None:
    """4 parts at 12.00 without a standard went into 2 units and one that was lost: one too much, and no variance of price."""
    shop = Counter({"valuation": "fifo"}, {"valuation": "fifo"})
    shop.buy(1, 5, 1_200)
    shop.ask(2, "R", 3)
    shop.issue(3, "R", 4)
    shop.round(material_actual(day(4), "Scrapped", "unit", 1, request="R"))
    shop.make(5, "R", 2)
    shop.close(6, "R", 2)
    told = {it.kind: it.amount_minor for it in shop.erp.variances() if it.request == "R"}
    assert told == {"material usage": 1_200, "borne by output": -1_200}
    assert (shop.balance("scrap_loss"), shop.stock("unit")) == (1_200, (2, 3_600))


def test_windows_that_tile_time_add_up_kind_by_kind_and_what_comes_later_is_of_its_own() -> None:
    """An hour at 19.50, and 6.00 of power with it, is told of the request a fortnight after it was closed."""
    carried = month()
    before = carried.erp.variances(day(26), day(30))
    assert {it.kind for it in before if it.request} == {"material usage", "labour rate", "labour efficiency", "overhead efficiency"}
    assert not [it for it in carried.erp.variances(None, day(26)) if it.request], "nothing is told of it before it is closed"
    carried.round(labour(day(40), "cheap", "R", HOUR_US))
    later = {it.kind: it.amount_minor for it in carried.erp.variances(day(30)) if it.request == "R"}
    assert later == {"labour efficiency": 1_950, "overhead efficiency": 600}
    borders = (None, day(10), day(26), day(27), day(30), None)
    whole, tiled = kinds(carried.erp.variances()), dict[str, int]()
    for from_us, to_us in pairwise(borders):
        rows = carried.erp.variances(from_us, to_us)
        changed = sums(carried.erp.ledger, from_us, to_us)
        assert sum(it.amount_minor for it in rows) == sum(changed[account] for account in ACCOUNTS_OF_VARIANCES)
        for kind, minor in kinds(rows).items():
            tiled[kind] = tiled.get(kind, 0) + minor
    assert tiled == whole
    assert sum(kinds(carried.erp.variances(day(26), day(30))).values()) == sum(kinds(before).values()), "nor does that change what was told"


def kinds(rows: list[VarianceRow]) -> dict[str, int]:
    return {kind: sum(it.amount_minor for it in rows if it.kind == kind) for kind in sorted({it.kind for it in rows})}


def test_an_overhead_that_nobody_declared_is_told() -> None:
    shop = Counter()
    refused = shop.round(OverheadIncurred(effective_us=day(1), overhead="rent", amount_minor=1))
    assert [type(it) for it in refused] == [WorkAlertRaised]


def test_a_new_standard_is_no_variance_of_production() -> None:
    shop = Counter({"standard_cost": "10 EUR"})
    shop.buy(1, 5, 1_000)
    shop.round(
        StandardCostReleased(
            effective_us=day(2), material="part", quantity=1, material_minor=900, labour_minor=0, machine_minor=0, energy_minor=0
        )
    )
    assert shop.balance("stock_revaluation") == 500
    assert adds_up(shop.erp)


@pytest.mark.slow
def test_the_variances_of_a_simulated_week_add_up(root: Path) -> None:
    shop = read_plant(root / "plant_models" / "gearbox_shop")
    scenario = read_scenario(root / "scenarios" / "gearbox_shop" / "baseline.yaml", shop)
    run = simulate(shop, scenario, seed=1, until_us=5 * 86_400_000_000, engine="simpy")
    assert adds_up(run.erp)
    assert {it.kind for it in run.erp.variances()} >= {"labour efficiency", "machine efficiency", "machine not absorbed"}
