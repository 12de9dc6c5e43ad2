"""A month of a small office, with what is booked daily (`a_rarer_month` has the rest): rounds of facts at instants; its books as values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

from tests.rooms.erp.small_shop import DAY_US, HOUR_US, ITEMS, LAYOUT, START_US, plant
from twin.model import events as e
from twin.model.scenario import Scenario
from twin.model.states import Source, WorkUnitState
from twin.results.run import Run
from twin.store.journal import Journal

OFFICE = {
    **ITEMS,
    "materials": {
        **ITEMS["materials"],
        "housing": {**ITEMS["materials"]["housing"], "valuation": "fifo"},
        "oil": {"kind": "purchased", "unit": "g", "standard_cost": "1 EUR", "supplier": "mill", "valuation": "moving_average"},
    },
    "overheads": {"rent": {"per": "piece", "rate": "1 EUR"}},
    "suppliers": {**ITEMS["suppliers"], "foundry": {"lead_time": "5 d", "terms": {"tax": "vat"}}},
    "customers": {"acme": {"terms": {"due": "1 d", "tax": "vat"}}},
    "finance": {"tax_codes": {"vat": {"rate": "20 %"}}, "dunning": [{"after": "1 d", "fee": "5 EUR"}]},
}
PLANT = plant(LAYOUT, OFFICE)
SCENARIO = Scenario.model_validate(
    {"plant": "small_shop", "start": "2026-03-02T00:00:00+00:00", "horizon": "60 d", "policies": {"planning": "told", "release": "push"}}
)
CLERK = {"person": "anna", "terminal": "office"}


def _buying() -> Iterator[list[e.OperationsEvent]]:
    yield [e.Heartbeat(effective_us=0, reason="start"), e.StockCounted(effective_us=0, material="steel", lot="open", quantity=20_000)]
    housings: dict[str, Any] = {"order": "PO1", "supplier": "foundry", "material": "housing", "unit_price_minor": 4_000}
    yield [e.PurchaseOrderPlaced(effective_us=0, quantity=9, due_us=0, **housings)]
    yield [e.GoodsReceived(effective_us=0, quantity=8, lot="H1", **housings)]
    bill: dict[str, Any] = {"order": "PO1", "supplier": "foundry"}
    yield [e.BillReceived(effective_us=0, bill="F1", net_minor=32_000, tax_minor=6_400, quantity=8, **bill)]
    yield [e.GoodsReturned(effective_us=0, order="PO1", lot="H1", material="housing", quantity=1, credit_minor=4_000)]
    yield [e.BillReceived(effective_us=0, bill="F2", net_minor=-4_000, tax_minor=-800, quantity=-1, **bill)]
    yield [e.BillReceived(effective_us=0, bill="F3", net_minor=99_000, quantity=1, **bill)]  # more than was ordered: blocked
    yield [e.BillReleaseRequested(effective_us=0, supplier="foundry", bill="F3", reason="agreed by telephone", **CLERK)]
    yield [e.PaymentOrdered(effective_us=0, supplier="foundry", bill="F1", amount_minor=20_000, **CLERK)]
    yield [e.PaymentMade(effective_us=0, payment="P1", supplier="foundry", bill="F1", amount_minor=10_000, paid_minor=10_000)]
    yield [e.LandedCostAllocated(effective_us=0, order="PO1", amount_minor=700, receipts=(("PO1", "H1", 7),))]
    oil: dict[str, Any] = {"order": "PO2", "supplier": "mill", "material": "oil", "unit_price_minor": 100}
    yield [
        e.PurchaseOrderPlaced(effective_us=0, quantity=50, due_us=0, **oil),
        e.GoodsReceived(effective_us=0, quantity=50, lot="O1", **oil),
    ]
    yield [e.GoodsReceiptCorrected(effective_us=0, order="PO2", lot="O1", material="oil", quantity=50, unit_price_minor=120)]


def _making() -> Iterator[list[e.OperationsEvent]]:
    yield [e.OperationsRequestReleased(effective_us=0, request="R1", material="gear", quantity=10, due_us=0)]
    for operation, good in (("hob", 9), ("deburr", 9)):
        at: dict[str, Any] = {"effective_us": 0, "equipment": "hob_1", "job_order": f"R1/{operation}"}
        yield [e.EquipmentStateChanged(**at, person="anna", state=WorkUnitState.EXECUTE)]
        yield [e.Heartbeat(effective_us=0, reason="shift"), e.EnergyMetered(**at, energy_wh=12_000)]
        yield [e.CountObserved(**at, good=good, scrap=10 - good if operation == "hob" else 0)]
        yield [e.EquipmentStateChanged(effective_us=0, equipment="hob_1", state=WorkUnitState.IDLE)]
    yield [e.MaterialActual(effective_us=0, use="Scrapped", material="gear", quantity=1, lot="R1")]
    yield [e.WorkInProcessCounted(effective_us=0, request="R2", lot="R2", material="gear", quantity=4, operation="deburr", due_us=0)]
    yield [e.OverheadIncurred(effective_us=0, overhead="rent", amount_minor=5_000, budget_minor=4_000)]


def _selling() -> Iterator[list[e.OperationsEvent]]:
    yield [
        e.SalesOrderConfirmed(effective_us=0, order=name, customer="acme", material="housing", quantity=2, due_us=0, unit_price_minor=6_000)
        for name in ("A1", "A2")
    ]
    yield [e.CashReceived(effective_us=0, payment="C1", customer="acme", invoice="INV-A1", amount_minor=4_000, paid_minor=4_000)]
    yield [e.BankLineReceived(effective_us=0, statement="S1", number=1, amount_minor=10_400, reference="INV-A1", party="acme")]
    yield [e.BankLineReceived(effective_us=0, statement="S1", number=2, amount_minor=-777, party="landlord")]
    yield [e.BankLineAssigned(effective_us=0, statement="S1", number=2, account="overhead", **CLERK)]
    yield [e.ReturnAccepted(effective_us=0, order="A1", lot="H1", quantity=1, reason="scratched", credit_minor=6_000, **CLERK)]
    yield [e.StockCounted(effective_us=0, material="housing", lot="H1", quantity=3)]
    yield [e.ValuationMethodChanged(effective_us=0, material="oil", method="fifo")]
    legs = (("overhead", 900), ("overhead_payable", -900))
    yield [e.EntryProposed(effective_us=0, document="rent-03", legs=legs, **CLERK)]
    for _ in range(9):  # until the customer is reminded
        yield [e.Heartbeat(effective_us=0, reason="clock")]
    yield [e.PeriodCloseRequested(effective_us=0, period="first week", until_us=START_US + 7 * DAY_US)]
    yield [
        e.GoodsReceiptCorrected(
            effective_us=START_US + 8 * HOUR_US, order="PO2", lot="O1", material="oil", quantity=50, unit_price_minor=130
        )
    ]
    yield [e.EntryProposed(effective_us=0, document="does-not-balance", legs=(("wages", 900), ("cash", -800)), **CLERK)]


def rounds() -> list[list[e.OperationsEvent]]:
    """Every eight hours one."""
    return at_their_instants([*_buying(), *_making(), *_selling()])


def at_their_instants(rounds: Sequence[Sequence[e.OperationsEvent]]) -> list[list[e.OperationsEvent]]:
    return [[_at(fact, START_US + number * 8 * HOUR_US) for fact in facts] for number, facts in enumerate(rounds)]


def _at(fact: e.OperationsEvent, at_us: int) -> e.OperationsEvent:
    """At its round's instant; what says itself when it was, becomes known then."""
    return replace(fact, effective_us=fact.effective_us or at_us, recorded_us=at_us)


