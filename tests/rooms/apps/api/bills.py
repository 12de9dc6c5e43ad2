"""What programs of the tests say of bills: entered, set off against a credit note, taken back, sent back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twin.results.run import Run


def bills_are_set_off_and_sent_back(ask: Callable[..., Any], run: Run, supplier: str) -> None:
    rent = {"supplier": supplier, "bill": "R-1", "cost_lines": [["rent", 12000, ""], ["services", 3000, "hobbing"]]}
    assert ask("/entries/cost-bill-entered", rent)[0] == 201
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
