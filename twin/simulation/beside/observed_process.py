"""A simulated plant whose process values somebody observes: at each beat of its clock, of every unit that runs by a procedure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from twin.kernels.chance.variates import normal_quantile
from twin.model.events import EquipmentStateChanged, Heartbeat, JobOrderCommand, OperationsEvent, ProcessValueObserved
from twin.model.plant import Plant, job_order_id
from twin.model.readiness.procedures import DrawnValue, Recipe, recipe_told
from twin.model.scenario import Scenario
from twin.model.source import EventSource
from twin.model.states import JobCommand, WorkUnitState
from twin.simulation.beside.beside_plant import BesidePlant
from twin.simulation.streams import RandomStream

PURPOSE = "process"
_US_PER_H = 3_600_000_000


def draws_process_values(plant: Plant) -> bool:
    """Whether process values are drawn in a simulation of this plant."""
    contents = [content for it in plant.layout.procedures.values() for content in it.contents.values()]
    return any(parameter.drawn for it in contents for parameter in it.parameters.values())


class ObservedProcess(BesidePlant):
    """An event source around another.

    Each value has a stream of its own, by job order, parameter and instant, so it does not depend on what else was observed.
    """

    def __init__(self, source: EventSource, plant: Plant, scenario: Scenario, seed: int) -> None:
        super().__init__(source)
        self._procedures, self._segments, self._routings, self._documents = (
            plant.layout.procedures, plant.layout.process_segments, plant.layout.routings, plant.layout.documents,
        )  # fmt: skip
        self._start_us, self._seed = scenario.start_us, seed
        self._runs: dict[str, str] = {}  # equipment in Execute -> its job orders
        self._work: dict[str, list[Recipe]] = {}  # job order -> what it was begun by

    def added(self, facts: Sequence[OperationsEvent]) -> Sequence[OperationsEvent]:
        """What is observed then, too."""
        for it in facts:
            if isinstance(it, EquipmentStateChanged):
                self._runs.pop(it.equipment, None)
                if it.state == WorkUnitState.EXECUTE and it.job_order:
                    self._runs[it.equipment] = it.job_order
        if any(isinstance(it, Heartbeat) and it.reason == "clock" for it in facts):
            return [*facts, *self._observe(facts[0].effective_us)]
        return facts

    def heard(self, commands: Sequence[OperationsEvent]) -> None:
        """What is started is remembered."""
        for it in commands:
            if isinstance(it, JobOrderCommand) and it.command == JobCommand.START:
                for lot, material, operation in zip(it.lots, it.materials, it.operations, strict=True):
                    center = self._segments[self._routings[material][operation].segment].work_center
                    covering = [each for each in self._procedures.values() if each.covers(material, operation, center)]
                    contents = [recipe_told(each, dict(it.recipes), self._documents, it.effective_us) for each in covering]
                    self._work.setdefault(job_order_id(lot, operation), contents)

    def _observe(self, now_us: int) -> Iterator[OperationsEvent]:
        for equipment, label in sorted(self._runs.items()):
            contents = self._work.get(label.split("+")[0], [])
            for name, unit, parameter in self._parameters(contents):
                stream = RandomStream(self._seed, PURPOSE, f"{label}/{name}/{now_us}")
                value = self._mean(parameter, now_us) + parameter.sd * normal_quantile(stream.uniform())
                yield ProcessValueObserved(
                    effective_us=now_us, equipment=equipment, job_order=label, property=name, value=round(value, 6),
                    unit=unit,
                )  # fmt: skip

    @staticmethod
    def _parameters(contents: Sequence[Recipe]) -> Iterator[tuple[str, str, DrawnValue]]:
        yield from ((name, it.unit, it.drawn) for content in contents for name, it in content.parameters.items() if it.drawn)

    def _mean(self, drawn: DrawnValue, now_us: int) -> float:
        passed_us = now_us - self._start_us
        if drawn.drift_until is not None and passed_us >= drawn.drift_until:
            return drawn.mean
        return drawn.mean + drawn.drift_per_h * max(0, passed_us - drawn.drift_at) / _US_PER_H
