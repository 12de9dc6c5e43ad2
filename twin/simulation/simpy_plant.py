"""The simulated plant, in SimPy: readable, and the reference for what a plant does.

    plant = SimulatedPlant(plant, scenario, seed=1)
    while (facts := plant.advance()) is not None:
        plant.send(commands that follow from the facts)

A SimPy process of your own goes into `plant.environment`; `twin.simulation.clock` says what it may do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from twin.model.calendars import written_local
from twin.model.events import (
    AlarmRaised,
    DispositionCarriedOut,
    Heartbeat,
    JobOrderCommand,
    JobOrderCommandRefused,
    MasterDataChanged,
    OperationsEvent,
    PurchaseOrderPlaced,
    PurchaseOrderRevised,
    StockCounted,
    TestRequested,
    WorkInProcessCounted,
)
from twin.model.events.genealogy import LotRegrouped
from twin.model.floor import maintenance as floor_model
from twin.model.floor.failures import Failure
from twin.model.master_data.foreseen import foreseen
from twin.model.personnel.played import as_played
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.model.states import DEADLOCK, Source
from twin.simulation.clock import FactRecorder, Life, PlantEnvironment, Recorder
from twin.simulation.commands import Commands
from twin.simulation.demand import Customers, Suppliers
from twin.simulation.rule_control import Floor, RuleControl
from twin.simulation.shop_floor.equipment import Equipment
from twin.simulation.shop_floor.failures import FailureMode, PlannedStop, RepairCrew
from twin.simulation.shop_floor.losses.counted_losses import CountedLosses, refuse_what_has_not_come
from twin.simulation.shop_floor.maintenance import Maintenance
from twin.simulation.shop_floor.production_line import ProductionLine
from twin.simulation.shop_floor.routing import read_steps
from twin.simulation.shop_floor.storage import MaterialFlow
from twin.simulation.shop_floor.transport.fleet import Fleets
from twin.simulation.shop_floor.transport.vehicle import Vehicle
from twin.simulation.shop_floor.work_unit import Staffed, WorkUnit
from twin.simulation.shop_floor.workforce import Workforce

CLOCK_BEAT_US = 15 * 60 * 1_000_000


class SimulatedPlant:
    """An event source that plays a plant, from the scenario's start up to, not including, its end.

    Parameters
    ----------
    plant, scenario : what is, and what is asked of it; both checked, the scenario's changes already applied
    seed : of all random streams
    until_us : end of the run, us since 1970; left out: start plus horizon
    control : "commands": the plant does what it is told with `send`; "rule": the rules of the scenario decide inside the plant
    conwip_lots : control by rule: at most so many lots are in the plant at once; left out: as the scenario's release policy says
    recorder : hears the facts instead of the default, which makes events of them
    stops_at_deadlock : end the run at the instant at which blocked equipment waits for each other for ever, with an alarm that says
        who waits for what; else it stands there until the end

    Raises
    ------
    NotByRule : control by rule, and the plant needs persons or has bills of material
    """

    origin = Source.SIMULATED

    def __init__(
        self, plant: Plant, scenario: Scenario, seed: int, until_us: int | None = None, control: Literal["commands", "rule"] = "commands",
        *, conwip_lots: int | None = None, recorder: Recorder | None = None, stops_at_deadlock: bool = False,
    ) -> None:  # fmt: skip
        end_us = scenario.start_us + scenario.horizon if until_us is None else until_us
        if end_us <= scenario.start_us:
            raise ValueError(f"a run must end after its start: {end_us} <= {scenario.start_us}")
        self._plant, self._scenario = (plant := foreseen(plant, scenario) if control == "commands" else plant), scenario
        self._recorder = recorder or FactRecorder(plant.equipment)
        self.environment = env = PlantEnvironment(start_us=scenario.start_us, end_us=end_us, seed=seed, recorder=self._recorder)
        env.settle, env.losses = self._settle, CountedLosses(scenario.without)
        self._workforce = Workforce(env, as_played(plant, scenario))
        self._steps = steps = read_steps(plant)
        self._flow = MaterialFlow(env, plant, steps)
        self._crews = {name: RepairCrew(env, crew.size) for name, crew in plant.layout.repair_crews.items()}
        self.equipment: dict[str, Equipment] = {}
        floor = self._build_floor()
        self._fleets = self._build_fleets()
        self._plan_disturbances(scenario)
        self._commands = Commands(floor, steps, self._flow, self._workforce)
        self._rule = RuleControl(env, plant, scenario, floor, steps, self._flow, conwip_lots) if control == "rule" else None
        self._customers = Customers(env, plant, scenario, self._rule.order_heard if self._rule else None)
        self._suppliers = Suppliers(env, plant)
        self._sent: list[OperationsEvent] = []
        self._has_ended = False
        self._stops_at_deadlock = stops_at_deadlock
        env.process(self._life_of_clock())
        self._start()

    # -- the event source

    @property
    def now_us(self) -> int:
        """The plant's time, us since 1970."""
        return self.environment.now_us

    @property
    def end_us(self) -> int:
        """When the run ends, us since 1970; the last fact, a heartbeat, is exactly there."""
        return self.environment.end_us

    @property
    def has_ended(self) -> bool:
        """Whether all has been said, up to the end or to a deadlock."""
        return self._has_ended

    @property
    def next_us(self) -> int:
        """The instant at which something happens next, at most the end, if nobody commands anything before."""
        return self.now_us if self._has_ended else int(min(self.environment.peek(), self.end_us))

    def pass_time(self, to_us: int) -> None:
        """Let time pass up to an instant before which nothing happens: commands that are sent then take effect there."""
        self.environment.pass_time(to_us)

    def advance(self, to_us: int | None = None) -> list[OperationsEvent] | None:
        """The facts of the next round; at the end a heartbeat, since silence up to there matters; then None.

        With `to_us` only what happens up to that instant: None if nothing more does, and the plant can go on from there.

        Raises
        ------
        NoSuchLossError : at the end, and a loss that the scenario leaves out has not come
        """
        while not self._has_ended and self.environment.next_round(to_us):
            if self._stops_at_deadlock and self._is_deadlocked():
                return self._end()
            if self._rule:
                self._rule.decide()
            if facts := self._recorder.take_round():
                return facts
        is_slice = to_us is not None and to_us < self.end_us
        if self._has_ended or is_slice:
            return None
        refuse_what_has_not_come(self.environment.losses.still_to_come())
        return self._end()

    def _end(self) -> list[OperationsEvent] | None:
        """The last round: nothing follows from it any more."""
        self._has_ended = True
        self.environment.record(Heartbeat, reason="end")
        return self._recorder.take_round() or None

    def _is_deadlocked(self) -> bool:
        """Whether equipment waits for each other for ever; if so, it calls for somebody."""
        equipment, message = self._flow.deadlock(lambda at_us: written_local(at_us, self._plant.layout.time_zone))
        if message:
            self.environment.record(AlarmRaised, equipment=equipment, alarm=DEADLOCK, message=message)
        return bool(message)

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        """Take commands; they take effect at this instant, in the order given, and their facts come as the next round."""
        if commands:
            self._sent += commands
            self.environment.settle_soon()

    # -- building

    def _build_floor(self) -> Floor:
        env, layout = self.environment, self._plant.layout
        place, failures = {name: n for n, name in enumerate(self._plant.equipment)}, self._plant.failures
        floor: Floor = {}
        for name, unit in layout.work_units.items():
            floor[name] = work_unit = WorkUnit(
                env, name, place[name], unit, setup=layout.setups.get(unit.equipment_class), workforce=self._workforce, flow=self._flow
            )
            work_unit.calendar = self._workforce.watch(unit.calendar, work_unit)
            self._let_fail(work_unit, failures[name])
        for name, declared in layout.production_lines.items():
            floor[name] = line = ProductionLine(
                env, name, place[name], declared, setup=layout.setups.get(name), workforce=self._workforce, flow=self._flow
            )
            line.calendar = self._workforce.watch(declared.calendar, line)
            self.equipment[name] = line
            for station, declared_station in zip(line.stations, declared.stations.values(), strict=True):
                station.calendar = line.calendar
                self._let_fail(station, declared_station.failures)
        for name, declared_maintenance in self._plant.maintenance.items():
            self._let_be_maintained(floor[name], declared_maintenance, first=len(failures.get(name, [])))
        return floor

    def _let_be_maintained(self, whole: Staffed, declared: Sequence[floor_model.Maintenance], first: int) -> None:
        """Planned maintenance of a work unit or a line; `first` is its number among what crews see to there."""
        for n, maintenance in enumerate(declared, start=first):
            crew = self._crews[maintenance.crew] if maintenance.crew else None
            it = Maintenance(self.environment, whole, maintenance, n, crew, self._plant.layout.time_zone)
            whole.maintenance.append(it)
            self.environment.process(it.life())

    def _build_fleets(self) -> Fleets | None:
        """Vehicles, which nobody commands: lots call for them."""
        plant, env, vehicles = self._plant, self.environment, dict[str, Vehicle]()
        first = len(plant.equipment) - len(plant.vehicles)
        for n, (name, fleet) in enumerate(plant.vehicles.items()):
            vehicles[name] = vehicle = Vehicle(env, name, first + n, fleet, self._flow)
            vehicle.calendar = self._workforce.watch(fleet.calendar, vehicle)
            self._let_fail(vehicle, fleet.failures)
        self._flow.carriers = fleets = Fleets(env, plant, vehicles) if vehicles else None
        return fleets

    def _let_fail(self, equipment: Equipment, failures: Sequence[Failure]) -> None:
        self.equipment[equipment.name] = equipment
        for n, failure in enumerate(failures):
            crew = self._crews[failure.crew] if failure.crew else None
            mode = FailureMode(self.environment, equipment, failure, n, crew)
            equipment.add_cause(mode)
            self.environment.process(mode.life())

    def _plan_disturbances(self, scenario: Scenario) -> None:
        for disturbance in scenario.disturbances:
            equipment = self.equipment[disturbance.equipment]
            stop = PlannedStop(self.environment, equipment, disturbance)
            equipment.add_cause(stop)
            self.environment.process(stop.life())

    # -- what happens by itself

    def _start(self) -> None:
        """The first round: the run begins, stock is counted, every piece of equipment says its state."""
        env = self.environment
        env.record(Heartbeat, reason="start")
        for material, definition in self._plant.materials.materials.items():
            if definition.opening_stock:
                env.record(StockCounted, lot=f"open-{material}", material=material, quantity=definition.opening_stock)
        for found in self._scenario.counted_work():
            env.record(WorkInProcessCounted, **found)
            step = self._steps[found["material"], found["operation"]]
            self._flow.find(found["lot"], found["quantity"], step, found["due_us"], found["priority"])
        for equipment in self.equipment.values():
            equipment.report(*equipment.resting_state())

    def _life_of_clock(self) -> Life:
        while True:
            yield self.environment.timeout(CLOCK_BEAT_US)
            self.environment.beat("clock")

    # -- the settle phase

    def _settle(self) -> None:
        """What has happened is looked at, and everything that is asked for is granted or not: in declared order, once."""
        sent, self._sent = self._sent, []
        for command in sent:
            self._obey(command)
        touched = self.environment.touched
        for equipment in self._in_order(touched):
            equipment.look()
        for crew in self._crews.values():
            crew.settle()
        self._flow.settle()
        if self._fleets:
            self._fleets.settle()
        for equipment in self._in_order(touched):
            if isinstance(equipment, Staffed) and equipment.maintenance:
                equipment.begin_maintenance()
        for equipment in self._in_order(touched):
            equipment.show()
        touched.clear()

    @staticmethod
    def _in_order(touched: set[Equipment]) -> list[Equipment]:
        return sorted(touched, key=lambda equipment: equipment.place) if len(touched) > 1 else list(touched)

    def _obey(self, command: OperationsEvent) -> None:
        refusal = f"{type(command).__name__} is no command"
        if isinstance(command, PurchaseOrderPlaced):
            refusal = self._suppliers.take_order(command)
        elif isinstance(command, PurchaseOrderRevised):
            refusal = ""
            self._suppliers.revise(command)
        elif isinstance(command, TestRequested):
            refusal = ""  # persons test it
        elif isinstance(command, MasterDataChanged):
            refusal = ""
            self._suppliers.learn(command)
        elif isinstance(command, DispositionCarriedOut):
            refusal = self._commands.dispose(command)
        elif isinstance(command, LotRegrouped):
            refusal = self._commands.regroup(command)
        elif isinstance(command, JobOrderCommand):
            refusal = self._commands.obey(command, self.now_us)
        if refusal:
            what = command.command if isinstance(command, JobOrderCommand) else type(command).__name__
            self.environment.record(
                JobOrderCommandRefused, equipment=command.equipment, job_order=command.job_order, command=what, reason=refusal
            )
