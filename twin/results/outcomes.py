"""The outcomes of a run: single numbers that sum it up, for comparing runs. Each is read from what MES and ERP have concluded."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from twin.model.measures import US_PER_H
from twin.results.run import Run
from twin.results.views.overview import US_PER_DAY, plant_oee


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one outcome means, how it is written, and which way is better.

    `is_share`: it lies between 0 and 1 in every run. What is made faster than planned is more than all of it: effectiveness, and so OEE.
    """

    name: str
    title: str
    unit: str  # "%" is shown for a share
    better: Literal["higher", "lower"]
    decimals: int = 1
    is_share: bool = False

    def shown(self, value: float) -> str:
        """The value as people read it: 0.873 as "87.3 %"."""
        if math.isnan(value):  # nothing was known
            return "-"
        return f"{self._number(value)} %" if self.unit == "%" else self._number(value)

    def shown_range(self, low: float, high: float) -> str:
        """From where to where: "84.1 to 91.0 %"."""
        if not (math.isfinite(low) and math.isfinite(high)):
            return "-"
        return f"{self._number(low)} to {self._number(high)}{' %' if self.unit == '%' else ''}"

    def shown_difference(self, value: float, low: float, high: float) -> str:
        """A difference with its interval; of shares in points: "+3.9 [-6.8, +14.7] points"."""
        text = f"{self._number(value, '+')} [{self._number(low, '+')}, {self._number(high, '+')}]"
        return f"{text} points" if self.unit == "%" else text

    def _number(self, value: float, sign: str = "") -> str:
        scaled = value * 100 if self.unit == "%" else value
        return f"{round(scaled, self.decimals) + 0.0:{sign},.{self.decimals}f}"

    @property
    def heading(self) -> str:
        return self.title if self.unit == "%" or not self.unit else f"{self.title}, {self.unit}"


def outcome_table(currency: str) -> dict[str, Outcome]:
    """Every outcome of a plant that reckons in `currency`, by name, the most asked for first."""
    money, m = currency, currency.lower()
    rows = [
        Outcome(name="on_time_share", title="Orders on time", unit="%", better="higher", is_share=True),
        Outcome(name="lead_time_h_mean", title="Lead time, mean", unit="h", better="lower"),
        Outcome(name="late_h_mean", title="Lateness, mean", unit="h", better="lower"),
        Outcome(name="shipped_per_day", title="Shipped", unit="pieces/day", better="higher", decimals=2),
        Outcome(name="open_requests_mean", title="Open requests, mean", unit="", better="lower"),
        Outcome(name=f"wip_{m}", title="Work in progress at the end", unit=money, better="lower", decimals=0),
        Outcome(name="oee", title="OEE of the plant", unit="%", better="higher"),
        Outcome(name="availability", title="Availability", unit="%", better="higher", is_share=True),
        Outcome(name="effectiveness", title="Effectiveness", unit="%", better="higher"),
        Outcome(name="quality_ratio", title="Quality ratio", unit="%", better="higher", is_share=True),
        Outcome(name="setup_h", title="Set-up time", unit="h", better="lower"),
        Outcome(name=f"revenue_{m}", title="Revenue", unit=money, better="higher", decimals=0),
        Outcome(name=f"cost_{m}", title="Cost", unit=money, better="lower", decimals=0),
        Outcome(name=f"result_{m}", title="Operating result", unit=money, better="higher", decimals=0),
        Outcome(name=f"margin_{m}", title="Margin of the orders", unit=money, better="higher", decimals=0),
    ]
    return {row.name: row for row in rows}


def outcomes(run: Run, from_us: int | None = None) -> dict[str, float | None]:
    """The outcomes of a run by name; None: nothing is known, as the lead time where no order was shipped.

    Parameters
    ----------
    from_us : leave out what was before, as the time in which an empty plant fills. Orders count if they came later.

    Notes
    -----
    On time is the share among orders that were shipped, or should have been; lateness is the mean over the same orders. Work in
    progress is the value at the end; the mean number of open requests is the time average (L in L = lambda W; Little 1961).
    The result is revenue less all cost of the period, idle people and machines included; the margin is that of the orders shipped.
    """
    start_us = run.scenario.start_us if from_us is None else from_us
    currency = run.plant.layout.currency
    m = currency.lower()
    statement = run.erp.income_statement(start_us, run.now_us + 1)
    revenue_minor = sum(row.amount_minor for row in statement if row.account == "revenue")
    result_minor = sum(row.amount_minor for row in statement if row.account)
    oee, availability, effectiveness, quality = plant_oee(run, start_us, run.now_us)
    found: dict[str, float | None] = {
        **_of_orders(run, start_us),
        "open_requests_mean": _mean(_levels(run, [start_us, run.now_us])),
        f"wip_{m}": sum(row.value_minor for row in run.erp.work_in_progress(run.now_us)) / 100,
        "oee": oee,
        "availability": availability,
        "effectiveness": effectiveness,
        "quality_ratio": quality,
        "setup_h": sum(row.asut_us for row in run.mes.indicators("equipment", start_us, run.now_us)) / US_PER_H,
        f"revenue_{m}": revenue_minor / 100,
        f"cost_{m}": (revenue_minor - result_minor) / 100,
        f"result_{m}": result_minor / 100,
        f"margin_{m}": sum(row.margin_minor or 0 for row in run.erp.orders(run.now_us) if row.confirmed_us >= start_us) / 100,
    }
    return {name: found[name] for name in outcome_table(currency)}


def _of_orders(run: Run, start_us: int) -> dict[str, float | None]:
    orders = run.erp.orders(run.now_us)
    ours = [order for order in orders if order.confirmed_us >= start_us and order.quantity]  # what was cancelled is in no time
    done = [order for order in ours if order.shipped >= order.quantity]
    due = done + [order for order in ours if order.shipped < order.quantity and order.late_by_us]
    lead = [(order.shipped_us - order.confirmed_us) / US_PER_H for order in done if order.shipped_us is not None]
    pieces = sum(order.shipped for order in orders if order.shipped_us is not None and order.shipped_us >= start_us)
    days = (run.now_us - start_us) / US_PER_DAY
    return {
        "on_time_share": _mean([float(not order.late_by_us) for order in due]),
        "lead_time_h_mean": _mean(lead),
        "late_h_mean": _mean([order.late_by_us / US_PER_H for order in due]),
        "shipped_per_day": pieces / days if days > 0 else None,
    }


def open_requests(run: Run, step_us: int) -> list[float]:
    """How many requests were open, on average in each step of time since the start; a last step that is not whole is left out."""
    count = (run.now_us - run.scenario.start_us) // step_us
    return _levels(run, [run.scenario.start_us + i * step_us for i in range(count + 1)])


def _levels(run: Run, bounds: Sequence[int]) -> list[float]:
    """Mean number of open requests between each two bounds."""
    spans = [
        (row.released_us, run.now_us if row.closed_us is None else row.closed_us)
        for row in run.erp.request_costs()
        if row.released_us is not None
    ]
    return [
        sum(max(0, min(end, after) - max(begin, before)) for begin, end in spans) / (after - before)
        for before, after in pairwise(bounds)
        if after > before
    ]


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
