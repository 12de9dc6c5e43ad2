"""Tables of what is bought: requisitions, quotes, orders, blanket orders, and how well suppliers serve."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from twin.model.measures import US_PER_H
from twin.model.problems import did_you_mean, listed
from twin.results.frames import from_rows, in_currency

if TYPE_CHECKING:
    import pandas as pd

    from twin.results.run import Run

ORDER_COLUMNS = (
    "order", "header", "supplier", "material", "quantity", "received", "cancelled", "open", "unit_price_eur", "placed", "due",
    "last_received", "late_h", "rfq", "blanket", "first_due",
)  # fmt: skip
REQUISITION_COLUMNS = (
    "requisition", "material", "quantity", "due", "value_eur", "standing", "raised", "raised_by", "reason", "decided_by", "order",
)  # fmt: skip
QUOTE_COLUMNS = (
    "rfq", "rank", "quote", "supplier", "is_valid", "is_accepted", "quantity", "unit_price_eur", "goods_eur", "delivery_eur", "late_eur",
    "total_eur", "arrives", "late_h", "reason",
)  # fmt: skip
MATCH_COLUMNS = (
    "bill", "supplier", "order", "material", "received", "quantity", "net_eur", "ordered_eur", "came", "billed", "blocked", "released_by",
    "reason", "open_eur",
)  # fmt: skip
AT_SUPPLIER_COLUMNS = ("supplier", "kind", "material", "lot", "quantity", "value_eur", "job_order", "order", "sent", "due")
BLANKET_COLUMNS = ("blanket", "supplier", "material", "quantity", "called", "open", "unit_price_eur", "from", "until")
SCORE_COLUMNS = (
    "supplier", "material", "orders", "on_time", "on_first_date", "on_time_share", "mean_late_h", "ordered", "received", "quantity_share",
    "rejected", "quality_share", "expected_eur", "paid_eur", "price_share", "score",
)  # fmt: skip


def purchase_orders_table(run: Run) -> pd.DataFrame:
    """Purchase orders in the order of placing; `late_h` of what came late, or has not come."""
    rows = []
    for it in run.erp.purchasing.orders.values():
        until_us = run.now_us if it.open_quantity or it.received_us is None else it.received_us
        rows.append({
            "order": it.order, "header": it.header, "supplier": it.supplier, "material": it.material, "quantity": it.quantity,
            "received": it.received, "cancelled": it.cancelled, "open": it.open_quantity, "unit_price_eur": it.unit_price_minor / 100,
            "placed": it.placed_us, "due": it.due_us, "last_received": it.received_us,
            "late_h": max(0, until_us - it.due_us) / US_PER_H, "rfq": it.rfq,
            "blanket": it.blanket, "first_due": it.first_due_us,
        })  # fmt: skip
    return in_currency(from_rows(rows, ORDER_COLUMNS, ("placed", "due", "last_received", "first_due")), run.plant.layout.currency)


def at_suppliers_table(run: Run) -> pd.DataFrame:
    """What of ours lies at suppliers now: components, and lots in the making."""
    rows = [
        {
            "supplier": it.supplier, "kind": it.kind, "material": it.material, "lot": it.lot, "quantity": it.quantity,
            "value_eur": it.value_minor / 100, "job_order": it.job_order, "order": it.order, "sent": it.sent_us, "due": it.due_us,
        }
        for it in run.erp.at_suppliers()
    ]  # fmt: skip
    return in_currency(from_rows(rows, AT_SUPPLIER_COLUMNS, ("sent", "due")), run.plant.layout.currency)


def requisitions_table(run: Run) -> pd.DataFrame:
    """Requisitions in the order in which they were raised."""
    rows = [
        {
            "requisition": it.requisition, "material": it.material, "quantity": it.quantity, "due": it.due_us,
            "value_eur": it.value_minor / 100, "standing": it.standing, "raised": it.raised_us, "raised_by": it.raised_by,
            "reason": it.reason, "decided_by": it.decided_by, "order": it.order,
        }
        for it in run.erp.sourcing.requisitions.values()
    ]  # fmt: skip
    return in_currency(from_rows(rows, REQUISITION_COLUMNS, ("due", "raised")), run.plant.layout.currency)


def quotes_table(run: Run, rfq: str) -> pd.DataFrame:
    """Quotes by request, as they compare now, or as they did when one of them was accepted."""
    known = run.erp.sourcing.rfqs
    if rfq and rfq not in known:
        raise ValueError(f"no request for quotes is called '{rfq}'{did_you_mean(rfq, known)}; allowed: {listed(known)}")
    rows = [
        {
            "rfq": name, "rank": it.rank, "quote": it.quote, "supplier": it.supplier, "is_valid": it.is_valid,
            "is_accepted": it.quote == known[name].accepted, "quantity": it.quantity, "unit_price_eur": it.unit_price_minor / 100,
            "goods_eur": it.goods_minor / 100, "delivery_eur": it.delivery_minor / 100, "late_eur": it.late_minor / 100,
            "total_eur": it.total_minor / 100, "arrives": it.arrives_us, "late_h": it.late_us / US_PER_H,
            "reason": known[name].reason if it.quote == known[name].accepted else "",
        }
        for name in ([rfq] if rfq else known)
        for it in run.erp.sourcing.compared(name, known[name].accepted_us or run.now_us)
    ]  # fmt: skip
    return in_currency(from_rows(rows, QUOTE_COLUMNS, ("arrives",)), run.plant.layout.currency)


def bill_matches_table(run: Run) -> pd.DataFrame:
    """Bills in the order in which they came. `ordered`: what their pieces cost by the order; `came`, `billed`: of the order so far."""
    erp = run.erp
    rows = []
    for it in erp.matching.bills.values():
        order, owed = erp.purchasing.orders[it.order], erp.settlement.items.payables[it.supplier, it.bill]
        rows.append({
            "bill": it.bill, "supplier": it.supplier, "order": it.order, "material": order.material, "received": it.received_us,
            "quantity": it.quantity, "net_eur": it.net_minor / 100,
            "ordered_eur": it.quantity * order.unit_price_minor / erp.materials[order.material].price_per / 100,
            "came": erp.matching.came(it.order), "billed": erp.matching.billed(it.order), "blocked": it.blocked,
            "released_by": it.released_by, "reason": it.reason, "open_eur": owed.open_booked_minor / 100,
        })  # fmt: skip
    return in_currency(from_rows(rows, MATCH_COLUMNS, ("received",)), run.plant.layout.currency)


def blanket_orders_table(run: Run) -> pd.DataFrame:
    """Blanket orders in the order in which they were agreed."""
    rows = [
        {
            "blanket": it.blanket, "supplier": it.supplier, "material": it.material, "quantity": it.quantity, "called": it.called,
            "open": it.open_quantity, "unit_price_eur": it.unit_price_minor / 100, "from": it.from_us, "until": it.until_us,
        }
        for it in run.erp.purchasing.blanket_orders.values()
    ]  # fmt: skip
    return in_currency(from_rows(rows, BLANKET_COLUMNS, ("from", "until")), run.plant.layout.currency)


def scorecard_table(run: Run, by_material: bool) -> pd.DataFrame:
    """Suppliers in declared order; `mean_late_h` of the orders that were late."""
    rows = []
    for it in run.erp.scorecards.rows(run.now_us, by_material=by_material):
        late = it.orders - it.on_time
        rows.append({
            "supplier": it.supplier, "material": it.material, "orders": it.orders, "on_time": it.on_time,
            "on_first_date": it.on_first_date,
            "on_time_share": _share(it.on_time_share), "mean_late_h": it.late_us / late / US_PER_H if late else 0.0, "ordered": it.ordered,
            "received": it.received, "quantity_share": _share(it.quantity_share), "rejected": it.rejected,
            "quality_share": _share(it.quality_share), "expected_eur": it.expected_minor / 100, "paid_eur": it.paid_minor / 100,
            "price_share": _share(it.price_share), "score": _share(it.score),
        })  # fmt: skip
    return in_currency(from_rows(rows, SCORE_COLUMNS), run.plant.layout.currency)


def _share(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
