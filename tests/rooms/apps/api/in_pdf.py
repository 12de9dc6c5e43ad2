"""What programs of the tests take as PDF, read back amount by amount."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable
from typing import Any

from tests.pdf_text import words_of


def pdfs_say_every_amount(ask: Callable[..., Any], address: str, token: str) -> None:
    """Read back amount by amount: income and balance behind their titles, each account's side, each order's worth."""

    def said(path: str) -> list[str]:
        request = urllib.request.Request(address + path, headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert answer.headers["content-type"] == "application/pdf"
            return words_of(answer.read())

    span = "until=2026-03-03T06:00:00Z"
    statements = said(f"/exports/statements.pdf?{span}")
    for name in ("income", "balance"):
        for line in ask(f"/statements/{name}?{span}")[1]["lines"]:
            if line["amount_minor"] or line["title"] in statements:  # an account on which nothing stands may be left out
                assert f"{line['amount_minor'] / 100:,.2f}" == statements[statements.index(line["title"]) + 1], line
    for it in ask(f"/statements/trial-balance?{span}")[1]["accounts"]:
        amount = f"{max(it['debit_minor'], it['credit_minor']) / 100:,.2f}"
        assert amount == "0.00" or any(
            amount in statements[place : place + 4] for place, word in enumerate(statements) if word == it["title"]
        )
    orders = said("/exports/orders.pdf")
    for order in ask("/orders?most=500")[1]:
        assert f"{order['net_minor'] / 100:,.2f}" in orders[orders.index(order["order"]) :][:14], order
    stock = said("/exports/stock.pdf")
    for it in ask("/stock")[1]:
        assert f"{it['value_minor'] / 100:,.2f}" in stock[stock.index(it["material"]) :][:12], it
