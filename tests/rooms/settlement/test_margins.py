"""Margins by lot, order and customer: by hand to the cent, and on whole runs as parts that add up to the operating result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import twin
from tests.rooms.quality.valve_shop import BORE, Shop
from twin.model.events import CountObserved, GoodsTakenBack, LotMergeRequested, NonconformanceDispositioned
from twin.model.states import WorkUnitState
from twin.results.run import Run
from twin.results.settlement.margins import MARGIN_ACCOUNTS, margins

# A valve: a casting of 10, 6 minutes of the mill at 60 an hour, 3 of the grinder at 40: a standard of 18. It sells at 50.


def lots(shop: Shop) -> dict[tuple[str, str], dict[str, int]]:
    """Minor units of each lot and order, and what all of it comes to; whatever the case, it must add up."""
    found = margins(shop.run)
    for order in shop.run.erp.orders(shop.now_us):
        of_order = sum(row.margin_minor for row in found.rows if row.order == order.order)
        assert order.margin_minor in (None, of_order)
    assert found.result_minor == shop.run.erp.income_statement()[-1].amount_minor
    return {(row.order, row.lot): {**row.amounts, "margin": row.margin_minor} for row in found.rows}


def made(shop: Shop, lot: str, pieces: int, mill: int, grinder: int) -> None:
    shop.does("mill_1", f"{lot}/10", pieces, mill)
    shop.does("grinder_1", f"{lot}/20", pieces, grinder)


def bored(shop: Shop, job_order: str, good: int, scrap: int) -> None:
    """Half an hour of the mill, and pieces of it that are lost."""
    shop.tell(shop._state("mill_1", WorkUnitState.EXECUTE, job_order))
    shop.now_us += 29 * 60_000_000
    done = CountObserved(effective_us=shop.now_us, equipment="mill_1", job_order=job_order, good=good, scrap=scrap)
    shop.tell(done, shop._state("mill_1", WorkUnitState.COMPLETE, job_order), shop._state("mill_1", WorkUnitState.IDLE))


def test_a_lot_that_is_sold_in_parts_earns_on_each_order_and_its_variance_is_of_the_order_that_it_was_made_for() -> None:
    """B's five valves are done first: A has two of them, B the other three with A's two. Grinding took 30 minutes too long: 20."""
    shop = Shop().stock(20).order("A", 2).order("B", 5)
    made(shop, "B-VALVE", 5, mill=30, grinder=45)
    made(shop, "A-VALVE", 2, mill=12, grinder=6)
    assert lots(shop) == {
        ("A", "B-VALVE"): {"revenue": 10_000, "cost_of_goods_sold": -3_600, "margin": 6_400},
        ("B", "B-VALVE"): {"revenue": 15_000, "cost_of_goods_sold": -5_400, "production_variance": -2_000, "margin": 7_600},
        ("B", "A-VALVE"): {"revenue": 10_000, "cost_of_goods_sold": -3_600, "margin": 6_400},
    }
    orders = shop.run.margins("order").set_index("line")["margin_eur"]
    assert (orders["A"], orders["B"]) == (64.0, 140.0)
    assert [it.margin_minor for it in shop.run.erp.orders(shop.now_us)] == [6_400, 14_000]


def test_a_lot_that_was_merged_hands_its_share_of_the_variance_on() -> None:
    """Both lots of five wait for one another; 10.01 of variance are halved, and the odd cent is the first lot's, which is in a box."""
    shop = Shop().stock(20).order("A", 10)
    made(shop, "A-VALVE.1", 5, mill=30, grinder=15)
    assert shop.say(LotMergeRequested, lot="BOX", from_lots=("A-VALVE.1",)) == ""
    shop.does("mill_1", "A-VALVE.2/10", 5, 30)
    shop.does("grinder_1", "A-VALVE.2/20", 5, 30)
    found = lots(shop)
    assert found["A", "BOX"] == {"revenue": 25_000, "cost_of_goods_sold": -9_000, "production_variance": -500, "margin": 15_500}
    assert found["A", "A-VALVE.2"] == found["A", "BOX"]
    assert len(found) == 2


def test_what_was_lost_on_a_lot_goes_on_with_what_it_was_merged_into() -> None:
    shop = Shop().stock(20).order("A", 5)
    bored(shop, "A-VALVE/10", good=4, scrap=1)
    shop.does("grinder_1", "A-VALVE/20", 4, 12)
    assert lots(shop) == {("A", "A-VALVE"): {"scrap_loss": -1_600, "margin": -1_600}}
    assert shop.say(LotMergeRequested, lot="BOX", from_lots=("A-VALVE",)) == ""
    assert lots(shop) == {("A", "BOX"): {"scrap_loss": -1_600, "margin": -1_600}}


