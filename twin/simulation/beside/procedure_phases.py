"""A simulated plant whose controllers say the phases of procedures (ISA-88): with the states of units, and at beats of the clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from twin.model.events import EquipmentStateChanged, Heartbeat, JobOrderCommand, OperationsEvent, PhaseStateChanged
from twin.model.plant import Plant, job_order_id
from twin.model.readiness.procedures import Recipe, recipe_told
from twin.model.source import EventSource
from twin.model.states import JobCommand
from twin.model.states import WorkUnitState as S
from twin.simulation.beside.beside_plant import BesidePlant

STANDS = {S.HELD: S.HELD, S.SUSPENDED: S.SUSPENDED, S.ABORTED: S.HELD, S.STOPPED: S.HELD}
"""Where a unit stands in the midst of a run, the phase that it is in does, too; after a repair it goes on."""


def says_phases(plant: Plant) -> bool:
    """Whether a simulation of this plant says phases: some procedure declares how long each takes."""
    return any(content.phase_times for it in plant.layout.procedures.values() for content in it.contents.values())


@dataclass(slots=True, kw_only=True)
class _Run:
    """One run of a unit through the phases of a procedure, one after the other."""

    label: str  # its job orders
    phases: list[str]
    ends_us: list[int]  # of work after which each phase is over
    place: int = 0
    state: S = S.EXECUTE  # of the phase that it is in
    worked_us: int = 0
    since_us: int = 0  # it works

    def worked_by(self, now_us: int) -> int:
        return self.worked_us + (now_us - self.since_us if self.state is S.EXECUTE else 0)


class ProcedurePhases(BesidePlant):
    """An event source around another. The last phase lasts until the unit is complete, however long its declared time is."""

    def __init__(self, source: EventSource, plant: Plant) -> None:
        super().__init__(source)
        self._procedures, self._segments, self._routings, self._documents = (
            plant.layout.procedures, plant.layout.process_segments, plant.layout.routings, plant.layout.documents,
        )  # fmt: skip
        self._covering: dict[str, Recipe] = {}  # by job order: that with which it began
        self._runs: dict[str, _Run] = {}  # by equipment

    def heard(self, commands: Sequence[OperationsEvent]) -> None:
        """What is started is remembered."""
        for it in commands:
            if isinstance(it, JobOrderCommand) and it.command == JobCommand.START:
                for lot, material, operation in zip(it.lots, it.materials, it.operations, strict=True):
                    center = self._segments[self._routings[material][operation].segment].work_center
                    covering = [each for each in self._procedures.values() if each.covers(material, operation, center)]
                    contents = (recipe_told(each, dict(it.recipes), self._documents, it.effective_us) for each in covering)
                    if found := next((content for content in contents if content.phase_times), None):
                        self._covering.setdefault(job_order_id(lot, operation), found)

    def added(self, facts: Sequence[OperationsEvent]) -> Sequence[OperationsEvent]:
        """The phases that begin and end with what the plant says."""
        found = list(facts)
        for it in facts:
            if isinstance(it, EquipmentStateChanged):
                found += self._changed(it)
            elif isinstance(it, Heartbeat) and it.reason == "clock":
                for equipment, run in sorted(self._runs.items()):
                    found += self._passed(equipment, run, it.effective_us)
        return found

    def _changed(self, it: EquipmentStateChanged) -> Iterator[OperationsEvent]:
        run, state, now_us = self._runs.get(it.equipment), S(it.state), it.effective_us
        if run:
            yield from self._passed(it.equipment, run, now_us)
        if run and it.job_order in (run.label, "") and (state is S.EXECUTE or state in STANDS):
            entered = STANDS.get(state, S.EXECUTE)
            if entered is not run.state:
                run.worked_us, run.since_us, run.state = run.worked_by(now_us), now_us, entered
                yield self._say(it.equipment, run, entered, now_us)
        elif run and it.job_order == run.label and state is S.COMPLETE:
            yield from self._complete(it.equipment, run, now_us)
        elif run and state is not S.STARTING:  # it does something else: what was begun is broken off
            yield self._say(it.equipment, run, S.ABORTED, now_us)
            del self._runs[it.equipment]
        if it.equipment not in self._runs and state is S.EXECUTE and (procedure := self._covering.get(it.job_order.split("+")[0])):
            yield self._begin(it.equipment, it.job_order, procedure, now_us)

    def _begin(self, equipment: str, label: str, procedure: Recipe, now_us: int) -> OperationsEvent:
        ends, passed_us = [], 0
        for phase in procedure.phases:
            passed_us += procedure.phase_times[phase]
            ends.append(passed_us)
        run = self._runs[equipment] = _Run(label=label, phases=procedure.phases, ends_us=ends, since_us=now_us)
        return self._say(equipment, run, S.EXECUTE, now_us)

    def _passed(self, equipment: str, run: _Run, now_us: int) -> Iterator[OperationsEvent]:
        """Phases whose time is over, but for the last."""
        while run.state is S.EXECUTE and run.place < len(run.phases) - 1 and run.worked_by(now_us) >= run.ends_us[run.place]:
            yield from self._next(equipment, run, now_us)

    def _complete(self, equipment: str, run: _Run, now_us: int) -> Iterator[OperationsEvent]:
        """The unit is done: so are all phases that are left, one after the other."""
        if run.state is not S.EXECUTE:
            run.state = S.EXECUTE
            yield self._say(equipment, run, S.EXECUTE, now_us)
        while run.place < len(run.phases) - 1:
            yield from self._next(equipment, run, now_us)
        yield self._say(equipment, run, S.COMPLETE, now_us)
        del self._runs[equipment]

    def _next(self, equipment: str, run: _Run, now_us: int) -> Iterator[OperationsEvent]:
        yield self._say(equipment, run, S.COMPLETE, now_us)
        run.place += 1
        yield self._say(equipment, run, S.EXECUTE, now_us)

    @staticmethod
    def _say(equipment: str, run: _Run, state: S, now_us: int) -> OperationsEvent:
        return PhaseStateChanged(
            effective_us=now_us, equipment=equipment, job_order=run.label, phase=run.phases[run.place], state=int(state)
        )  # fmt: skip
