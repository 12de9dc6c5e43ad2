"""Trial balance, income statement, balance sheet: they agree with one another, at every instant and for every window."""

from __future__ import annotations

import dataclasses

import pytest

from tests.rooms.erp.small_shop import DAY_US, HOUR_US, START_US, Carried, labour, machine, material_actual, order, response, small_erp
from twin.model.events import Heartbeat
from twin.model.settlement.chart import ACCOUNTS

T = START_US + 7 * HOUR_US
INSTANTS = [START_US, T, T + HOUR_US, T + 2 * HOUR_US, START_US + DAY_US, START_US + 2 * DAY_US]


@pytest.fixture(scope="module")
def carried() -> Carried:
    """A day and an order: two gearboxes of stock parts, fitted, shipped, invoiced."""
    carried = Carried(small_erp())
    carried.start(steel=12_345, gear=4, housing=2)
    carried.round(order(T, "SO1", 2))
    carried.round(
        material_actual(T, "Consumed", "gear", 4, request="SO1-gearbox", lot="open-gear"),
        material_actual(T, "Consumed", "housing", 2, request="SO1-gearbox", lot="open-housing"),
    )
    carried.round(
        machine(T + HOUR_US, "bench_1", "SO1-gearbox", run_us=HOUR_US),
        labour(T + HOUR_US, "ben", "SO1-gearbox", HOUR_US),
        material_actual(T + HOUR_US, "Produced", "gearbox", 2, request="SO1-gearbox"),
        response(T + HOUR_US, "SO1-gearbox", "gearbox", good=2),
    )
    carried.round(Heartbeat(effective_us=START_US + DAY_US, reason="shift"))
    return carried


def test_debits_are_credits(carried: Carried) -> None:
    for at_us in [*INSTANTS, None]:
        rows = carried.erp.trial_balance(at_us)
        assert sum(row.debit_minor for row in rows) == sum(row.credit_minor for row in rows)


def test_assets_are_liabilities_and_equity(carried: Carried) -> None:
    for at_us in [*INSTANTS, None]:
        totals = [row.amount_minor for row in carried.erp.balance_sheet(at_us) if row.is_total]
        assert len(totals) == 2
        assert totals[0] == totals[1]


def test_the_result_of_the_balance_sheet_is_that_of_the_income_statement(carried: Carried) -> None:
    for at_us in INSTANTS:
        result = next(row.amount_minor for row in carried.erp.balance_sheet(at_us) if row.account == "result")
        assert result == carried.erp.income_statement(None, at_us + 1)[-1].amount_minor


def test_windows_that_meet_add_up(carried: Carried) -> None:
    whole = [row.amount_minor for row in carried.erp.income_statement()]
    parts = [carried.erp.income_statement(a, b) for a, b in zip([None, *INSTANTS], [*INSTANTS, None], strict=True)]
    assert [sum(row.amount_minor for row in rows) for rows in zip(*parts, strict=True)] == whole


def test_the_postings_of_an_account_are_its_balance(carried: Carried) -> None:
    for row in carried.erp.trial_balance():
        assert sum(leg.amount_minor for leg in carried.erp.postings(row.account)) == row.debit_minor - row.credit_minor
    assert len({leg.entry for leg in carried.erp.postings()}) == len(carried.erp.ledger.entries)


def test_every_account_stands_in_one_statement(carried: Carried) -> None:
    shown = [row.account for row in (*carried.erp.income_statement(), *carried.erp.balance_sheet()) if row.account]
    assert sorted(shown) == sorted([*(it for it in ACCOUNTS if it != "result_carried"), "result"]), (
        "what was carried is in the result so far"
    )
    numbers = [account.number for account in ACCOUNTS.values()]
    assert numbers == sorted(set(numbers))


def test_the_income_statement_of_an_exact_order_shows_only_idle_time(carried: Carried) -> None:
    """Work as planned: no variance. Paid 560.00 and worked 40.00 of it; machines cost 1,008.00 and ran for 6.00."""
    amounts = {row.title: row.amount_minor for row in carried.erp.income_statement() if row.is_total}
    assert amounts == {
        "Gross profit": 50_000 - 2 * 8_169,
        "Losses and variances": 0,
        "Labour not absorbed": -56_000 + 4_000,
        "Machine time not absorbed": -100_800 + 600,
        "Energy not absorbed": 0,
        "Overhead not absorbed": 0,
        "Maintenance": 0,
        "Other earnings": 0,
        "General costs": 0,
        "Settlement": 0,
        "Operating result": 50_000 - 2 * 8_169 - 52_000 - 100_200,
    }


def test_rows_are_frozen(carried: Carried) -> None:
    rows = [
        *carried.erp.trial_balance(),
        *carried.erp.balance_sheet(),
        *carried.erp.postings(),
        *carried.erp.orders(T),
        *carried.erp.request_costs(),
        *carried.erp.stock_rows(),
        *carried.erp.stock_lots(),
        *carried.erp.purchase_orders(),
        *carried.erp.work_in_progress(T),
    ]
    for row in rows:
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(row, dataclasses.fields(row)[0].name, "x")


def test_the_value_of_the_lots_is_the_value_of_the_stock(carried: Carried) -> None:
    for row in carried.erp.stock_rows():
        lots = [lot for lot in carried.erp.stock_lots() if lot.material == row.material]
        assert sum(lot.value_minor for lot in lots) == row.value_minor
        assert sum(lot.quantity for lot in lots) == row.on_hand
