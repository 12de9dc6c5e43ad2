"""From a customer order to requests: netting, explosion, release, shortage."""

from __future__ import annotations

from typing import Any

from tests.rooms.erp.small_shop import (
    DAY_US,
    HOUR_US,
    LAYOUT,
    START_US,
    Carried,
    job,
    material_actual,
    of_type,
    order,
    plant,
    released,
    response,
    small_erp,
)
from twin.erp import Erp
from twin.model.events import Heartbeat, OperationsRequestReleased, SalesOrderConfirmed, WorkAlertRaised
from twin.model.scenario import Policies

T = START_US + 7 * HOUR_US


def started(release: str = "push", **opening: int) -> Carried:
    carried = Carried(small_erp(release))
    carried.start(**opening)
    return carried


def stock(carried: Carried) -> dict[str, tuple[int, int, int]]:
    """(on hand, incoming, reserved) by material."""
    return {row.material: (row.on_hand, row.incoming, row.reserved) for row in carried.erp.stock_rows()}


def test_an_order_without_stock_is_exploded_lot_for_lot() -> None:
    carried = started()
    followed = carried.round(order(T, "SO1", 3))
    assert released(followed) == {"SO1-gearbox": 3, "SO1-gearbox-gear": 6}
    assert stock(carried)["steel"] == (0, 20_000, 1_998)
    assert [release.order for release in of_type(followed, OperationsRequestReleased)] == ["SO1", "SO1"]


def test_a_component_is_due_when_its_parent_has_to_begin() -> None:
    dues = {r.request: r.due_us for r in of_type(started().round(order(T, "SO1", 3)), OperationsRequestReleased)}
    assert dues == {"SO1-gearbox": START_US + 10 * DAY_US, "SO1-gearbox-gear": START_US + 8 * DAY_US}


def test_free_stock_is_netted_at_each_level() -> None:
    """20 painted and 20 manufactured in stock, 100 assemblies wanted: 80 and 60 to make; frappe/erpnext issue 26563."""
    items: dict[str, Any] = {
        "materials": {
            "assembly": {"kind": "finished", "bill": [{"material": "painted", "quantity": 1}]},
            "painted": {"kind": "made", "bill": [{"material": "manufactured", "quantity": 1}]},
            "manufactured": {"kind": "made"},
        }
    }
    carried = Carried(Erp(plant({**LAYOUT, "routings": {}}, items), Policies()))
    carried.start(painted=20, manufactured=20)
    followed = carried.round(order(T, "SO1", 100, material="assembly"))
    assert list(released(followed).values()) == [100, 80, 60]


def test_what_is_reserved_is_not_free_for_the_next_order() -> None:
    carried = started(gear=8)
    assert released(carried.round(order(T, "SO1", 3))) == {"SO1-gearbox": 3}
    assert released(carried.round(order(T, "SO2", 3))) == {"SO2-gearbox": 3, "SO2-gearbox-gear": 4}


def test_two_orders_of_one_round_do_not_net_the_same_stock() -> None:
    followed = started(gear=6).round(order(T, "SO1", 3), order(T, "SO2", 3))
    assert released(followed) == {"SO1-gearbox": 3, "SO2-gearbox": 3, "SO2-gearbox-gear": 6}


def test_goods_that_nobody_waits_for_are_free_even_in_the_making() -> None:
    carried = started()
    for_stock = OperationsRequestReleased(effective_us=T, request="stock-1", material="gear", quantity=10, due_us=T + DAY_US)
    carried.round(for_stock)
    assert released(carried.round(order(T + 1, "SO1", 6))) == {"SO1-gearbox": 6, "SO1-gearbox-gear": 2}


def test_under_the_due_date_rule_a_request_waits_for_its_day() -> None:
    carried = started("due_date_offset")
    assert released(carried.round(order(T, "SO1", 3))) == {}
    assert stock(carried)["gear"] == (0, 6, 6), "planned already, so that the next order does not count on it"
    day = START_US + DAY_US
    assert released(carried.round(Heartbeat(effective_us=day + 7 * DAY_US - 1, reason="clock"))) == {"SO1-gearbox-gear": 6}
    assert released(carried.round(Heartbeat(effective_us=day + 7 * DAY_US, reason="clock"))) == {"SO1-gearbox": 3}
    assert released(carried.round(Heartbeat(effective_us=day + 7 * DAY_US + 1, reason="clock"))) == {}


