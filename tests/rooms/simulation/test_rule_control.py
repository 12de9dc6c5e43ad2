"""The plant by rule alone."""

from __future__ import annotations

import pytest

from tests.rooms.simulation.scripted_control import ScriptedControl, run_all
from tests.rooms.simulation.small_floor import (
    BATCH,
    COLA,
    FAMILIES,
    LINE,
    SINGLE,
    TWO,
    TWO_STEPS,
    counts_of,
    minutes,
    plant_of,
    scenario_of,
    states_of,
)
from twin.model.events import EquipmentStateChanged, Heartbeat, OperationsEvent
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.simulation.rule_control import NotByRule
from twin.simulation.simpy_plant import SimulatedPlant


def by_rule(plant: Plant, scenario: Scenario, conwip_lots: int | None = None) -> list[OperationsEvent]:
    source = SimulatedPlant(plant, scenario, 1, control="rule", conwip_lots=conwip_lots)
    facts: list[OperationsEvent] = []
    while (round_facts := source.advance()) is not None:
        facts += round_facts
    return facts


def started(facts: list[OperationsEvent]) -> list[str]:
    """Orders in the order of their starts."""
    return [fact.job_order[0] for fact in facts if isinstance(fact, EquipmentStateChanged) and fact.state == 6]


RULED = {
    **FAMILIES,
    "routings/bolt": '{"10": {segment: turn, run: 1 min, setup_family: thick}}',
}
BOTH = "materials: {shaft: {kind: finished}, bolt: {kind: finished}}"


def order(name: str, material: str, quantity: int, *, due: str, at: str, priority: int = 0) -> dict[str, object]:
    return {"order": name, "customer": "us", "material": material, "quantity": quantity, "at": at, "due": due, "priority": priority}


WAITING = [  # while A is turned, the others come
    order("A", "bolt", 1, at="0 s", due="1 h"),
    order("B", "bolt", 9, at="1 s", due="12 min"),
    order("C", "shaft", 1, at="2 s", due="20 min", priority=1),
    order("D", "bolt", 2, at="3 s", due="5 min"),
]


@pytest.mark.parametrize(
    ("rule", "order"),
    [
        ("fifo", "ABCD"),
        ("spt", "ADCB"),  # 2, 5 and 9 minutes
        ("setup_avoidance", "ABDC"),  # it stands set up for bolts
        ("edd", "ADBC"),
        ("critical_ratio", "ABDC"),  # 10/9, 3/2 and 18/5 when A is done, after 2 min
        ("priority", "ACBD"),
        ("slack", "ABDC"),  # due less work: 3, 3 and 15 minutes; B came before D
        ("slack_per_operation", "ABDC"),  # one operation each
        ("weighted", "ACDB"),  # priority counts most, then the work
        ("sequence", "ADBC"),  # C is not in it
    ],
)
def test_a_rule_decides_what_comes_next(rule: str, order: str) -> None:
    planned = {"turning": ["B-bolt/10", "D-bolt/10"], "lathe": ["X-bolt/10", "D-bolt/10", "B-bolt/10"]}  # the work unit's own counts
    weights = {"scale": "5 min", "run": 1, "priority": 4}
    scenario = scenario_of(demand={"orders": WAITING}, policies={"dispatch": rule, "sequence": planned, "weighted": weights})
    assert "".join(started(by_rule(plant_of(materials=BOTH, **RULED), scenario))) == order


def test_a_work_center_may_have_a_rule_of_its_own() -> None:
    scenario = scenario_of(demand={"orders": WAITING}, policies={"dispatch": "fifo", "dispatch_by_center": {"turning": "spt"}})
    assert "".join(started(by_rule(plant_of(materials=BOTH, **RULED), scenario))) == "ADCB"


def test_first_come_first_served_gives_the_same_facts_by_rule_and_by_command() -> None:
    """Where no person and no material is missing, it makes no difference who decides."""
    scenario = scenario_of("shaft 5, shaft 2 @ 7 min, shaft 9 @ 7 min", policies={"dispatch": "fifo"})
    changes = {"routings/shaft/10/transport": "3 min", "routings/shaft/10/run": "{exponential: 5 min}", "storage_units/belt/capacity": "2"}
    plant = plant_of(TWO_STEPS, SINGLE, **changes)
    assert by_rule(plant, scenario) == run_all(SimulatedPlant(plant, scenario, 1), ScriptedControl(plant))


