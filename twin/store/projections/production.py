"""job_order, lot, lot_edge, stock_movement: what was made, of what, and what it took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Table

from twin.model.events import (
    EquipmentActual,
    GoodsReceiptCorrected,
    GoodsReceived,
    GoodsReturned,
    GoodsShipped,
    GoodsTakenBack,
    JobOrderAborted,
    JobOrderCommand,
    JobOrderCompleted,
    JobOrderCreated,
    JobOrderHeld,
    JobOrderPaused,
    JobOrderResumed,
    JobOrderStarted,
    LotCreated,
    LotMerged,
    LotMoved,
    LotSplit,
    MaterialActual,
    OperationsEvent,
    PersonnelActual,
    ProductUnbuilt,
    SparePartIssued,
    StockCounted,
    SubcontractComponentsUsed,
    SubcontractOrderPlaced,
    SupplierStockCounted,
    WorkInProcessCounted,
)
from twin.model.events.genealogy import LotMergedInProcess
from twin.model.events.production import JobOrderCorrected, MaterialActualCorrected
from twin.model.states import DispatchStatus, JobCommand, MaterialUse
from twin.store.journal import JournalEntry
from twin.store.projections.projected_rows import ProjectedRows, Row
from twin.store.projections.tables import (
    AT_SUPPLIER,
    ENTRY_EFFECT,
    GOODS_RECEIPT,
    JOB_ORDER,
    LOT,
    LOT_EDGE,
    PURCHASE_ORDER,
    STOCK_MOVEMENT,
)

_STATUS_AFTER = {
    JobOrderStarted: DispatchStatus.RUNNING,
    JobOrderHeld: DispatchStatus.HELD,
    JobOrderPaused: DispatchStatus.SUSPENDED,
    JobOrderResumed: DispatchStatus.RUNNING,
    JobOrderAborted: DispatchStatus.ABORTED,
    JobOrderCompleted: DispatchStatus.COMPLETED,
}


def blank_row(table: Table, **known: object) -> Row:
    """A row about which nothing is known but `known`: empty texts, zeros, and null where that is allowed."""
    row: Row = {c.name: None if c.nullable else "" if c.type.python_type is str else 0 for c in table.c}
    row.update(known)
    return row


def apply_to_job_orders(entry: JournalEntry, rows: ProjectedRows) -> None:
    """job_order: a row from its creation (or from the first that is heard of it) on."""
    for job_order in entry.event.job_order.split("+"):
        if job_order and _changes_job_order(entry.event):
            row = rows.get(JOB_ORDER, job_order) or blank_row(JOB_ORDER, job_order=job_order, status=DispatchStatus.WAITING.value)
            _change_job_order(entry.event, row)
            rows.put(JOB_ORDER, row)


def _changes_job_order(event: OperationsEvent) -> bool:
    if isinstance(event, JobOrderCommand):
        return event.command == JobCommand.START
    return (
        isinstance(event, JobOrderCreated | JobOrderCorrected | SubcontractOrderPlaced | EquipmentActual | PersonnelActual)
        or type(event) in _STATUS_AFTER
    )


def _change_job_order(event: OperationsEvent, row: Row) -> None:
    if type(event) in _STATUS_AFTER:
        row["status"] = _STATUS_AFTER[type(event)].value
    match event:
        case JobOrderCreated():
            row.update(
                request=event.request, lot=event.lot, material=event.material, operation=event.operation, work_center=event.equipment,
                quantity=event.quantity, due_us=event.due_us if event.due_us >= 0 else None, created_us=event.effective_us,
            )  # fmt: skip
        case SubcontractOrderPlaced():
            row["order_id"] = row["order_id"] or event.order
        case JobOrderCommand():
            row.update(status=DispatchStatus.DISPATCHED.value, equipment=event.equipment)
        case JobOrderStarted():
            row["equipment"] = event.equipment or row["equipment"]
            row["lot"] = row["lot"] or event.lot
            row["started_us"] = event.effective_us if row["started_us"] is None else row["started_us"]
        case JobOrderCompleted():
            row.update(good=event.good, scrap=event.scrap, rework=event.rework, completed_us=event.effective_us)
        case JobOrderCorrected():
            row.update(good=event.good, scrap=event.scrap, rework=event.rework)
        case JobOrderAborted():
            row["completed_us"] = event.effective_us
        case EquipmentActual():
            row["setup_us"] += event.setup_us
            row["run_us"] += event.run_us
            row["energy_wh"] += event.energy_wh
        case PersonnelActual():
            row["work_us"] += event.work_us


def apply_to_lots(entry: JournalEntry, rows: ProjectedRows) -> None:
    """lot, lot_edge, stock_movement: amounts of material, where they came from and where they went."""
    event = entry.event
    match event:
        case LotCreated():
            lot = _lot(rows, event, "opened", event.material, event.quantity)
            lot.update(place=event.place or lot["place"], request=lot["request"] or event.request)
        case WorkInProcessCounted():
            _lot(rows, event, "counted", event.material, event.quantity)["request"] = event.request
        case LotSplit():
            parent = rows.get(LOT, event.from_lot)
            lot = _lot(rows, event, "split", parent["material"] if parent else "", event.quantity)
            lot.update(from_lot=event.from_lot, request=event.request or (parent["request"] if parent else ""))
            _edge(entry, rows, event.from_lot, event.lot, lot["material"], event.quantity)
        case LotMerged():
            _lot(rows, event, "merged", event.material, event.quantity)
            source = entry._replace(event=replace(event, lot=event.from_lot))  # its movement is of the lot that it comes out of
            _move(source, rows, "merged", event.material, -event.quantity)
            _move(entry, rows, "merged", event.material, event.quantity)
            _edge(entry, rows, event.from_lot, event.lot, event.material, event.quantity)
        case LotMergedInProcess():
            _edge(entry, rows, event.from_lot, event.lot, event.material, event.quantity)
        case LotMoved():
            _lot(rows, event, "", "", 0)["place"] = event.place
        case StockCounted():
            lot = _lot(rows, event, "counted", event.material, event.quantity)
            _move(entry, rows, "counted", event.material, event.difference or event.quantity + lot["at_suppliers"] - lot["on_hand"])
        case GoodsReceived() | GoodsReceiptCorrected() | GoodsReturned():
            delivered = replace(event, lot=event.lot or event.order)
            _apply_delivery(entry._replace(event=delivered), delivered, rows)
        case GoodsTakenBack():
            _lot(rows, event, "taken back", event.material, event.quantity)
            _move(entry, rows, "taken back", event.material, event.quantity)
        case ProductUnbuilt() | SparePartIssued() | SubcontractComponentsUsed() | SupplierStockCounted():
            _apply_beside(entry, event, rows)
        case GoodsShipped():
            _lot(rows, event, "", event.material, 0)["shipped"] += event.quantity
            _move(entry, rows, "shipped", event.material, -event.quantity)
        case MaterialActual():
            _apply_material_actual(entry, event, rows)


def _apply_delivery(entry: JournalEntry, event: GoodsReceived | GoodsReceiptCorrected | GoodsReturned, rows: ProjectedRows) -> None:
    """A delivery without a lot of its own is one under the id of its order. A correction says all that came of the lot on the order."""
    if isinstance(event, GoodsReturned):
        _move(entry, rows, "given back", event.material, -event.quantity)
        return
    found = rows.get(GOODS_RECEIPT, event.order, event.lot)
    came = found or blank_row(GOODS_RECEIPT, order_id=event.order, lot=event.lot, material=event.material)
    change = event.quantity - came["quantity"] if isinstance(event, GoodsReceiptCorrected) else event.quantity
    lot = _lot(rows, event, "received", event.material, 0)
    if not found or isinstance(event, GoodsReceiptCorrected):
        lot["quantity"] += change
    came["quantity"] += change
    rows.put(GOODS_RECEIPT, came)
    _move(entry, rows, "received", event.material, change)


def _apply_beside(
    entry: JournalEntry, event: ProductUnbuilt | SparePartIssued | SubcontractComponentsUsed | SupplierStockCounted, rows: ProjectedRows
) -> None:
    """What changes stock beside buying, making and selling."""
    match event:
        case ProductUnbuilt():
            _unbuild(entry, event, rows)
        case SparePartIssued():
            _move(entry, rows, "maintenance", event.material, -event.quantity)
        case SubcontractComponentsUsed():
            _lie_at(rows, event, event.supplier, event.material, -event.quantity)
            _lot(rows, event, "", event.material, 0)["consumed"] += event.quantity
            _move(entry, rows, "consumed", event.material, -event.quantity)
        case SupplierStockCounted():
            _count_at(entry, event, rows)


def _unbuild(entry: JournalEntry, event: ProductUnbuilt, rows: ProjectedRows) -> None:
    """The product leaves stock; what came of it enters."""
    moved = Counter({(event.material, event.lot): -event.quantity})
    rows_of: Iterable[Any] = event.recovered
    for it in rows_of:
        match it:
            case (str(material), str(lot), int(quantity)):  # what is no such row, the ERP refuses
                moved[material, lot] += quantity
    for (material, lot), quantity in moved.items():
        of_lot = entry._replace(event=replace(event, lot=lot))
        if quantity > 0:
            _lot(rows, of_lot.event, "unbuilt", material, quantity)
        _move(of_lot, rows, "unbuilt", material, quantity)


def _supplier_of(rows: ProjectedRows, job_order: str) -> str:
    """The supplier at whom what is taken for a job order lies until it is done; "" if we do it, or it is done."""
    row = rows.get(JOB_ORDER, job_order) if job_order else None
    order = rows.get(PURCHASE_ORDER, row["order_id"]) if row and row["order_id"] and row["completed_us"] is None else None
    return str(order["supplier"]) if order else ""


def _lie_at(rows: ProjectedRows, event: OperationsEvent, supplier: str, material: str, change: int) -> None:
    """So much more, or less, of the event's lot lies at a supplier."""
    there = rows.get(AT_SUPPLIER, supplier, material, event.lot) or blank_row(
        AT_SUPPLIER, supplier=supplier, material=material, lot=event.lot
    )
    there["quantity"] += change
    _lot(rows, event, "", material, 0)["at_suppliers"] += change
    rows.put(AT_SUPPLIER, there)


