"""Requisitions, quotes, blanket orders, and what the material plan proposes, as rows."""

from __future__ import annotations

from dataclasses import asdict
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from twin.erp import Erp
from twin.erp.planners.forecasts import weeks_told, with_forecasts

if TYPE_CHECKING:
    from twin.erp.material_plan.plan import MaterialPlan
    from twin.results.run import Run
    from twin.store.projections.projected_rows import Row


def traded_rows(erp: Erp, now_us: int) -> dict[str, list[Row]]:
    """What purchasing and sales of the ERP know of what is wanted and offered, and how well suppliers have served."""
    requisitions = [
        {
            "requisition": it.requisition, "material": it.material, "quantity": it.quantity, "due_us": it.due_us,
            "value_minor": it.value_minor, "status": it.standing, "raised_by": it.raised_by, "raised_us": it.raised_us,
            "reason": it.reason, "decided_by": it.decided_by, "order_id": it.order,
        }
        for it in erp.sourcing.requisitions.values()
    ]  # fmt: skip
    blankets = [
        {
            "blanket": it.blanket, "supplier": it.supplier, "material": it.material, "quantity": it.quantity,
            "called_quantity": it.called, "open_quantity": it.open_quantity, "unit_price_minor": it.unit_price_minor,
            "from_us": it.from_us, "until_us": it.until_us,
        }
        for it in erp.purchasing.blanket_orders.values()
    ]  # fmt: skip
    offered = [
        {
            "quote": name, "line_number": number, "customer": it.offered.customer, "material": line.material, "quantity": line.quantity,
            "net_price_minor": erp.settlement.rates.own_minor(line.net_price_minor, it.offered.currency, it.offered.effective_us),
            "promised_us": line.promised.due_us, "valid_until_us": it.offered.valid_until_us,
            "order_id": it.order,
        }
        for name, it in erp.quoting.quotes.items()
        for number, line in enumerate(it.lines, start=1)
    ]  # fmt: skip
    return {
        "requisition": requisitions, "supplier_quote": _quotes(erp), "blanket_order": blankets, "sales_quote": offered,
        "supplier_score": _scores(erp, now_us),
    }  # fmt: skip


def _scores(erp: Erp, now_us: int) -> list[Row]:
    rows = [it for by_material in (False, True) for it in erp.scorecards.rows(now_us, by_material=by_material)]
    return [
        {
            "supplier": it.supplier, "material": it.material, "order_count": it.orders, "on_time_count": it.on_time,
            "on_first_date_count": it.on_first_date, "late_us": it.late_us, "ordered": it.ordered, "received": it.received,
            "rejected": it.rejected, "expected_minor": it.expected_minor, "paid_minor": it.paid_minor,
        }
        for it in rows
    ]  # fmt: skip


def _quotes(erp: Erp) -> list[Row]:
    return [
        {
            "rfq": rfq.rfq, "quote": name, "requisition": rfq.requisition, "supplier": it.supplier,
            "unit_price_minor": it.unit_price_minor, "minimum_quantity": it.minimum, "delivery_minor": it.delivery_minor,
            "lead_time_us": it.lead_time_us, "received_us": it.effective_us, "valid_until_us": it.valid_until_us,
            "is_accepted": int(rfq.accepted == name), "order_id": rfq.order if rfq.accepted == name else "",
        }
        for rfq in erp.sourcing.rfqs.values()
        for name, it in rfq.quotes.items()
    ]  # fmt: skip


def planned_rows(run: Run) -> dict[str, list[Row]]:
    """What the plan would decide by now, whether a scenario lets it decide or persons do; forecasts, where some are said, in it.

    As the page Material plan shows it: by what planners have set, over all open orders. None where there can be no plan by days, since
    something is wanted too far ahead: the run itself does not end for that.
    """
    from twin.erp.material_plan.position import erp_position
    from twin.results.planning.plans_now import load_by_week, master_lines

    position = with_forecasts(run.erp, erp_position(run.erp, run.now_us))
    expected = {"forecast_week": _expected(run.erp)}
    try:
        plan = run.erp.planning_parameters.plan(position)
    except ValueError:
        return {**{name: [] for name in ("planned_order", "action_message", "peg", "master_schedule", "capacity_week")}, **expected}
    return {
        "planned_order": _planned(plan), "action_message": _messages(plan), "peg": _pegs(plan), **expected,
        "master_schedule": [{**asdict(it), "zone": str(it.zone)} for it in master_lines(plan)],
        "capacity_week": [asdict(it) for it in load_by_week(run, plan, position)],
    }  # fmt: skip


def _expected(erp: Erp) -> list[Row]:
    return [
        {
            "material": material, "week_number": number, "from_us": it.from_us, "until_us": it.until_us, "expected_quantity": it.pieces,
            "method": it.method, "issued_us": it.said_us,
        }
        for material, weeks in groupby(weeks_told(erp), attrgetter("material"))
        for number, it in enumerate(weeks, start=1)
    ]  # fmt: skip


def _pegs(plan: MaterialPlan) -> list[Row]:
    def at_us(bucket: int | None) -> int | None:
        return None if bucket is None else plan.buckets.start_us(bucket)

    return [
        {
            "peg_number": number, "material": it.material, "supply_kind": it.supply_kind, "supply": it.supply,
            "available_us": at_us(it.supply_bucket), "demand_kind": it.demand_kind, "demand": it.demand,
            "needed_us": at_us(it.demand_bucket), "quantity": it.quantity,
        }
        for number, it in enumerate(plan.pegs, start=1)
    ]  # fmt: skip


def _planned(plan: MaterialPlan) -> list[Row]:
    start_us = plan.buckets.start_us
    return [
        {
            "planned_order": it.order, "material": it.material, "source": "purchase" if it.is_bought else "make", "quantity": it.good,
            "started_quantity": it.started, "start_us": start_us(it.start), "due_us": start_us(it.due), "arrives_us": start_us(it.arrives),
            "late_buckets": it.late_buckets,
        }
        for it in plan.orders
    ]  # fmt: skip


def _messages(plan: MaterialPlan) -> list[Row]:
    from twin.erp.material_plan.messages import action_messages

    start_us = plan.buckets.start_us
    return [
        {
            "message_number": number, "action": it.action, "order_id": it.order, "order_kind": it.kind, "material": it.material,
            "quantity": it.quantity, "due_us": start_us(it.from_bucket),
            "wanted_us": None if it.to_bucket is None else start_us(it.to_bucket), "late_buckets": it.late_buckets, "reason": it.why,
        }
        for number, it in enumerate(action_messages(plan), start=1)
    ]  # fmt: skip
