"""The law of trade: whatever is ordered, received, billed, returned, shipped and paid, in any order, nothing is billed or paid twice, and
once all of it is settled nothing is left on goods received not billed, on what we owe and on what is owed to us."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rooms.erp.small_shop import DAY_US, balances
from tests.rooms.procurement.trading_shop import Office
from twin.model import events as e

ORDERS = {"housing": 1, "part": 3, "thing": 7}
"""Purchase orders, called after their materials: at standard, at moving average, by FIFO; and for how many pieces their prices are."""
ITEMS = {
    "housing": {"kind": "purchased", "standard_cost": "41.99 EUR", "price": "60 EUR", "supplier": "foundry"},
    "part": {"kind": "purchased", "valuation": "moving_average", "price": "7 EUR", "price_per": 3, "supplier": "foundry"},
    "thing": {"kind": "purchased", "valuation": "fifo", "price": "0.10 EUR", "price_per": 7, "supplier": "foundry"},
}

Step = tuple[str, str, int, int]
steps = st.lists(
    st.tuples(
        st.sampled_from(["receive", "bill", "bill two", "return", "correct", "sell", "take back", "close", "release", "pay", "collect"]),
        st.sampled_from(sorted(ORDERS)), st.integers(1, 9), st.integers(0, 130),
    ),
    max_size=25,
)  # fmt: skip


class Trade(Office):
    """Anything happens at an office of three purchase orders; at the end all of it is settled."""

    def __init__(self, one_by_one: bool) -> None:
        super().__init__({"gear": 1}, materials=ITEMS, customers={"acme": {"partial": "allowed"}})
        self.one_by_one = one_by_one
        self.count = 0
        for name in ORDERS:
            self.place(name, 30, 4_199 if name == "housing" else 100, material=name)

    def number(self) -> str:
        self.count += 1
        return f"N{self.count}"

    def step(self, kind: str, order: str, quantity: int, price: int) -> None:
        at = {"effective_us": self.now_us, "order": order}
        came = self.erp.matching.came(order)
        match kind:
            case "receive":
                self.receive(order, quantity, price or None, lot=self.number())
            case "bill":
                self.bill(order, quantity, quantity * price or 1)
            case "bill two":
                two = [*ORDERS, *ORDERS][list(ORDERS).index(order) :][:2]
                about = {"supplier": "foundry", "bill": self.number(), "quantity": quantity, "net_minor": quantity * price}
                self.say(e.BillEntered, order=two[0], more_lines=((two[1], price + 1, 1),), **about)
            case "return":
                lots = self.erp.stock.first_in_first_out(order)
                lot = lots[0][0] if lots else order
                self.round(e.GoodsReturned(**at, lot=lot, material=order, quantity=min(quantity, max(1, came)), credit_minor=price))
            case "correct":
                lots = [lot for of, lot in self.erp.corrections.deliveries if of == order]
                about: dict[str, Any] = {"material": order, "quantity": quantity, "unit_price_minor": price}
                self.round(e.GoodsReceiptCorrected(**at, lot=lots[price % len(lots)] if lots else "none", **about))
            case "sell":
                sold: dict[str, Any] = {"customer": "acme", "material": order, "quantity": quantity, "due_us": self.now_us + DAY_US}
                self.round(e.SalesOrderConfirmed(**{**at, "order": self.number()}, **sold, unit_price_minor=price))
            case "take back":
                sales = sorted(self.erp.customer_orders.orders)
                self.say(e.ReturnAccepted, order=sales[price % len(sales)] if sales else "none", quantity=quantity, reason="unfit")
            case "close":
                self.say(e.PurchaseOrderClosed, order=order, reason="enough") if price < 20 else None
            case "release":
                self.release()
            case "pay":
                self.pay(quantity)
            case "collect":
                self.collect(quantity)

    def bill(self, order: str, quantity: int, net: int) -> None:
        about: dict[str, Any] = {"supplier": "foundry", "bill": self.number(), "net_minor": net, "quantity": quantity}
        self.round(e.BillReceived(effective_us=self.now_us, order=order, **about))

    def release(self) -> None:
        for supplier, number in sorted({key[:2] for key in self.erp.matching.blocked}):
            self.say(e.BillReleaseRequested, supplier=supplier, bill=number, reason="settled by telephone")

    def pay(self, most: int = 1_000) -> None:
        for it in [*self.erp.settlement.items.open["payable"].values()][:most]:
            self.say(e.PaymentOrdered, supplier=it.party, bill=it.item)

    def collect(self, most: int = 1_000) -> None:
        for it in [*self.erp.settlement.items.open["receivable"].values()][:most]:
            about: dict[str, Any] = {"payment": self.number(), "customer": it.party, "invoice": it.item}
            self.round(e.CashReceived(effective_us=self.now_us, **about, amount_minor=it.open_minor, paid_minor=it.open_minor))

    def settle(self) -> None:
        """Whatever came is billed, what is billed beyond it is credited; all of it is released and paid."""
        for order in ORDERS:
            if rest := self.erp.matching.came(order) - self.erp.matching.billed(order):
                left = self.erp.ledger.unbilled.get(order, 0)
                self.bill(order, rest, left if left * rest > 0 else rest)
        self.release()
        self.pay()
        self.collect()


@pytest.mark.slow
@settings(deadline=None, max_examples=40)
@given(steps, st.booleans())
def test_nothing_is_billed_or_paid_twice_and_nothing_is_left_in_the_end(happened: list[Step], one_by_one: bool) -> None:
    trade = Trade(one_by_one)
    for step in happened:
        trade.step(*step)
    trade.settle()
    erp = trade.erp
    assert erp.matching.unsettled() == {}
    for account in ("goods_received_not_billed", "accounts_payable", "accounts_receivable"):
        assert account not in balances(erp), account
    for order in ORDERS:
        assert erp.matching.billed(order) == erp.matching.came(order)
    bills = erp.settlement.items.payables.values()
    assert sum(it.paid_minor for it in bills) == sum(it.net_minor for it in erp.matching.bills.values())
    assert all(it.paid_minor == it.amount_minor for it in bills)
    for it in erp.customer_orders.orders.values():
        assert it.invoiced_minor == it.to_invoice_minor(0) + it.invoiced_minor <= it.net_minor
        assert erp.returning.credited.get(it.order, 0) <= it.invoiced_minor
