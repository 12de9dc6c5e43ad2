"""Runs by rule of plants whose books need the entries themselves: the ERP books what the pages say, as it books a run, to the cent."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import twin
from tests.rooms.study.by_rule.any_books import plants_with_books
from tests.rooms.study.by_rule.test_by_rule import MIN_US, SHOP, requests_by_rule, requests_of
from twin import study
from twin.erp.stock import Stock
from twin.model.materials import MaterialDefinition
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.results.run import Run
from twin.run import carry, simulate
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.store.files import apply_changes
from twin.store.journal import UnchainedJournal
from twin.study.by_rule.playing import PlayedByRule, played

DAY_US = 24 * 60 * MIN_US


def run_of(plant: Plant, scenario: Scenario, seed: int) -> Run:
    """The same with MES and ERP."""
    return carry(CompiledPlant(plant, scenario, seed), Run(plant, scenario, UnchainedJournal()))


def compare(found: PlayedByRule, run: Run) -> None:
    """Every account, every request, every outcome."""
    known = run.outcomes(found.from_us)
    assert found.costs.accounts() == run.erp.ledger.balances
    assert requests_by_rule(found) == requests_of(run)
    assert found.outcomes() == {name: known[name] for name in found.outcomes()}


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(case=plants_with_books(), seed=st.integers(0, 2**32), warm_up=st.sampled_from([0, 37 * MIN_US, 180 * MIN_US]))
def test_whatever_stock_is_worth_and_whoever_is_paid_by_rule_the_books_are_the_ledgers(
    case: tuple[Plant, Scenario], seed: int, warm_up: int
) -> None:
    """FIFO, moving average, lots with a value of their own, overheads, energy by the hour, tax, francs, payments."""
    plant, scenario = case
    found = played(plant, scenario, seed, scenario.horizon, min(warm_up, scenario.horizon - 1))
    run = run_of(plant, scenario, seed)
    compare(found, run)
    middle_us = scenario.start_us + scenario.horizon // 2
    before = {row.account: row.debit_minor - row.credit_minor for row in run.erp.trial_balance(middle_us)}
    assert {name: minor for name, minor in found.costs.accounts(middle_us + 1).items() if minor} == {k: v for k, v in before.items() if v}


def test_of_lots_of_one_instant_the_floor_takes_that_which_came_first() -> None:
    """What is sold goes by the name then, and what a lot is worth differs: books by rule must take the lots that the MES takes."""
    stock = Stock({"part": MaterialDefinition(kind="made")})
    for lot, quantity in (("later-named", 3), ("earlier", 2), ("gone", 1), ("gone", -1)):
        stock.move("part", lot, quantity, "produced", DAY_US)
    assert stock.first_in_first_out("part") == [("earlier", 2), ("later-named", 3)]
    assert stock.as_they_came("part") == [("later-named", 3), ("earlier", 2)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "days", "why"),
    [
        ("hardened_outside", 14, "operation 50 is done by supplier hardeners (subcontract)"),
        ("settled_month", 12, "forge has terms of payment"),
        ("new_standards", 3, "standards are rolled up anew (standards)"),
    ],
)
def test_a_shipped_scenario_by_rule_has_the_books_of_its_run(name: str, days: int, why: str) -> None:
    """With what persons say in it to the books: entries, statements of the bank, prices; but no count of stock, which rules do not hear."""
    asked = twin.read_scenario(f"scenarios/gearbox_shop/{name}.yaml", SHOP)
    entries = [it for it in asked.entries if it.says != "SupplierStockCounted"]
    scenario = asked.model_copy(update={"horizon": days * DAY_US, "entries": entries})
    plant = apply_changes(twin.read_plant(SHOP), scenario)
    found = played(plant, scenario, 3, scenario.horizon, DAY_US)
    assert why in found.booked_for
    assert f"persons say something to the books: {entries[0].says}" in found.booked_for
    compare(found, simulate(plant, scenario.model_copy(update={"changes": {}}), seed=3, journal=UnchainedJournal()))


def test_what_persons_say_to_the_floor_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="persons say something: SupplierStockCounted"):
        study.play_by_rule(SHOP, "scenarios/gearbox_shop/hardened_outside.yaml", until="1 h")


def test_a_kiosk_whose_stock_is_worth_what_it_has_cost_is_costed_by_rule(kiosk: dict[str, Path]) -> None:
    tables = twin.read_plant(kiosk["plant"]).model_dump(mode="json")
    for it in tables["materials"]["materials"].values():
        it["valuation"] = "fifo"
    plant = Plant.model_validate(tables)
    scenario = twin.read_scenario(kiosk["baseline"], plant)
    found = study.play_by_rule(plant, scenario, until="2 h")
    name = next(iter(plant.materials.materials))
    assert found.booked_for[0] == f"material {name} is worth what it has cost (valuation: fifo)"
    assert found.summary()["booked_for"] == list(found.booked_for)
    run = twin.simulate(plant, scenario, until="2 h")
    compare(found, run)
    assert run.erp.ledger.balances["cost_of_goods_sold"]
    costs = study.replicate(plant, scenario, 2, by_rule=True, until="2 h").values("cost_eur")
    assert list(costs[:1]) == [found.outcomes()["cost_eur"]]
