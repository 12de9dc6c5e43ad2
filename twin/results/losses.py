"""Tables of what was lost: where planned time went, and what stood still, by what it cost."""

from __future__ import annotations

import pandas as pd

from twin.results.frames import US_PER_H, from_rows, in_currency
from twin.results.run import Run
from twin.results.views.stops import hourly_costs, stops

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
