"""How much work is let in: a constant number of lots, or less than so many hours before a work center; by rule and by the MES alike."""

from __future__ import annotations

from itertools import accumulate

import pytest

from tests.parity.playing import ruled
from tests.rooms.simulation.small_floor import counts_of, plant_of, scenario_of
from twin.kernels.floor.rows import plant_rows as at
from twin.model.events import JobOrderCompleted, LotCreated
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.results.run import Run
from twin.run import carry
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.simulation.compiled_plant.kept.forking import NotForked
from twin.simulation.engines import ENGINES, play

TWO_WAYS = """
plant: two_ways
storage_units: {rack: {}}
work_centers: {turning: {storage: rack}, milling: {storage: rack}, packing: {storage: rack}}
work_units:
  lathe: {equipment_class: lathe, work_center: turning}
  mill: {equipment_class: mill, work_center: milling}
  packer: {equipment_class: packer, work_center: packing}
process_segments: {turn: {work_center: turning}, mill: {work_center: milling}, pack: {work_center: packing}}
routings:
  shaft: {"10": {segment: turn, run: 5 min}, "20": {segment: mill, run: 30 min}}
  bolt: {"10": {segment: turn, run: 5 min}, "20": {segment: pack, run: 1 min}}
"""
PARTS = """
materials: {shaft: {kind: finished, lot_size: 1, price: 9 EUR}, bolt: {kind: finished, lot_size: 1, price: 9 EUR}}
customers: {us: {}}
"""


def carried(engine: str, plant: Plant, scenario: Scenario) -> Run:
    return carry(play(engine, plant, scenario, 1), Run(plant, scenario, seed=1))


@pytest.mark.parametrize("engine", ENGINES)
def test_under_conwip_the_mes_keeps_the_number_of_lots_constant(engine: str) -> None:
    case = plant_of(TWO_WAYS, PARTS), scenario_of("shaft 9", policies={"conwip_lots": 2})
    run = carried(engine, *case)
    events = [entry.event for entry in run.journal.entries()]
    ends = (isinstance(it, JobOrderCompleted) and it.job_order.endswith("/20") for it in events)
    inside = list(accumulate(isinstance(it, LotCreated) - end for it, end in zip(events, ends, strict=True)))
    assert max(inside) == 2
    assert len(run.mes.requests["A-shaft"].uncut) == 0
    assert run.erp.orders(run.now_us)[0].shipped == 9
    assert counts_of(ruled(engine, case, 1, None), "mill") == counts_of([it for it in events if not it.request], "mill")


@pytest.mark.parametrize("engine", ENGINES)
def test_the_argument_of_control_by_rule_comes_before_the_scenario(engine: str) -> None:
    case = plant_of(TWO_WAYS, PARTS), scenario_of("shaft 3", policies={"conwip_lots": 3})
    assert [count[0] for count in counts_of(ruled(engine, case, 1, None), "lathe")] == [5, 10, 15]
    assert [count[0] for count in counts_of(ruled(engine, case, 1, 1), "lathe")] == [5, 40, 75]


@pytest.mark.parametrize("engine", ENGINES)
def test_no_lot_is_let_in_behind_more_work_than_the_limit_and_others_pass(engine: str) -> None:
    """Two shafts are an hour of milling: the third waits until one is done, the bolts that are not milled do not."""
    case = plant_of(TWO_WAYS, PARTS), scenario_of("shaft 4, bolt 2", policies={"workload": {"milling": "1 h"}, "dispatch": "fifo"})
    lathe = [(5, "A-shaft.1"), (10, "A-shaft.2"), (15, "B-bolt.1"), (20, "B-bolt.2"), (40, "A-shaft.3"), (70, "A-shaft.4")]
    by_rule = [(at, job.split("/")[0]) for at, job, *_ in counts_of(ruled(engine, case, 1, None), "lathe")]
    run = carried(engine, *case)
    by_mes = [(at, job.split("/")[0]) for at, job, *_ in counts_of([entry.event for entry in run.journal.entries()], "lathe")]
    assert by_rule == by_mes == lathe


@pytest.mark.parametrize("engine", ENGINES)
def test_a_mes_that_only_observes_lets_everything_in(engine: str) -> None:
    case = plant_of(TWO_WAYS, PARTS), scenario_of("shaft 9", policies={"conwip_lots": 1, "decisions": "observed"})
    assert len([lot for lot in carried(engine, *case).mes.lots if "shaft" in lot]) == 9


def test_a_fork_may_have_another_number_of_lots_and_no_workload_limit_that_nobody_counted_for() -> None:
    plant, scenario = plant_of(TWO_WAYS, PARTS), scenario_of("shaft 3")
    source = CompiledPlant(plant, scenario, 1, control="rule")
    source.advance()
    source.advance()
    tight = scenario.model_copy(update={"policies": scenario.policies.model_copy(update={"conwip_lots": 1})})
    late = scenario_of("shaft 3", policies={"workload": {"milling": "1 h"}})
    assert source.fork(scenario=tight).state.plant[at.LOT_LIMIT] == 1
    assert source.fork(scenario=scenario).state.plant[at.LOT_LIMIT] == at.FOREVER
    with pytest.raises(NotForked, match="counted from the start or not at all"):
        source.fork(scenario=late)
