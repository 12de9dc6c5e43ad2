"""An operation that is done to a sample of the lots: who is chosen depends on the lot alone, and the others go on."""

from __future__ import annotations

import pytest

from tests.parity.playing import ruled
from tests.rooms.simulation.small_floor import counts_of, plant_of, scenario_of
from twin.model.checks.plant_checks import check_plant
from twin.model.events import OperationSkipped
from twin.model.states import DispatchStatus
from twin.results.run import Run
from twin.run import carry
from twin.simulation.engines import ENGINES, play

MEASURED = """
plant: measured
storage_units: {rack: {}}
work_centers: {turning: {storage: rack}, measuring: {storage: rack}, packing: {storage: rack}}
work_units:
  lathe: {equipment_class: lathe, work_center: turning, hourly_cost: 60 EUR/h}
  gauge: {equipment_class: gauge, work_center: measuring, hourly_cost: 60 EUR/h}
  packer: {equipment_class: packer, work_center: packing, hourly_cost: 60 EUR/h}
process_segments: {turn: {work_center: turning}, measure: {work_center: measuring}, pack: {work_center: packing}}
routings:
  shaft:
    "10": {segment: turn, run: 5 min, transport: 2 min}
    "20": {segment: measure, run: 4 min, sample: 0.25, transport: 3 min}
    "30": {segment: pack, run: 1 min}
"""
SHAFTS = """
materials: {shaft: {kind: finished, lot_size: 1, price: 9 EUR}}
customers: {us: {}}
"""
SECOND = "routings/shaft/20"


@pytest.mark.parametrize("engine", ENGINES)
def test_a_quarter_of_the_lots_is_measured_and_the_others_are_packed_at_once(engine: str) -> None:
    facts = ruled(engine, (plant_of(MEASURED, SHAFTS), scenario_of("shaft 400", horizon="2 d")), 1, None)
    measured = {job.split("/")[0] for _, job, *_ in counts_of(facts, "gauge")}
    skipped = {fact.job_order.split("/")[0] for fact in facts if isinstance(fact, OperationSkipped)}
    assert 70 <= len(measured) <= 130
    assert not measured & skipped
    assert len(measured | skipped) == len(counts_of(facts, "packer")) == 400
    turned, packed = ({job.split("/")[0]: at for at, job, *_ in counts_of(facts, unit)} for unit in ("lathe", "packer"))
    first = min(skipped, key=turned.__getitem__)
    assert packed[first] == turned[first] + 2 + 1  # the way from the lathe, and the packing


def test_who_is_chosen_depends_on_nothing_else() -> None:
    plants = [plant_of(MEASURED, SHAFTS, **changes) for changes in ({}, {"routings/shaft/10/run": "1 min", f"{SECOND}/run": "9 min"})]
    chosen = [{job for _, job, *_ in counts_of(ruled("compiled", (plant, scenario_of("shaft 40")), 1, None), "gauge")} for plant in plants]
    assert chosen[0] == chosen[1]


@pytest.mark.parametrize("engine", ENGINES)
def test_mes_and_erp_take_what_was_passed_over_for_done(engine: str) -> None:
    """At the end of the routing, too: there the lot is produced."""
    plant = plant_of(MEASURED, SHAFTS, **{"routings/shaft/30/sample": 0.5})
    run = carry(play(engine, plant, scenario_of("shaft 20"), 1), Run(plant, scenario_of("shaft 20"), seed=1))
    assert not run.mes.alerts
    assert {job.status for job in run.mes.job_orders.values()} == {DispatchStatus.COMPLETED}
    assert run.erp.orders(run.now_us)[0].shipped == 20
    skipped = [job for job in run.mes.job_orders.values() if job.started_us < 0]
    assert {job.operation for job in skipped} == {"20", "30"}
    (cost,) = run.erp.request_costs()
    done = {
        operation: sum(job.operation == operation and job.started_us >= 0 for job in run.mes.job_orders.values())
        for operation in ("20", "30")
    }
    assert cost.variance_minor == 400 * done["20"] + 100 * done["30"] - 20 * (100 + 50)  # the standard counts a sample by its share


def test_a_sample_that_makes_no_sense_is_named() -> None:
    changes = {"routings/shaft/10/sample": 0.5, f"{SECOND}/sample": 0}
    assert [f"{'.'.join(map(str, it.path))}: {it.what}" for it in check_plant(plant_of(MEASURED, SHAFTS, **changes))] == [
        "routings.shaft.10.sample: '10' is the first operation of 'shaft', which takes its bill from stock: all lots go through it",
        "routings.shaft.20.sample: this operation is never done",
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_every_fourth_lot_is_measured(engine: str) -> None:
    plant = plant_of(MEASURED, SHAFTS, **{f"{SECOND}/sample": 1.0, f"{SECOND}/sample_every": 4})
    facts = ruled(engine, (plant, scenario_of("shaft 10")), 1, None)
    assert [job for _, job, *_ in counts_of(facts, "gauge")] == ["A-shaft.04/20", "A-shaft.08/20"]
    assert len(counts_of(facts, "packer")) == 10


@pytest.mark.parametrize("engine", ENGINES)
def test_lots_of_one_instant_are_counted_as_the_units_that_they_leave_are_declared(engine: str) -> None:
    """Two lathes end at the same instants, so that the lot of the second is the second."""
    twice = MEASURED.replace("  gauge:", "  also: {equipment_class: lathe, work_center: turning}\n  gauge:")
    plant = plant_of(twice, SHAFTS, **{f"{SECOND}/sample": 1.0, f"{SECOND}/sample_every": 2})
    facts = ruled(engine, (plant, scenario_of("shaft 6")), 1, None)
    turned = [job.split("/")[0] for _, job, *_ in counts_of(facts, "also")]
    assert [job.split("/")[0] for _, job, *_ in counts_of(facts, "gauge")] == turned
    assert len(turned) == 3


def test_mes_and_erp_count_a_sample_by_count_by_its_share() -> None:
    """20 lots, of which the gauge has every fourth; the standard has a quarter of 4 min each: no variance."""
    plant = plant_of(MEASURED, SHAFTS, **{f"{SECOND}/sample": 1.0, f"{SECOND}/sample_every": 4})
    run = carry(play("compiled", plant, scenario_of("shaft 20"), 1), Run(plant, scenario_of("shaft 20"), seed=1))
    assert not run.mes.alerts
    assert run.erp.orders(run.now_us)[0].shipped == 20
    (cost,) = run.erp.request_costs()
    assert cost.variance_minor == 0


def test_a_sample_by_count_that_makes_no_sense_is_named() -> None:
    wrong = {"routings/shaft/10/sample_every": 2, f"{SECOND}/sample_every": 3}
    assert [f"{'.'.join(map(str, it.path))}: {it.what}" for it in check_plant(plant_of(MEASURED, SHAFTS, **wrong))] == [
        "routings.shaft.10.sample_every: '10' is the first operation of 'shaft', which takes its bill from stock: all lots go through it",
        "routings.shaft.20.sample_every: this operation is done to a share of the lots, 0.25, and to one in 3 by count",
    ]
