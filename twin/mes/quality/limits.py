"""Limits of control charts: they stand once phase I is over, and are found anew as persons say."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twin.mes.quality.inspections import Inspections
from twin.model import events as e
from twin.model.events import OperationsEvent
from twin.model.problems import did_you_mean, listed

if TYPE_CHECKING:
    from twin.kernels.quality.charts import Process

LEAST_POINTS = 2
"""Fewer show nothing of how a process varies."""
About = e.ControlPointExcluded | e.ControlLimitsRevised


class ControlLimits:
    """What follows for the limits of a chart from its points, and from what a person says of them; and why that may not be said."""

    def __init__(self, inspections: Inspections, authority: Callable[[e.Entry, str], str]) -> None:
        self._inspections, self._authority = inspections, authority

    def phase_one(self, event: OperationsEvent, plan: str, characteristic: str) -> list[OperationsEvent]:
        """Limits, if phase I is over with what was measured last."""
        chart = self._inspections.charts.get((plan, characteristic))
        process = chart.phase_one() if chart else None
        if chart is None or process is None:
            return []
        return [_stands(event, plan, characteristic, process, points=len(chart.samples))]

    def exclude(self, event: e.ControlPointExcluded) -> list[OperationsEvent]:
        """A point has a cause of its own, or has none after all: limits that were found from it are found anew."""
        chart, place = self._inspections.charts[event.plan, event.characteristic], event.point - 1
        if event.is_undone:
            del chart.left_out[place]
        else:
            chart.left_out[place] = f"{event.reason} ({event.person})"
        if not chart.stretches:
            return self.phase_one(event, event.plan, event.characteristic)
        newest = chart.stretches[-1]
        if not chart.is_found_from(place):
            return []
        process = chart.found_from(newest.first, newest.last)
        at = {"points": newest.last, "first_point": newest.first and newest.first + 1, "since_point": newest.since and newest.since + 1}
        return [_stands(event, event.plan, event.characteristic, process, **at)]

    def revise(self, event: e.ControlLimitsRevised) -> list[OperationsEvent]:
        """The process is another: what stood until now stays for what it has judged."""
        chart = self._inspections.charts[event.plan, event.characteristic]
        process = chart.found_from(event.first_point - 1, event.last_point)
        at = {"points": event.last_point, "first_point": event.first_point, "since_point": len(chart.samples) + 1}
        return [_stands(event, event.plan, event.characteristic, process, **at)]

    # Why not

    def doubt_exclusion(self, event: e.ControlPointExcluded) -> str:
        """Why a point may not be left out, or may not count again; "" if it may."""
        if doubt := self._doubt(event):
            return doubt
        chart, place = self._inspections.charts[event.plan, event.characteristic], event.point - 1
        if not 0 <= place < len(chart.samples):
            return f"the chart of {event.characteristic} has no point {event.point}; allowed: 1 to {len(chart.samples)}"
        if event.is_undone:
            known = listed(str(at + 1) for at in sorted(chart.left_out))
            return "" if place in chart.left_out else f"point {event.point} is not left out; those that are: {known or 'none'}"
        if place in chart.left_out:
            return f"point {event.point} is left out already: {chart.left_out[place]}"
        newest = chart.stretches[-1] if chart.stretches else None
        if newest and newest.first <= place < newest.last and chart.counted(newest.first, newest.last) <= LEAST_POINTS:
            return (
                f"limits need {LEAST_POINTS} points that count, and without point {event.point} they are fewer; allowed: find limits anew"
            )
        return ""

    def doubt_revision(self, event: e.ControlLimitsRevised) -> str:
        """Why limits may not be found from these points; "" if they may."""
        if doubt := self._doubt(event):
            return doubt
        chart = self._inspections.charts[event.plan, event.characteristic]
        count, first, last = len(chart.samples), event.first_point, event.last_point
        if not chart.stretches:
            return (
                f"phase I of {event.characteristic} is not over: {chart.counted(0, count)} of {chart.declared.phase_one} points; "
                "allowed: once its limits stand"
            )
        if not 1 <= first < last <= count:
            return f"points {first} to {last} of {event.characteristic}; allowed: from 1 to {count}, the first before the last"
        counted = chart.counted(first - 1, last)
        return "" if counted >= LEAST_POINTS else f"of points {first} to {last} only {counted} count; allowed: {LEAST_POINTS} or more"

    def _doubt(self, event: About) -> str:
        """That there is no such chart, no reason, or no authority."""
        charts, plans = self._inspections.charts, self._inspections.plans
        if (event.plan, event.characteristic) not in charts:
            known = [f"{characteristic} of {plan}" for plan, characteristic in charts]
            asked = f"{event.characteristic} of {event.plan}"
            return f"no control chart of {asked}{did_you_mean(asked, known)}; allowed: {listed(known) or 'none, since there is none'}"
        if not event.reason.strip():
            return "it needs a reason"
        return self._authority(event, plans[event.plan].material)


def _stands(event: OperationsEvent, plan: str, characteristic: str, process: Process, **at: Any) -> e.ControlLimitsFrozen:
    sigma = 0.0 if math.isnan(process.sigma) else process.sigma  # counts have none of their own
    return e.ControlLimitsFrozen(
        effective_us=event.effective_us, plan=plan, characteristic=characteristic, mean=process.mean, sigma=sigma, **at
    )
