"""What the office's pages show is what the books say; a long list comes in parts that are the list."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import twin
from twin.erp.accounting.valuation.variances import ACCOUNTS_OF_VARIANCES
from twin.results.run import Run
from twin.results.views.business.finance import entry_opened, postings_of, statements_of, work_of
from twin.results.views.business.month_end import periods_now
from twin.results.views.business.orders import orders_now, promisable
from twin.results.views.business.owed import payables_now, receivables_now
from twin.results.views.business.parts import found, part_of
from twin.results.views.business.plan import plan_now
from twin.results.views.business.purchasing import purchasing_now


@pytest.fixture(scope="module")
def run(root: Path) -> Run:
    return twin.simulate(root / "plant_models/gearbox_shop", until="3 d", seed=1)


@pytest.mark.slow
def test_every_figure_of_finance_is_that_of_the_ledger_and_opens_to_it(run: Run) -> None:
    balances, now = run.erp.ledger.balances, statements_of("since the start")(run)
    assert now.debit_minor == now.credit_minor
    for row in now.balance:
        if row.account and row.account != "result":
            legs = postings_of(row.account, "since the start")(run)
            assert abs(sum(leg.amount_minor for leg in legs)) == abs(row.amount_minor)
    assert receivables_now(run).all.open_minor == balances["accounts_receivable"]
    assert payables_now(run).all.open_minor == -balances["accounts_payable"]
    work = work_of("since the start")(run)
    assert work.wip_booked_minor == balances["work_in_progress"]
    assert work.variance_minor == sum(balances[account] for account in ACCOUNTS_OF_VARIANCES)
    assert periods_now(run).periods[-1].booked_minor == now.result_minor


def test_every_entry_opens_down_to_something_that_nothing_has_caused(run: Run) -> None:
    entries = run.erp.ledger.entries
    for number in range(0, len(entries), max(1, len(entries) // 15)):
        opened = entry_opened(number)(run)
        assert opened
        assert [(account, amount) for account, _, amount in opened.legs] == list(entries[number].legs)
        assert opened.steps[0].event in ("JournalPosted", "LateJournalPosted")
        assert opened.steps[-1].said_by == "simulated"
    assert entry_opened(len(entries))(run) is None


def test_orders_plan_and_purchases_are_those_of_the_erp(run: Run) -> None:
    orders, plan = orders_now(run), plan_now(run)
    assert {it.order for it in orders.orders} == set(run.erp.customer_orders.orders)
    assert orders.open_count + orders.shipped_count == len(orders.orders)
    assert {it.order for it in purchasing_now(run).orders} == set(run.erp.purchasing.orders)
    assert {it.material for it in promisable(plan)} == {name for name, it in run.plant.materials.materials.items() if it.price}
    for it in orders.orders:
        if it.is_open:
            served = sum(row.peg.quantity for row in plan.down(it.order) if row.depth == 0)
            assert served == it.stands.quantity - it.shipped, "what serves an order is not what is open of it"


@given(rows=st.lists(st.integers(0, 99)), size=st.integers(1, 20))
@settings(max_examples=40)
def test_parts_of_a_list_are_the_list(rows: list[int], size: int) -> None:
    parts = [part_of(rows, number, size) for number in range(part_of(rows, 0, size).count)]
    assert [row for part in parts for row in part.rows] == rows
    assert [part.is_last for part in parts] == [False] * (len(parts) - 1) + [True]
    assert all(row == 7 for row in found(rows, "7", lambda row: "seven 7" if row == 7 else "other"))
