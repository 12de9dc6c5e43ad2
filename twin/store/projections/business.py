"""posting, customer_order, purchase_order: what was agreed, and what it was worth."""

from __future__ import annotations

from twin.model.events import (
    EntryRefused,
    GoodsReceiptCorrected,
    GoodsReceived,
    GoodsShipped,
    InvoiceIssued,
    JobOrderAborted,
    JobOrderCompleted,
    JournalPosted,
    LateJournalPosted,
    OperationsResponse,
    PurchaseOrderClosed,
    PurchaseOrderLinesClosed,
    PurchaseOrderPlaced,
    PurchaseOrderRevised,
    SalesOrderConfirmed,
    SalesOrderRevised,
    ServiceReceived,
    SubcontractOrderPlaced,
)
from twin.model.settlement.chart import named_now
from twin.store.journal import JournalEntry
from twin.store.projections.production import blank_row, take_back_count
from twin.store.projections.projected_rows import ProjectedRows, Row
from twin.store.projections.tables import CUSTOMER_ORDER, ENTRY_EFFECT, GOODS_RECEIPT, JOB_ORDER, POSTING, PURCHASE_ORDER, SUBCONTRACTED


def apply_to_postings(entry: JournalEntry, rows: ProjectedRows) -> None:
    """posting: one row a leg."""
    event = entry.event
    if not isinstance(event, JournalPosted):
        return
    concerns_us, reference = event.effective_us, ""
    if isinstance(event, LateJournalPosted):
        concerns_us, reference = event.concerns_us, event.reference
    for leg, (account, amount_minor) in enumerate(named_now(event.legs), start=1):
        posting = {
            "seq": entry.seq, "leg": leg, "effective_us": event.effective_us, "recorded_us": event.recorded_us, "concerns_us": concerns_us,
            "reference": reference, "document": event.document, "account": account, "amount_minor": amount_minor, "order_id": event.order,
            "request": event.request, "job_order": event.job_order, "equipment": event.equipment, "person": event.person,
            "lot": event.lot, "material": event.material, "quantity": event.quantity, "customer": event.customer,
            "supplier": event.supplier,
        }  # fmt: skip
        rows.put(POSTING, posting)


def apply_to_customer_orders(entry: JournalEntry, rows: ProjectedRows) -> None:
    """customer_order: confirmed, shipped, invoiced."""
    event = entry.event
    if isinstance(event, SalesOrderRevised):
        _revise_customer_order(event, rows)
    if not isinstance(event, SalesOrderConfirmed | GoodsShipped | InvoiceIssued):
        return
    order = rows.get(CUSTOMER_ORDER, event.order) or blank_row(
        CUSTOMER_ORDER, order_id=event.order, header=event.order, customer=event.customer
    )
    match event:
        case SalesOrderConfirmed():
            order.update(
                customer=event.customer, material=event.material, quantity=event.quantity, due_us=event.due_us,
                header=event.header or event.order, unit_price_minor=event.unit_price_minor, confirmed_us=event.effective_us,
            )  # fmt: skip
        case GoodsShipped():
            order.update(shipped=order["shipped"] + event.quantity, shipped_us=event.effective_us)
        case InvoiceIssued():
            order.update(invoiced_minor=order["invoiced_minor"] + event.net_minor, invoiced_us=event.effective_us)
    order["status"] = _order_status(order)
    rows.put(CUSTOMER_ORDER, order)


def _revise_customer_order(event: SalesOrderRevised, rows: ProjectedRows) -> None:
    """An order of which something is still to leave is for another quantity, by another date."""
    order = rows.get(CUSTOMER_ORDER, event.order)
    if order and order["shipped"] < order["quantity"] and event.quantity >= order["shipped"]:
        order.update(quantity=event.quantity, due_us=event.due_us)
        order["status"] = _order_status(order)
        rows.put(CUSTOMER_ORDER, order)


def _order_status(order: Row) -> str:
    if not order["quantity"]:
        return "cancelled"
    if order["invoiced_us"] is not None:
        return "invoiced"
    return "shipped" if order["shipped_us"] is not None and order["shipped"] >= order["quantity"] else "open"


