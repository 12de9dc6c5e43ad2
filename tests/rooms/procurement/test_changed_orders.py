"""Purchase orders that a supplier has agreed to change, or of which nothing more comes: what follows is as if they had been placed so."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.erp.small_shop import DAY_US, of_type
from tests.rooms.procurement.trading_shop import Office, T
from twin.erp.material_plan.position import erp_position
from twin.erp.sales.promising import promise
from twin.model import events as e

BY = {"purchasing": {"approval_above": "1000 EUR"}}


def changed(office: Office, order: str = "A", **to: Any) -> list[e.OperationsEvent]:
    """The supplier has agreed; what follows."""
    return office.say(e.PurchaseOrderChanged, order=order, reason="agreed on the phone", **to)


@pytest.mark.parametrize(("quantity", "days"), [(15, 9), (4, 2), (10, 9), (15, 5)])
def test_an_order_that_was_changed_is_as_one_that_was_placed_so_for_stock_plan_promises_and_books(quantity: int, days: int) -> None:
    """Quantity, date, or both; more or less, later or sooner."""
    office, straight = Office(), Office()
    office.place("A", 10, 4_500)
    straight.place("A", quantity, 4_500, days=days)
    said = {"quantity": quantity if quantity != 10 else 0, "due_us": T + days * DAY_US if days != 5 else 0}
    (revised,) = of_type(changed(office, **said), e.PurchaseOrderRevised)
    assert (revised.order, revised.quantity, revised.due_us) == ("A", quantity, T + days * DAY_US)
    for it in (office, straight):
        it.later(1)
    assert erp_position(office.erp, office.now_us) == erp_position(straight.erp, straight.now_us)
    assert promise(office.erp, "housing", 3, office.now_us) == promise(straight.erp, "housing", 3, straight.now_us)
    for it in (office, straight):
        it.receive("A", quantity)
        it.round(
            e.BillReceived(
                effective_us=it.now_us, order="A", supplier="foundry", bill="F1", net_minor=quantity * 4_500, tax_minor=0, currency="EUR",
                due_us=it.now_us + 30 * DAY_US,
            )
        )  # fmt: skip
    assert office.erp.matching.why_blocked("foundry", "F1") == ""
    assert office.erp.ledger.balances == straight.erp.ledger.balances
    assert office.erp.stock.position("housing") == straight.erp.stock.position("housing")
    assert office.erp.alerts == []


def test_what_has_come_stays_and_an_order_that_is_cut_to_it_is_complete() -> None:
    office = Office()
    office.place("A", 10, 4_500)
    office.receive("A", 4)
    assert office.refused(e.PurchaseOrderChanged, order="A", reason="x", quantity=3) == (
        "3 in all, of which 4 have come; allowed: 4 or more, or that nothing more comes"
    )
    changed(office, quantity=4)
    it = office.erp.purchasing.orders["A"]
    assert (it.open_quantity, it.cancelled, office.erp.stock.incoming["housing"], office.erp.purchasing.open) == (0, 0, 0, set())
    assert "nothing more is to come on 'A'" in office.refused(e.PurchaseOrderChanged, order="A", reason="x", quantity=9)


def test_all_that_is_wrong_with_a_change_is_said_at_once() -> None:
    office = Office(**BY)
    office.place("A", 10, 4_500)
    said = office.refused(e.PurchaseOrderChanged, order="A", reason=" ", quantity=30, due_us=T - DAY_US)
    assert said == (
        "a change needs a reason; the due date is past; allowed: from now on until two years from now; "
        "it is worth 1350.00, and above 1000.00 another person approves; allowed: a requisition of 20 more"
    )
    assert "is for 10 by 2026-03-07" in office.refused(e.PurchaseOrderChanged, order="A", reason="x", quantity=10)
    assert "is for 10 by" in office.refused(e.PurchaseOrderChanged, order="A", reason="x")
    assert "no purchase order is called 'B'" in office.refused(e.PurchaseOrderChanged, order="B", reason="x", quantity=2)
    assert "nobody" in office.refused(e.PurchaseOrderChanged, "nobody", order="A", reason="x", quantity=2)


def test_what_a_blanket_order_holds_is_called_off_by_what_was_agreed_last() -> None:
    office = Office()
    about = {"supplier": "mill", "material": "steel", "unit_price_minor": 300, "from_us": T, "until_us": T + 20 * DAY_US}
    office.say(e.BlanketOrderAgreed, blanket="S", quantity=1_000, **about)
    office.say(e.BlanketOrderCalled, blanket="S", quantity=600, due_us=T + DAY_US)
    assert "401 more off 'S', of which 400 are open" in office.refused(e.PurchaseOrderChanged, order="PO-S", reason="x", quantity=1_001)
    changed(office, "PO-S", quantity=1_000)
    assert office.erp.purchasing.blanket_orders["S"].open_quantity == 0
    changed(office, "PO-S", quantity=500)
    assert office.erp.purchasing.blanket_orders["S"].open_quantity == 500


def test_two_changes_of_one_instant_hold_together_and_a_delivery_of_that_instant_comes_first() -> None:
    office = Office()
    office.place("A", 10, 4_500)
    about: dict[str, Any] = {"effective_us": office.now_us, "person": "anna", "terminal": "office", "order": "A", "reason": "agreed"}
    later_us = T + 9 * DAY_US
    office.round(e.PurchaseOrderChanged(**about, quantity=12), e.PurchaseOrderChanged(**about, due_us=later_us))
    it = office.erp.purchasing.orders["A"]
    assert (it.quantity, it.due_us, it.first_due_us) == (12, later_us, T + 5 * DAY_US)
    came = e.GoodsReceived(
        effective_us=office.now_us, order="A", lot="A", supplier="foundry", material="housing", quantity=8, unit_price_minor=4_500
    )
    office.round(e.PurchaseOrderChanged(**about, quantity=6), came)
    assert (it.quantity, it.received) == (12, 8)
    (alert,) = office.erp.alerts
    assert "purchase order 'A' stays as it is: 6 in all, of which 8 have come" in alert.message


def test_a_supplier_is_told_that_nothing_more_is_to_come_and_a_change_of_that_instant_is_void() -> None:
    office = Office()
    office.place("A", 10, 4_500)
    about: dict[str, Any] = {"effective_us": office.now_us, "person": "anna", "terminal": "office", "order": "A", "reason": "agreed"}
    derived = office.round(e.PurchaseOrderChanged(**about, quantity=12), e.PurchaseOrderClosed(**about))
    (told,) = of_type(derived, e.PurchaseOrderRevised)
    assert told.quantity == 0
    it = office.erp.purchasing.orders["A"]
    assert (it.quantity, it.cancelled, it.open_quantity, office.erp.alerts) == (10, 10, 0, [])
    assert "nothing more is to come" in office.refused(e.PurchaseOrderChanged, order="A", reason="x", quantity=12)


def test_a_supplier_is_scored_by_the_date_that_was_agreed_last_and_the_first_one_is_counted_beside() -> None:
    office = Office()
    office.place("A", 10, 4_500, days=2)
    office.place("B", 10, 4_500, days=2)
    changed(office, due_us=T + 4 * DAY_US)
    office.later(3)
    office.receive("A", 10)
    office.receive("B", 10)
    (row,) = office.erp.scorecards.rows(office.now_us)
    assert (row.orders, row.on_time, row.on_first_date, row.late_us) == (2, 1, 0, DAY_US)
