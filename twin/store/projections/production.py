"""job_order, lot, lot_edge, stock_movement: what was made, of what, and what it took."""

from __future__ import annotations

from dataclasses import replace

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
    StockCounted,
    WorkInProcessCounted,
)
from twin.model.events.genealogy import LotMergedInProcess
from twin.model.events.production import JobOrderCorrected
from twin.model.states import DispatchStatus, JobCommand, MaterialUse
from twin.store.journal import JournalEntry
from twin.store.projections.projected_rows import ProjectedRows, Row
from twin.store.projections.tables import JOB_ORDER, LOT, LOT_EDGE, STOCK_MOVEMENT

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
    return isinstance(event, JobOrderCreated | JobOrderCorrected | EquipmentActual | PersonnelActual) or type(event) in _STATUS_AFTER


def _change_job_order(event: OperationsEvent, row: Row) -> None:
    if type(event) in _STATUS_AFTER:
        row["status"] = _STATUS_AFTER[type(event)].value
    match event:
        case JobOrderCreated():
            row.update(
                request=event.request, lot=event.lot, material=event.material, operation=event.operation, work_center=event.equipment,
                quantity=event.quantity, due_us=event.due_us if event.due_us >= 0 else None, created_us=event.effective_us,
            )  # fmt: skip
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
            _move(entry, rows, "counted", event.material, event.quantity - lot["on_hand"])
        case GoodsReceived():
            _lot(rows, event, "received", event.material, event.quantity)
            _move(entry, rows, "received", event.material, event.quantity)
        case GoodsReceiptCorrected():
            lot = _lot(rows, event, "received", event.material, 0)
            change, lot["quantity"] = event.quantity - lot["quantity"], event.quantity
            _move(entry, rows, "received", event.material, change)
        case GoodsReturned():
            _move(entry, rows, "given back", event.material, -event.quantity)
        case GoodsTakenBack():
            _lot(rows, event, "taken back", event.material, event.quantity)
            _move(entry, rows, "taken back", event.material, event.quantity)
        case ProductUnbuilt():
            _move(entry, rows, "unbuilt", event.material, -event.quantity)
        case GoodsShipped():
            _lot(rows, event, "", event.material, 0)["shipped"] += event.quantity
            _move(entry, rows, "shipped", event.material, -event.quantity)
        case MaterialActual():
            _apply_material_actual(entry, event, rows)


def _apply_material_actual(entry: JournalEntry, event: MaterialActual, rows: ProjectedRows) -> None:
    lot = _lot(rows, event, "", event.material, 0)
    match event.use:
        case MaterialUse.CONSUMED:
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
            if not event.job_order:  # what a job order scraps was in the making, not in stock
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
