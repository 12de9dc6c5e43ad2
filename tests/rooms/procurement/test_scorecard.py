"""How well suppliers serve, by hand: in time, as much as ordered, of what quality, at which price."""

from __future__ import annotations

from fractions import Fraction

from tests.rooms.procurement.trading_shop import Office
from twin.model.events import GoodsReceiptCorrected, GoodsReturned, InspectionJudged, PurchaseOrderClosed


def served() -> Office:
    """Of four orders of 10 one is in time, one late in its second half, one late as a whole, one not due yet; 41.99 is expected."""
    office = Office()
    for name, days in (("A", 2), ("B", 2), ("C", 1), ("D", 30)):
        office.place(name, 10, 4_199 if name == "A" else 5_000, days=days)
    office.later(1)
    office.receive("A", 10)
    office.receive("B", 4, lot="B1")
    office.later(2)
    office.receive("B", 6, lot="B2")
    return office


def test_a_supplier_is_scored_by_what_came() -> None:
    office = served()
    office.round(InspectionJudged(effective_us=office.now_us, lot="B1", plan="p", verdict="failed"))
    office.round(GoodsReturned(effective_us=office.now_us, order="A", lot="A", material="housing", quantity=1, credit_minor=4_199))
    (row,) = office.erp.scorecards.rows(office.now_us)
    assert (row.supplier, row.orders, row.on_time, row.late_us // 86_400_000_000) == ("foundry", 3, 1, 1 + 2)
    assert (row.on_time_share, row.quantity_share) == (Fraction(1, 3), Fraction(20, 30))
    assert (row.rejected, row.quality_share) == (5, Fraction(15, 20))
    assert (row.expected_minor, row.paid_minor) == (20 * 4_199, 10 * 4_199 + 10 * 5_000)
    assert row.price_share is not None
    assert row.score is not None
    assert row.score == (40 * Fraction(1, 3) + 20 * Fraction(2, 3) + 30 * Fraction(3, 4) + 10 * row.price_share) / 100


def test_a_lot_that_is_accepted_after_all_is_good() -> None:
    office = served()
    for verdict in ("failed", "passed by override"):
        office.round(InspectionJudged(effective_us=office.now_us, lot="B1", plan="p", verdict=verdict))
    assert office.erp.scorecards.rows(office.now_us)[0].quality_share == 1


def test_what_was_closed_is_short_and_late_no_longer_than_until_then() -> None:
    office = Office()
    office.place("A", 10, 4_199, days=1)
    office.later(3)
    office.say(PurchaseOrderClosed, order="A", reason="the supplier has none")
    office.later(30)
    (row,) = office.erp.scorecards.rows(office.now_us)
    assert (row.on_time_share, row.quantity_share, row.late_us // 86_400_000_000) == (0, 0, 2)


def test_a_delivery_that_was_less_than_recorded_was_not_all_of_it() -> None:
    office = Office()
    office.place("A", 10, 4_199, days=1)
    office.receive("A", 10)
    corrected = {"effective_us": office.now_us, "order": "A", "lot": "A", "material": "housing"}
    office.round(GoodsReceiptCorrected(**corrected, quantity=8, unit_price_minor=4_199))
    office.later(2)
    (row,) = office.erp.scorecards.rows(office.now_us)
    assert (row.on_time, row.received, row.paid_minor) == (0, 8, 8 * 4_199)


def test_what_cannot_be_told_yet_is_not_counted() -> None:
    office = Office()
    office.place("A", 10, 4_199)
    (row,) = office.erp.scorecards.rows(office.now_us, by_material=True)
    assert (row.material, row.orders, row.on_time_share, row.score) == ("housing", 0, None, None)