class Rounds:
    """Rounds of facts, as a source."""

    origin = Source.SIMULATED

    def __init__(self, rounds: Sequence[Sequence[e.OperationsEvent]]) -> None:
        self._left = list(rounds)

    def advance(self) -> Sequence[e.OperationsEvent] | None:
        return self._left.pop(0) if self._left else None

    def send(self, commands: Sequence[e.OperationsEvent]) -> None:
        """Persons carry out what is decided, and tell of it."""


def begun(journal: Journal | None = None) -> Run:
    return Run(PLANT, SCENARIO, journal)


def books(run: Run) -> dict[str, object]:
    """All that is owed, owned, made, moved and said, as values that can be compared."""
    erp, items = run.erp, run.erp.settlement.items
    return {
        "entries": list(erp.ledger.entries), "closed": list(erp.ledger.closed), "balances": dict(erp.ledger.balances),
        "stock": erp.stock_rows(), "lots": erp.stock_lots(), "bank": deepcopy(erp.settlement.bank.lines), "alerts": list(erp.alerts),
        "owed": deepcopy([*items.payables.values(), *items.receivables.values()]),
        "orders": [*erp.orders(run.now_us), *erp.purchase_orders()], "requests": [*erp.request_costs(), *erp.work_in_progress(run.now_us)],
        "floor": {name: (job.status, job.good) for name, job in run.mes.job_orders.items()}, "now_us": run.now_us,
        "parts": {it: run.mes.tracking.on_hand(it) for it in run.plant.materials.materials},
    }  # fmt: skip
