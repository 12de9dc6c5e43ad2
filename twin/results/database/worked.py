"""Inspections, nonconformances, holds, clockings and maintenance, as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.mes import Mes

if TYPE_CHECKING:
    from twin.store.projections.projected_rows import Row


def worked_rows(mes: Mes) -> dict[str, list[Row]]:
    """What the MES knows of quality, persons and upkeep."""
    return {**_inspected(mes), "nonconformance": _nonconformances(mes), "lot_hold": _holds(mes), "clocking": _clockings(mes),
            "maintenance_order": _maintained(mes)}  # fmt: skip


def _known(at_us: int) -> int | None:
    """An instant, which a fold writes as -1 where there is none."""
    return None if at_us < 0 else at_us


def _inspected(mes: Mes) -> dict[str, list[Row]]:
    inspections = mes.quality.inspections.all.values()
    judged = [
        {
            "quality_plan": it.plan, "lot": it.lot, "material": it.material, "request": it.request, "asked_us": it.asked_us,
            "verdict": it.verdict, "judged_us": _known(it.judged_us), "judged_by": it.judged_by, "reason": it.reason,
        }
        for it in inspections
    ]  # fmt: skip
    values = [
        {"quality_plan": it.plan, "lot": it.lot, "characteristic": name, "piece": piece, "measured_value": value}
        for it in inspections
        for name, measured in it.values.items()
        for piece, value in enumerate(measured, start=1)
    ]
    return {"inspection": judged, "inspection_value": values}


def _nonconformances(mes: Mes) -> list[Row]:
    return [
        {
            "nonconformance": it.nonconformance, "lot": it.lot, "material": it.material, "quantity": it.quantity,
            "description": it.description, "characteristic": it.characteristic, "status": it.standing, "raised_us": it.raised_us,
            "raised_by": it.raised_by, "defect_code": it.code, "contained_us": _known(it.contained_us), "disposition": it.disposition,
            "disposition_us": _known(it.disposition_us), "reason": it.reason, "closed_us": _known(it.closed_us),
        }
        for it in mes.quality.nonconformances.all.values()
    ]  # fmt: skip


def _holds(mes: Mes) -> list[Row]:
    holds = mes.quality.holds
    return [
        {"lot": lot, "held_by": by, "reason": reason, "since_us": holds.since_us[lot]}
        for lot, reasons in holds.reasons.items()
        for by, reason in reasons.items()
    ]


def _clockings(mes: Mes) -> list[Row]:
    return [
        {
            "person": person, "clocking_number": number, "job_order": it.job_order, "activity": it.activity, "time_share": it.share,
            "clocked_on_us": it.on_us, "clocked_off_us": _known(it.off_us), "correction_count": len(it.corrections),
            "terminal": it.terminal,
        }
        for person, sheet in mes.labour.sheets.items()
        for number, it in enumerate(sheet.clockings, start=1)
    ]  # fmt: skip


def _maintained(mes: Mes) -> list[Row]:
    return [
        {
            "maintenance": it.maintenance, "equipment": it.equipment, "category": it.category, "description": it.description,
            "maintenance_plan": it.plan, "status": it.standing, "requested_us": _known(it.requested_us), "requested_by": it.requested_by,
            "due_us": _known(it.due_us), "started_us": _known(it.started_us), "started_by": it.started_by, "ended_us": _known(it.ended_us),
            "ended_by": it.ended_by, "words": it.words,
        }
        for it in mes.maintenance.orders.values()
    ]  # fmt: skip
