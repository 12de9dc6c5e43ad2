"""What cannot have happened is not booked, and a person is told; what did happen is booked even if it should not have."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.rooms.erp.small_shop import (
    HOUR_US,
    START_US,
    Carried,
    balances,
    labour,
    machine,
    material_actual,
    of_type,
    order,
    response,
    small_erp,
)
from twin.model.events import (
    EnergyMetered,
    GoodsReceived,
    GoodsShipped,
    InvoiceIssued,
    JournalPosted,
    OperationsEvent,
    OperationsRequestReleased,
    PurchaseOrderPlaced,
    StandardCostReleased,
    StockCounted,
    WorkAlertRaised,
)

T = START_US + 7 * HOUR_US
GEAR = "SO1-gearbox-gear"
RECEIVED = GoodsReceived(
    effective_us=T, order="PO-housing-1", lot="x", supplier="foundry", material="housing", quantity=1, unit_price_minor=4_199
)
SHIPPED = GoodsShipped(effective_us=T, order="SO1", customer="acme", material="gearbox", lot="x", quantity=1)
PLACED = PurchaseOrderPlaced(effective_us=T, order="P1", supplier="mill", material="steel", quantity=1, unit_price_minor=1, due_us=T)
REQUESTED = OperationsRequestReleased(effective_us=T, request="R1", material="gear", quantity=1, due_us=T)
STANDARD = StandardCostReleased(
    effective_us=T, material="steel", quantity=1000, material_minor=1, labour_minor=0, machine_minor=0, energy_minor=0
)

NONSENSE: list[tuple[str, OperationsEvent]] = [
    ("unknown_material", order(T, "SO2", 1, material="flywheel")),
    ("no_quantity", order(T, "SO2", 0)),
    ("no_quantity", order(T, "SO2", -3)),
    ("duplicate_order", order(T, "SO1", 1)),
    ("negative_amount", order(T, "SO2", 1, price=-1)),
    ("negative_amount", replace(RECEIVED, unit_price_minor=-1)),
    ("negative_amount", replace(PLACED, unit_price_minor=-1)),
    ("duplicate_order", order(T, "", 1)),
    ("unknown_material", replace(RECEIVED, material="flywheel")),
    ("no_quantity", replace(RECEIVED, quantity=0)),
    ("goods_not_ordered", replace(RECEIVED, order="PO-housing-7")),
    ("goods_not_ordered", replace(RECEIVED, material="steel")),
    ("goods_not_ordered", replace(RECEIVED, quantity=5)),
    ("goods_not_sold", replace(SHIPPED, order="SO9")),
    ("goods_not_sold", replace(SHIPPED, quantity=4)),
    ("goods_not_sold", replace(SHIPPED, material="gear")),
    ("no_quantity", replace(SHIPPED, quantity=0)),
    ("unknown_material", replace(PLACED, material="flywheel")),
    ("no_quantity", replace(PLACED, quantity=0)),
    ("duplicate_order", replace(PLACED, order="PO-housing-1")),
    ("unknown_material", replace(REQUESTED, material="flywheel")),
    ("no_quantity", replace(REQUESTED, quantity=0)),
    ("duplicate_request", replace(REQUESTED, request=GEAR)),
    ("duplicate_request", replace(REQUESTED, request="")),
    ("unknown_material", replace(STANDARD, material="flywheel")),
    ("no_quantity", replace(STANDARD, quantity=0)),
    ("unknown_material", StockCounted(effective_us=T, material="flywheel", lot="x", quantity=1)),
    ("no_quantity", StockCounted(effective_us=T, material="steel", lot="x", quantity=-1)),
    ("unknown_material", material_actual(T, "Consumed", "flywheel", 1, request=GEAR)),
    ("no_quantity", material_actual(T, "Consumed", "steel", 0, request=GEAR)),
    ("unknown_request", material_actual(T, "Consumed", "steel", 1, request="R9")),
    ("unknown_request", material_actual(T, "Scrapped", "gear", 1, request="", lot="L9")),
    ("other_product", material_actual(T, "Produced", "gearbox", 1, request=GEAR)),
    ("other_product", material_actual(T, "Scrapped", "housing", 1, request=GEAR)),
    ("unknown_use", material_actual(T, "Inventoried", "steel", 1, request=GEAR)),
    ("unknown_request", machine(T, "hob_1", "R9", run_us=1)),
    ("unknown_equipment", machine(T, "hob_9", GEAR, run_us=1)),
    ("negative_amount", machine(T, "hob_1", GEAR, run_us=-1)),
    ("unknown_request", labour(T, "anna", "R9", 1)),
    ("unknown_person", labour(T, "zoe", GEAR, 1)),
    ("negative_amount", labour(T, "anna", GEAR, -1)),
    ("negative_amount", EnergyMetered(effective_us=T, equipment="hob_1", energy_wh=-1)),
    ("unknown_request", response(T, "R9", "gear", good=1)),
    ("invoice_refused", InvoiceIssued(effective_us=T, order="SO9", customer="acme", net_minor=1)),
    ("invoice_refused", InvoiceIssued(effective_us=T, order="SO1", customer="acme", net_minor=0)),
    ("invoice_refused", InvoiceIssued(effective_us=T, order="SO1", customer="acme", net_minor=75_001)),
    ("entry_refused", JournalPosted(effective_us=T, document="by hand", legs=(("revenue", 5), ("slush_fund", -5)))),
    ("entry_refused", JournalPosted(effective_us=T, document="by hand", legs=(("revenue", 5), ("wages", -4)))),
    ("entry_refused", JournalPosted(effective_us=T, document="by hand", legs=(("revenue", 5), ("rounding_difference", -5)))),
]


@pytest.fixture
def carried() -> Carried:
    carried = Carried(small_erp())
    carried.start(steel=12_345)
    carried.round(order(T, "SO1", 3))
    return carried


@pytest.mark.parametrize(("alert", "event"), NONSENSE, ids=[f"{alert}-{type(event).__name__}" for alert, event in NONSENSE])
def test_nonsense_raises_an_alert_and_books_nothing(carried: Carried, alert: str, event: OperationsEvent) -> None:
    before = balances(carried.erp), carried.erp.stock_rows(), len(carried.erp.requests.requests), len(carried.erp.ledger.entries)
    followed = carried.round(event)
    assert [(type(one), one.alert) for one in followed if isinstance(one, WorkAlertRaised)] == [(WorkAlertRaised, alert)]
    assert len(followed) == 1
    after = balances(carried.erp), carried.erp.stock_rows(), len(carried.erp.requests.requests), len(carried.erp.ledger.entries)
    assert after == before


def test_a_closed_request_is_not_answered_again(carried: Carried) -> None:
    carried.round(response(T, GEAR, "gear", good=6))
    assert [a.alert for a in of_type(carried.round(response(T + 1, GEAR, "gear", good=6)), WorkAlertRaised)] == ["unknown_request"]


def test_a_free_delivery_is_stock_and_its_whole_standard_is_variance(carried: Carried) -> None:
    followed = carried.round(replace(RECEIVED, quantity=3, unit_price_minor=0))
    assert [alert.alert for alert in of_type(followed, WorkAlertRaised)] == ["no_price"]
    assert balances(carried.erp)["purchase_price_variance"] == -3 * 4_199


def test_an_order_without_a_price_is_made_and_shipped_but_not_invoiced(carried: Carried) -> None:
    followed = carried.round(order(T, "gift", 1, price=0, due_us=1), StockCounted(effective_us=T, material="gearbox", lot="x", quantity=1))
    assert [alert.alert for alert in of_type(followed, WorkAlertRaised)] == ["no_price"]
    assert len(of_type(followed, GoodsShipped)) == 1
    assert of_type(followed, InvoiceIssued) == []


def test_more_taken_than_there_was_is_booked_and_told_once(carried: Carried) -> None:
    taken = material_actual(T, "Consumed", "steel", 345, request=GEAR, lot="never-seen")
    assert [a.alert for a in of_type(carried.round(taken), WorkAlertRaised)] == ["negative_stock"]
    assert of_type(carried.round(replace(taken, quantity=1)), WorkAlertRaised) == []
    assert carried.erp.stock.lot_quantity("steel", "never-seen") == -346
    carried.round(StockCounted(effective_us=T + 1, material="steel", lot="never-seen", quantity=0))
    assert [a.alert for a in of_type(carried.round(taken), WorkAlertRaised)] == ["negative_stock"], "told again when it happens again"


def test_taken_and_booked_in_at_one_instant_is_no_alert(carried: Carried) -> None:
    """Facts of one instant may come in any order: only what is still below zero after all of them is."""
    taken = material_actual(T, "Consumed", "gear", 2, request="SO1-gearbox", lot=GEAR)
    made = material_actual(T, "Produced", "gear", 2, request=GEAR)
    assert of_type(carried.round(taken, made), WorkAlertRaised) == []
