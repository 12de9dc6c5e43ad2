"""An operation that may be done elsewhere: the first that is free, in declared order; whoever helps out does its own work first."""

from __future__ import annotations

import pytest

from tests.parity.playing import ruled
from tests.rooms.simulation.small_floor import counts_of, plant_of, scenario_of
from twin.model.checks.plant_checks import check_plant
from twin.model.plant import Plant
from twin.results.run import Run
from twin.run import carry
from twin.simulation.engines import ENGINES, play

MILL_OR_GRIND = """
plant: two_ways
storage_units: {rack: {}, shelf: {}}
work_centers: {milling: {storage: rack}, grinding: {storage: shelf}}
work_units:
  mill: {equipment_class: mill, work_center: milling}
  grinder: {equipment_class: grinder, work_center: grinding}
process_segments: {mill: {work_center: milling}, grind: {work_center: grinding}}
routings:
  shaft: {"10": {segment: mill, run: 5 min, alternatives: [{segment: grind, run: 12 min}]}}
  bolt: {"10": {segment: grind, run: 3 min}}
"""
PARTS = """
materials:
  shaft: {kind: finished, lot_size: 1, price: 9 EUR}
  bolt: {kind: finished, lot_size: 1, price: 9 EUR}
customers: {us: {}}
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_a_lot_goes_to_its_own_segment_and_elsewhere_only_if_that_is_not_free(engine: str) -> None:
    facts = ruled(engine, (plant_of(MILL_OR_GRIND, PARTS), scenario_of("shaft 5")), 1, None)
    assert counts_of(facts, "mill") == [(5.0 * n, f"A-shaft.{lot}/10", 1, 0, 0) for n, lot in ((1, 1), (2, 3), (3, 4))]
    assert counts_of(facts, "grinder") == [(12, "A-shaft.2/10", 1, 0, 0), (24, "A-shaft.5/10", 1, 0, 0)]


@pytest.mark.parametrize("engine", ENGINES)
def test_whoever_helps_out_does_its_own_work_first(engine: str) -> None:
    facts = ruled(engine, (plant_of(MILL_OR_GRIND, PARTS), scenario_of("shaft 3, bolt 2 @ 5 min", policies={"dispatch": "edd"})), 1, None)
    assert [count[1] for count in counts_of(facts, "grinder")] == ["A-shaft.2/10", "B-bolt.1/10", "B-bolt.2/10"]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_mes_sends_it_where_the_rule_would(engine: str) -> None:
    case = plant_of(MILL_OR_GRIND, PARTS), scenario_of("shaft 5, bolt 2 @ 5 min")
    run = carry(play(engine, *case, 1), Run(*case, seed=1))
    assert run.mes.alerts == []
    by_unit = {job.job_order: job.equipment for job in run.mes.job_orders.values()}
    ruled_by = {count[1]: unit for unit in ("mill", "grinder") for count in counts_of(ruled(engine, case, 1, None), unit)}
    assert by_unit == ruled_by


def complaints(plant: Plant) -> list[str]:
    return [f"{'.'.join(map(str, it.path))}: {it.what}" for it in check_plant(plant) if it.path[0] == "routings"]


def test_an_alternative_that_is_none_and_one_with_other_staff_are_named() -> None:
    at = "routings/shaft/10/alternatives"
    assert complaints(plant_of(MILL_OR_GRIND, PARTS)) == []
    assert complaints(plant_of(MILL_OR_GRIND, PARTS, **{at: "[{segment: mill, run: 1 min}]"})) == [
        "routings.shaft.10.alternatives.0.segment: 'mill' is no alternative: mill can do the operation anyway"
    ]
    assert complaints(plant_of(MILL_OR_GRIND, PARTS, **{at: "[{segment: grid, run: 1 min}]"})) == [
        "routings.shaft.10.alternatives.0.segment: no process segment is called 'grid' (did you mean 'grind'?)"
    ]
    staffed = {
        "process_segments/grind/personnel_class": "grinder", "personnel_classes": "{grinder: {}}", "calendars": "{day: {shifts: {}}}",
        "persons": "{ada: {classes: [grinder], calendar: day, hourly_cost: 1 EUR/h}}",
    }  # fmt: skip
    assert complaints(plant_of(MILL_OR_GRIND, PARTS, **staffed)) == [
        "routings.shaft.10.alternatives.0.segment: 'grind' is staffed otherwise than 'mill', but the same persons must do it"
    ]
