"""A month in which what a small office seldom books is booked: work outside, done again and taken apart, bins, quotes, new standards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.faults.postings.a_month import CLERK, SCENARIO, at_their_instants
from tests.rooms.erp.small_shop import DAY_US, HOUR_US, LAYOUT, START_US, plant
from twin.model import events as e
from twin.model.events.labour.clocking import PersonnelActualCorrected
from twin.model.events.production import JobOrderCorrected, MaterialActualCorrected
from twin.model.states import WorkUnitState
from twin.results.run import Run
from twin.store.journal import Journal

RARER_LAYOUT: dict[str, Any] = {
    **LAYOUT,
    "work_centers": {**LAYOUT["work_centers"], "outside": {"storage": "yard"}},
    "work_units": {
        **LAYOUT["work_units"],
        "plater_1": {"equipment_class": "outside", "work_center": "outside"},
        "press_1": {"equipment_class": "press", "work_center": "cutting", "hourly_cost": "60 EUR/h"},
    },
    "process_segments": {
        **LAYOUT["process_segments"], "plating": {"work_center": "outside"},
        "pressing": {"work_center": "cutting", "personnel_class": "cutter"},
    },
    "routings": {
        "unit": {"plate": {
            "segment": "plating", "run": "3 d", "per": "lot", "subcontract": {"supplier": "plater", "price": "4 EUR"},
        }},
        "kit": {"fit": {"segment": "fitting", "run": "30 min"}, "look": {"segment": "fitting", "run": "1 min"}},
        "skim": {"part": {"segment": "pressing", "run": "1 min", "takes_apart": True}},
    },
    "energy_prices": {"blocks": {"day": {"price": "0.30 EUR/kWh", "start": "06:00", "end": "22:00"}}, "demand": "5 EUR"},
    "warehouse": {
        "receiving": "dock", "shipping": "gate", "bins": {"dock": {}, "gate": {}, "far": {"distance_m": 30}, "near": {"distance_m": 5}},
        "materials": {"part": {"picking": "fefo", "shelf_life": "90 d"}}, "packing": {"packages": {"box": {"holds": 6}}},
        "cycle_counts": {"a": {"share": 0.8, "every": "2 d"}, "b": {"share": 0.15, "every": "4 d"}, "c": {"every": "30 d"}},
    },
}  # fmt: skip
RARER_ITEMS: dict[str, Any] = {
    "materials": {
        "part": {"kind": "purchased", "standard_cost": "1 EUR", "supplier": "mill"},
        "bolt": {"kind": "purchased", "standard_cost": "1 EUR", "supplier": "mill"},
        "stand_in": {"kind": "purchased", "standard_cost": "1.10 EUR", "supplier": "mill"},
        "belt": {"kind": "purchased", "standard_cost": "7 EUR", "supplier": "mill"},
        "unit": {
            "kind": "finished", "price": "60 EUR", "lot_size": 20, "planned_lead_time": "4 d",
            "bill": [{"material": "part", "quantity": 1}],
        },
        "kit": {
            "kind": "finished", "price": "9 EUR", "lot_size": 9,
            "bill": [{"material": "bolt", "quantity": 2, "alternates": [{"material": "stand_in", "quantity": 2}]}],
        },
        "milk": {"kind": "purchased", "standard_cost": "4 EUR", "supplier": "mill", "valuation": "fifo"},
        "skim": {
            "kind": "finished", "price": "4 EUR", "lot_size": 3, "bill": [{"material": "milk", "quantity": 2}],
            "by_products": [{"material": "cream", "quantity": 1, "co_product": "sales_value"}, {"material": "whey", "quantity": 1}],
        },
        "cream": {"kind": "recovered", "price": "8 EUR", "valuation": "fifo"},
        "whey": {"kind": "purchased", "standard_cost": "0.05 EUR", "supplier": "mill"},
    },
    "suppliers": {"mill": {"lead_time": "2 d"}, "plater": {"lead_time": "3 d"}},
    "customers": {"acme": {"credit_limit": "500 EUR"}},
    "overheads": {"rent": {"per": "labour_hour", "rate": "30 EUR"}},
    "standards": {"roll_up": "on_request", "expected": {"2026-03": {"prices": {"part": "1.07 EUR"}, "hourly_costs": {"anna": "32 EUR/h"}}}},
}  # fmt: skip
RARER_PLANT = plant(RARER_LAYOUT, RARER_ITEMS)
SAID: dict[str, Any] = {"effective_us": 0, **CLERK}
LATER_US = START_US + 40 * DAY_US


def _sourcing() -> Iterator[list[e.OperationsEvent]]:
    opening = {"part": 60, "stand_in": 30, "belt": 5, "milk": 40, "bolt": 3}
    counts = [e.StockCounted(effective_us=0, material=it, lot=f"open-{it}", quantity=many) for it, many in opening.items()]
    yield [e.Heartbeat(effective_us=0, reason="start"), *counts]
    yield [e.PurchaseRequisitionRaised(**SAID, requisition="RQ1", material="part", quantity=20, due_us=LATER_US)]
    yield [e.PurchaseRequisitionApproved(effective_us=0, person="ben", terminal="office", requisition="RQ1")]
    yield [e.RfqSent(**SAID, rfq="RF1", requisition="RQ1", suppliers=("mill",), answer_by_us=LATER_US)]
    offer: dict[str, Any] = {"rfq": "RF1", "quote": "Q1", "supplier": "mill", "lead_time_us": DAY_US, "valid_until_us": LATER_US}
    yield [e.QuoteReceived(**SAID, **offer, unit_price_minor=110, breaks=((10, 105),))]
    yield [e.QuoteAccepted(**SAID, rfq="RF1", quote="Q1")]
    yield [e.GoodsReceived(effective_us=0, order="PO-RF1", lot="P1", supplier="mill", material="part", quantity=20, unit_price_minor=105)]
    yield [e.LandedCostEntered(**SAID, order="F1", amount_minor=700, split="quantity", deliveries=(("PO-RF1", "P1"),))]
    agreed: dict[str, Any] = {"blanket": "BO1", "supplier": "mill", "material": "belt", "quantity": 9, "unit_price_minor": 700}
    yield [e.BlanketOrderAgreed(**SAID, **agreed, from_us=START_US, until_us=LATER_US)]
    yield [e.BlanketOrderCalled(**SAID, blanket="BO1", quantity=4, due_us=LATER_US)]
    yield [e.PurchaseOrderChanged(**SAID, order="PO-BO1", reason="one more", quantity=5, due_us=LATER_US - DAY_US)]
    yield [e.PurchaseOrderClosed(**SAID, order="PO-BO1", reason="ordered twice")]


def _made(request: str, operation: str, equipment: str, good: int, scrap: int = 0) -> Iterator[list[e.OperationsEvent]]:
    at: dict[str, Any] = {"effective_us": 0, "equipment": equipment, "job_order": f"{request}/{operation}"}
    yield [e.EquipmentStateChanged(**at, person="anna", state=WorkUnitState.EXECUTE)]
    yield [e.CountObserved(**at, good=good, scrap=scrap), e.EnergyMetered(**at, energy_wh=2_000)]
    yield [e.EquipmentStateChanged(effective_us=0, equipment=equipment, state=WorkUnitState.IDLE)]


def _making() -> Iterator[list[e.OperationsEvent]]:
    yield [e.OperationsRequestReleased(effective_us=0, request="U1", material="unit", quantity=20, due_us=LATER_US)]
    yield [e.ServicePriceAgreed(**SAID, supplier="plater", material="unit", operation="plate", unit_price_minor=450)]
    yield from _made("U1", "plate", "plater_1", 19, 1)
    yield [e.OperationsRequestReleased(effective_us=0, request="S1", material="skim", quantity=3, due_us=LATER_US)]
    yield from _made("S1", "part", "press_1", 3)
    yield [e.OperationsRequestReleased(effective_us=0, request="K1", material="kit", quantity=9, due_us=LATER_US)]
    yield from _made("K1", "fit", "bench_1", 9)
    yield from _made("K1", "look", "bench_1", 8, 1)


def _seldom() -> Iterator[list[e.OperationsEvent]]:
    unit: dict[str, Any] = {"effective_us": 0, "request": "U1", "job_order": "U1/plate", "lot": "U1"}
    yield [JobOrderCorrected(**unit, good=18, scrap=2), *_corrected(unit, (("Produced", -1), ("Scrapped", 1)))]
    yield [e.SupplierStockCounted(**SAID, supplier="plater", material="part", lot="open-part", quantity=1, reason="count of the month")]
    yield [e.OperationsRequestReleased(effective_us=0, request="K2", material="kit", quantity=4, due_us=LATER_US)]
    yield [
        e.DispositionCarriedOut(
            effective_us=0, lot="K2", nonconformance="N1", disposition="rework", material="kit", quantity=4, job_orders=("K2/fit",)
        )
    ]
    yield from _made("K2", "fit", "bench_1", 4)
    yield [
        PersonnelActualCorrected(
            effective_us=0, request="K2", job_order="K2/fit", lot="K2", person="anna", work_us=-HOUR_US, reason="was at lunch"
        )
    ]
    grease = (("kind", "purchased"), ("standard_cost", "2 EUR"), ("supplier", "mill"))
    yield [e.MasterDataChanged(**SAID, table="materials", declared="grease", changes=grease, reason="none was needed", is_new=True)]
    yield [e.PurchaseOrderEntered(**SAID, order="G1", supplier="mill", order_lines=(("grease", 5, LATER_US, 210),))]
    yield [e.GoodsReceived(effective_us=0, order="G1.1", lot="G1.1", supplier="mill", material="grease", quantity=5, unit_price_minor=210)]
    dearer = (("standard_cost", "1.30 EUR"), ("planning.safety_stock", "4"))
    yield [e.MasterDataChanged(**SAID, table="materials", declared="part", changes=dearer, reason="the mill asks for more")]
    yield [e.StandardRollUpRequested(**SAID, material="grease", unit_price_minor=220)]
    yield [e.StandardRollUpRequested(**SAID, period="2026-03")]
    yield [e.StandardRollUpRequested(**SAID, material="belt", unit_price_minor=750)]
    yield from _made("K2", "look", "bench_1", 4)
    yield [e.UnbuildEntered(**SAID, request="K1", lot="K1", quantity=2, reason="sent back", recovered=(("stand_in", "back", 4),))]
    spare: dict[str, Any] = {"effective_us": 0, "maintenance": "M1", "material": "belt"}
    yield [e.SparePartReserved(**spare, quantity=2)]
    yield [e.SparePartIssued(**spare, lot="open-belt", quantity=2)]
    yield [e.ValuationChangeRequested(**SAID, material="bolt", method="moving_average", reason="prices move")]
    yield [e.ReceiptCorrectionEntered(**SAID, order="PO-RF1", lot="P1", quantity=19, unit_price_minor=106, reason="as billed")]
    yield [e.OverheadEntered(**SAID, order="H9", overhead="rent", amount_minor=7_550, budget_minor=7_000)]
    yield [e.PlanningParametersSet(**SAID, material="part", safety_stock=3)]
    yield [e.CostBillEntered(**SAID, supplier="plater", bill="C1", cost_lines=(("overhead_payable", 7_550, ""), ("rent", 900, "")))]
    yield [e.CostBillEntered(**SAID, supplier="plater", bill="C2", cost_lines=(("services", 400, ""),))]
    yield [e.BillRejected(**SAID, supplier="plater", bill="C2", reason="nobody was here")]
    yield [e.FreeInvoiceEntered(**SAID, customer="acme", invoice="F1", earning_lines=(("other_revenue", 3_000),), reason="repair")]
    yield [e.DebtWrittenOff(**SAID, invoice="F1", amount_minor=1_000, reason="goodwill")]
    yield [e.CashReceived(effective_us=0, payment="K9", customer="acme", invoice="", amount_minor=400, paid_minor=400)]
    yield [e.SetOffEntered(**SAID, side="receivable", party="acme", item="F1", credit="K9")]
    yield [e.PaymentTakenBack(**SAID, payment="SET-1", reason="another invoice")]
    yield [e.BankLineReceived(effective_us=0, statement="S9", number=1, amount_minor=700, reference="F1", party="Acme")]
    yield [e.BankMatchUndone(**SAID, statement="S9", number=1, reason="it is of another invoice")]
    yield [e.PaymentTakenBack(**SAID, payment="K9", reason="returned")]
    yield [e.OpeningItemEntered(**SAID, side="receivable", party="acme", item="OLD", amount_minor=500, due_us=LATER_US)]
    yield [e.BudgetSet(**SAID, month="2026-03", account="rent", amount_minor=800)]
    yield [e.PlannedOrderFrozen(**SAID, planned="FP1", material="unit", quantity=3, due_us=LATER_US)]
    yield [e.PlannedOrderFreed(**SAID, planned="FP1")]


def _corrected(about: dict[str, Any], changes: tuple[tuple[str, int], ...]) -> list[e.OperationsEvent]:
    return [MaterialActualCorrected(**about, use=use, material="unit", quantity=more) for use, more in changes]


def _leaving() -> Iterator[list[e.OperationsEvent]]:
    milk: dict[str, Any] = {"material": "part", "lot": "P1"}
    yield [e.BinTransferred(**SAID, **milk, quantity=5, from_bin="near", bin="far")]
    yield [e.BinCounted(**SAID, **milk, quantity=4, bin="far")]
    yield [e.LotExpirySet(**SAID, **milk, expires_us=LATER_US)]
    offer: dict[str, Any] = {"customer": "acme", "material": "unit", "unit_price_minor": 6_000, "valid_until_us": LATER_US}
    yield [e.SalesQuoteOffered(**SAID, quote="S1", quantity=7, discount_percent=5, **offer)]
    yield [e.SalesQuoteAccepted(**SAID, quote="S1", order="A1")]
    yield [
        e.SalesOrderConfirmed(
            effective_us=0, order="A2", customer="acme", material="unit", quantity=4, due_us=LATER_US, unit_price_minor=6_000
        ),
        e.DownPaymentAsked(**SAID, order="A2", net_minor=5_000),
    ]
    yield [
        e.StockReserved(**SAID, order="A2", material="unit", lot="U1", bin="near", quantity=2),
        e.DownPaymentAsked(**SAID, order="A2", net_minor=-1_000),
    ]
    yield [
        e.ReservationReleased(**SAID, order="A2", material="unit", lot="U1", bin="near", quantity=1),
        e.DownPaymentBillEntered(**SAID, order="PO-RF1", bill="V1", net_minor=500),
    ]
    yield [
        e.ShipmentReleased(**SAID, order="A2", reason="paid by cheque"),
        e.BillEntered(**SAID, order="PO-RF1", supplier="mill", bill="V2", net_minor=2_014, quantity=19),
    ]
    yield [
        e.CreditLimitChanged(**SAID, customer="acme", limit_minor=90_000, reason="good payer"),
        e.BillRejected(**SAID, supplier="mill", bill="V2", reason="another order"),
    ]
    yield [e.BillEntered(**SAID, order="SC-U1-plate", supplier="plater", bill="B1", net_minor=8_100, quantity=18)]
    yield [e.BankStatementEntered(**SAID, statement="S1", bank_lines=((-1_250, "charges", "bank"),))]
    yield [e.PeriodCloseRequested(effective_us=0, period="first week", until_us=START_US + 7 * DAY_US)]


def rarer_rounds() -> list[list[e.OperationsEvent]]:
    """Every eight hours one."""
    return at_their_instants([*_sourcing(), *_making(), *_seldom(), *_leaving()])


def begun_rarer(journal: Journal | None = None) -> Run:
    return Run(RARER_PLANT, SCENARIO, journal)
