"""posting, customer_order, purchase_order: what was agreed, and what it was worth."""

from __future__ import annotations

from twin.model.events import (
    GoodsReceived,
    GoodsShipped,
    InvoiceIssued,
    JournalPosted,
    PurchaseOrderPlaced,
    SalesOrderConfirmed,
    ServiceReceived,
    SubcontractOrderPlaced,
)
from twin.store.journal import JournalEntry
from twin.store.projections.production import blank_row
from twin.store.projections.projected_rows import ProjectedRows, Row
from twin.store.projections.tables import CUSTOMER_ORDER, POSTING, PURCHASE_ORDER


def apply_to_postings(entry: JournalEntry, rows: ProjectedRows) -> None:
    """posting: one row a leg."""
    event = entry.event
    if not isinstance(event, JournalPosted):
        return
    for leg, (account, amount_minor) in enumerate(event.legs, start=1):
        posting = {
            "seq": entry.seq, "leg": leg, "effective_us": event.effective_us, "document": event.document, "account": account,
            "amount_minor": amount_minor, "order_id": event.order, "request": event.request, "job_order": event.job_order,
            "lot": event.lot, "material": event.material, "quantity": event.quantity,
        }  # fmt: skip
        rows.put(POSTING, posting)


def apply_to_customer_orders(entry: JournalEntry, rows: ProjectedRows) -> None:
    """customer_order: confirmed, shipped, invoiced."""
    event = entry.event
    if not isinstance(event, SalesOrderConfirmed | GoodsShipped | InvoiceIssued):
        return
    order = rows.get(CUSTOMER_ORDER, event.order) or blank_row(CUSTOMER_ORDER, order_id=event.order, customer=event.customer)
    match event:
        case SalesOrderConfirmed():
            order.update(
                customer=event.customer, material=event.material, quantity=event.quantity, due_us=event.due_us,
                unit_price_minor=event.unit_price_minor, confirmed_us=event.effective_us,
            )  # fmt: skip
        case GoodsShipped():
            order.update(shipped=order["shipped"] + event.quantity, shipped_us=event.effective_us)
        case InvoiceIssued():
            order.update(invoiced_minor=order["invoiced_minor"] + event.net_minor, invoiced_us=event.effective_us)
    order["status"] = _order_status(order)
    rows.put(CUSTOMER_ORDER, order)


def _order_status(order: Row) -> str:
    if order["invoiced_us"] is not None:
        return "invoiced"
    return "shipped" if order["shipped_us"] is not None and order["shipped"] >= order["quantity"] else "open"


def apply_to_purchase_orders(entry: JournalEntry, rows: ProjectedRows) -> None:
    """purchase_order: placed, received."""
    event = entry.event
    if not isinstance(event, PurchaseOrderPlaced | SubcontractOrderPlaced | GoodsReceived | ServiceReceived):
        return
    known = {"order_id": event.order, "supplier": event.supplier, "material": event.material, "unit_price_minor": event.unit_price_minor}
    order = rows.get(PURCHASE_ORDER, event.order) or blank_row(PURCHASE_ORDER, **known)
    match event:
        case PurchaseOrderPlaced() | SubcontractOrderPlaced():
            order.update(known, quantity=event.quantity, placed_us=event.effective_us, due_us=event.due_us)
        case GoodsReceived() | ServiceReceived():
            order.update(received=order["received"] + event.quantity, received_us=event.effective_us)
    rows.put(PURCHASE_ORDER, order)
