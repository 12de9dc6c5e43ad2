"""Tables of what MES and ERP have concluded: lots, job orders, customer orders, costs, indicators, losses."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from twin.mes.collection.actuals import actuals
from twin.model.events import EquipmentActual
from twin.model.measures import US_PER_H
from twin.model.problems import did_you_mean
from twin.results.frames import from_rows, in_currency
from twin.results.run import Run
from twin.results.views.stops import hourly_costs, stops

if TYPE_CHECKING:
    import pandas as pd

LOT_COLUMNS = ("lot", "material", "quantity", "on_hand", "in_process", "scrapped", "produced", "place", "request", "created")
QUEUE_COLUMNS = ("lot", "material", "operation", "after", "quantity", "waited_h", "limit_h", "then", "told")
JOB_COLUMNS = (
    "job_order", "request", "order", "lot", "material", "operation", "work_center", "equipment", "person", "status",
    "quantity", "good", "scrap", "rework", "start", "run_start", "end", "setup_h", "run_h", "work_h", "energy_kwh", "due",
)  # fmt: skip
ORDER_COLUMNS = (
    "order", "header", "customer", "material", "quantity", "shipped_quantity", "status", "confirmed", "due", "shipped", "late_h",
    "revenue_eur", "credited_eur", "standard_cost_eur", "scrap_eur", "rework_eur", "variance_eur", "margin_eur",
)  # fmt: skip
COST_COLUMNS = (
    "request", "order", "material", "status", "quantity", "produced", "scrapped", "material_eur", "labour_eur", "machine_eur",
    "energy_eur", "scrap_eur", "total_eur", "per_unit_eur", "standard_eur", "variance_eur", "wip_eur",
)  # fmt: skip


def lots_table(run: Run) -> pd.DataFrame:
    """Every lot, in the making, in stock or gone, in the order in which they came to be known."""
    rows = [
        {
            "lot": lot.lot, "material": lot.material, "quantity": lot.quantity, "on_hand": lot.on_hand, "in_process": lot.in_process,
            "scrapped": lot.scrapped, "produced": lot.produced, "place": lot.place, "request": lot.request, "created": lot.created_us,
        }
        for lot in run.mes.tracking.lots.values()
    ]  # fmt: skip
    return from_rows(rows, LOT_COLUMNS, ("created",))


def queue_violations_table(run: Run) -> pd.DataFrame:
    """Every lot that waited longer for an operation than it may, since the end of which, and what became of it."""
    rows = [
        {
            "lot": it.lot, "material": it.material, "operation": it.operation, "after": it.after, "quantity": it.quantity,
            "waited_h": it.waited_us / US_PER_H, "limit_h": it.limit_us / US_PER_H, "then": it.then, "told": it.at_us,
        }
        for it in run.mes.queue_times.violations
    ]  # fmt: skip
    return from_rows(rows, QUEUE_COLUMNS, ("told",))


def job_orders_table(run: Run) -> pd.DataFrame:
    """Every job order, with when it started (set-up), when its run started, when it ended, and what it took and gave.

    Hours of set-up and run of one that is worked on count until now.
    """
    requests, running = run.mes.release.requests, _running(run)
    rows = [
        {
            "job_order": job.job_order, "request": job.request, "order": requests[job.request].order if job.request in requests else "",
            "lot": job.lot, "material": job.material, "operation": job.operation, "work_center": job.work_center,
            "equipment": job.equipment, "person": job.person, "status": str(run.mes.status(job.job_order, run.now_us)[0]),
            "quantity": job.quantity, "good": job.good, "scrap": job.scrap, "rework": job.rework,
            "start": _known(job.started_us), "run_start": _known(job.started_us, job.setup_us), "end": _known(job.ended_us),
            "setup_h": (job.setup_us + (its.setup_us if its else 0)) / US_PER_H,
            "run_h": (job.run_us + (its.run_us if its else 0)) / US_PER_H, "work_h": job.work_us / US_PER_H,
            "energy_kwh": job.energy_wh / 1000, "due": _known(job.due_us),
        }
        for job in run.mes.execution.job_orders.values()
        for its in [running.get(job.job_order)]
    ]  # fmt: skip
    return from_rows(rows, JOB_COLUMNS, ("start", "run_start", "end", "due"))


def _running(run: Run) -> dict[str, EquipmentActual]:
    """What the state in which equipment is now has given so far, by job order: it is booked once that state ends."""
    records = [it for it in run.mes.equipment.records.values() if it.job_order and it.is_scheduled]
    given = (it for record in records for it in actuals(record.open_interval(run.now_us), run.mes.job_orders))
    return {it.job_order: it for it in given if isinstance(it, EquipmentActual)}


def _known(instant_us: int, later_us: int = 0) -> int | None:
    return None if instant_us < 0 else instant_us + later_us


def orders_table(run: Run) -> pd.DataFrame:
    """Every customer order: open, shipped, late, and what it earned (once it is shipped). Late hours of an open order count until now."""
    return in_currency(from_rows(order_rows(run), ORDER_COLUMNS, ("confirmed", "due", "shipped")), run.plant.layout.currency)


def order_rows(run: Run) -> list[dict[str, Any]]:
    """The rows of `orders_table`, with instants in microseconds: what a summary needs, without pandas."""
    rows = []
    for it in run.erp.orders(run.now_us):
        shipped = it.shipped >= it.quantity
        status = ("shipped late" if it.late_by_us else "shipped") if shipped else ("late" if it.late_by_us else "open")
        status = status if it.quantity else "cancelled"
        rows.append(
            {
                "order": it.order, "header": it.header, "customer": it.customer, "material": it.material, "quantity": it.quantity,
                "shipped_quantity": it.shipped, "status": status, "confirmed": it.confirmed_us, "due": it.due_us,
                "shipped": it.shipped_us if shipped else None, "late_h": it.late_by_us / US_PER_H,
                "revenue_eur": it.revenue_minor / 100, "credited_eur": it.credited_minor / 100,
                "standard_cost_eur": it.standard_cost_minor / 100, "rework_eur": it.rework_minor / 100,
                "scrap_eur": it.scrap_minor / 100, "variance_eur": it.variance_minor / 100,
                "margin_eur": float("nan") if it.margin_minor is None else it.margin_minor / 100,
            }
        )  # fmt: skip
    return rows


def costs_table(run: Run) -> pd.DataFrame:
    """Every request with its actual cost by element. `per_unit` and `variance` are of closed requests.

    While a request is open its material has been taken for all of it, and only some of it is made: the quotient would say nothing.
    """
    rows = []
    for it in run.erp.request_costs():
        total_minor = it.material_minor + it.labour_minor + it.machine_minor + it.energy_minor
        rows.append(
            {
                "request": it.request, "order": it.order, "material": it.material, "status": it.status, "quantity": it.quantity,
                "produced": it.produced, "scrapped": it.scrapped, "material_eur": it.material_minor / 100,
                "labour_eur": it.labour_minor / 100, "machine_eur": it.machine_minor / 100, "energy_eur": it.energy_minor / 100,
                "scrap_eur": it.scrap_minor / 100, "total_eur": total_minor / 100,
                "per_unit_eur": total_minor / it.produced / 100 if it.produced and it.status == "closed" else float("nan"),
                "standard_eur": it.produced_minor / 100, "variance_eur": it.variance_minor / 100, "wip_eur": it.wip_minor / 100,
            }
        )  # fmt: skip
    return in_currency(from_rows(rows, COST_COLUMNS), run.plant.layout.currency)


def account_titles(run: Run) -> dict[str, str]:
    """Code of every account and its title."""
    return {code: account.title for code, account in run.erp.ledger.accounts.items()}


def genealogy_table(run: Run, lot: str, direction: str) -> pd.DataFrame:
    """Links from or to `lot`, nearest first, with the material of both ends."""
    tracking = run.mes.tracking
    _check_lot(run, lot)
    if direction not in ("backward", "forward"):
        raise ValueError(f"'{direction}' is no direction; allowed: backward, forward")
    links = tracking.backward(lot) if direction == "backward" else tracking.forward(lot)
    rows = [
        {
            "lot": link.lot, "material": tracking.lots[link.lot].material, "quantity": link.quantity,
            "into": link.into, "into_material": tracking.lots[link.into].material if link.into in tracking.lots else "",
        }
        for link in links
    ]  # fmt: skip
    return from_rows(rows, ("lot", "material", "quantity", "into", "into_material"))


def _check_lot(run: Run, lot: str) -> None:
    lots = run.mes.tracking.lots
    if lot not in lots:
        raise ValueError(f"no lot '{lot}'{did_you_mean(lot, lots)}")


INDICATOR_COLUMNS = ("availability", "effectiveness", "quality_ratio", "oee")
TEST_COLUMNS = ("lot", "material", "characteristic", "value", "unit", "lower", "upper", "passed", "recorded")


def inspection_table(run: Run, lot: str | None) -> pd.DataFrame:
    """Measured characteristics of every lot, or of one."""
    if lot is not None:
        _check_lot(run, lot)
    rows = [
        {
            "lot": it.lot, "material": it.material, "characteristic": test.characteristic, "value": test.value, "unit": test.unit,
            "lower": test.lower, "upper": test.upper, "passed": test.passed, "recorded": test.effective_us,
        }
        for it in run.mes.tracking.lots.values()
        if lot in (None, it.lot)
        for test in it.tests
    ]  # fmt: skip
    return from_rows(rows, TEST_COLUMNS, ("recorded",))


def indicators_table(run: Run, scope: str, from_us: int, to_us: int) -> pd.DataFrame:
    """ISO 22400 indicators; the first column has the scope's name, times are hours, shares lie between 0 and 1.

    Scope "order" is the same as "request": the order of ISO 22400 is the production order, not the customer's.
    """
    rows = indicator_rows(run, scope, from_us, to_us)
    frame = from_rows(rows, list(rows[0]) if rows else [scope, *INDICATOR_COLUMNS])
    return frame.astype({name: "float64" for name in frame.columns if name in INDICATOR_COLUMNS or name.endswith("_h")})


def indicator_rows(run: Run, scope: str, from_us: int, to_us: int) -> list[dict[str, Any]]:
    """The rows of `indicators_table`."""
    rows = []
    for it in run.mes.indicators(scope, from_us, to_us):
        row: dict[str, Any] = {scope: it.name}
        for field in fields(it):
            value = getattr(it, field.name)
            if field.name in ("scope", "name", "from_us", "to_us"):
                continue
            if field.name.endswith("_us"):
                row[f"{field.name[:-3]}_h"] = None if value is None else value / US_PER_H
            else:
                row[field.name] = value
        rows.append(row)
    return rows


LOSS_COLUMNS = ("equipment", "loss", "reason", "duration_h", "share_of_planned", "machine_cost_eur")
STOP_COLUMNS = ("equipment", "loss", "reason", "stop_count", "duration_h", "longest_h", "machine_cost_eur")


def losses_table(run: Run, from_us: int, to_us: int) -> pd.DataFrame:
    """The loss tree: a row for each part of a piece of equipment's planned time; `productive` over all of them is its OEE."""
    cost = hourly_costs(run.plant)
    rows = [
        {
            "equipment": it.equipment, "loss": it.loss, "reason": it.reason, "duration_h": it.duration_us / US_PER_H,
            "share_of_planned": it.duration_us / it.planned_us if it.planned_us else float("nan"),
            "machine_cost_eur": it.duration_us / US_PER_H * cost[it.equipment] / 100,
        }
        for it in run.mes.performance.losses(from_us, to_us, run.mes.now_us)
    ]  # fmt: skip
    return in_currency(from_rows(rows, LOSS_COLUMNS), run.plant.layout.currency)


def stops_table(run: Run, from_us: int, to_us: int) -> pd.DataFrame:
    """What stood still and why, the dearest first: planned time only, at the cost of the machine's hour."""
    rows = [
        {
            "equipment": it.equipment, "loss": it.loss, "reason": it.reason, "stop_count": it.count,
            "duration_h": it.duration_us / US_PER_H, "longest_h": it.longest_us / US_PER_H, "machine_cost_eur": it.cost_minor / 100,
        }
        for it in stops(run, from_us, to_us)
    ]  # fmt: skip
    return in_currency(from_rows(rows, STOP_COLUMNS), run.plant.layout.currency)
