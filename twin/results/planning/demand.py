"""The master schedule and the buffers of a plan, as tidy frames."""

from __future__ import annotations

import pandas as pd

from twin.erp.demand_plan.buffers import buffer_rows
from twin.erp.demand_plan.master_schedule import master_schedule
from twin.erp.material_plan.plan import MaterialPlan
from twin.model.plant import Plant
from twin.results.frames import from_rows

MASTER_COLUMNS = (
    "material", "day", "zone", "forecast_quantity", "ordered_quantity", "made_quantity", "projected_quantity",
    "available_to_promise_quantity",
)  # fmt: skip
BUFFER_COLUMNS = (
    "material", "daily_use_quantity", "lead_time_d", "red_base_quantity", "red_safety_quantity", "yellow_quantity", "green_quantity",
    "top_of_red_quantity", "top_of_yellow_quantity", "top_of_green_quantity", "on_hand_quantity", "on_order_quantity",
    "qualified_demand_quantity", "spike_quantity", "net_flow_quantity", "zone", "order_quantity",
)  # fmt: skip


def master_table(plan: MaterialPlan) -> pd.DataFrame:
    """Everything that is sold in every bucket: forecasts and orders, what is made, what may still be promised."""
    rows = [
        {
            "material": it.material, "day": plan.day_of(it.bucket), "zone": it.zone, "forecast_quantity": it.forecast,
            "ordered_quantity": it.ordered, "made_quantity": it.made, "projected_quantity": it.projected,
            "available_to_promise_quantity": it.atp,
        }
        for it in master_schedule(plan)
    ]  # fmt: skip
    frame = from_rows(rows, MASTER_COLUMNS)
    frame["day"] = pd.to_datetime(frame["day"])
    return frame


def buffer_table(plant: Plant, plan: MaterialPlan) -> pd.DataFrame:
    """Every declared buffer: its zones, where the net flow stands in them, and what is due to be ordered."""
    rows = []
    for it in buffer_rows(plant, plan):
        zones = it.zones
        rows.append(
            {
                "material": it.material, "daily_use_quantity": float(it.daily_use), "lead_time_d": it.lead_days,
                "red_base_quantity": zones.red_base, "red_safety_quantity": zones.red_safety, "yellow_quantity": zones.yellow,
                "green_quantity": zones.green, "top_of_red_quantity": zones.top_of_red, "top_of_yellow_quantity": zones.top_of_yellow,
                "top_of_green_quantity": zones.top_of_green, "on_hand_quantity": it.on_hand, "on_order_quantity": it.on_order,
                "qualified_demand_quantity": it.qualified_demand, "spike_quantity": it.spikes, "net_flow_quantity": it.net_flow,
                "zone": it.zone, "order_quantity": it.order,
            }
        )  # fmt: skip
    return from_rows(rows, BUFFER_COLUMNS)
