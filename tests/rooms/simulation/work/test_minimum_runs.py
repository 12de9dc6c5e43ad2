"""A set-up is kept for so many lots, or so long, unless no lot of its family is there for longer than declared; or it is made alongside."""

from __future__ import annotations

import pytest

from tests.rooms.simulation.small_floor import FAMILIES, plant_of, scenario_of
from twin.model.events import EquipmentStateChanged, JobOrderStarted, OperationsEvent
from twin.run import simulate
from twin.simulation.engines import ENGINES, play

BOTH = "materials: {shaft: {kind: finished, price: 9 EUR}, bolt: {kind: finished, price: 9 EUR}}"
A_BOLT_FIRST = "bolt 1, shaft 1, bolt 1 @ 1 s, bolt 1 @ 2 s, shaft 1 @ 3 s, bolt 1 @ 4 s, shaft 1 @ 5 s"
THEN_NO_BOLT = "shaft 1, bolt 1 @ 1 s, shaft 1 @ 1 h"


def started(facts: list[OperationsEvent]) -> str:
    """Orders in the order of their runs."""
    return "".join(fact.job_order[0] for fact in facts if isinstance(fact, EquipmentStateChanged) and fact.state == 6)


def by_rule(minimum: str, orders: str, **changes: str) -> list[OperationsEvent]:
    """The same from either engine."""
    plant = plant_of(materials=BOTH, **{**FAMILIES, "setups/lathe/minimum_run": minimum, **changes})
    told = []
    for engine in ENGINES:
        source, facts = play(engine, plant, scenario_of(orders, policies={"dispatch": "fifo"}), 1, control="rule"), []
        while (more := source.advance()) is not None:
            facts += more
        told.append(facts)
    assert told[0] == told[1]
    return told[0]


@pytest.mark.parametrize(
    ("minimum", "order"),
    [
        ("null", "ABCDEFG"),
        ("{lots: 2}", "ABECDFG"),  # the first bolt is of the set-up that stands at the start, which nothing keeps
        ("{lots: 3}", "ABEGCDF"),
        ("{time: 13 min}", "ABECDFG"),  # the set-up of 3 min, two shafts of 5 min and 1 min between them are 14
    ],
)
def test_it_is_kept_for_so_many_lots_or_so_long(minimum: str, order: str) -> None:
    facts = by_rule(minimum, A_BOLT_FIRST)
    assert started(facts) == order


@pytest.mark.parametrize(("patience", "begins"), [("0 s", 8), ("30 min", 38), ("2 h", 66)])
def test_where_none_of_the_family_is_there_the_unit_waits_as_long_as_it_has_patience(patience: str, begins: int) -> None:
    """The first shaft is done after 8 minutes. With patience for two hours the second, which comes after one, goes before the bolt."""
    facts = by_rule(f"{{lots: 2, patience: {patience}}}", THEN_NO_BOLT)
    bolt = next(fact for fact in facts if isinstance(fact, EquipmentStateChanged) and fact.job_order.startswith("B"))
    assert (bolt.effective_us - scenario_of().start_us) / 60_000_000 == begins


SAWN = {
    "work_centers/sawing": "{storage: rack}",
    "work_units/saw": "{equipment_class: saw, work_center: sawing}",
    "process_segments/saw": "{work_center: sawing}",
    "routings/shaft": '{"5": {segment: saw}, "10": {segment: turn, run: 5 min, setup_family: thin}}',
    "routings/bolt": '{"5": {segment: saw}, "10": {segment: turn, run: 2 min, setup_family: thick}}',
}


@pytest.mark.parametrize(
    ("orders", "changes", "begins"),
    [
        ("shaft 1, bolt 1 @ 2 min", SAWN, 13),  # it is there before the shaft's run of 5 min: so much less than 10 min is left to set up
        ("shaft 1, bolt 1 @ 6 min", SAWN, 16),  # it comes 2 min before the shaft is done
        ("shaft 1, bolt 1 @ 9 min", SAWN, 19),  # it comes when the lathe stands
        ("shaft 1, shaft 1, bolt 1", SAWN, 18),  # nothing is left of 1 min between shafts
        ("shaft 1, bolt 1 @ 2 min", {}, 18),  # its first operation: it comes when it is started
    ],
)
def test_a_unit_that_is_set_up_alongside_is_set_up_while_the_job_before_runs(orders: str, changes: dict[str, str], begins: int) -> None:
    """The first shaft is set up for from the start on for 3 min, and done after 8; the MES says the same as the rules."""
    changed = {"setups/lathe/alongside": "true", **changes}
    facts = by_rule("null", orders, **changed)
    runs = [it for it in facts if isinstance(it, EquipmentStateChanged) and it.state == 6 and it.equipment == "lathe"]
    assert (runs[-1].effective_us - scenario_of().start_us) / 60_000_000 == begins
    asked = scenario_of(orders, policies={"dispatch": "fifo"})
    run = simulate(plant_of(materials=BOTH, **{**FAMILIES, **changed}), asked)
    assert [it for it in run.mes.equipment.records["lathe"].intervals if it.state == 6][-1].start_us == runs[-1].effective_us


def test_the_mes_keeps_to_it_too_and_says_so() -> None:
    plant = plant_of(materials=BOTH, **{**FAMILIES, "setups/lathe/minimum_run": "{lots: 3}"})
    asked = scenario_of(A_BOLT_FIRST, policies={"dispatch": "fifo"})
    runs = [simulate(plant, asked, engine=engine) for engine in ENGINES]
    assert runs[0].trace_hash == runs[1].trace_hash
    orders = [entry.event.job_order[0] for entry in runs[0].journal.entries() if isinstance(entry.event, JobOrderStarted)]
    assert "".join(orders) == "ABEGCDF"
    halted = simulate(
        plant_of(materials=BOTH, **{**FAMILIES, "setups/lathe/minimum_run": "{lots: 3, patience: 8 h}"}),
        scenario_of(THEN_NO_BOLT, horizon="30 min", policies={"dispatch": "fifo"}),
    )
    (why,) = halted.mes.dispatching.standstills(halted.now_us).values()
    assert (why.job_order, why.why, why.detail) == ("B-bolt/10", "minimum run", "thin")
