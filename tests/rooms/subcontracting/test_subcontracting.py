"""Operations that suppliers do: sent, counted, received, lost, billed, planned; known cases to the cent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.rooms.erp.small_shop import of_type
from tests.rooms.subcontracting.outside_shop import OutsideShop, day, outside_plant
from tests.rooms.valuation.test_variances import adds_up
from twin.erp.material_plan.plan import MaterialPlan
from twin.erp.material_plan.position import erp_position
from twin.model import events as e
from twin.model.checks import check_plant
from twin.model.events.production import JobOrderCorrected


def test_ten_units_of_a_part_and_two_of_a_service_cost_410() -> None:
    """wip-11: 10, each of a part at 1 and 2 of a service at 20: 20 to buy, 410; back before its order is confirmed: a warning. Tryton."""
    shop = OutsideShop(outside_plant({"price": "20 EUR", "quantity": 2}))
    placed = of_type(shop.ask(10), e.SubcontractOrderPlaced)
    assert [(it.order, it.supplier, it.quantity, it.unit_price_minor) for it in placed] == [("SC-R-plate", "plater", 20, 2_000)]
    shop.send(10)
    shop.say(e.PurchaseOrderClosed, order="SC-R-plate", reason="not confirmed")
    warned = of_type(shop.back(10), e.WorkAlertRaised)
    assert [it.alert for it in warned] == ["service_not_ordered"]
    row = shop.erp.request_costs()[0]
    assert (row.material_minor, row.service_minor, row.produced_minor) == (1_000, 40_000, 41_000)
    assert (shop.balance("finished_goods"), shop.balance("goods_received_not_billed")) == (41_000, -40_000)
    assert (shop.balance("work_in_progress"), shop.balance("production_variance")) == (0, 0)


def test_components_at_ten_and_twenty_and_a_service_at_thirty_are_worth_sixty() -> None:
    """Odoo mrp_subcontracting_account, flow 1: FIFO, 10 at 10 and 10 at 20 of two components, one unit at 30: 60."""
    fifo = {"valuation": "fifo"}
    other = {"kind": "purchased", "standard_cost": "20 EUR", "supplier": "mill", **fifo}
    bill = [{"material": "part", "quantity": 1}, {"material": "other", "quantity": 1}]
    of = outside_plant({"price": "30 EUR"}, {"bill": bill, **fifo}, other=other)
    of.materials.materials["part"] = of.materials.materials["part"].model_copy(update={"standard_cost": 1_000, "valuation": "fifo"})
    shop = OutsideShop(of, part=10, other=10)
    shop.ask(1)
    shop.send(1, part="open-part", other="open-other")
    assert (shop.balance("raw_material"), shop.balance("work_in_progress")) == (30_000, 0)  # what lies there is ours, and no work yet
    shop.back(1)
    assert (shop.balance("finished_goods"), shop.balance("raw_material")) == (6_000, 27_000)
    assert shop.balance("production_variance") == 0


def test_what_lies_at_a_supplier_is_ours_and_is_not_here() -> None:
    shop = OutsideShop(outside_plant())
    shop.ask(10)
    shop.send(10)
    stock = shop.erp.stock
    assert (stock.on_hand["part"], stock.sent("part"), stock.shippable("part")) == (100, 10, 90)
    assert stock.first_in_first_out("part") == [("open-part", 90)]
    assert [(it.kind, it.supplier, it.lot, it.quantity, it.value_minor) for it in shop.erp.at_suppliers()] == [
        ("component", "plater", "open-part", 10, 1_000), ("lot", "plater", "R", 10, 0),
    ]  # fmt: skip
    shop.round(e.StockCounted(effective_us=day(3), material="part", lot="open-part", quantity=90))  # counted here: nothing is missing
    assert (stock.on_hand["part"], shop.balance("inventory_difference")) == (100, 0)
    shop.back(10)
    assert (stock.on_hand["part"], stock.at_suppliers, shop.erp.at_suppliers()) == (90, {}, [])
    assert shop.posted("issue") == [{"work_in_progress": 1_000, "raw_material": -1_000}]


def test_what_is_lost_at_a_supplier_is_scrap_without_his_work() -> None:
    """Of 10 at 1.00 two are lost: 2.00 of scrap, 8 * 5.00 in stock, and 8 * 4.00 owed; nothing is a variance."""
    shop = OutsideShop(outside_plant())
    shop.ask(10)
    shop.send(10)
    shop.back(8, scrap=2)
    assert (shop.balance("scrap_loss"), shop.balance("finished_goods")) == (200, 4_000)
    assert (shop.balance("goods_received_not_billed"), shop.balance("production_variance")) == (-3_200, 0)
    order = shop.erp.purchasing.orders["SC-R-plate"]
    assert (order.received, order.cancelled, order.open_quantity) == (8, 2, 0)


def test_what_a_count_at_a_supplier_finds_is_an_inventory_difference() -> None:
    """3 of 10 parts are not there: 3.00. With 7 parts 10 units came back all the same: 3.00 less material than the standard."""
    shop = OutsideShop(outside_plant())
    shop.ask(10)
    shop.send(10)
    about: dict[str, Any] = {"supplier": "plater", "material": "part", "lot": "open-part", "reason": "stocktaking"}
    shop.say(e.SupplierStockCounted, quantity=7, **about)
    assert (shop.balance("inventory_difference"), shop.erp.stock.on_hand["part"], shop.erp.stock.sent("part")) == (300, 97, 7)
    shop.back(10)
    kinds = {it.kind: it.amount_minor for it in shop.erp.variances() if it.request == "R"}
    assert kinds == {"material usage": -300}
    assert adds_up(shop.erp)
    refused = of_type(shop.say(e.SupplierStockCounted, on=6, quantity=-1, **{**about, "reason": " "}), e.EntryRefused)[0].reason
    assert refused == (
        "'quantity' is -1; allowed: 0 to 100000000; lot 'open-part' of 'part' does not lie at 'plater'; allowed: none;"
        " a count at a supplier needs a reason"
    )


def test_another_price_is_a_variance_of_subcontracting() -> None:
    """4.00 is the standard, 4.50 is agreed on before the order: 10 * 0.50. His bill is as the order says, and nothing is left."""
    shop = OutsideShop(outside_plant(), {"payments": {"bills": "1 d"}})
    shop.say(e.ServicePriceAgreed, on=1, supplier="plater", material="unit", operation="plate", unit_price_minor=450)
    shop.ask(10)
    shop.send(10)
    shop.back(10)
    assert {it.kind: it.amount_minor for it in shop.erp.variances() if it.request} == {"subcontracting": 500}
    assert adds_up(shop.erp)
    shop.round(e.Heartbeat(effective_us=day(7), reason="clock"))
    assert [(it.bill, it.quantity, it.net_minor, it.blocked) for it in shop.erp.matching.bills.values()] == [
        ("SC-R-plate/1", 10, 4_500, "")
    ]
    assert (shop.balance("goods_received_not_billed"), shop.balance("accounts_payable")) == (0, -4_500)
    wrong = of_type(
        shop.say(e.ServicePriceAgreed, on=8, supplier="mill", material="unit", operation="plate", unit_price_minor=-1), e.EntryRefused
    )
    assert wrong[0].reason == "'mill' does no 'plate' of 'unit'; allowed: plate of unit at plater; a price of -1; allowed: 0 or more"


def test_a_bill_above_the_agreed_price_waits_for_a_person() -> None:
    shop = OutsideShop(outside_plant())
    shop.ask(10)
    shop.send(10)
    shop.back(10)
    shop.say(e.BillEntered, on=6, order="SC-R-plate", supplier="plater", bill="77", net_minor=4_400, quantity=10)
    (it,) = shop.erp.matching.lines_of("plater", "77")
    assert it.blocked == "price: 44.00 for 10 is 4.00 above the 40.00 of the order; allowed: 0.00 above it"
    assert (shop.balance("purchase_price_variance"), shop.balance("goods_received_not_billed")) == (400, 0)


def test_a_plan_nets_what_lies_at_a_supplier_once_and_begins_his_lead_time_before() -> None:
    """10 of 100 parts lie there for R, which needs them: 105 units are 10 of R and 95 to be made, of 90 parts and a lot of 50
    that is bought. They are needed when the 95 are begun, four days before these are due; and it is the same plan when R is back."""
    shop = OutsideShop(outside_plant(), {"planning": "material_plan"})
    shop.ask(10)
    shop.send(10)
    shop.round(e.SalesOrderConfirmed(
        effective_us=day(2), order="A", customer="acme", material="unit", quantity=105, due_us=day(18), unit_price_minor=6_000,
    ))  # fmt: skip
    for now in (2, 5):
        if now == 5:
            shop.back(10)
        plan = MaterialPlan(shop.erp.plant, erp_position(shop.erp, day(now)))
        made, bought = (next(it for it in plan.orders if it.material == name) for name in ("unit", "part"))
        assert (made.started, bought.started) == (95, 50)
        assert plan.day_of(made.due) - plan.day_of(made.start) >= timedelta(days=4)
        needed = {it.bucket: it.gross for it in plan.records() if it.material == "part" and it.gross and it.bucket}
        assert needed == {made.start: 95}


def test_an_operation_that_is_passed_over_is_not_paid_for() -> None:
    shop = OutsideShop(outside_plant())
    shop.ask(10)
    shop.round(e.JobOrderAborted(effective_us=day(3), request="R", lot="R", job_order="R/plate", reason="skipped"))
    order = shop.erp.purchasing.orders["SC-R-plate"]
    assert (order.received, order.open_quantity, shop.balance("goods_received_not_billed")) == (0, 0, 0)
    delivered = e.GoodsReceived(
        effective_us=day(4), order="SC-R-plate", supplier="plater", material="unit", quantity=1, unit_price_minor=400
    )
    said = of_type(shop.round(delivered), e.WorkAlertRaised)[0]
    assert said.message == "GoodsReceived: 'SC-R-plate' is for work on 'unit', which comes back with its lot: nothing is delivered on it"


@pytest.mark.parametrize(
    ("service", "unit", "words"),
    [
        ({"supplier": "plate"}, {}, "no supplier is called 'plate' (did you mean 'plater'?)"),
        ({}, {"planned_lead_time": "1 d"}, "a plan makes 'unit' in 1 d, and 'plater' alone has it for 3 d"),
    ],
    ids=["supplier", "lead time"],
)
def test_what_makes_no_sense_is_said(service: dict[str, Any], unit: dict[str, Any], words: str) -> None:
    assert words in [it.what for it in check_plant(outside_plant(service, unit))]


def test_what_was_counted_wrong_when_it_came_back_is_owed_as_it_was() -> None:
    """10 were good, and it was 8: 8 * 4.00 are owed, and a bill for ten that came before is blocked; then it was 9."""
    shop = OutsideShop(outside_plant())
    shop.ask(10)
    shop.send(10)
    shop.back(10)
    shop.say(e.BillEntered, on=6, order="SC-R-plate", supplier="plater", bill="77", net_minor=4_000, quantity=10)
    assert shop.erp.matching.why_blocked("plater", "77") == ""
    about = {"effective_us": day(5), "recorded_us": day(7), "request": "R", "lot": "R", "job_order": "R/plate"}
    for good, owed, why in (
        (8, 800, "quantity: 10 are billed, of 8 that came 0 were billed before; allowed: 8"),
        (9, 400, "quantity: 10 are"),
    ):
        shop.round(JobOrderCorrected(**about, good=good, scrap=10 - good))
        assert shop.erp.request_costs()[0].service_minor == good * 400
        assert shop.balance("goods_received_not_billed") == owed
        assert shop.erp.matching.why_blocked("plater", "77").startswith(why)
    order = shop.erp.purchasing.orders["SC-R-plate"]
    assert (order.quantity, order.received, order.open_quantity) == (10, 9, 0)
