"""Reorder by (point, quantity), receipts, and the textbook advice on both."""

from __future__ import annotations

import pytest

from tests.rooms.erp.small_shop import DAY_US, HOUR_US, START_US, Carried, balances, of_type, order, small_erp
from twin.erp.procurement.purchasing import economic_order_quantity, reorder_point, reorder_quantity, safety_stock
from twin.model.events import GoodsReceived, PurchaseOrderPlaced, WorkAlertRaised

T = START_US + 7 * HOUR_US


def received(at_us: int, placed: PurchaseOrderPlaced, quantity: int | None = None, price_minor: int | None = None) -> GoodsReceived:
    return GoodsReceived(
        effective_us=at_us,
        order=placed.order,
        lot=placed.order,
        supplier=placed.supplier,
        material=placed.material,
        quantity=placed.quantity if quantity is None else quantity,
        unit_price_minor=placed.unit_price_minor if price_minor is None else price_minor,
    )


@pytest.fixture
def carried() -> Carried:
    carried = Carried(small_erp())
    carried.start(steel=25_000, gear=20)
    return carried


@pytest.mark.parametrize(("position", "expected"), [(8, 0), (7, 10), (0, 10), (-2, 10), (-3, 20), (-12, 20), (-13, 30)])
def test_the_position_is_brought_above_the_point_in_whole_orders(position: int, expected: int) -> None:
    assert reorder_quantity(position, point=7, quantity=10) == expected


def test_economic_order_quantity_and_reorder_point_of_the_textbook() -> None:
    """D = 1000 a year, K = 10, h = 0.5, 50 a day, 9 days, sd 10 a day, z = 1.645."""
    assert economic_order_quantity(1000, 10, 0.5) == pytest.approx(200)
    assert safety_stock(1.645, 10, 9) == pytest.approx(49.35)
    assert reorder_point(50, 9, safety_stock(1.645, 10, 9)) == pytest.approx(499.35)


def test_an_order_is_placed_when_the_position_reaches_the_point(carried: Carried) -> None:
    """25,000 g and 20 gears: 60 more gears reserve 19,980 g and leave 5,020 g; one more reaches the point."""
    assert of_type(carried.round(order(T, "SO1", 40)), PurchaseOrderPlaced)[0].material == "housing"
    placed = of_type(carried.round(order(T + 1, "SO2", 1)), PurchaseOrderPlaced)
    assert [(p.order, p.material, p.quantity, p.unit_price_minor, p.due_us) for p in placed] == [
        ("PO-steel-1", "steel", 20_000, 320, T + 1 + 2 * DAY_US),
        ("PO-housing-2", "housing", 1, 4_199, T + 1 + 5 * DAY_US),
    ]


def test_a_part_without_a_policy_is_bought_as_it_is_short(carried: Carried) -> None:
    """Nothing in stock, 1 and 1 wanted within the supply period, no order point: one request of 2; Tryton 8.2 stock_supply."""
    placed = of_type(carried.round(order(T, "A", 1, material="housing"), order(T, "B", 1, material="housing")), PurchaseOrderPlaced)
    assert [(p.order, p.quantity) for p in placed] == [("PO-housing-1", 2)]


def test_deciding_twice_without_news_decides_nothing(carried: Carried) -> None:
    erp = carried.erp
    for event in erp.apply(order(T, "SO1", 40)):
        erp.apply(event)
    first = erp.decide(T)
    assert first == erp.decide(T), "deciding changes nothing"
    for event in first:
        erp.apply(event)
    assert erp.decide(T) == []


def test_a_receipt_is_valued_at_standard_and_owed_at_its_price(carried: Carried) -> None:
    placed = of_type(carried.round(order(T, "SO1", 45)), PurchaseOrderPlaced)[0]
    before = balances(carried.erp)
    carried.round(received(T + DAY_US, placed, price_minor=333))
    after = balances(carried.erp)
    assert after["raw_material"] - before["raw_material"] == 6_400
    assert after["goods_received_not_billed"] == -6_660
    assert after["purchase_price_variance"] == 260


@pytest.mark.parametrize("parts", [1, 4])
def test_the_same_delivery_twice_is_booked_once(carried: Carried, parts: int) -> None:
    placed = of_type(carried.round(order(T, "SO1", 45)), PurchaseOrderPlaced)[0]
    delivery = received(T + DAY_US, placed, placed.quantity // parts)
    carried.round(delivery)
    before = balances(carried.erp), carried.erp.stock.on_hand["steel"]
    alerts = of_type(carried.round(delivery), WorkAlertRaised)
    assert [alert.alert for alert in alerts] == ["goods_not_ordered"]
    assert (balances(carried.erp), carried.erp.stock.on_hand["steel"]) == before


def test_deliveries_in_parts_add_up_to_the_order(carried: Carried) -> None:
    placed = of_type(carried.round(order(T, "SO1", 45)), PurchaseOrderPlaced)[0]
    for day in range(3):
        carried.round(received(T + day * DAY_US, placed, 20_000 // 3))
    carried.round(received(T + 3 * DAY_US, placed, 2))
    assert carried.erp.stock.incoming["steel"] == 0
    assert balances(carried.erp)["goods_received_not_billed"] == -6_400, "no cent is lost between the parts"
    assert "purchase_price_variance" not in balances(carried.erp)
    alerts = of_type(carried.round(received(T + 4 * DAY_US, placed, 1)), WorkAlertRaised)
    assert len(alerts) == 1, "more than was ordered"


def test_goods_that_nobody_ordered_are_not_booked(carried: Carried) -> None:
    stray = GoodsReceived(effective_us=T, order="PO-steel-9", supplier="mill", material="steel", quantity=5, unit_price_minor=320)
    assert [alert.alert for alert in of_type(carried.round(stray), WorkAlertRaised)] == ["goods_not_ordered"]
    assert carried.erp.stock.on_hand["steel"] == 25_000