def _count_at(entry: JournalEntry, event: SupplierStockCounted, rows: ProjectedRows) -> None:
    """What lies there is what was counted. Of what does not lie there nothing can be counted, and nothing without a reason."""
    there = rows.get(AT_SUPPLIER, event.supplier, event.material, event.lot)
    change = event.quantity - there["quantity"] if there else 0
    if not change or not there or not there["quantity"] or not event.reason.strip():
        return
    _lie_at(rows, event, event.supplier, event.material, change)
    _move(entry, rows, "counted", event.material, change)
    about = {"supplier": event.supplier, "material": event.material, "lot": event.lot, "quantity": change}
    rows.put(ENTRY_EFFECT, blank_row(ENTRY_EFFECT, entry=entry.id, **about))


def take_back_count(entry: JournalEntry, effect: Row, rows: ProjectedRows) -> None:
    """The count at a supplier was refused: what it changed is as it was."""
    event = replace(entry.event, lot=effect["lot"])
    _lie_at(rows, event, effect["supplier"], effect["material"], -effect["quantity"])
    _move(entry._replace(event=event), rows, "counted", effect["material"], -effect["quantity"])


def _apply_material_actual(entry: JournalEntry, event: MaterialActual, rows: ProjectedRows) -> None:
    lot = _lot(rows, event, "", event.material, 0)
    match event.use:
        case MaterialUse.CONSUMED:
            if supplier := _supplier_of(rows, event.job_order):  # sent to him: ours, and on hand, until it is used
                _lie_at(rows, event, supplier, event.material, event.quantity)
            else:
                lot["consumed"] += event.quantity
                _move(entry, rows, "consumed", event.material, -event.quantity)
            _edge(entry, rows, event.lot, _lot_of(rows, event.job_order), event.material, event.quantity)
        case MaterialUse.PRODUCED | MaterialUse.BY_PRODUCT | MaterialUse.CO_PRODUCT:
            lot["produced"] += event.quantity
            _move(entry, rows, "produced", event.material, event.quantity)
            worked_on = _lot_of(rows, event.job_order)
            if worked_on and worked_on != event.lot:
                _edge(entry, rows, worked_on, event.lot, event.material, event.quantity)
        case MaterialUse.SCRAPPED:
            lot["scrapped"] += event.quantity
            of_nobody = not (event.job_order or event.request or isinstance(event, MaterialActualCorrected))
            if of_nobody and lot["on_hand"] > 0:  # what a job order or a request loses was in the making, not in stock
                _move(entry, rows, "scrapped", event.material, -event.quantity)


