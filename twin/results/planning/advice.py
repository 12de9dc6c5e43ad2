"""What a run says of how its materials should be planned: demand and lead times as they came."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from twin.erp.accounting.standard_cost import total_minor
from twin.erp.demand_plan.advice import FEWEST_DAYS, Advice, advise, lead_of, missed_by
from twin.erp.demand_plan.zones import buffer_of, lead_us
from twin.model.events import MaterialActual
from twin.results.frames import from_rows

if TYPE_CHECKING:
    from twin.results.run import Run

DAY_US = 86_400_000_000
ADVICE_COLUMNS = (
    "material", "daily_quantity", "missed_quantity", "lead_time_d", "lead_time_sd_d", "service_level", "declared_safety_stock_quantity",
    "safety_stock_quantity", "reorder_point_quantity", "declared_lot_quantity", "lot_quantity", "why",
    "least_cost_lot_quantity", "least_cost_point_quantity", "least_cost_safety_stock_quantity", "least_cost_year", "least_cost_why",
    "sold_once_quantity", "sold_once_over_quantity", "sold_once_why",
)  # fmt: skip


def advice_of(run: Run) -> list[Advice]:
    """For every material that was used or ordered, in declared order.

    What is sold counts when it was ordered, what goes into something when it was taken; days are those since the run began, whole ones.

    Raises
    ------
    ValueError : too few days have passed
    """
    start_us, materials = run.scenario.start_us, run.erp.planning_parameters.plant.materials.materials
    count = (run.now_us - start_us) // DAY_US
    if count < FEWEST_DAYS:
        raise ValueError(f"{count} days say too little of how demand varies; allowed: {FEWEST_DAYS} whole days or more")
    history: dict[str, list[int]] = {}

    def add(material: str, at_us: int, quantity: int) -> None:
        if material in materials and 0 <= (day := (at_us - start_us) // DAY_US) < count:
            history.setdefault(material, [0] * count)[day] += quantity

    for order in run.erp.customer_orders.orders.values():
        if order.confirmed_us > start_us:  # what was known at the start had come before
            add(order.material, order.confirmed_us, order.quantity)
    for entry in run.journal.entries():
        if isinstance(entry.event, MaterialActual) and entry.event.use == "Consumed":
            add(entry.event.material, entry.event.effective_us, entry.event.quantity)
    took: dict[str, list[float]] = {}
    for purchase in run.erp.purchasing.orders.values():
        if purchase.received_us is None or purchase.open_quantity or purchase.operation or purchase.moved_us:
            continue  # where another date was agreed, that was no lead time
        took.setdefault(purchase.material, []).append((purchase.received_us - purchase.placed_us) / DAY_US)
    found = []
    for name, definition in materials.items():
        buffer = buffer_of(definition)
        if not any(days := history.get(name, [])) or definition.phantom or (buffer is not None and buffer.planned_by == "net_flow"):
            continue
        lead = lead_of(took.get(name, []), lead_us(run.plant, definition) / DAY_US)
        standard = run.erp.roll_up.released.get(name)
        unit_cost = total_minor(standard) / standard.quantity if standard else 0.0
        found.append(advise(name, definition, sum(days) / count, missed_by(days), lead, unit_cost))
    return found


def advice_table(run: Run) -> pd.DataFrame:
    """The same, a row a material."""
    rows = [
        {
            "material": it.material, "daily_quantity": it.daily, "missed_quantity": it.missed, "lead_time_d": it.lead.mean_d,
            "lead_time_sd_d": it.lead.sd_d, "service_level": it.service, "declared_safety_stock_quantity": it.declared_safety,
            "safety_stock_quantity": it.safety_quantity, "reorder_point_quantity": it.point_quantity,
            "declared_lot_quantity": it.declared_lot, "lot_quantity": it.lot, "why": it.why,
            **_by_cost(it),
        }
        for it in advice_of(run)
    ]  # fmt: skip
    return from_rows(rows, ADVICE_COLUMNS)


def _by_cost(it: Advice) -> dict[str, object]:
    """What costs least, where costs are declared; money in units of the plant's currency."""
    least, once = it.least_cost, it.for_once
    return {
        "least_cost_lot_quantity": least.lot if least else None, "least_cost_point_quantity": least.point if least else None,
        "least_cost_safety_stock_quantity": least.safety if least else None, "least_cost_year": least.year_minor / 100 if least else None,
        "least_cost_why": least.why if least else "", "sold_once_quantity": once.quantity if once else None,
        "sold_once_over_quantity": once.over if once else None, "sold_once_why": once.why if once else "",
    }  # fmt: skip