def apply_to_purchase_orders(entry: JournalEntry, rows: ProjectedRows) -> None:
    """purchase_order: placed, received, and what of it will not come any more. Asked before a delivery is in goods_receipt."""
    event = entry.event
    match event:
        case PurchaseOrderPlaced() | SubcontractOrderPlaced():
            order = _purchase_order(rows, event)
            order.update(
                supplier=event.supplier, material=event.material, unit_price_minor=event.unit_price_minor, quantity=event.quantity,
                placed_us=event.effective_us, due_us=event.due_us, header=getattr(event, "header", "") or event.order,
            )  # fmt: skip
            if isinstance(event, SubcontractOrderPlaced):
                _note_subcontracted(event, rows)
        case GoodsReceived():
            order = _purchase_order(rows, event)
            last_us = max(event.effective_us, order["received_us"] or event.effective_us)
            order.update(received=order["received"] + event.quantity, received_us=last_us)
        case GoodsReceiptCorrected():
            came = rows.get(GOODS_RECEIPT, event.order, event.lot or event.order)
            if came and (known := rows.get(PURCHASE_ORDER, event.order)):
                known["received"] += event.quantity - came["quantity"]
                rows.put(PURCHASE_ORDER, known)
        case ServiceReceived():
            _take_service(_purchase_order(rows, event), event)
        case PurchaseOrderRevised():
            known = rows.get(PURCHASE_ORDER, event.order)
            if known and known["closed_us"] is None and _may_be(known, event.quantity):
                known.update(quantity=event.quantity, due_us=event.due_us)
                rows.put(PURCHASE_ORDER, known)
        case PurchaseOrderClosed() | PurchaseOrderLinesClosed():
            _close(entry, event, rows)
        case JobOrderCompleted() | JobOrderAborted():
            _cancel_service(rows, event.job_order)
        case OperationsResponse():
            subcontracted = rows.get(SUBCONTRACTED, event.request)
            for job_order in subcontracted["job_orders"].split("+") if subcontracted else ():
                row = rows.get(JOB_ORDER, job_order)
                if row and row["started_us"] is None:  # of what is answered nothing is begun any more
                    _cancel_service(rows, job_order)
        case EntryRefused():
            _take_back(entry, rows)


def _purchase_order(rows: ProjectedRows, event: PurchaseOrderPlaced | SubcontractOrderPlaced | GoodsReceived | ServiceReceived) -> Row:
    known = {
        "order_id": event.order,
        "header": event.order,
        "supplier": event.supplier,
        "material": event.material,
        "unit_price_minor": event.unit_price_minor,
    }
    order = rows.get(PURCHASE_ORDER, event.order) or blank_row(PURCHASE_ORDER, **known)
    rows.put(PURCHASE_ORDER, order)
    return order


def _open_quantity(order: Row) -> int:
    return max(0, int(order["quantity"] - order["received"] - order["cancelled"]))


def _may_be(order: Row, quantity: int) -> bool:
    """Whether it may be for so much in all: something is still to come, or more has come than was ordered."""
    is_looked_at = _open_quantity(order) or order["received"] + order["cancelled"] > order["quantity"]
    return bool(is_looked_at) and quantity >= max(1, min(order["received"], order["quantity"]))


def _note_subcontracted(event: SubcontractOrderPlaced, rows: ProjectedRows) -> None:
    row = rows.get(SUBCONTRACTED, event.request) or blank_row(SUBCONTRACTED, request=event.request)
    row["job_orders"] = "+".join(it for it in (row["job_orders"], event.job_order) if it)
    rows.put(SUBCONTRACTED, row)


def _take_service(order: Row, event: ServiceReceived) -> None:
    """A job order comes back once: what it did not bring will not come. More than was ordered was ordered after all."""
    beyond = max(0, event.quantity - _open_quantity(order))
    again = min(beyond, order["cancelled"])
    order["cancelled"] -= again
    order["quantity"] += beyond - again
    order.update(received=order["received"] + event.quantity, received_us=event.effective_us)
    order["cancelled"] += _open_quantity(order)


def _cancel_service(rows: ProjectedRows, job_order: str) -> None:
    """Nothing more will come on the order of the supplier who does a job order, but what its ServiceReceived says."""
    row = rows.get(JOB_ORDER, job_order)
    order = rows.get(PURCHASE_ORDER, row["order_id"]) if row and row["order_id"] else None
    if order:
        order["cancelled"] += _open_quantity(order)
        rows.put(PURCHASE_ORDER, order)


def _close(entry: JournalEntry, event: PurchaseOrderClosed | PurchaseOrderLinesClosed, rows: ProjectedRows) -> None:
    """Of an order that is open, for a reason. Who may not say it, the plant knows: then it is refused, and taken back."""
    if isinstance(event, PurchaseOrderLinesClosed):
        _close_lines(event, rows)
        return
    order = rows.get(PURCHASE_ORDER, event.order)
    if order and (rest := _open_quantity(order)) and event.reason.strip():
        order["cancelled"] += rest
        order["closed_us"] = event.effective_us
        rows.put(PURCHASE_ORDER, order)
        rows.put(ENTRY_EFFECT, blank_row(ENTRY_EFFECT, entry=entry.id, order_id=event.order, quantity=rest))


def _close_lines(event: PurchaseOrderLinesClosed, rows: ProjectedRows) -> None:
    for line, quantity in event.left_open:
        if row := rows.get(PURCHASE_ORDER, line):
            row["cancelled"] += quantity
            row["closed_us"] = event.effective_us
            rows.put(PURCHASE_ORDER, row)


def _take_back(entry: JournalEntry, rows: ProjectedRows) -> None:
    """What an entry has changed that was refused after all."""
    if getattr(entry.event, "entry", "") not in ("PurchaseOrderClosed", "SupplierStockCounted"):
        return
    effect = rows.get(ENTRY_EFFECT, entry.cause)
    if effect is None or not effect["quantity"]:
        return
    order = rows.get(PURCHASE_ORDER, effect["order_id"]) if effect["order_id"] else None
    if order:
        order["cancelled"] -= effect["quantity"]
        order["closed_us"] = None
        rows.put(PURCHASE_ORDER, order)
    else:
        take_back_count(entry, effect, rows)
    effect["quantity"] = 0
    rows.put(ENTRY_EFFECT, effect)
