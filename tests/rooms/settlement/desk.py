"""A small shop whose bills, invoices and payments are told, and whose terms a test declares."""

from __future__ import annotations

from typing import Any

from tests.rooms.erp.small_shop import DAY_US, ITEMS, LAYOUT, START_US, Carried, of_type, plant
from twin.erp import Erp
from twin.erp.settlement.open_items import OpenItem
from twin.model.events import (
    BillReceived,
    CashReceived,
    Entry,
    EntryRefused,
    GoodsReceived,
    GoodsShipped,
    Heartbeat,
    OperationsEvent,
    PaymentMade,
    PurchaseOrderPlaced,
    SalesOrderConfirmed,
    WorkAlertRaised,
)
from twin.model.scenario import Policies, Scenario
from twin.model.states import Source
from twin.results.run import Run
from twin.run import replay
from twin.store.journal import MemoryJournal

FINANCE: dict[str, Any] = {
    "tax_codes": {"vat": {"rate": "20 %", "title": "Value added tax"}, "reduced": {"rate": "7 %"}},
    "currencies": {"CZK": [{"since": f"2026-03-{on:02}", "rate": rate} for on, rate in ((1, 25), (5, 30), (6, 26))]},
    "dunning": [{"after": "7 d"}, {"after": "21 d", "fee": "5 EUR"}],
}


def day(number: int) -> int:
    """Midnight of the day, the first of them day 0."""
    return START_US + number * DAY_US


class Desk(Carried):
    """Carries what is bought, sold and paid; every round must leave the books in order."""

    def __init__(
        self, *, supplier: dict[str, Any] | None = None, customer: dict[str, Any] | None = None, payments: dict[str, Any] | None = None,
        housing: dict[str, Any] | None = None, finance: dict[str, Any] | None = None, **policies: Any,
    ) -> None:  # fmt: skip
        items = {
            **ITEMS,
            "materials": {**ITEMS["materials"], "housing": {**ITEMS["materials"]["housing"], **(housing or {})}},
            "suppliers": {**ITEMS["suppliers"], "foundry": {"lead_time": "5 d", "terms": supplier}},
            "customers": {"acme": {"terms": customer}, "zenith": {}},
            "finance": FINANCE if finance is None else finance,
        }
        self.plant = plant(LAYOUT, items)
        self.policies = {"payments": payments or {}, "planning": "told", **policies}
        self.facts: list[OperationsEvent] = []
        super().__init__(Erp(self.plant, Policies.model_validate(self.policies)))
        self.start()

    def round(self, *facts: OperationsEvent) -> list[OperationsEvent]:
        self.facts += facts
        return super().round(*facts)

    def run(self, *, as_said: bool = False) -> Run:
        """The same facts along the path of every run; `as_said`: each when it was told, and not as of when it was."""
        told = MemoryJournal()
        for it in self.facts if as_said else ():
            told.append(it, source=Source.USER if isinstance(it, Entry) else Source.SIMULATED)
        return replay([*told.entries()] or self.facts, self.plant, self.scenario)

    @property
    def scenario(self) -> Scenario:
        asked = {"plant": "small_shop", "start": "2026-03-02T00:00:00+00:00", "horizon": "60 d", "policies": self.policies}
        return Scenario.model_validate(asked)

    @property
    def balances(self) -> dict[str, int]:
        """What is not zero."""
        return {account: minor for account, minor in self.erp.ledger.balances.items() if minor}

    def receive(self, on: int, name: str, quantity: int, price: int) -> None:
        """Housings come from the foundry, ordered and received at one instant."""
        base: dict[str, Any] = {"order": name, "supplier": "foundry", "material": "housing", "quantity": quantity}
        self.round(
            PurchaseOrderPlaced(effective_us=day(on), unit_price_minor=price, due_us=day(on), **base),
            GoodsReceived(effective_us=day(on), unit_price_minor=price, lot=name, **base),
        )

    def bill(self, on: int, order: str, bill: str, net: int, **fields: Any) -> list[Any]:
        return self.round(BillReceived(effective_us=day(on), order=order, supplier="foundry", bill=bill, net_minor=net, **fields))

    def sell(self, on: int, name: str, quantity: int, price: int, customer: str = "acme") -> None:
        """Housings that are in stock are sold, and leave with their invoice."""
        self.round(
            SalesOrderConfirmed(
                effective_us=day(on), order=name, customer=customer, material="housing", quantity=quantity, due_us=day(on),
                unit_price_minor=price,
            )
        )  # fmt: skip
        assert any(isinstance(it, GoodsShipped) and it.order == name for it in self.journal)

    def pay(self, on: int, bill: str, amount: int, paid: int | None = None, payment: str = "", **fields: Any) -> list[Any]:
        """So much of a bill has left the account."""
        own = amount if paid is None else paid
        name = payment or f"P{on}-{bill}"
        return self.round(
            PaymentMade(
                effective_us=day(on), payment=name, supplier="foundry", bill=bill, amount_minor=amount, paid_minor=own, **fields
            )
        )  # fmt: skip

    def cash(self, on: int, invoice: str, amount: int, payment: str = "", customer: str = "acme", **fields: Any) -> list[Any]:
        """A customer has paid."""
        name, paid = payment or f"C{on}-{invoice}", fields.pop("paid", amount)
        return self.round(
            CashReceived(
                effective_us=day(on), payment=name, customer=customer, invoice=invoice, amount_minor=amount, paid_minor=paid, **fields
            )
        )  # fmt: skip

    def passes(self, until: int) -> None:
        """Nothing happens but days, one heartbeat each."""
        last = max(it.effective_us for it in self.facts)
        for on in range((last - START_US) // DAY_US + 1, until + 1):
            self.round(Heartbeat(effective_us=day(on), reason="clock"))

    def payable(self, bill: str) -> OpenItem:
        return self.erp.settlement.items.payables["foundry", bill]

    def receivable(self, invoice: str) -> OpenItem:
        return self.erp.settlement.items.receivables[invoice]

    def refusals(self) -> list[str]:
        return [it.reason for it in of_type(self.journal, EntryRefused)]

    def alerts(self) -> list[str]:
        return [f"{it.alert}: {it.message}" for it in of_type(self.journal, WorkAlertRaised)]
