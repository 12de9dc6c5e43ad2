"""Terms count days: what is due in ten days is due on the tenth day, whether clocks are put forward or back between."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rooms.settlement import desk as desks
from tests.rooms.settlement.desk import Desk
from twin.model import events as e
from twin.model.trade.due import DAY_US, days_later_us

BERLIN = ZoneInfo("Europe/Berlin")


def at_us(*local: int) -> int:
    return int(datetime(*local, tzinfo=BERLIN).timestamp()) * 1_000_000  # type: ignore[misc]


def local(instant_us: int) -> str:
    return datetime.fromtimestamp(instant_us // 1_000_000, BERLIN).strftime("%d %b %H:%M")


@pytest.mark.parametrize(("of", "due"), [((2026, 3, 21, 23, 15), "31 Mar 23:15"), ((2026, 10, 20, 0, 15), "30 Oct 00:15")])
def test_bills_and_invoices_are_due_on_the_day_that_their_terms_say(of: tuple[int, ...], due: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bill of 21 March at 10 days was due on 1 April at 00:15."""
    monkeypatch.setattr(desks, "LAYOUT", {**desks.LAYOUT, "time_zone": "Europe/Berlin"})
    desk = Desk(supplier={"due": "10 d"}, customer={"due": "10 d"}, payments={"suppliers": "by_hand"})
    now = at_us(*of)
    about: dict[str, Any] = {"effective_us": now, "order": "PO1", "supplier": "foundry", "material": "housing", "quantity": 2}
    desk.round(
        e.PurchaseOrderPlaced(**about, unit_price_minor=4_000, due_us=now), e.GoodsReceived(**about, unit_price_minor=4_000, lot="L")
    )
    clerk = {"effective_us": now, "recorded_us": now, "person": "anna", "terminal": "office"}
    desk.round(e.BillEntered(**clerk, order="PO1", supplier="foundry", bill="B", net_minor=8_000))
    desk.round(e.CostBillEntered(**clerk, supplier="foundry", bill="R", cost_lines=(("rent", 100, ""),)))
    desk.round(
        e.SalesOrderConfirmed(
            effective_us=now, order="S", customer="acme", material="housing", quantity=1, due_us=now, unit_price_minor=9_000
        )
    )
    desk.round(e.FreeInvoiceEntered(**clerk, customer="acme", invoice="F", earning_lines=(("other_revenue", 100),), reason="work"))
    assert desk.refusals() == []
    items = [desk.payable("B"), desk.payable("R"), desk.receivable("INV-S"), desk.receivable("F")]
    assert [local(it.due_us) for it in items] == [due] * 4


def test_what_an_older_version_has_said_without_a_date_is_due_as_it_was() -> None:
    desk, now = Desk(customer={"due": "10 d"}), at_us(2026, 3, 21, 23, 15)
    desk.receive(0, "PO1", 1, 4_000)
    desk.erp.customer_orders.due = lambda customer, at_us: 0
    desk.round(
        e.SalesOrderConfirmed(
            effective_us=now, order="S", customer="acme", material="housing", quantity=1, due_us=now, unit_price_minor=9_000
        )
    )
    assert desk.receivable("INV-S").due_us == now + 10 * DAY_US


@given(
    at=st.integers(at_us(2026, 1, 1), at_us(2028, 1, 1)),
    days=st.integers(0, 400),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "UTC"]),
)
def test_a_day_later_is_the_next_day_at_the_same_time(at: int, days: int, zone: str) -> None:
    then, later = (datetime.fromtimestamp(it // 1_000_000, ZoneInfo(zone)) for it in (at, days_later_us(at, days * DAY_US, zone)))
    assert (later.date() - then.date()).days == days
    assert abs(days_later_us(at, days * DAY_US, zone) - at - days * DAY_US) <= DAY_US // 24
    if zone == "UTC":
        assert days_later_us(at, days * DAY_US + 5, zone) == at + days * DAY_US + 5
