"""From a customer order to requests: netting, explosion, release, shortage."""

from __future__ import annotations

from dataclasses import replace
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
from twin.erp.requests import Request
from twin.model.events import Heartbeat, OperationsRequestReleased, SalesOrderConfirmed, WorkAlertRaised
from twin.model.materials import MaterialDefinition
from twin.model.scenario import OpenOrder, Policies

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


def test_what_is_on_order_at_the_start_keeps_its_name_and_its_quantity() -> None:
    """Four of twelve come on an order "A-gearbox": the eight that are still to make for order "A" are called otherwise."""
    supply = OpenOrder.model_validate({"order": "A-gearbox", "material": "gearbox", "quantity": 4, "due": "2 d"})
    carried = Carried(Erp(plant(), Policies(), supply=(supply,)))
    followed = carried.round(Heartbeat(effective_us=START_US, reason="start"), order(START_US, "A", 12))
    made = {name: quantity for name, quantity in released(followed).items() if not name.endswith("-gear")}
    assert made == {"A-gearbox.F2": 8, "A-gearbox": 4}
    assert stock(carried)["gearbox"] == (0, 12, 12)


def test_a_lot_by_another_bill_leaves_what_the_other_lots_take_reserved() -> None:
    """A rod does for twelve shafts, and is opened for a lot of four: of twelve bars eight are still reserved."""
    other = {"by_rod": {"bill_for": 12, "bill": [{"material": "rod", "quantity": 1}]}}
    shaft = {"kind": "finished", "lot_size": 4, "bill": [{"material": "bar", "quantity": 1}], "alternative_bills": other}
    bought = {name: {"kind": "purchased", "standard_cost": cost} for name, cost in (("bar", "2 EUR"), ("rod", "3 EUR"))}
    carried = Carried(Erp(plant({**LAYOUT, "routings": {}}, {"materials": {**bought, "shaft": shaft}}), Policies()))
    carried.start(bar=12, rod=3)
    carried.round(order(T, "SO1", 12, material="shaft"))
    (made, more), request = (job(T, "SO1-shaft", operation, "shaft", 4) for operation in ("10", "20")), "SO1-shaft"
    for it, reserved in ((made, 8), (more, 4)):
        taken = material_actual(T, "Consumed", "rod", 1, request=request, lot="open-rod", operation=it.operation)
        carried.round(it, replace(taken, by_bill="by_rod"))
        assert stock(carried)["bar"] == (12, 0, reserved)
    assert carried.erp.requests.requests[request].made_by == {"by_rod": 8}


def test_by_products_come_lot_by_lot_in_whole_units() -> None:
    """Three for five: a lot of four gives 2.4, so two; three lots give six, and not the seven of twelve pieces."""
    bill = {"bill_for": 5, "bill": [{"material": "milk", "quantity": 9}], "by_products": [{"material": "whey", "quantity": 3}]}
    skim = MaterialDefinition.model_validate({"kind": "finished", "lot_size": 4, **bill})
    request = Request(request="R", name="R", order="", parent="", material="skim", quantity=12, due_us=T, release_us=T)
    assert request.gives(skim) == (("whey", 6),)
    request.given["whey"] = 2
    assert request.gives(skim) == (("whey", 4),)
    assert replace(request, quantity=13).gives(skim) == (("whey", 4),), "one more is less than a unit"


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
