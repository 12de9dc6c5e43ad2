"""What programs of the tests read of the office, held against the run that tells it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from tests.rooms.apps.api.tokens import ALL_BUT, LOOKER
from tests.rooms.apps.office.test_camt import CAMT
from twin.erp.accounting.ledger import STOCK_ACCOUNT
from twin.erp.accounting.valuation.variances import ACCOUNTS_OF_VARIANCES
from twin.results.run import Run
from twin.results.warehouse.stock_now import stock_now


def what_is_owed_dearer_and_in_bins(ask: Callable[..., Any], run: Run, balances: Mapping[str, int]) -> None:
    """Open items are their accounts, variances and a dimension too; bins and pick lists are those of the warehouse."""
    for side, account, sign in (("receivables", "accounts_receivable", 1), ("payables", "accounts_payable", -1)):
        owed = sum(it["open_minor"] for it in ask(f"/open-items/{side}?most=500")[1])
        *parties, every = ask(f"/ageing/{side}")[1]
        assert owed == every["open_minor"] == sum(it["open_minor"] for it in parties) == sign * balances[account]
        *_, then = ask(f"/ageing/{side}?until=2026-03-01T00:00:00Z")[1]
        assert then["open_minor"] == 0 == len(ask(f"/open-items/{side}?until=2026-03-01T00:00:00Z")[1])
    for of, accounts in (("stock", set(STOCK_ACCOUNT.values())), ("work-in-progress", {"work_in_progress"})):
        worth = sum(it["value_minor"] for it in ask(f"/worth/{of}?most=500")[1])
        assert worth == sum(balances[it] for it in accounts) != 0
        assert ask(f"/worth/{of}?until=2026-03-01T00:00:00Z")[1] == []
    *earned, result = ask("/margins/customer?most=500")[1]
    assert (sum(it["margin_minor"] for it in earned), result["is_total"]) == (result["margin_minor"], True)
    assert ask("/bank-lines")[1] == [] == list(run.erp.settlement.bank.lines)
    told = ask("/variances?most=500")[1]
    assert sum(it["amount_minor"] for it in told) == sum(balances[account] for account in ACCOUNTS_OF_VARIANCES)
    assert ask("/variances?until=2026-03-01T00:00:00Z")[1] == []
    cells = ask("/dimensions/work_center?most=500")[1]
    assert sum(it["amount_minor"] for it in cells if it["account"] == "machine_cost") == balances["machine_cost"]
    assert "hobbing" in {it["name"] for it in cells}
    scores, known = ask("/scorecards")[1], run.erp.scorecards.rows(run.now_us)
    assert {it["supplier"]: it["counted"] for it in scores if it["order_count"]} == {it.supplier: it.orders for it in known}
    assert {it["bin"] for it in ask("/bins")[1]} == set(run.plant.layout.warehouse.bins)  # type: ignore[union-attr]
    assert [it["pick_list"] for it in ask("/pick-lists")[1]] == [it.pick_list for it in stock_now(run).pick_lists]
    order, bought = next(iter(run.erp.customer_orders.orders.values())), next(iter(run.erp.purchasing.orders.values()))
    assert ask(f"/papers/order_confirmation/{order.whole}")[1]["sums"][0] == {"title": "Net", "amount_minor": order.net_minor}
    assert ask(f"/papers/purchase_order/{bought.order}")[1]["receiver"][0] == run.plant.materials.suppliers[bought.supplier].title
    assert ask("/papers/invoice/INV-0")[:2][0] == ask("/papers/invoice/INV-0?form=pdf")[0] == 404
    assert ask("/papers/purchase_order/P1", token=ALL_BUT["finance"])[0] == 404
    assert ask("/papers/invoice/INV-0", token=ALL_BUT["finance"])[1]["detail"].endswith("; allowed: finance")


def bills_are_set_off_and_sent_back(ask: Callable[..., Any], run: Run, supplier: str) -> None:
    held = {"blanket": "B1", "supplier": "bearings", "material": "BRG1", "quantity": 500, "unit_price_minor": 590}
    until = {"from": "2026-03-01T12:00:00Z", "until": "2026-06-01T12:00:00Z"}
    assert ask("/entries/blanket-order-agreed", {**held, **until})[0] == 201
    assert [(it["blanket"], it["open"], it["until"]) for it in ask("/blanket-orders")[1]] == [("B1", 500, until["until"])]
    for path in ("/scorecards", "/blanket-orders"):
        assert ask(path, token=LOOKER)[0] == 403
    rent = {"supplier": supplier, "bill": "R-1", "cost_lines": [["rent", 12000, ""], ["services", 3000, "hobbing"]]}
    early = ask("/entries/cost-bill-entered", {**rent, "happened": "2025-12-31T12:00:00Z"})
    assert (early[0], "and the books begin" in early[1]["detail"]) == (409, True)
    dated_us = run.now_us - 60_000_000
    happened = datetime.fromtimestamp(dated_us / 1e6, UTC).isoformat()
    assert ask("/entries/cost-bill-entered", {**rent, "happened": happened})[0] == 201
    assert run.erp.settlement.items.payables[supplier, "R-1"].issued_us == dated_us
    assert "is booked already" in ask("/entries/cost-bill-entered", rent)[1]["detail"]
    owed = run.erp.settlement.items.payables[supplier, "R-1"]
    assert owed.open_minor == 15_000
    assert ask("/entries/cost-bill-entered", {"supplier": supplier, "bill": "C-1", "cost_lines": [["rent", -4000, ""]]})[0] == 201
    both = {"side": "payable", "party": supplier, "item": "R-1", "credit": "C-1"}
    assert "allowed: above zero, and 40.00 at most" in ask("/entries/set-off-entered", {**both, "amount_minor": 4001})[1]["detail"]
    assert ask("/entries/set-off-entered", {**both, "amount_minor": 1000})[0] == 201
    assert owed.open_minor == 14_000
    assert ask("/entries/payment-taken-back", {"payment": "SET-1", "reason": "another bill"})[0] == 201
    undone = ask("/entries/bank-match-undone", {"statement": "S9", "number": 1, "reason": "another's"})
    assert (undone[0], undone[1]["detail"]) == (409, "line 1 of statement 'S9' is not known")
    for bill in ("R-1", "C-1"):
        assert ask("/entries/bill-rejected", {"supplier": supplier, "bill": bill, "reason": "not ours"})[0] == 201
    assert (run.erp.ledger.balances["rent"], run.erp.ledger.balances["accounts_payable"]) == (0, 0)


def a_statement_is_handed_in(ask: Callable[..., Any], run: Run) -> None:
    """Once: under its key again it changes nothing, under another it was handed in already."""
    file = {"content": base64.b64encode(CAMT.replace("2026-03-01", "2026-03-02").encode()).decode()}
    assert ask("/bank-statements", file, key="camt")[0] == 201
    assert [(it.received.statement, it.received.amount_minor) for it in run.erp.settlement.bank.lines.values()] == [
        ("2026-03/1", 100_000), ("2026-03/1", 25_000), ("2026-03/1", -1_990),
    ]  # fmt: skip
    assert ask("/bank-statements", file, key="camt")[2]["idempotency-replayed"] == "true"
    status, document, _ = ask("/bank-statements", file)
    assert (status, "statement '2026-03/1' was handed in already" in document["detail"]) == (409, True)
    assert len(ask("/bank-lines")[1]) == 3
