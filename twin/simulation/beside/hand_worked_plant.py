"""A plant without machines: a clock, the calendars, customers and suppliers; what happens on the floor is what persons say.

Each accepted entry becomes, at its instant, the facts that a machine would have told: states of PackML, counts. MES and ERP hear the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from twin.model import events as e
from twin.model.events import OperationsEvent
from twin.model.master_data.foreseen import with_new
from twin.model.plant import Plant, SetupMatrix
from twin.model.readiness.earlier import is_earlier
from twin.model.scenario import Scenario
from twin.model.states import JobCommand, Source
from twin.model.states import WorkUnitState as S
from twin.simulation.clock import FactRecorder, Life, PlantEnvironment
from twin.simulation.demand import Customers, Suppliers, nobody_delivers
from twin.simulation.shop_floor.workforce import Workforce

CLOCK_BEAT_US = 5 * 60 * 1_000_000
ENTRIES = (e.PiecesCounted, e.CountCorrected, e.SetupDone, e.StopReported, e.StopEnded, e.GoodsReceiptEntered, e.MasterDataChanged)
"""What of persons, besides commands, becomes facts here."""


@dataclass(slots=True)
class _Unit:
    """A work unit or a line, as the persons there have left it."""

    name: str
    state: S = S.IDLE
    before: S = S.EXECUTE  # what a stop or a pause has interrupted: the set-up or the run
    was_paused: bool = False  # when it was stopped
    job_order: str = ""
    person: str = ""
    is_attended: bool = True  # while it runs, too
    family: str | None = None  # what it is set up for
    left: dict[str, int] = field(default_factory=dict)  # pieces by job order, of those that are there


class HandWorkedPlant:
    """An event source without machines, from the scenario's start up to, not including, its end.

    Parameters
    ----------
    plant, scenario : both checked, the scenario's changes already applied
    seed : of order streams and of the lead times of suppliers
    until_us : end of the run, us since 1970; left out: start plus horizon

    Raises
    ------
    ValueError : something in this plant tells what no person is asked for: vehicles, or lots that are scanned where they arrive
    """

    origin = Source.SIMULATED

    def __init__(self, plant: Plant, scenario: Scenario, seed: int, until_us: int | None = None) -> None:
        _refuse_what_nobody_is_asked(plant)
        self._plant, self._scenario = plant, scenario
        self._recorder = FactRecorder(plant.equipment)
        end_us = scenario.start_us + scenario.horizon if until_us is None else until_us
        self._env = env = PlantEnvironment(start_us=scenario.start_us, end_us=end_us, seed=seed, recorder=self._recorder)
        env.settle = self._settle
        self._workforce = Workforce(env, plant)
        self._units = {
            name: _Unit(name, family=self._first_family(name)) for name in (*plant.layout.work_units, *plant.layout.production_lines)
        }
        self._counted: dict[str, int] = {}  # by job order, of all that was ever begun
        self._pieces: dict[tuple[str, str, int], int] = {}  # by equipment, job order and instant, of each count
        self._customers, self._suppliers = Customers(env, plant, scenario), Suppliers(env, plant)
        self._refused: set[tuple[int, str]] = set()
        self._sent: list[OperationsEvent] = []
        self._happened_us = -1  # when what is obeyed now happened, if that was earlier
        self.has_ended = False
        env.process(self._life_of_clock())
        self._start()

    # -- the event source

    @property
    def now_us(self) -> int:
        """The plant's time, us since 1970."""
        return self._env.now_us

    @property
    def next_us(self) -> int:
        """The instant at which something happens next, at most the end, if nobody says anything before."""
        return self.now_us if self.has_ended else int(min(self._env.peek(), self._env.end_us))

    def pass_time(self, to_us: int) -> None:
        """Let time pass up to an instant before which nothing happens: what is said then happens there."""
        self._env.pass_time(to_us)

    def advance(self, to_us: int | None = None) -> list[OperationsEvent] | None:
        """The facts of the next round; at the end a heartbeat; then None. With `to_us` None, too, if nothing more happens up to there."""
        while not self.has_ended and self._env.next_round(to_us):
            if facts := self._recorder.take_round():
                return facts
        if self.has_ended or (to_us is not None and to_us < self._env.end_us):
            return None
        self.has_ended = True
        self._env.record(e.Heartbeat, reason="end")
        return self._recorder.take_round()

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        """Take purchase orders, and what persons have said and the MES has accepted; the facts of it come as the next round."""
        mine = [it for it in commands if isinstance(it, (e.PurchaseOrderPlaced, e.PurchaseOrderRevised, e.JobOrderCommand, *ENTRIES))]
        if mine:
            self._sent += mine
            self._env.settle_soon()

    def recall_refusals(self, refused: Iterable[tuple[int, str]]) -> None:
        """Instants at which nobody delivered, and why: an earlier version knew nothing of what persons had declared anew."""
        self._refused = set(refused)

    # -- what happens by itself

    def _first_family(self, name: str) -> str | None:
        matrix = self._matrix(name)
        return matrix.initial if matrix else None

    def _start(self) -> None:
        env = self._env
        env.record(e.Heartbeat, reason="start")
        for material, definition in self._plant.materials.materials.items():
            if definition.opening_stock:
                env.record(e.StockCounted, lot=f"open-{material}", material=material, quantity=definition.opening_stock)
        for found in self._scenario.counted_work():
            env.record(e.WorkInProcessCounted, **found)
        for name in self._plant.equipment:
            env.record(e.EquipmentStateChanged, equipment=name, state=int(S.IDLE))

    def _life_of_clock(self) -> Life:
        while True:
            yield self._env.timeout(CLOCK_BEAT_US)
            self._env.beat("clock")

    # -- what persons do

    def _settle(self) -> None:
        sent, self._sent = self._sent, []
        for said in sent:
            if isinstance(said, e.PurchaseOrderPlaced):
                refusal, what = self._order(said), type(said).__name__
            elif isinstance(said, e.PurchaseOrderRevised):
                self._suppliers.revise(said)
                continue
            elif isinstance(said, e.GoodsReceiptEntered):
                self._suppliers.received(said.order, said.quantity)
                continue
            elif isinstance(said, e.MasterDataChanged):
                self._plant = with_new(self._plant, said)
                self._suppliers.learn(said)
                continue
            else:
                refusal, what = self._obey(said), str(getattr(said, "command", type(said).__name__))
            if refusal:
                self._env.record(e.JobOrderCommandRefused, equipment=said.equipment, job_order=said.job_order, command=what, reason=refusal)
        self._env.touched.clear()

    def _order(self, said: e.PurchaseOrderPlaced) -> str:
        """Have it delivered, unless persons say what comes; "" or why nobody delivers."""
        if self._scenario.policies.receipts != "plant":
            return ""
        refused = next((words for words in nobody_delivers(said) if (self._env.now_us, words) in self._refused), "")
        return refused or self._suppliers.take_order(said)

    def _obey(self, said: OperationsEvent) -> str:
        """Do what was said; "" or why it cannot be done."""
        name = said.equipment or next((it.name for it in self._units.values() if it.job_order == said.job_order), "")
        unit = self._units.get(name)
        self._happened_us = said.effective_us if is_earlier(said) else self._env.now_us
        if unit is None:
            return f"no work unit or line '{name}' is worked on by hand"
        match said:
            case e.JobOrderCommand():
                return self._command(unit, said)
            case e.PiecesCounted():
                return self._count(unit, said)
            case e.CountCorrected():
                self._correct(said)
            case e.SetupDone():
                self._show(unit, S.EXECUTE)
            case e.StopReported():
                unit.was_paused = unit.state == S.SUSPENDED
                self._show(unit, S.HELD if unit.job_order else S.ABORTED, said.reason)
            case e.StopEnded():
                before = S.SUSPENDED if unit.was_paused else unit.before
                self._show(unit, before if unit.job_order else S.IDLE, "paused" if unit.job_order and unit.was_paused else "")
        return ""

    def _command(self, unit: _Unit, said: e.JobOrderCommand) -> str:
        if said.command == JobCommand.START:
            return self._begin(unit, said)
        if said.job_order != unit.job_order:
            return f"{unit.name} has {unit.job_order or 'nothing'}, not {said.job_order}"
        match said.command:
            case JobCommand.PAUSE:
                self._show(unit, S.SUSPENDED, said.reason or "paused")
            case JobCommand.HOLD:
                self._show(unit, S.HELD, said.reason or "held")
            case JobCommand.RESUME | JobCommand.RESTART:
                unit.person = said.person or unit.person
                self._show(unit, unit.before)
            case JobCommand.STOP | JobCommand.ABORT:
                self._show(unit, S.STOPPED if said.command == JobCommand.STOP else S.ABORTED, said.reason or said.command.lower())
                self._leave(unit)
            case _:
                return f"a command '{said.command}' is not taken"
        return ""

    def _begin(self, unit: _Unit, said: e.JobOrderCommand) -> str:
        if unit.state != S.IDLE:
            return f"{unit.name} is not idle but {unit.state.label}"
        unit.job_order, unit.person = said.job_order, said.person
        quantities = zip(said.job_order.split("+"), said.quantities, strict=True)
        unit.left = {job_order: quantity - self._counted.get(job_order, 0) for job_order, quantity in quantities}
        layout = self._plant.layout
        operation = layout.routings[said.materials[0]][said.operations[0]]
        unit.is_attended, family = layout.process_segments[operation.segment].attended == "all", operation.setup_family
        matrix = self._matrix(unit.name)
        takes_setup = matrix is not None and family is not None and matrix.duration_us(unit.family, family) > 0
        unit.family = family or unit.family
        self._show(unit, S.STARTING if takes_setup else S.EXECUTE)
        return ""

    def _count(self, unit: _Unit, said: e.PiecesCounted) -> str:
        left = unit.left.get(said.job_order, 0)
        if left < max(1, said.good + said.scrap + said.rework):  # while the plant was held, somebody else has counted them
            return f"{left} of {said.job_order} are left to be counted"
        good = left - said.scrap - said.rework if said.is_last else said.good
        unit.left[said.job_order] = left - good - said.scrap - said.rework
        self._counted[said.job_order] = self._counted.get(said.job_order, 0) + good + said.scrap + said.rework
        key, pieces = (unit.name, said.job_order, self._happened_us), good + said.scrap + said.rework
        self._pieces[key] = self._pieces.get(key, 0) + pieces
        self._tell(
            e.CountObserved, equipment=unit.name, job_order=said.job_order, good=good, scrap=said.scrap, rework=said.rework,
            reason=said.reason if said.scrap or said.rework else "",
        )  # fmt: skip
        if not any(unit.left.values()):
            self._show(unit, S.COMPLETE)
            self._leave(unit)
        return ""

    def _correct(self, said: e.CountCorrected) -> None:
        """What the MES has accepted: so many pieces more or fewer are left, wherever the job order is now."""
        key, pieces = (said.equipment, said.job_order, said.counted_us), said.good + said.scrap + said.rework
        more = pieces - self._pieces.get(key, 0)
        self._pieces[key] = pieces
        self._counted[said.job_order] = self._counted.get(said.job_order, 0) + more
        for unit in self._units.values():
            if said.job_order in unit.left:
                unit.left[said.job_order] -= more

    def _leave(self, unit: _Unit) -> None:
        """The unit is free: what it had is done, or was taken off it."""
        unit.job_order, unit.person, unit.left = "", "", {}
        self._show(unit, S.IDLE)

    def _show(self, unit: _Unit, state: S, reason: str = "") -> None:
        unit.state = state
        reason = "setup" if state == S.STARTING else reason
        if state in (S.STARTING, S.EXECUTE):
            unit.before = state
        told = {"equipment": unit.name, "state": int(state), "reason": reason, "job_order": unit.job_order}
        self._tell(e.EquipmentStateChanged, **told, person=self._attending(unit))

    @staticmethod
    def _attending(unit: _Unit) -> str:
        """Who is bound to the unit: nobody, once it runs by itself."""
        return unit.person if unit.is_attended or unit.before == S.STARTING else ""

    def _tell(self, kind: type[OperationsEvent], **fields: Any) -> None:
        """Say a fact of when it happened; what is said of earlier has become known now."""
        self._recorder.record(kind, self._happened_us, {**fields, "recorded_us": self._env.now_us})

    def _matrix(self, unit: str) -> SetupMatrix | None:
        declared = self._plant.layout.work_units.get(unit)
        return self._plant.layout.setups.get(declared.equipment_class if declared else unit)


def _refuse_what_nobody_is_asked(plant: Plant) -> None:
    problems = [f"fleet {name} carries lots" for name in plant.layout.fleets]
    problems += [
        f"lots are scanned after operation {operation} of {material}"
        for material, routing in plant.layout.routings.items()
        for operation, it in routing.items()
        if it.arrival_is_told
    ]
    if problems:
        raise ValueError(
            f"{plant.id} cannot be worked by hand: {'; '.join(problems)}; allowed: fixed transport times, and nobody who carries"
        )
