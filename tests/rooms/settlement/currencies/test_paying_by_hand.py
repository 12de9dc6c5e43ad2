"""Bills in other currencies that persons pay, and credit notes of suppliers, which never give back more than there is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.erp.small_shop import of_type
from tests.rooms.settlement.desk import Desk, day
from twin.model import events as e
from twin.model.states import Source
from twin.results.restoring.decided_then import decided_then
from twin.results.views.business.purchasing import purchasing_now
from twin.store.journal import MemoryJournal

CLERK: dict[str, Any] = {"person": "anna", "terminal": "office"}


def said(desk: Desk, kind: type[e.OfficeEntry], on: int, **fields: Any) -> list[Any]:
    return desk.round(kind(effective_us=day(on), recorded_us=day(on), **CLERK, **fields))


def test_a_bill_in_crowns_is_paid_by_hand_in_part_and_whole_in_crowns_at_the_rate_of_the_day() -> None:
    """30,000 CZK, booked at 25: 10,000 are paid at 30, and the rest at 26."""
    desk = Desk(supplier={"currency": "CZK"}, payments={"suppliers": "by_hand"})
    desk.receive(0, "PO1", 10, 12_000)
    desk.bill(1, "PO1", "F1", 3_000_000, currency="CZK")
    said(desk, e.PaymentOrdered, 3, supplier="foundry", bill="F1", amount_minor=1_000_000)
    said(desk, e.PaymentOrdered, 6, supplier="foundry", bill="F1")
    assert desk.refusals() == []
    paid = [(it.amount_minor, it.paid_minor, it.currency) for it in of_type(desk.journal, e.PaymentMade)]
    assert paid == [(1_000_000, 33_333, "CZK"), (2_000_000, 76_923, "CZK")]
    assert "accounts_payable" not in desk.balances
    assert desk.balances["exchange_difference"] == 33_333 + 76_923 - 120_000
    said(desk, e.PaymentOrdered, 7, supplier="foundry", bill="F1")
    assert desk.refusals() == ["'F1' of 'foundry' is paid already"]


def billed(net_minor: int, quantity: int = 0, **fields: Any) -> dict[str, Any]:
    return {"order": "PO1", "supplier": "foundry", "bill": f"C{net_minor}", "net_minor": net_minor, "quantity": quantity, **fields}


def test_a_supplier_gives_back_no_more_than_came_or_is_billed() -> None:
    """10 at 25.00: 250.00 of what was ordered, and 260.00 of what came and was billed so, in all, however it is told."""
    desk = Desk()
    about = {"supplier": "foundry", "material": "housing", "quantity": 10, "unit_price_minor": 2_500, "due_us": day(1)}
    desk.round(e.PurchaseOrderPlaced(effective_us=day(0), order="PO1", **about))
    said(desk, e.BillEntered, 0, **billed(-500_000, -10))
    allowed = "allowed: 250.00 for 10 pieces at most: what came, is billed, or else was ordered, and is not credited yet"
    assert desk.refusals() == [f"a credit note of 5000.00 for 10 pieces on 'PO1'; {allowed}"]
    said(desk, e.BillEntered, 0, **billed(-2_501, -1))
    assert "allowed: 25.00 for 10 pieces at most" in desk.refusals()[-1], "a piece, at the price of the order"
    del about["due_us"]
    desk.round(e.GoodsReceived(effective_us=day(1), order="PO1", lot="L", **about))
    said(desk, e.BillEntered, 2, **billed(26_000, 10))
    said(desk, e.BillEntered, 3, **billed(-26_001))
    assert "allowed: 260.00 for 10 pieces at most" in desk.refusals()[-1]
    said(desk, e.BillEntered, 3, **billed(-6_000, -2))
    said(desk, e.BillEntered, 4, **billed(-20_001))
    assert "allowed: 200.00 for 8 pieces at most" in desk.refusals()[-1]
    said(desk, e.BillEntered, 4, **billed(-1_000, -9))
    assert "a credit note of 10.00 for 9 pieces" in desk.refusals()[-1]
    assert [it.net_minor for it in of_type(desk.journal, e.BillReceived)] == [26_000, -6_000]


def test_a_bill_that_was_sent_back_is_not_what_is_credited() -> None:
    desk = Desk()
    desk.round(
        e.PurchaseOrderPlaced(
            effective_us=day(0), order="PO1", supplier="foundry", material="housing", quantity=10, unit_price_minor=2_500, due_us=day(1)
        )
    )
    said(desk, e.BillEntered, 1, **billed(25_000, 10))
    said(desk, e.BillRejected, 2, supplier="foundry", bill="C25000", reason="not ordered so")
    said(desk, e.BillEntered, 3, **billed(-999_900))
    assert "allowed: 250.00 for 10 pieces at most" in desk.refusals()[-1]


@pytest.mark.parametrize(
    ("entry", "then"),
    [
        (e.PaymentOrdered(effective_us=1, supplier="forge", bill="F"), e.EntryRefused(effective_us=1, entry="PaymentOrdered", reason="x")),
        (
            e.BillEntered(effective_us=1, **billed(-9)),
            e.BillReceived(effective_us=1, order="PO1", supplier="forge", bill="F", net_minor=-9),
        ),
    ],
)
def test_what_an_older_version_has_decided_stands_in_its_journal(entry: e.OfficeEntry, then: e.OperationsEvent) -> None:
    desk, journal = Desk(), MemoryJournal()
    kept = journal.append(entry, source=Source.USER)
    assert decided_then(journal, kept, desk.erp) == []
    journal.append(then, source=Source.RULE, cause=kept.id, rule="Erp")
    assert decided_then(journal, kept, desk.erp) == [then]


def test_what_is_still_to_come_is_what_has_not_come() -> None:
    """8 of 10 at 25.00 came: 50.00 are still to come."""
    desk = Desk()
    about = {"order": "PO1", "supplier": "foundry", "material": "housing", "unit_price_minor": 2_500}
    desk.round(
        e.PurchaseOrderPlaced(effective_us=day(0), quantity=10, due_us=day(9), **about),
        e.GoodsReceived(effective_us=day(0), quantity=8, lot="L", **about),
    )
    now = purchasing_now(desk.run())
    (bought,) = [it for it in now.orders if it.order == "PO1"]
    assert (bought.value_minor, bought.open_minor) == (25_000, 5_000)
    assert next(it.open_minor for it in now.suppliers if it.supplier == "foundry") == 5_000
    assert now.open_minor == sum(it.open_minor for it in now.orders)
