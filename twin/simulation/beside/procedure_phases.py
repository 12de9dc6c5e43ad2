"""A simulated plant whose controllers say the phases of procedures (ISA-88): with the states of units, and at beats of the clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from twin.model.events import EquipmentStateChanged, Heartbeat, JobOrderCommand, OperationsEvent, PhaseStateChanged, UnitCommandRequested
from twin.model.plant import Plant, job_order_id
from twin.model.readiness.procedures import Recipe, recipe_told
from twin.model.source import EventSource
from twin.model.states import JobCommand
from twin.model.states import WorkUnitState as S
from twin.model.upkeep.transitions import refused_in
from twin.simulation.beside.beside_plant import AnsweringPlant, refused

STANDS = {S.HELD: S.HELD, S.SUSPENDED: S.SUSPENDED, S.ABORTED: S.HELD, S.STOPPED: S.HELD}
"""Where a unit stands in the midst of a run, the phase that it is in does, too; after a repair it goes on."""
TOLD = {"Abort": S.ABORTED, "Stop": S.STOPPED, "Clear": S.STOPPED, "Reset": S.IDLE}
"""The state in which a phase is that was told so; its unit stands until the phase is started again."""


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
    is_broken_off: bool = False  # by a command, until it is started again: it does not follow its unit meanwhile

    def worked_by(self, now_us: int) -> int:
        return self.worked_us + (now_us - self.since_us if self.state is S.EXECUTE else 0)


class ProcedurePhases(AnsweringPlant):
    """An event source around another. The last phase lasts until the unit is complete, however long its declared time is."""

    def __init__(self, source: EventSource, plant: Plant) -> None:
        super().__init__(source)
        self._procedures, self._segments, self._routings, self._documents = (
            plant.layout.procedures, plant.layout.process_segments, plant.layout.routings, plant.layout.documents,
        )  # fmt: skip
        self._covering: dict[str, Recipe] = {}  # by job order: that with which it began
        self._runs: dict[str, _Run] = {}  # by equipment

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        """Commands to phases are taken here, and hold or let go on their units; all else goes on to the plant."""
        others: list[OperationsEvent] = []
        for it in commands:
            if isinstance(it, UnitCommandRequested) and it.phase:
                others += self._told(it)
            else:
                others.append(it)
        super().send(others)

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
        if run and run.is_broken_off and it.job_order in (run.label, "") and (state is S.EXECUTE or state in STANDS):
            return
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

    def _told(self, it: UnitCommandRequested) -> Iterator[OperationsEvent]:
        """What a phase that is under way is told: what that is to its unit, as a command to the plant; the rest is answered."""
        run, now_us = self._runs.get(it.equipment), it.effective_us
        if run is None or it.phase != run.phases[run.place]:
            at = run.phases[run.place] if run else "none: it does nothing by phases"
            self._answers.append(refused(it, f"a simulated unit goes through its phases by itself; allowed: of {at}"))
        elif why := refused_in(it.command, run.state):
            self._answers.append(refused(it, why))
        elif it.command in ("Hold", "Unhold"):
            yield _to_unit(it, run, JobCommand.HOLD if it.command == "Hold" else JobCommand.RESTART)
        elif it.command == "Start":
            run.worked_us, run.is_broken_off = run.ends_us[run.place - 1] if run.place else 0, False
            yield _to_unit(it, run, JobCommand.RESTART)
        elif it.command in TOLD:
            if run.state is S.EXECUTE:
                yield _to_unit(it, run, JobCommand.HOLD)
            run.worked_us, run.state, run.is_broken_off = run.worked_by(now_us), TOLD[it.command], True
            self._answers.append(self._say(it.equipment, run, run.state, now_us))
        else:
            self._answers.append(refused(it, f"no simulated phase takes that; allowed: Hold, Unhold, Start, {', '.join(TOLD)}"))

    def _complete(self, equipment: str, run: _Run, now_us: int) -> Iterator[OperationsEvent]:
        """The unit is done: so are all phases that are left, one after the other; not those of what was broken off."""
        if run.is_broken_off:
            del self._runs[equipment]
            return
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


def _to_unit(it: UnitCommandRequested, run: _Run, command: JobCommand) -> JobOrderCommand:
    return JobOrderCommand(
        effective_us=it.effective_us, equipment=it.equipment, job_order=run.label, person=it.person, command=command.value, reason=it.reason
    )  # fmt: skip