def test_a_lot_that_was_worked_on_again_bears_its_rework_and_a_lot_that_was_lost_its_scrap() -> None:
    """Half an hour of the mill done again is 30; a piece that is lost after boring has cost 10 and 6."""
    shop = Shop(bore=BORE).stock(20).order("A", 5)
    shop.does("mill_1", "A-VALVE/10", 5)
    shop.measure("A-VALVE", bore=10.3)
    said: dict[str, Any] = {"person": "quinn", "terminal": "tablet 3", "nonconformance": "NC-A-VALVE-bore", "rework_to": "10"}
    shop.tell(NonconformanceDispositioned(effective_us=shop.now_us, disposition="rework", **said))
    bored(shop, "A-VALVE.R/10", good=4, scrap=1)
    shop.measure("A-VALVE.R", bore=10.0)
    shop.does("grinder_1", "A-VALVE.R/20", 4, 12)
    assert lots(shop) == {("A", "A-VALVE.R"): {"scrap_loss": -1_600, "rework_cost": -3_000, "margin": -4_600}}
    (again,) = (it for it in shop.run.mes.lots if it not in ("C0", "A-VALVE", "A-VALVE.R"))  # the fifth valve is made once more
    shop.does("mill_1", f"{again}/10", 1, 6)
    shop.measure(again, bore=10.0)
    shop.does("grinder_1", f"{again}/20", 1, 3)
    assert lots(shop)["A", "A-VALVE.R"] == {
        "revenue": 20_000, "cost_of_goods_sold": -7_200, "scrap_loss": -1_600, "rework_cost": -3_000, "margin": 8_200,
    }  # fmt: skip
    assert lots(shop)["A", again] == {"revenue": 5_000, "cost_of_goods_sold": -1_800, "margin": 3_200}


def test_what_comes_back_is_taken_off_the_lots_that_had_left_on_the_order() -> None:
    shop = Shop().stock(20).order("A", 2).order("B", 5)
    made(shop, "B-VALVE", 5, mill=30, grinder=15)
    made(shop, "A-VALVE", 2, mill=12, grinder=6)
    back = {"order": "B", "material": "VALVE", "lot": "B-back", "quantity": 1, "credit_minor": 5_001}
    shop.tell(GoodsTakenBack(effective_us=shop.now_us, **back))
    found = lots(shop)
    assert found["B", "B-VALVE"]["revenue"] + found["B", "A-VALVE"]["revenue"] == 25_000 - 5_001
    assert found["B", "B-VALVE"] == {"revenue": 11_999, "cost_of_goods_sold": -4_320, "margin": 7_679}


@pytest.fixture(scope="module")
def run(root: Path) -> Run:
    scenario = root / "scenarios" / "gearbox_shop" / "settled_month.yaml"
    return twin.simulate(root / "plant_models" / "gearbox_shop", scenario, seed=1, until="3d")


def test_lots_add_up_to_orders_orders_to_customers_and_all_to_the_income_statement(run: Run) -> None:
    result = run.erp.income_statement()[-1].amount_minor
    tables = {by: run.margins(by) for by in ("lot", "order", "customer")}
    for by, table in tables.items():
        *rows, total = (table["margin_eur"] * 100).round().astype(int).tolist()
        assert sum(rows) == total == result, by
        assert (table.iloc[-1]["line"], table["is_total"].sum()) == ("Operating result", 1)
        for account in MARGIN_ACCOUNTS:
            assert round(table[f"{account}_eur"].iloc[:-1].sum() * 100) == -run.erp.ledger.balances[account], (by, account)
    for finer, by in (("lot", "order"), ("order", "customer")):
        parts, whole = (tables[it].query("customer != ''").groupby(by)["margin_eur"].sum().round(2) for it in (finer, by))
        assert parts.to_dict() == whole.to_dict()
    assert len(tables["lot"]) > len(tables["order"]) + 10


def test_a_shipped_orders_margin_is_what_the_orders_say_and_pieces_are_those_that_left(run: Run) -> None:
    orders = run.margins("order").set_index("order")
    told = {it.order: it for it in run.erp.orders(run.now_us) if it.margin_minor is not None}
    assert len(told) > 1
    for name, it in told.items():
        assert (round(orders.loc[name, "margin_eur"] * 100), orders.loc[name, "shipped_quantity"]) == (it.margin_minor, it.shipped)


def test_windows_add_up_and_a_word_that_is_no_margin_is_refused(run: Run) -> None:
    noon = run.scenario.start_us + 60 * 3_600_000_000
    parts = [margins(run, None, noon).result_minor, margins(run, noon, None).result_minor]
    assert sum(parts) == margins(run).result_minor
    with pytest.raises(ValueError, match="no margins by 'lots' \\(did you mean 'lot'\\?\\); allowed: lot, line, order, customer"):
        run.margins("lots")
