"""The plant of a schedule, played: it is made and published at an instant, and persons do from then on what it takes them to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from twin import run as path
from twin import study
from twin.model.events import Entry, OperationsEvent
from twin.model.measures import read_duration
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.model.states import Source
from twin.results.run import Run
from twin.simulation.beside.beside_plant import BesidePlant
from twin.simulation.beside.measured_plant import measured
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.study.scheduling.decided import said
from twin.study.scheduling.persons import Persons, somebody
from twin.study.scheduling.readiness import promised_us
from twin.study.scheduling.schedule import Schedule
from twin.study.scheduling.what_if import WhatIf

Planning = str | Callable[[Run, str], Schedule]
"""By which rule, or how a planner makes it of a run, until when."""


class EndedBefore(Exception):
    """A run came to a deadlock before anybody made a schedule."""


class Published(BesidePlant):
    """A simulated plant with its MES and ERP, beside which a planner publishes a schedule at an instant."""

    def __init__(self, plant: CompiledPlant, run: Run, at_us: int, rule: Planning, until_us: int, supposed: dict[str, Any]) -> None:
        super().__init__(measured(plant, run.plant, run.scenario, run.seed or 0))
        self._run, self._at_us, self._rule, self._until_us, self._supposed = run, at_us, rule, until_us, supposed
        self.plan: Schedule | None = None
        self.on_hand: dict[str, int] = {}

    def advance(self, to_us: int | None = None) -> Sequence[OperationsEvent] | None:
        if self.plan is None:
            if (facts := super().advance(self._at_us)) or self.has_ended:
                return facts  # a deadlock ends it at once
            self.pass_time(self._at_us)
            return self._publish()
        return super().advance(to_us)

    def _publish(self) -> Sequence[OperationsEvent]:
        run, at_us = self._run, self._at_us
        run.now_us = at_us
        supposed = self._supposed(run) if callable(self._supposed) else self._supposed
        until = f"{self._until_us - at_us} us"
        self.plan = study.schedule(run, self._rule, until=until, **supposed) if isinstance(self._rule, str) else self._rule(run, until)
        run.mes.dispatching.unfilled = self.plan.unfilled  # who stands there lets go what nothing fills any more
        self.on_hand = dict(run.erp.stock.on_hand)
        what_if = WhatIf(**supposed)
        done_us = {name: at_us + max(1, read_duration(span)) for name, span in what_if.maintained.items()}
        self._source = Persons(
            self._source, run, at_us, list(said(run, {**promised_us(run), **what_if.released_us(at_us)}, what_if)), done_us
        )
        return [self.plan.published(somebody(run), "desk")] if self.plan.sequence else [*self._source.advance()]

    def origin_of(self, fact: OperationsEvent) -> Source:
        return Source.USER if isinstance(fact, Entry) else super().origin_of(fact)


def played(
    plant: Plant, scenario: Scenario, at_us: int, rule: Planning, until_us: int, supposed: Any = None
) -> tuple[Schedule, Run, Published]:  # fmt: skip
    """A schedule of a plant without chance, made at an instant of a run; and that run, which went on by it."""
    run = Run(plant, scenario, seed=1)
    source = Published(CompiledPlant(plant, scenario, 1, until_us, stops_at_deadlock=True), run, at_us, rule, until_us, supposed or {})
    path.carry(source, run)
    if source.plan is None:
        raise EndedBefore
    return source.plan, run, source
