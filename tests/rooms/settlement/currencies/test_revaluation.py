"""What is open in other currencies at a close: told at its rate, taken back right after it, and realised when it is paid."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.settlement.desk import FINANCE, Desk, day
from twin.erp.accounting.statements import trial_balance
from twin.model import events as e
from twin.results.settlement.cash_flow import cash_flow

CLOSED_US = day(3)  # 2026-03-05, from when on a crown is worth less
REVALUED: dict[str, Any] = {**FINANCE, "revaluation": "at_close"}


def close(desk: Desk, until_us: int, at_us: int, period: str = "first days") -> None:
    desk.round(e.PeriodCloseRequested(effective_us=at_us, recorded_us=at_us, period=period, until_us=until_us))


def stood(desk: Desk, at_us: int) -> dict[str, int]:
    return {it.account: minor for it in trial_balance(desk.erp.ledger, at_us) if (minor := it.debit_minor - it.credit_minor)}


def owing_both_ways(**finance: Any) -> Desk:
    """A bill of 3,000 CZK and an invoice of 100.00 to a customer who pays 2,500 CZK, both booked at 25 crowns for one of ours."""
    desk = Desk(supplier={"currency": "CZK"}, customer={"currency": "CZK"}, finance={**REVALUED, **finance})
    desk.receive(0, "PO1", 10, 1_200)
    desk.bill(0, "PO1", "F1", 300_000, currency="CZK")
    desk.sell(1, "S1", 2, 5_000)
    assert (desk.payable("F1").open_booked_minor, desk.receivable("INV-S1").open_minor) == (12_000, 250_000)
    return desk


def test_a_close_tells_open_items_at_its_rate_and_the_day_after_has_them_as_they_were() -> None:
    """At 30 crowns 3,000 CZK are 100.00 and 2,500 CZK 83.33: 20.00 less is owed, and 16.67 less is to come (IAS 21.23)."""
    desk = owing_both_ways()
    desk.round(e.ExchangeRateEntered(effective_us=day(2), currency="CZK", rate="30", person="anna", terminal="office"))
    assert desk.refusals() == []
    before = dict(desk.balances)
    close(desk, CLOSED_US, day(3) + 1)
    then = stood(desk, CLOSED_US - 1)
    assert (then["payables_revaluation"], then["receivables_revaluation"], then["exchange_difference_unrealised"]) == (2_000, -1_667, -333)
    assert (then["accounts_payable"], then["accounts_receivable"]) == (-12_000, 10_000), "items stay as booked, beside their revaluation"
    assert desk.balances == before, "taken back, as of the first instant that is open"
    assert stood(desk, CLOSED_US) == {it: minor for it, minor in before.items() if minor}
    told = cash_flow(desk.erp.ledger, None, CLOSED_US)
    assert all(it.amount_minor == 0 for it in told if it.line == "Change of cash"), "no cash has moved"


def test_what_was_revalued_is_realised_by_its_payment_alone_and_only_what_is_left_of_it_is_revalued_again() -> None:
    desk = owing_both_ways()
    close(desk, CLOSED_US, day(3))  # up to the last instant of the 4th, at 25: nothing is worth more or less
    assert not [it for it in desk.erp.ledger.entries if it.document.startswith("revaluation")]
    desk.pay(3, "F1", 150_000, 5_000, currency="CZK")  # half of it, at 30
    assert desk.balances["exchange_difference"] == 5_000 - 6_000
    close(desk, day(4), day(4), "the 5th")
    assert stood(desk, day(4) - 1)["payables_revaluation"] == 1_000
    desk.pay(4, "F1", 150_000, 5_769, currency="CZK")  # the rest at 26
    assert desk.balances["exchange_difference"] == -1_000 + 5_769 - 6_000
    assert "payables_revaluation" not in desk.balances
    assert desk.run().journal.head


def test_money_on_account_is_for_goods_to_come_and_stays_as_it_came() -> None:
    desk = owing_both_ways()
    desk.cash(2, "", 100_000, payment="ADVANCE", currency="CZK", paid=4_000)
    close(desk, day(4), day(4))
    assert stood(desk, day(4) - 1)["receivables_revaluation"] == -1_667


@pytest.mark.parametrize("finance", [{"revaluation": "never"}, {}])
def test_who_declares_it_not_has_no_such_entries(finance: dict[str, Any]) -> None:
    desk = Desk(supplier={"currency": "CZK"}, finance={**FINANCE, **finance})
    desk.receive(0, "PO1", 10, 1_200)
    desk.bill(0, "PO1", "F1", 300_000, currency="CZK")
    close(desk, day(4), day(4))
    assert "payables_revaluation" not in stood(desk, day(4) - 1)
