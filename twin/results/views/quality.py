"""Quality as the page shows it: what charts say, which lots are held, what is wrong and not done with, what was inspected last."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.mes.quality.control import Chart, Drawn
from twin.mes.quality.inspections import Inspection
from twin.mes.quality.nonconformances import CorrectiveAction, Nonconformance
from twin.results.quality.control_charts import SPREAD_TITLES, VALUE_TITLES, charts_of
from twin.results.quality.defects import Defect, defects
from twin.results.quality.machine_runs import MachineRun, machine_runs
from twin.results.quality.tables import capability_table
from twin.results.run import Run

SHOWN_POINTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartNow:
    """The newest points of a chart as columns; `spread` is empty where the chart has none."""

    title: str
    kind: str
    unit: str
    standing: str
    value_title: str
    spread_title: str
    value: dict[str, list[float]]
    spread: dict[str, list[float]]
    lots: list[str]
    signals: list[str]
    left_out: list[str]  # why no limits are found from a point; "": they are


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A lot that may neither go on nor ship."""

    lot: str
    material: str
    quantity: int
    place: str
    reason: str
    since_us: int
    decided_us: int  # when it will be decided, as whoever holds it has said; 0: nobody has


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityNow:
    """How quality stands."""

    charts: dict[str, ChartNow]
    held: list[Held]
    open: list[Nonconformance]
    closed_count: int
    costs_minor: dict[str, int]  # by nonconformance
    actions: list[CorrectiveAction]
    inspections: list[Inspection]  # the newest first
    defects: list[Defect]  # the most frequent first
    judged_count: int
    passed_count: int

    @property
    def signal_count(self) -> int:
        return sum(1 for chart in self.charts.values() for signal in chart.signals if signal)


def quality_now(run: Run) -> QualityNow:
    """How quality stands now."""
    quality, lots = run.mes.quality, run.mes.tracking.lots
    all_of_them = list(quality.nonconformances.all.values())
    judged = [it for it in quality.inspections.all.values() if it.verdict]
    held = [
        Held(
            lot=name, material=lots[name].material, quantity=lots[name].on_hand + lots[name].in_process, place=lots[name].place,
            reason=quality.holds.why(name), since_us=quality.holds.since_us[name],
            decided_us=quality.holds.disposition_us.get(name, 0),
        )
        for name in quality.holds.reasons
        if name in lots
    ]  # fmt: skip
    return QualityNow(
        charts={name: _chart(run, name, chart) for name, chart in charts_of(run).items()},
        held=sorted(held, key=lambda it: it.since_us),
        open=[it for it in all_of_them if it.standing != "closed"],
        closed_count=sum(it.standing == "closed" for it in all_of_them),
        costs_minor=dict(run.erp.quality_costs.cost_minor),
        actions=list(quality.nonconformances.actions.values()),
        inspections=sorted(judged, key=lambda it: -it.judged_us),
        defects=defects(run) if run.plant.layout.reasons.defect else [],
        judged_count=len(judged),
        passed_count=sum(it.verdict.startswith("passed") for it in judged),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CapabilityNow:
    """What processes can do (rows of `run.capability`), and what machines can do by themselves, against what is asked of them."""

    processes: list[dict[Hashable, Any]]
    machines: list[MachineRun]


def capability_now(run: Run) -> CapabilityNow:
    """Capability as it stands."""
    return CapabilityNow(processes=capability_table(run).to_dict("records"), machines=machine_runs(run))


def _chart(run: Run, name: str, chart: Chart) -> ChartNow:
    plan, characteristic = next(key for key, it in run.mes.quality.inspections.charts.items() if it is chart)
    declared, drawn = run.plant.layout.quality_plans[plan].characteristics[characteristic], chart.drawn()
    count = len(chart.samples)
    first, marked = max(0, count - SHOWN_POINTS), chart.marked
    return ChartNow(
        title=declared.title or name,
        kind=chart.declared.kind,
        unit=declared.unit,
        standing=_standing(chart),
        value_title=VALUE_TITLES[chart.declared.kind],
        spread_title=SPREAD_TITLES.get(chart.declared.kind, ""),
        value=_columns(drawn, first, spread=False),
        spread=_columns(drawn, first, spread=True),
        lots=[it.lot for it in chart.samples[first:]] if drawn else [],
        signals=[", ".join(marked.get(n, ())).replace("_", " ") for n in range(first, count)] if drawn else [],
        left_out=[chart.left_out.get(n, "") for n in range(first, count)] if drawn else [],
    )


def _standing(chart: Chart) -> str:
    """What its limits come from, and since when they stand, in words."""
    if not chart.stretches:
        return f"phase I: {chart.counted(0, len(chart.samples))} of {chart.declared.phase_one} points"
    newest = chart.stretches[-1]
    if not newest.last:
        return "limits were known"
    if not newest.since:
        return f"limits stand since point {newest.last}"
    return f"limits from points {newest.first + 1} to {newest.last} stand since point {newest.since}"


def _columns(drawn: Drawn | None, first: int, *, spread: bool) -> dict[str, list[float]]:
    value = None if drawn is None else drawn.spread if spread else drawn.value
    limits = None if drawn is None else drawn.spread_limits if spread else drawn.limits
    if value is None or limits is None:
        return {name: [] for name in ("point", "value", "center", "lower", "upper")}
    columns = {"value": value, "center": limits.center, "lower": limits.lower, "upper": limits.upper}
    found = {name: [float(x) for x in array[first:]] for name, array in columns.items()}
    return {"point": [float(n) for n in np.arange(first + 1, value.size + 1)], **found}
