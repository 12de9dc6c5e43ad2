"""Tables of maintenance: what is due, what was asked for and done by whom at what cost, what may not be used; and what it does to use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from twin.mes.maintenance.indicators import maintenance_indicators
from twin.mes.maintenance.orders import MaintenanceOrder, done_by_plant
from twin.mes.maintenance.wear import Use
from twin.model.floor.maintenance import Maintenance
from twin.model.measures import US_PER_H
from twin.model.upkeep.maintenance_plans import MaintenancePlan
from twin.results.frames import from_rows, in_currency
from twin.results.run import Run

ORDER_COLUMNS = (
    "maintenance", "equipment", "category", "plan", "description", "by_plant", "standing", "is_overdue", "requested", "requested_by", "due",
    "overdue", "from", "until", "assigned", "started", "started_by", "ended", "ended_by", "duration_h", "words", "spare_parts", "parts_eur",
    "work_h", "work_eur", "cost_eur",
)  # fmt: skip
PLAN_COLUMNS = ("plan", "title", "equipment", "by_plant", "standing", "trigger", "use", "used_share", "due", "last_done", "spare_parts")
CALIBRATION_COLUMNS = (
    "calibration", "title", "is_usable", "why", "due", "last", "performed", "performed_by", "certificate", "calibrated_by",
)  # fmt: skip
INDICATOR_COLUMNS = (
    "equipment", "planned_h", "corrective_h", "corrective_share", "failure_count", "mtbf_h", "mttr_h", "inherent_availability",
    "availability",
)  # fmt: skip
PART_COLUMNS = ("material", "on_hand", "reserved", "free", "issued", "incoming")


def orders_of(run: Run) -> list[MaintenanceOrder]:
    """What the plant did by itself, by equipment in declared order, then what the MES and persons asked for."""
    equipment = run.mes.equipment
    by_plant = (it for name, declared in run.plant.maintenance.items() for it in done_by_plant(equipment, name, declared, run.now_us))
    return [*by_plant, *run.mes.maintenance.orders.values()]


def maintenance_table(run: Run) -> pd.DataFrame:
    """Every maintenance of the run: the open ones first, the overdue before the others."""
    parts_minor, work_minor = run.erp.spare_parts.cost_minor, run.erp.maintenance_work.cost_minor
    orders = sorted(orders_of(run), key=lambda it: (not it.is_open, not it.is_overdue(run.now_us), it.requested_us))
    rows = [
        {
            "maintenance": it.maintenance, "equipment": it.equipment, "category": it.category, "plan": it.plan,
            "description": it.description, "by_plant": it.by_plant, "standing": it.standing, "is_overdue": it.is_overdue(run.now_us),
            "requested": it.requested_us, "requested_by": it.requested_by, "due": _known(it.due_us), "overdue": _known(it.overdue_us),
            "from": _known(it.from_us),
            "until": _known(it.until_us), "assigned": ", ".join(it.assigned), "started": _known(it.started_us), "started_by": it.started_by,
            "ended": _known(it.ended_us), "ended_by": it.ended_by, "duration_h": duration_us(run, it) / US_PER_H, "words": it.words,
            "spare_parts": ", ".join(f"{quantity} {material}" for material, quantity in it.issued.items()),
            "parts_eur": parts_minor.get(it.maintenance, 0) / 100, "work_h": it.work_us / US_PER_H,
            "work_eur": work_minor.get(it.maintenance, 0) / 100,
            "cost_eur": (parts_minor.get(it.maintenance, 0) + work_minor.get(it.maintenance, 0)) / 100,
        }
        for it in orders
    ]  # fmt: skip
    frame = from_rows(rows, ORDER_COLUMNS, ("requested", "due", "overdue", "from", "until", "started", "ended"))
    return in_currency(frame, run.plant.layout.currency)


def duration_us(run: Run, it: MaintenanceOrder) -> int:
    """How long it has lasted so far, us."""
    return (it.ended_us if it.ended_us >= 0 else run.now_us) - it.started_us if it.started_us >= 0 else 0


def plan_uses(run: Run) -> Iterator[tuple[str, str, MaintenancePlan | Maintenance, MaintenanceOrder | None, int, list[Use]]]:
    """Of everything that is declared: plan, equipment, the plan itself, what is open of it, when it was done last, how near it is."""
    upkeep, now_us = run.mes.maintenance, run.now_us
    for equipment, declared in run.plant.maintenance.items():
        done = done_by_plant(run.mes.equipment, equipment, declared, now_us)
        for played in declared:
            own = [it for it in done if it.plan == played.reason]
            last_us = max((it.ended_us for it in own), default=-1)
            going_on = next((it for it in own if it.is_open), None)
            yield played.reason, equipment, played, going_on, last_us, upkeep.wear.uses(played, equipment, last_us, now_us)
    for name, plan in upkeep.plans.items():
        asked = next((it for it in upkeep.orders.values() if it.plan == name and it.is_open), None)
        done_us = upkeep.done_us.get(name, -1)
        yield name, plan.equipment, plan, asked, done_us, upkeep.wear.of_plan(name, plan, done_us, now_us)


def plans_table(run: Run) -> pd.DataFrame:
    """Every declared maintenance, what makes it due, how near that is: "not due", "due", "overdue" or "in maintenance"."""
    rows: list[dict[str, Any]] = []
    for name, equipment, plan, going_on, last_us, uses in plan_uses(run):
        standing = standing_of(run, going_on, uses)
        title = plan.title if isinstance(plan, MaintenancePlan) else ""
        parts = plan.spare_parts if isinstance(plan, MaintenancePlan) else {}
        own: dict[str, Any] = {
            "plan": name, "title": title or name, "equipment": equipment, "by_plant": isinstance(plan, Maintenance), "standing": standing,
            "last_done": _known(last_us), "spare_parts": ", ".join(f"{quantity} {material}" for material, quantity in parts.items()),
        }  # fmt: skip
        rows += [
            {
                **own,
                "trigger": it.trigger,
                "use": it.words,
                "used_share": it.used / it.limit if it.limit else None,
                "due": _known(it.due_us),
            }
            for it in uses
        ]
        if isinstance(plan, MaintenancePlan) and plan.condition:
            rows.append({**own, "trigger": "condition", "use": plan.condition.words})
    return from_rows(rows, PLAN_COLUMNS, ("due", "last_done"))


def standing_of(run: Run, going_on: MaintenanceOrder | None, uses: list[Use]) -> str:
    """How one declared maintenance stands, in words."""
    if going_on and going_on.standing == "started":
        return "in maintenance"
    if going_on:
        return "overdue" if going_on.is_overdue(run.now_us) else "due"
    return "due" if any(it.is_due(run.now_us) for it in uses) else "not due"


def calibrations_table(run: Run) -> pd.DataFrame:
    """Every gauge and unit that is calibrated: until when it may be used, or why not."""
    of = run.mes.maintenance.calibrations
    rows = [
        {
            "calibration": name, "title": it.declared.title or name,
            "is_usable": it.is_usable(run.now_us),
            "why": of.why_not(it, run.now_us),
            "due": it.due_us, "last": it.last.isoformat(), "performed": _known(it.performed_us), "performed_by": it.performed_by,
            "certificate": it.certificate, "calibrated_by": it.declared.calibrated_by,
        }
        for name, it in of.all.items()
    ]  # fmt: skip
    return from_rows(rows, CALIBRATION_COLUMNS, ("due", "performed"))


def maintenance_indicators_table(run: Run, from_us: int, to_us: int) -> pd.DataFrame:
    """Planned against corrective time, failures and mean times, by equipment, over a window."""
    rows = run.mes.indicators("equipment", from_us, to_us)
    found = maintenance_indicators(run.mes.equipment, orders_of(run), rows, from_us, min(to_us, run.now_us))
    return from_rows(
        [
            {
                "equipment": it.equipment, "planned_h": it.planned_us / US_PER_H, "corrective_h": it.corrective_us / US_PER_H,
                "corrective_share": it.corrective_share, "failure_count": it.failure_count, "mtbf_h": _hours(it.mtbf_us),
                "mttr_h": _hours(it.mttr_us), "inherent_availability": it.inherent_availability,
                "availability": it.availability,
            }
            for it in found
        ],
        INDICATOR_COLUMNS,
    )  # fmt: skip


def spare_parts_table(run: Run) -> pd.DataFrame:
    """Materials that maintenance plans need, or that maintenance has used: on hand, kept back, free, issued, on order."""
    needed = [material for plan in run.mes.maintenance.plans.values() for material in plan.spare_parts]
    issued: dict[str, int] = {}
    for it in run.mes.maintenance.orders.values():
        for material, quantity in it.issued.items():
            issued[material] = issued.get(material, 0) + quantity
    rows = [
        {
            "material": material, "on_hand": run.mes.tracking.on_hand(material), "reserved": run.mes.tracking.kept_back.get(material, 0),
            "free": max(0, run.mes.tracking.available(material)), "issued": issued.get(material, 0),
            "incoming": run.erp.stock.incoming[material],
        }
        for material in dict.fromkeys([*needed, *issued])
    ]  # fmt: skip
    return from_rows(rows, PART_COLUMNS)


def _hours(duration_us: float | None) -> float | None:
    return None if duration_us is None else duration_us / US_PER_H


def _known(instant_us: int) -> int | None:
    return None if instant_us < 0 else instant_us