def test_a_batch_starts_full_or_when_its_first_lot_has_waited_long_enough() -> None:
    plant = plant_of(materials="materials: {shaft: {kind: finished, lot_size: 1}}", **BATCH)
    facts = by_rule(plant, scenario_of("shaft 4, shaft 1 @ 3 min, shaft 1 @ 40 min", policies={"dispatch": "fifo"}))
    starts = [(minutes(f), f.job_order) for f in facts if isinstance(f, EquipmentStateChanged) and f.state == 6]
    assert starts == [
        (0, "A-shaft.1/10+A-shaft.2/10+A-shaft.3/10"),
        (10, "A-shaft.4/10+B-shaft/10"),
    ]  # the last waits for ever: it is alone


def test_a_batch_takes_one_family() -> None:
    changes = {**BATCH, **FAMILIES, "routings/shaft/10/per": "lot"}
    plant = plant_of(materials=TWO.replace("4", "1"), **changes)
    facts = by_rule(plant, scenario_of("shaft 2, bolt 1, shaft 2", policies={"dispatch": "fifo"}))
    labels = [f.job_order for f in facts if isinstance(f, EquipmentStateChanged) and f.state == 3]
    assert labels[0] == "A-shaft.1/10+A-shaft.2/10+C-shaft.1/10"


def test_conwip_keeps_the_number_of_lots_constant() -> None:
    facts = by_rule(plant_of(TWO_STEPS, SINGLE, **{"storage_units/belt/capacity": None}), scenario_of("shaft 1000"), conwip_lots=2)
    inside, most = set(), []
    for fact in facts:
        if isinstance(fact, EquipmentStateChanged) and fact.state == 6:
            inside.add(fact.job_order.split("/")[0])
        elif isinstance(fact, EquipmentStateChanged) and fact.state == 17 and fact.job_order.endswith("/20"):
            inside.discard(fact.job_order.split("/")[0])
        most.append(len(inside))
    assert max(most) == 2
    assert states_of(facts, "mill")[-1][1] == "EXECUTE"  # the bottleneck never starves
    assert len(counts_of(facts, "mill")) == (480 - 5 - 1) // 20


def test_an_order_is_released_its_lead_time_before_it_is_due() -> None:
    items = "materials: {shaft: {kind: finished, planned_lead_time: 3 h}}"
    facts = by_rule(plant_of(materials=items), scenario_of("shaft 1", horizon="2 d", policies={"release": "due_date_offset"}))
    assert counts_of(facts, "lathe") == [(21 * 60 + 5, "A-shaft/10", 1, 0, 0)]


def test_a_line_walks_through_its_order_by_rule() -> None:
    facts = by_rule(plant_of(LINE, COLA), scenario_of("cola 35"))
    assert states_of(facts, "line")[-1] == (23, "IDLE", "")


def test_everything_that_needs_an_mes_is_named_at_once() -> None:
    layout = {
        "personnel_classes": "{turner: {}}", "process_segments/turn/personnel_class": "turner", "routings/bolt": '{"10": {segment: turn}}',
    }  # fmt: skip
    items = "materials: {shaft: {kind: finished, bill: [{material: bar, quantity: 1}]}, bolt: {kind: finished}, bar: {kind: purchased}}"
    with pytest.raises(NotByRule) as refused:
        by_rule(plant_of(materials=items, **layout), scenario_of("shaft 1, bolt 1, bar 1"))
    assert refused.value.problems == [
        "material shaft has a bill",
        "operation 10 of shaft needs a turner",
        "operation 10 of bolt needs a turner",
        "material bar has no routing",
    ]


def test_a_lean_recorder_hears_everything_and_makes_no_events() -> None:
    class Tally:
        heard = 0

        def record(self, kind: type[OperationsEvent], effective_us: int, fields: dict[str, object]) -> None:
            self.heard += 1

        def take_round(self) -> list[OperationsEvent]:
            return []

    plant, scenario = plant_of(), scenario_of("shaft 8")
    tally = Tally()
    source = SimulatedPlant(plant, scenario, 1, control="rule", recorder=tally)
    assert source.advance() is None
    assert source.now_us == source.end_us
    assert tally.heard == len(by_rule(plant, scenario))
    assert Heartbeat in {type(fact) for fact in by_rule(plant, scenario)}
