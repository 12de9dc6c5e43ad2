"""Inspections: which lots have to be measured, what was found, and what that means. Results are charted, asked for or not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from twin.mes.quality.control import Chart, Sample
from twin.mes.quality.sampling import Sampler
from twin.model.events import DefectsCounted, TestRequested, TestResultRecorded
from twin.model.floor.quality_plan import Characteristic, QualityPlan
from twin.model.plant import Plant

PASSED, FAILED, OVERRULED = "passed", "failed", "passed by override"


@dataclass(slots=True, kw_only=True)
class Inspection:
    """One lot before one plan."""

    plan: str
    lot: str
    material: str
    request: str
    asked_us: int
    was_opened: bool = False  # the plan asked for it; else it was measured without being asked for
    was_asked: bool = False  # whoever measures was told
    values: dict[str, list[float]] = field(default_factory=dict)  # by characteristic
    wrong: dict[str, list[float]] = field(default_factory=dict)  # of these, what is not allowed
    sizes: dict[str, int] = field(default_factory=dict)  # inspected pieces of what is counted
    verdict: str = ""
    judged_us: int = -1
    judged_by: str = ""
    reason: str = ""


class Inspections:
    """Inspections by plan and lot: the newest of each counts."""

    def __init__(self, plant: Plant) -> None:
        self.plans = plant.layout.quality_plans
        self.samplers = {name: Sampler(plan.sampling) for name, plan in self.plans.items()}
        self.charts = {
            (name, characteristic): Chart(it.chart, plan.sampling.pieces)
            for name, plan in self.plans.items()
            for characteristic, it in plan.characteristics.items()
            if it.chart
        }
        self.all: dict[tuple[str, str], Inspection] = {}
        self.to_ask: dict[tuple[str, str], Inspection] = {}
        self._plan_of = {(it.material, name): plan for plan, it in self.plans.items() for name in it.characteristics}

    def plans_at(self, material: str, operation: str | None, *, is_last: bool) -> Iterator[tuple[str, QualityPlan]]:
        """What inspects `material` after `operation`; None: when it was delivered."""
        for name, plan in self.plans.items():
            here = plan.operation == operation if plan.operation is not None else operation is None or is_last
            if plan.material == material and here:
                yield name, plan

    def open(self, plan: str, lot: str, material: str, request: str, at_us: int) -> Inspection:
        """A lot has to be inspected; what was measured of it before counts."""
        found = self.all.get((plan, lot))
        if found is None or found.was_opened:
            found = self.all[plan, lot] = Inspection(plan=plan, lot=lot, material=material, request=request, asked_us=at_us)
        found.was_opened = True
        if not found.verdict:
            self.to_ask[plan, lot] = found
        return found

    def requests(self, now_us: int) -> list[TestRequested]:
        """What to ask for at `now_us`."""
        return [
            TestRequested(
                effective_us=now_us, request=it.request, lot=it.lot, plan=it.plan, material=it.material,
                pieces=self.plans[it.plan].sampling.pieces,
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
            inspection = Inspection(plan=plan_id, lot=event.lot, material=material, request=event.request, asked_us=event.effective_us)
            self.all[plan_id, event.lot] = inspection
        plan, name = self.plans[plan_id], event.characteristic
        characteristic = plan.characteristics[name]
        value = float(event.found) if isinstance(event, DefectsCounted) else event.value
        values = inspection.values.setdefault(name, [])
        if inspection.verdict and len(values) >= plan.sampling.pieces:
            values.clear()  # measured anew
            inspection.wrong.pop(name, None)
        values.append(value)
        if isinstance(event, DefectsCounted):
            inspection.sizes[name] = inspection.sizes.get(name, 0) + event.inspected
        if not characteristic.passes(value) or (isinstance(event, TestResultRecorded) and not event.passed):
            inspection.wrong.setdefault(name, []).append(value)
        return inspection, self._chart(event, plan_id, values, inspection)

    def missing(self, inspection: Inspection) -> list[str]:
        """Characteristics of which too little is measured, with how much is."""
        pieces = self.plans[inspection.plan].sampling.pieces
        return [
            f"{name} ({self._there(inspection, name, it)} of {pieces})" if pieces > 1 else name
            for name, it in self.plans[inspection.plan].characteristics.items()
            if self._there(inspection, name, it) < pieces
        ]

    def found_wrong(self, inspection: Inspection) -> str:
        """What is not allowed, in words."""
        plan = self.plans[inspection.plan]
        return ", ".join(
            f"{name} is {' and '.join(f'{value:g}' for value in dict.fromkeys(values))}, allowed: {plan.characteristics[name].asked}"
            for name, values in inspection.wrong.items()
        )

    def _there(self, inspection: Inspection, name: str, characteristic: Characteristic) -> int:
        if characteristic.kind in ("defectives", "defects"):
            return inspection.sizes.get(name, 0)
        return len(inspection.values.get(name, ()))

    def _chart(self, event: TestResultRecorded | DefectsCounted, plan: str, values: list[float], inspection: Inspection) -> tuple[str, ...]:
        """A point, once the sample is whole."""
        chart, pieces = self.charts.get((plan, event.characteristic)), self.plans[plan].sampling.pieces
        if chart is None:
            return ()
        if isinstance(event, DefectsCounted):
            sample = Sample(at_us=event.effective_us, lot=event.lot, values=(float(event.found),), size=event.inspected)
            return chart.add(sample) if event.inspected > 0 else ()
        if len(values) % pieces:
            return ()
        return chart.add(Sample(at_us=event.effective_us, lot=event.lot, values=tuple(values[-pieces:]), size=pieces))
