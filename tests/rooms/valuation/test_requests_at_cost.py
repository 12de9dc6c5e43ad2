"""What is made, at what it has cost: published cases, to the cent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.erp.small_shop import LAYOUT, START_US, labour, material_actual, plant
from tests.rooms.valuation.counter import Counter, day
from twin.erp.accounting.standard_cost import CostRollUp, total_minor
from twin.erp.bills import Bills
from twin.model.events import GoodsReceiptCorrected, ProductUnbuilt, StandardCostReleased, StockCounted, WorkInProcessCounted
from twin.model.materials import Materials

FIFO: dict[str, Any] = {"valuation": "fifo"}
GLASS = {"kind": "purchased", **FIFO}
OTHERS = {"standard_cost": "618.75 EUR"}
BILL = {"bill": [{"material": "part", "quantity": 1}, {"material": "glass", "quantity": 1}]}


def table_shop(unit: dict[str, Any]) -> Counter:
    """Other parts for 618.75 a unit, glass 1 at 10 and 1 at 20."""
    shop = Counter(OTHERS, {**BILL, **unit}, glass=GLASS)
    shop.round(StockCounted(effective_us=START_US, material="part", lot="open", quantity=2))
    shop.buy(1, 1, 1_000, material="glass", lot="g")
    shop.buy(2, 1, 2_000, material="glass", lot="g")
    shop.ask(3, "R", 2)
    return shop


def take(shop: Counter, on: int, quantity: int) -> None:
    shop.issue(on, "R", quantity, lot="open")
    shop.issue(on, "R", quantity, material="glass", lot="g")


@pytest.mark.parametrize(("unit", "shipped"), [(FIFO, 62_875), ({"valuation": "moving_average"}, 63_375)], ids=["fifo", "average"])
def test_a_unit_costs_what_went_into_it(unit: dict[str, Any], shipped: int) -> None:
    """wip-01: glass 20 and a unit at 628.75 after the first, 0 and 1267.50 after the second; Odoo mrp_account fifo_fifo_1/2."""
    shop = table_shop(unit)
    take(shop, 4, 1)
    shop.make(4, "R", 1)
    assert (shop.stock("glass"), shop.stock("unit")) == ((1, 2_000), (1, 62_875))
    take(shop, 5, 1)
    shop.make(5, "R", 1)
    assert (shop.stock("glass"), shop.stock("unit")) == ((0, 0), (2, 126_750))
    shop.close(6, "R", 2)
    shop.sell(7, 1, material="unit", lot="R")
    assert shop.balance("cost_of_goods_sold") == shipped
    assert (shop.balance("work_in_progress"), shop.balance("production_variance")) == (0, 0)


def test_units_that_are_begun_together_cost_the_same() -> None:
    """wip-01, joint: 633.75 each."""
    shop = table_shop(FIFO)
    take(shop, 4, 2)
    shop.make(5, "R", 1)
    assert shop.stock("unit") == (1, 63_375)
    shop.make(6, "R", 1)
    shop.sell(7, 1, material="unit", lot="R")
    assert shop.balance("cost_of_goods_sold") == 63_375


def test_at_standard_the_difference_is_a_variance_of_production() -> None:
    """wip-03: standard 8.80, made 2: stock 17.60, variance 1249.90, no work in progress; Odoo fifo_std_1 leaves it on the account."""
    shop = table_shop({})
    shop.round(
        StandardCostReleased(
            effective_us=day(3), material="unit", quantity=1, material_minor=880, labour_minor=0, machine_minor=0, energy_minor=0
        )
    )
    take(shop, 4, 2)
    shop.make(5, "R", 2)
    shop.close(6, "R", 2)
    assert shop.stock("unit") == (2, 1_760)
    assert (shop.balance("production_variance"), shop.balance("work_in_progress")) == (124_990, 0)
    cost = shop.erp.request_costs()[0]
    assert cost.material_price_minor == 3_000  # glass has no standard here
    parts = [cost.material_price_minor, cost.material_usage_minor, cost.labour_rate_minor, cost.labour_efficiency_minor]
    assert sum([*parts, cost.machine_efficiency_minor, cost.energy_usage_minor, cost.rounding_minor]) == cost.variance_minor == 124_990


def test_what_is_taken_apart_is_reversed_to_the_cent() -> None:
    """wip-05: glass 1 at 10 and 1 at 20, make 1, unbuild 1: glass is worth 30 again; Odoo fifo_unbuild, unbuild_account_00."""
    shop = table_shop(FIFO)
    take(shop, 4, 1)
    shop.make(5, "R", 1)
    shop.close(6, "R", 1)
    recovered = (("part", "open", 1), ("glass", "g", 1))
    shop.round(ProductUnbuilt(effective_us=day(7), request="R", lot="R", material="unit", quantity=1, recovered=recovered))
    assert (shop.stock("glass"), shop.stock("unit"), shop.stock()) == ((2, 3_000), (0, 0), (2, 123_750))
    assert shop.posted("finished_goods") == [62_875, -62_875]
    assert (shop.balance("production_variance"), shop.balance("work_in_progress")) == (0, 0)


def test_by_products_share_the_cost_by_what_they_sell_for() -> None:
    """wip-07: 4 for 30 and a side product for 10 each, waste for nothing, 80 of material: 15, 5 and 0; Tryton production_by_product."""
    kinds: dict[str, dict[str, Any]] = {
        "side": {"kind": "made", "price": "10 EUR", **FIFO},
        "waste": {"kind": "made", "price": "0 EUR", **FIFO},
    }
    shop = Counter(FIFO, {"price": "30 EUR", "bill": [{"material": "part", "quantity": 4}], **FIFO}, **kinds)
    shop.buy(1, 16, 500)
    shop.ask(2, "R", 4)
    shop.issue(3, "R", 16)
    shop.make(4, "R", 4)
    shop.issue(4, "R", 4, material="side", lot="s", use="By-product Produced")
    shop.issue(4, "R", 8, material="waste", lot="w", use="By-product Produced")
    shop.close(5, "R", 4)
    assert (shop.stock("unit"), shop.stock("side"), shop.stock("waste")) == ((4, 6_000), (4, 2_000), (8, 0))
    assert (shop.balance("work_in_progress"), shop.balance("production_variance")) == (0, 0)


def test_what_is_not_used_comes_back_and_a_late_price_reaches_both() -> None:
    """wip-09: 3 each at 5 for 2, 2 come back: 30, a unit 10; the price was 6: a unit 12, a part 6; Tryton production_set_cost."""
    shop = Counter(FIFO, {"bill": [{"material": "part", "quantity": 3}], **FIFO})
    order = shop.buy(1, 6, 500)
    shop.ask(2, "R", 2)
    shop.issue(3, "R", 6)
    shop.issue(4, "R", 2, use="By-product Produced")
    shop.make(4, "R", 2)
    shop.close(5, "R", 2)
    assert (shop.stock(), shop.stock("unit")) == ((2, 1_000), (2, 2_000))
    shop.round(
        GoodsReceiptCorrected(
            effective_us=day(1), recorded_us=day(6), order=order, lot=order, material="part", quantity=6, unit_price_minor=600
        )
    )
    assert (shop.stock(), shop.stock("unit")) == ((2, 1_200), (2, 2_400))


def test_a_service_is_bought_by_the_unit_and_its_want_is_told() -> None:
    """wip-11: 10, each of a part at 1 and 2 of a service at 20: 20 to buy, 410 in all; Tryton production_outsourcing."""
    items = {
        "materials": {
            "part": {"kind": "purchased", "standard_cost": "1 EUR"},
            "service": {"kind": "purchased", "standard_cost": "20 EUR", "supplier": "mill"},
            "unit": {"kind": "finished", "bill": [{"material": "part", "quantity": 1}, {"material": "service", "quantity": 2}]},
        },
        "suppliers": {"mill": {"lead_time": "2 d"}},
    }
    shop_plant = plant({**LAYOUT, "routings": {}}, items)
    bills = Bills(Materials.model_validate(items))
    assert bills.explode("unit", 10) == {"part": 10, "service": 20}
    assert 10 * total_minor(CostRollUp(shop_plant, bills).released["unit"]) == 41_000
    service = {"kind": "purchased", "standard_cost": "20 EUR", "supplier": "mill"}
    shop = Counter({"standard_cost": "1 EUR"}, {"bill": [{"material": "service", "quantity": 2}]}, service=service)
    shop.ask(1, "R", 10)
    assert [it.quantity for it in shop.erp.purchase_orders()] == [20]
    shop.issue(2, "R", 20, material="service", lot="not-yet")
    assert [it.alert for it in shop.erp.alerts] == ["negative_stock"]


def test_a_backorder_keeps_what_is_reserved_to_the_gram() -> None:
    """wip-19: 1000 units of 1 g each, 300 finished: 0.3 kg taken, 0.7 kg reserved; Odoo test_uom_backorder."""
    shop = Counter({"unit": "g"}, {})
    shop.round(StockCounted(effective_us=day(0), material="part", lot="PO1", quantity=1_000_000))
    shop.ask(1, "R", 1_000)
    shop.issue(2, "R", 300)
    shop.make(2, "R", 300)
    row = next(it for it in shop.erp.stock_rows() if it.material == "part")
    assert (1_000_000 - row.on_hand, row.reserved) == (300, 700)


def test_what_is_lost_on_the_way_is_in_the_good_ones() -> None:
    """wip-21: 4 asked for, a quarter is lost: 3 good, 1 lost (ERPNext); the loss has its share, the good ones theirs."""
    shop = Counter(FIFO, FIFO)
    shop.buy(1, 4, 1_000)
    shop.ask(2, "R", 4)
    shop.issue(3, "R", 4)
    shop.round(material_actual(day(4), "Scrapped", "unit", 1, request="R"))
    shop.make(5, "R", 3)
    shop.close(6, "R", 3)
    row = shop.erp.request_costs()[0]
    assert (row.produced, row.scrapped) == (3, 1)
    assert (shop.stock("unit"), shop.balance("scrap_loss")) == ((3, 3_000), 1_000)


def test_work_that_is_told_after_the_lot_has_left_follows_it() -> None:
    """30.00 of labour on 3 that are out, 1 of them sold, told after the close: 20.00 are in stock, 10.00 in what was sold."""
    shop = Counter(FIFO, FIFO)
    shop.buy(1, 3, 1_000)
    shop.ask(2, "R", 3)
    shop.issue(3, "R", 3)
    shop.make(4, "R", 3)
    shop.close(5, "R", 3)
    shop.sell(6, 1, material="unit", lot="R")
    shop.round(labour(day(4), "anna", "R", 3_600_000_000))
    assert (shop.stock("unit"), shop.balance("cost_of_goods_sold")) == ((2, 4_000), 2_000)
    assert (shop.balance("work_in_progress"), shop.balance("production_variance")) == (0, 0)


def test_costs_of_a_request_that_gave_nothing_are_a_variance() -> None:
    shop = Counter(FIFO, FIFO)
    shop.buy(1, 3, 1_000)
    shop.ask(2, "R", 3)
    shop.issue(3, "R", 3)
    shop.close(5, "R", 0)
    assert (shop.balance("production_variance"), shop.balance("work_in_progress")) == (3_000, 0)
    shop.make(6, "R", 1)
    assert (shop.stock("unit"), shop.balance("production_variance")) == ((1, 3_000), 0)


def test_a_request_that_takes_its_own_product_ends() -> None:
    """Rework: one of two units goes into the request again. What cannot be settled is a variance, and nothing stays in progress."""
    shop = Counter(FIFO, FIFO)
    shop.buy(1, 2, 1_000)
    shop.ask(2, "R", 2)
    shop.issue(3, "R", 2)
    shop.make(4, "R", 2)
    shop.issue(5, "R", 1, material="unit", lot="R")
    shop.make(6, "R", 1)
    shop.close(7, "R", 2)
    assert shop.balance("work_in_progress") == 0
    assert shop.stock("unit")[0] == 2
    assert shop.stock("unit")[1] + shop.balance("production_variance") == 2_000


def test_a_lot_that_is_found_in_the_making_brings_its_costs_with_it() -> None:
    """Two units of a part for 10.00 are found in process; one is finished, then the other, with 3.00 of labour: 23.00 in stock."""
    shop = Counter({**FIFO, "standard_cost": "10 EUR"}, FIFO)
    found = WorkInProcessCounted(effective_us=day(1), request="W", lot="W", material="unit", quantity=2, operation="", due_us=day(9))
    shop.round(found)
    assert shop.balance("work_in_progress") == 2_000
    shop.make(2, "W", 1)
    assert shop.stock("unit") == (1, 1_000)
    shop.round(labour(day(3), "anna", "W", 360_000_000))
    shop.make(4, "W", 1)
    shop.close(5, "W", 2)
    assert (shop.stock("unit"), shop.balance("work_in_progress"), shop.balance("production_variance")) == ((2, 2_300), 0, 0)