def _lot(rows: ProjectedRows, event: OperationsEvent, origin: str, material: str, quantity: int) -> Row:
    """The row of the event's lot, to be changed; made if this is the first that is heard of it."""
    lot = rows.get(LOT, event.lot) or blank_row(LOT, lot=event.lot, created_us=event.effective_us)
    lot["material"] = lot["material"] or material
    if origin and not lot["origin"]:
        lot.update(origin=origin, quantity=quantity)
    rows.put(LOT, lot)
    return lot


def _lot_of(rows: ProjectedRows, job_order: str) -> str:
    """The lot that a job order works on; what its id says if nothing else does."""
    row = rows.get(JOB_ORDER, job_order)
    return row["lot"] if row and row["lot"] else job_order.rpartition("/")[0]


def _move(entry: JournalEntry, rows: ProjectedRows, kind: str, material: str, quantity: int) -> None:
    event = entry.event
    lot = _lot(rows, event, "", material, 0)
    lot["on_hand"] += quantity
    movement = {
        "seq": entry.seq, "effective_us": event.effective_us, "material": material, "lot": event.lot, "kind": kind,
        "quantity": quantity, "job_order": event.job_order, "order_id": getattr(event, "order", ""),
    }  # fmt: skip
    rows.put(STOCK_MOVEMENT, movement)


def _edge(entry: JournalEntry, rows: ProjectedRows, from_lot: str, to_lot: str, material: str, quantity: int) -> None:
    edge = {
        "seq": entry.seq, "from_lot": from_lot, "to_lot": to_lot, "material": material, "quantity": quantity,
        "job_order": entry.event.job_order, "effective_us": entry.event.effective_us,
    }  # fmt: skip
    rows.put(LOT_EDGE, edge)
