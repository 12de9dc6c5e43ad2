"""An engineer adds a SimPy process of his own."""

from __future__ import annotations

from tests.rooms.simulation.scripted_control import ScriptedControl, run_all
from tests.rooms.simulation.small_floor import plant_of, scenario_of, states_of
from twin.model.events import OperationsEvent, ProcessValueObserved
from twin.simulation.clock import Life
from twin.simulation.shop_floor.equipment import Equipment
from twin.simulation.simpy_plant import SimulatedPlant
from twin.simulation.streams import drawing


class PowerCut:
    """A cause to stand still that no plant file knows: it takes several pieces of equipment down at once."""

    reason = "power_cut"

    def __init__(self, source: SimulatedPlant, equipment: list[Equipment]) -> None:
        self._env, self._equipment = source.environment, equipment
        self.is_down, self.down_since_us = False, 0

    def life(self) -> Life:
        yield self._env.timeout(7 * 60_000_000)
        self._switch(True)
        yield self._env.timeout(5 * 60_000_000)
        self._switch(False)

    def _switch(self, is_down: bool) -> None:
        self.is_down, self.down_since_us = is_down, self._env.now_us
        for equipment in self._equipment:
            self._env.touch(equipment)


def test_a_power_cut_is_written_in_a_few_lines() -> None:
    plant = plant_of(**{"work_units/mill": "{equipment_class: mill, work_center: turning}"})
    source = SimulatedPlant(plant, scenario_of("shaft 4"), 1)
    cut = PowerCut(source, list(source.equipment.values()))
    for equipment in source.equipment.values():
        equipment.add_cause(cut)
    source.environment.process(cut.life())
    facts = run_all(source, ScriptedControl(plant))
    assert states_of(facts, "lathe")[2:4] == [(7, "HELD", "power_cut"), (12, "EXECUTE", "")]
    assert states_of(facts, "mill")[1:] == [(7, "ABORTED", "power_cut"), (12, "IDLE", "")]


def test_a_thermometer_tells_what_it_reads() -> None:
    plant = plant_of()
    source = SimulatedPlant(plant, scenario_of(horizon="1 h"), 1)
    env = source.environment

    def thermometer() -> Life:
        noise, draw = env.stream("thermometer", "lathe"), drawing(plant.layout.routings["shaft"]["10"].run)
        while True:
            yield env.timeout(draw(noise))
            env.record(ProcessValueObserved, equipment="lathe", property="oil", value=40 + noise.uniform(), unit="degC")

    env.process(thermometer())
    facts: list[OperationsEvent] = run_all(source, ScriptedControl(plant))
    assert len([fact for fact in facts if isinstance(fact, ProcessValueObserved)]) == 11
