"""A simulated plant that answers when something has to be measured: values by declared distributions, the same beside either engine."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from twin.kernels.chance.variates import normal_quantile
from twin.model.events import DefectsCounted, OperationsEvent, TestRequested, TestResultRecorded
from twin.model.floor.quality_plan import Characteristic
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.model.source import EventSource
from twin.model.states import Source
from twin.simulation.beside.observed_process import ObservedProcess, draws_process_values
from twin.simulation.beside.persons_beside import PersonsBeside
from twin.simulation.beside.procedure_phases import ProcedurePhases, says_phases
from twin.simulation.beside.unit_controllers import with_controllers
from twin.simulation.pacing import advance_to, pass_time
from twin.simulation.streams import RandomStream

PURPOSE = "measure"


def measured(source: EventSource, plant: Plant, scenario: Scenario, seed: int) -> EventSource:
    """`source` itself where nothing is inspected and nobody speaks, else with somebody beside it who measures, or says something."""
    now_us = getattr(source, "now_us", scenario.start_us)
    source = with_controllers(source, plant)
    if draws_process_values(plant):
        source = ObservedProcess(source, plant, scenario, seed)
    if says_phases(plant):
        source = ProcedurePhases(source, plant)
    if scenario.entries or scenario.policies.receipts == "persons":
        source = PersonsBeside(source, scenario, now_us)
    return MeasuredPlant(source, plant, scenario, seed) if plant.layout.quality_plans else source


class MeasuredPlant:
    """An event source around another. What is to be measured is measured at that instant: its results are the next round.

    Each lot and characteristic has a stream of its own, so a result does not depend on what else was measured, or when.
    """

    def __init__(self, source: EventSource, plant: Plant, scenario: Scenario, seed: int) -> None:
        self._source, self._plans, self._seed = source, plant.layout.quality_plans, seed
        self._start_us = scenario.start_us
        self.origin = source.origin
        self._results: list[OperationsEvent] = []

    @property
    def next_us(self) -> int | None:
        """When something happens next; None if the plant cannot say."""
        return self._results[0].effective_us if self._results else getattr(self._source, "next_us", None)

    @property
    def has_ended(self) -> bool:
        return getattr(self._source, "has_ended", True)

    def pass_time(self, to_us: int) -> None:
        """Let time pass up to an instant before which nothing happens."""
        if not self._results:
            pass_time(self._source, to_us)

    def advance(self, to_us: int | None = None) -> Sequence[OperationsEvent] | None:
        """What was measured, if something was; else what happens next, with `to_us` only up to that instant."""
        found, self._results = self._results, []
        return found or advance_to(self._source, to_us)

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        """Requests for tests are answered here; all else goes on to the plant."""
        others = [it for it in commands if not isinstance(it, TestRequested)]
        self._results += [result for it in commands if isinstance(it, TestRequested) for result in self._measure(it)]
        self._source.send(others)

    def origin_of(self, fact: OperationsEvent) -> Source:
        """Persons beside the plant say their own."""
        said_by = getattr(self._source, "origin_of", None)
        return said_by(fact) if said_by else self.origin

    def _measure(self, asked: TestRequested) -> Iterator[OperationsEvent]:
        """What is drawn of it; what persons have said that is to be tested since the plant began, persons test."""
        declared = self._plans.get(asked.plan)
        for name, it in declared.characteristics.items() if declared else ():
            if it.drawn is None:
                continue
            stream = RandomStream(self._seed, PURPOSE, f"{asked.lot}/{name}")
            about: dict[str, Any] = {"effective_us": asked.effective_us, "request": asked.request, "lot": asked.lot, "characteristic": name}
            mean = it.drawn.mean + (it.drawn.shift if asked.effective_us >= self._start_us + it.drawn.shift_at else 0.0)
            if it.kind in ("defectives", "defects"):
                found = sum(_one(it, mean, stream) for _ in range(asked.pieces))
                yield DefectsCounted(**about, inspected=asked.pieces, found=int(found))
                continue
            for _ in range(asked.pieces):
                value = float(_one(it, mean, stream))
                yield TestResultRecorded(
                    **about, value=value, unit=it.unit, lower=it.lower, upper=it.upper, passed=it.passes(value)
                )  # fmt: skip


def _one(it: Characteristic, mean: float, stream: RandomStream) -> float:
    """What is found of one piece: one draw."""
    uniform = stream.uniform()
    if it.kind == "measured":
        assert it.drawn is not None
        return mean + it.drawn.sd * normal_quantile(uniform)
    if it.kind == "defects":
        return _poisson(mean, uniform)
    return float(uniform < mean)


def _poisson(mean: float, uniform: float) -> int:
    """How many, by inversion: the first number whose share and those below it are more than `uniform`.

    Ten standard deviations around the mean are looked at; what lies beyond is less than a uniform tells apart, and exp(-mean) may be 0.
    """
    reach = 10.0 * math.sqrt(mean)
    count, last = max(0, int(mean - reach)), int(mean + reach) + 40
    share = math.exp((count * math.log(mean) if count else 0.0) - mean - math.lgamma(count + 1.0))
    below = share
    while below < uniform and count < last:
        count += 1
        share *= mean / count
        below += share
    return count