def test_an_order_that_is_due_too_soon_is_released_at_once() -> None:
    assert released(started("due_date_offset").round(order(T, "SO1", 3, due_us=DAY_US))) == {"SO1-gearbox": 3, "SO1-gearbox-gear": 6}


def test_scrap_makes_a_follow_up_for_the_shortage_down_the_bill() -> None:
    carried = started(steel=100_000, housing=10)
    carried.round(order(T, "SO1", 3))
    gear = "SO1-gearbox-gear"
    carried.round(job(T, gear, "deburr", "gear", 6), material_actual(T, "Consumed", "steel", 1_998, request=gear, lot="open-steel"))
    carried.round(
        material_actual(T + 1, "Scrapped", "gear", 2, request=gear, operation="deburr"),
        material_actual(T + 1, "Produced", "gear", 4, request=gear),
    )
    assert stock(carried)["gear"] == (4, 0, 6)
    followed = carried.round(response(T + 1, gear, "gear", good=4, scrap=2))
    assert released(followed) == {f"{gear}.F2": 2}
    assert stock(carried)["gear"] == (4, 2, 6)
    assert stock(carried)["steel"] == (100_000 - 1_998, 0, 2 * 333)
    followed = carried.round(response(T + 2, f"{gear}.F2", "gear", good=0, scrap=2))
    assert released(followed) == {f"{gear}.F3": 2}


def test_a_shortage_that_free_stock_covers_needs_no_follow_up() -> None:
    carried = started(steel=100_000, housing=10)
    carried.round(order(T, "SO1", 3))
    carried.round(OperationsRequestReleased(effective_us=T, request="stock-1", material="gear", quantity=2, due_us=T + DAY_US))
    assert released(carried.round(response(T + 1, "SO1-gearbox-gear", "gear", good=5, scrap=1))) == {}


def test_an_answer_before_the_goods_are_booked_plans_nothing_twice() -> None:
    carried = started(steel=100_000, housing=10)
    carried.round(order(T, "SO1", 3))
    gear = "SO1-gearbox-gear"
    assert released(carried.round(response(T + 1, gear, "gear", good=6))) == {}
    assert stock(carried)["gear"] == (0, 6, 6)
    carried.round(material_actual(T + 1, "Produced", "gear", 6, request=gear))
    assert stock(carried)["gear"] == (6, 0, 6)


def test_what_a_request_has_taken_is_no_longer_reserved() -> None:
    """1 g each for 1000 from 1 kg: 300 made, 300 g taken and 700 g reserved; Odoo test_uom_backorder."""
    items: dict[str, Any] = {
        "materials": {
            "powder": {"kind": "purchased", "unit": "g", "standard_cost": "1 EUR", "price_per": 1000},
            "pill": {"kind": "finished", "bill": [{"material": "powder", "quantity": 1}]},
        }
    }
    carried = Carried(Erp(plant({**LAYOUT, "routings": {}}, items), Policies()))
    carried.start(powder=1_000)
    carried.round(order(T, "SO1", 1_000, material="pill"))
    carried.round(material_actual(T, "Consumed", "powder", 300, request="SO1-pill", lot="open-powder"))
    assert stock(carried)["powder"] == (700, 0, 700)


def test_the_same_name_twice_becomes_a_numbered_request() -> None:
    """Order "A" for "b-gear" and order "A-b" for "gear" would both be called A-b-gear."""
    items: dict[str, Any] = {"materials": {"b-gear": {"kind": "finished"}, "gear": {"kind": "finished"}}}
    carried = Carried(Erp(plant({**LAYOUT, "routings": {}}, items), Policies()))
    carried.start()
    followed = carried.round(order(T, "A", 1, material="b-gear"), order(T, "A-b", 1, material="gear"))
    assert list(released(followed)) == ["A-b-gear", "A-b-gear.F2"]


def test_a_request_is_released_once() -> None:
    carried = started()
    release = of_type(carried.round(order(T, "SO1", 3)), OperationsRequestReleased)[0]
    before = stock(carried)
    alerts = of_type(carried.round(release), WorkAlertRaised)
    assert [alert.alert for alert in alerts] == ["duplicate_request"]
    assert stock(carried) == before


def test_an_order_for_a_purchased_part_asks_for_no_request() -> None:
    followed = started().round(SalesOrderConfirmed(
        effective_us=T, order="SO1", customer="acme", material="housing", quantity=2, due_us=T + DAY_US, unit_price_minor=6_000
    ))  # fmt: skip
    assert released(followed) == {}
