"""Inspections: which lots have to be measured, what was found, and what that means. Results are charted, asked for or not."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from twin.mes.quality.sampling import Sampler
from twin.model.calendars import written_local
from twin.model.events import (
    ControlLimitsFrozen,
    ControlPointExcluded,
    DefectsCounted,
    Heartbeat,
    OperationsEvent,
    TestRequested,
    TestResultCorrected,
    TestResultRecorded,
    WorkAlertRaised,
)
from twin.model.floor.quality_plan import Characteristic, QualityPlan
from twin.model.plant import Plant

if TYPE_CHECKING:
    from twin.mes.quality.control import Chart, Judged

PASSED, FAILED, OVERRULED = "passed", "failed", "passed by override"


@dataclass(slots=True, kw_only=True)
class Inspection:
    """One lot before one plan."""

    plan: str
    lot: str
    material: str
    request: str
    asked_us: int
    due_us: int = -1  # until when it has to be made; -1: whenever
    was_opened: bool = False  # the plan asked for it; else it was measured without being asked for
    was_asked: bool = False  # whoever measures was told
    values: dict[str, list[float]] = field(default_factory=dict)  # by characteristic
    newest: dict[str, float] = field(default_factory=dict)  # by characteristic: what was said last, a correction too
    doubted: dict[str, list[bool]] = field(default_factory=dict)  # of each of these, whether what measured it said that it failed
    wrong: dict[str, list[float]] = field(default_factory=dict)  # what is not allowed; of what is counted, the number in the sample
    sizes: dict[str, int] = field(default_factory=dict)  # inspected pieces of what is counted
    verdict: str = ""
    declared: QualityPlan  # as it was when the lot was to be inspected
    judged_us: int = -1
    judged_by: str = ""
    reason: str = ""


Told = tuple[tuple[str, tuple[str, ...]], ...]
"""Lots, and the rules by which a point of each gives a signal."""


class Corrected(NamedTuple):
    """An inspection of which a result was corrected; lots whose points give a signal by that, or give none any more, and the rules."""

    inspection: Inspection
    raised: Told
    fallen: Told


def _by_lot(chart: Chart, judged: Judged) -> tuple[Told, Told]:
    """What has come and what has fallen, by the lots of the points."""
    raised, fallen = (tuple((chart.samples[at].lot, rules) for at, rules in found.items()) for found in judged)
    return raised, fallen


def _charts_of(name: str, plan: QualityPlan) -> Iterator[tuple[tuple[str, str], Chart]]:
    """By plan and characteristic. Charts reckon with NumPy, which only plants that have them bring in."""
    for characteristic, it in plan.characteristics.items():
        if it.chart:
            from twin.mes.quality.control import Chart

            yield (name, characteristic), Chart(it.chart, plan.sampling.pieces)


class Defects(NamedTuple):
    """So many of a defect were found in a lot."""

    at_us: int
    material: str
    code: str
    found: int


class Inspections:
    """Inspections by plan and lot: the newest of each counts."""

    def __init__(self, plant: Plant) -> None:
        self.plans, self._zone = plant.layout.quality_plans, plant.layout.time_zone
        self.samplers = {name: Sampler(plan.sampling) for name, plan in self.plans.items()}
        self.charts = {key: chart for name, plan in self.plans.items() for key, chart in _charts_of(name, plan)}
        self.all: dict[tuple[str, str], Inspection] = {}
        self.missed: list[Inspection] = []  # those that nobody has made before the next of their lot was to be made
        self.defects: list[Defects] = []  # what was counted by code
        self._awaited: list[Inspection] = []  # with a time in which they have to be made, and nobody told yet that it is over
        self.to_ask: dict[tuple[str, str], Inspection] = {}
        self._plan_of = {(it.material, name): plan for plan, it in self.plans.items() for name in it.characteristics}
        self._former: dict[tuple[str, str], set[tuple[float | None, float | None]]] = {}  # limits of before, by plan and characteristic

    def declare(self, name: str, plan: QualityPlan) -> None:
        """A plan is otherwise, or new, from now on: for lots that are to be inspected from now on."""
        known = self.plans.get(name)
        for characteristic, it in known.characteristics.items() if known else ():
            self._former.setdefault((name, characteristic), set()).add((it.lower, it.upper))
        self.plans[name] = plan
        self.samplers.setdefault(name, Sampler(plan.sampling)).plan = plan.sampling
        for key, chart in _charts_of(name, plan):
            self.charts.setdefault(key, chart)
        self._plan_of |= {(plan.material, characteristic): name for characteristic in plan.characteristics}

    def undeclare(self, name: str) -> None:
        """A plan that was new is not there: nothing was inspected by it."""
        plan = self.plans.pop(name)
        del self.samplers[name]
        for characteristic in plan.characteristics:
            self._plan_of.pop((plan.material, characteristic), None)
            self.charts.pop((name, characteristic), None)

    def _is_doubted(self, event: TestResultRecorded, plan: str, it: Characteristic) -> bool:
        """Whether what measured it said that it failed; what went by limits of before is judged by those that hold."""
        limits = event.lower, event.upper
        goes_by_former = limits != (it.lower, it.upper) and limits in self._former.get((plan, event.characteristic), ())
        return not event.passed and not goes_by_former

    def plans_at(self, material: str, operation: str | None, *, is_last: bool) -> Iterator[tuple[str, QualityPlan]]:
        """What inspects `material` after `operation`; None: when it was delivered."""
        for name, plan in self.plans.items():
            here = plan.operation == operation if plan.operation is not None else operation is None or is_last
            if plan.material == material and here:
                yield name, plan

    def open(self, plan: str, lot: str, material: str, request: str, at_us: int) -> Inspection:
        """A lot has to be inspected; what was measured of it before counts. One that was to be made before, and was not, is missed."""
        found = self.all.get((plan, lot))
        if found and self.is_open(plan, lot):
            self.missed.append(found)
        if found is None or found.was_opened:
            found = self.all[plan, lot] = Inspection(
                plan=plan, lot=lot, material=material, request=request, asked_us=at_us, declared=self.plans[plan]
            )  # fmt: skip
        found.was_opened = True
        if (within := found.declared.within) is not None and not found.verdict:
            found.due_us = at_us + within
            self._awaited.append(found)
        if not found.verdict:
            self.to_ask[plan, lot] = found
        return found

    def is_open(self, plan: str, lot: str) -> bool:
        """Whether an inspection of a lot is to be made, and is not made."""
        it = self.all.get((plan, lot))
        return bool(it and it.was_opened and not it.verdict)

    def overdue(self, event: Heartbeat) -> list[OperationsEvent]:
        """What was to be made by now and is not, each told once."""
        if not self._awaited:
            return []
        open_ones = [it for it in self._awaited if not it.verdict and it not in self.missed]
        late = [it for it in open_ones if it.due_us < event.effective_us]
        self._awaited = [it for it in open_ones if it.due_us >= event.effective_us]
        return [WorkAlertRaised.about(replace(event, lot=it.lot, request=it.request), "check", self._late_words(it)) for it in late]

    def _late_words(self, it: Inspection) -> str:
        title, until = it.declared.title or it.plan, written_local(it.due_us, self._zone)
        return f"{title} of lot {it.lot} is overdue: it was to be made until {until}, and is not"

    def requests(self, now_us: int) -> list[TestRequested]:
        """What to ask for at `now_us`."""
        return [
            TestRequested(
                effective_us=now_us, request=it.request, lot=it.lot, plan=it.plan, material=it.material,
                pieces=it.declared.sampling.pieces,
            )
            for it in self.to_ask.values()
        ]  # fmt: skip

    def asked(self, event: TestRequested) -> None:
        """Whoever measures was told."""
        it = self.to_ask.pop((event.plan, event.lot), None)
        if it:
            it.was_asked = True

    def take(self, event: TestResultRecorded | DefectsCounted, material: str) -> tuple[Inspection, tuple[str, ...]] | None:
        """A result of a lot: its inspection, and the rules by which its chart gives a signal; None if no plan knows it."""
        plan_id = self._plan_of.get((material, event.characteristic))
        if plan_id is None:
            return None
        inspection = self.all.get((plan_id, event.lot))
        if inspection is None:  # measured without being asked for
            inspection = Inspection(
                plan=plan_id, lot=event.lot, material=material, request=event.request, asked_us=event.effective_us,
                declared=self.plans[plan_id],
            )  # fmt: skip
            self.all[plan_id, event.lot] = inspection
        plan, name = inspection.declared, event.characteristic
        characteristic = plan.characteristics.get(name)
        if characteristic is None:  # the plan asks for it since then, and not of this lot
            return None
        value = float(event.found) if isinstance(event, DefectsCounted) else event.value
        if inspection.verdict and self._there(inspection, name, characteristic) >= plan.sampling.pieces:
            for part in (inspection.values, inspection.doubted, inspection.sizes):  # measured anew
                part.pop(name, None)
        values = inspection.values.setdefault(name, [])
        values.append(value)
        inspection.newest[name] = value
        inspection.doubted.setdefault(name, []).append(
            isinstance(event, TestResultRecorded) and self._is_doubted(event, plan_id, characteristic)
        )
        if isinstance(event, DefectsCounted):
            self.defects += [Defects(event.effective_us, material, code, count) for code, count in event.codes if count > 0]
            inspection.sizes[name] = inspection.sizes.get(name, 0) + event.inspected
        self._weigh(inspection, name, characteristic)
        return inspection, self._chart(event, plan_id, values, inspection)

    def latest(self, event: TestResultRecorded | DefectsCounted, material: str) -> tuple[int, str]:
        """When a check of that kind came last, or was asked for, and what that was; (-1, "") of none. A chart has its points in order."""
        plan_id = self._plan_of.get((material, event.characteristic), "")
        inspection, chart = self.all.get((plan_id, event.lot)), self.charts.get((plan_id, event.characteristic))
        known = [(inspection.asked_us, f"lot {event.lot} was to be tested")] if inspection and inspection.was_opened else []
        if chart and chart.samples:
            known.append((chart.samples[-1].at_us, f"{event.characteristic} of lot {chart.samples[-1].lot} was tested"))
        return max(known, default=(-1, ""))

    def stand(self, event: ControlLimitsFrozen) -> tuple[list[str], tuple[Told, Told]]:
        """Limits stand from now on: lots whose points lie beyond limits that were found from them; signals that come and fall."""
        from twin.kernels.quality.charts import Process

        chart = self.charts[event.plan, event.characteristic]
        process = Process(event.mean, math.nan if chart.counts else event.sigma)
        judged = chart.stand(process, max(0, event.first_point - 1), event.points, max(0, event.since_point - 1))
        return [chart.samples[place].lot for place in chart.beyond(chart.stretches[-1])], _by_lot(chart, judged)

    def forget(self, event: ControlPointExcluded) -> tuple[Told, Told]:
        """A point is left out, or counts again: signals that come by that and that fall, of a chart that remembers it."""
        chart = self.charts[event.plan, event.characteristic]
        return _by_lot(chart, chart.forget(event.point - 1))

    def values_of(self, lot: str, material: str, characteristic: str) -> list[float]:
        """What was measured of a lot, corrected as far as it was."""
        inspection = self.all.get((self._plan_of.get((material, characteristic), ""), lot))
        return inspection.values.get(characteristic, []) if inspection else []

    def correct(self, event: TestResultCorrected, material: str) -> Corrected:
        """A result is another than was written down, in the inspection and on the chart."""
        plan, name = self._plan_of[material, event.characteristic], event.characteristic
        inspection = self.all[plan, event.lot]
        values = inspection.values[name]
        place = len(values) - 1 - values[::-1].index(event.was)
        values[place], inspection.doubted[name][place] = event.value, False
        inspection.newest[name] = event.value
        declared = inspection.declared
        self._weigh(inspection, name, declared.characteristics[name])
        chart, pieces = self.charts.get((plan, name)), declared.sampling.pieces
        if declared.characteristics[name].is_counted:
            pieces = 1  # each count is a point
        newer = len(values) // pieces - 1 - place // pieces
        if chart is None or newer < 0:  # a sample that is not whole is on no chart yet
            return Corrected(inspection, (), ())
        return Corrected(inspection, *_by_lot(chart, chart.correct(event.lot, newer, place % pieces, event.value)))

    def is_wrong(self, lot: str, material: str, characteristic: str) -> bool:
        """Whether what was found of a lot is not allowed, or a signal on its chart, as far as it was corrected."""
        plan = self._plan_of.get((material, characteristic), "")
        inspection, chart = self.all.get((plan, lot)), self.charts.get((plan, characteristic))
        return bool(inspection and characteristic in inspection.wrong) or bool(chart and chart.signals_of(lot))

    def missing(self, inspection: Inspection) -> list[str]:
        """Characteristics of which too little is measured, with how much is."""
        pieces = inspection.declared.sampling.pieces
        return [
            f"{name} ({self._there(inspection, name, it)} of {pieces})" if pieces > 1 else name
            for name, it in inspection.declared.characteristics.items()
            if self._there(inspection, name, it) < pieces
        ]

    def found_wrong(self, inspection: Inspection) -> str:
        """What is not allowed, in words."""
        plan = inspection.declared
        return ", ".join(
            f"{name} is {' and '.join(f'{value:g}' for value in dict.fromkeys(values))}, allowed: {plan.characteristics[name].asked}"
            for name, values in inspection.wrong.items()
        )

    def _weigh(self, inspection: Inspection, name: str, characteristic: Characteristic) -> None:
        """What is not allowed of all that is there: each value by itself, of what is counted the sum, in however many parts it came."""
        values, doubted = inspection.values[name], inspection.doubted[name]
        if characteristic.is_counted:
            found = sum(values)
            wrong = [found] if any(doubted) or not characteristic.passes(found) else []
        else:
            wrong = [value for value, is_doubted in zip(values, doubted, strict=True) if is_doubted or not characteristic.passes(value)]
        if wrong:
            inspection.wrong[name] = wrong
        else:
            inspection.wrong.pop(name, None)

    def _there(self, inspection: Inspection, name: str, characteristic: Characteristic) -> int:
        if characteristic.is_counted:
            return inspection.sizes.get(name, 0)
        return len(inspection.values.get(name, ()))

    def _chart(self, event: TestResultRecorded | DefectsCounted, plan: str, values: list[float], inspection: Inspection) -> tuple[str, ...]:
        """A point, once the sample is whole."""
        chart, pieces = self.charts.get((plan, event.characteristic)), self.plans[plan].sampling.pieces
        if chart is None:
            return ()
        from twin.mes.quality.control import Sample

        if isinstance(event, DefectsCounted):
            sample = Sample(at_us=event.effective_us, lot=event.lot, values=(float(event.found),), size=event.inspected)
            return chart.add(sample) if event.inspected > 0 else ()
        if len(values) % pieces:
            return ()
        return chart.add(Sample(at_us=event.effective_us, lot=event.lot, values=tuple(values[-pieces:]), size=pieces))
