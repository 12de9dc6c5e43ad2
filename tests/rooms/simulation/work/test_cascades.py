"""What a step may ask of work units: a cascade, batches in pieces, the unit of an earlier step; loading; drawn transport.

Each plant is played by both engines.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from tests.rooms.simulation.small_floor import BATCH, ONE_UNIT, SHAFTS, SINGLE, TWO_STEPS, counts_of, minutes, plant_of, scenario_of
from twin.model.events import (
    CountObserved,
    EquipmentStateChanged,
    JobOrderCommand,
    JobOrderCommandRefused,
    MaterialIdentified,
    OperationsEvent,
)
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.model.states import Source
from twin.results.run import Run
from twin.run import carry
from twin.simulation.engines import ENGINES, play


def facts_of(plant: Plant, scenario: Scenario, *, with_mes: bool = True) -> list[OperationsEvent]:
    """What the plant says; the engines are found to agree, by rule and with the MES in the loop."""
    told = []
    for engine in ENGINES:
        source, facts = play(engine, plant, scenario, 1, control="rule"), []
        while (more := source.advance()) is not None:
            facts += more
        told.append(facts)
        if with_mes:
            run = carry(play(engine, plant, scenario, 1), Run(plant, scenario, seed=1))
            told.append([entry.event for entry in run.journal.entries() if entry.source == Source.SIMULATED])
    assert all(it == told[0] for it in told)
    return told[0]


def starts_of(facts: Iterable[OperationsEvent], equipment: str) -> list[tuple[float, str]]:
    """Minute and job order of every start."""
    return [(minutes(f), f.job_order) for f in facts if isinstance(f, EquipmentStateChanged) and f.equipment == equipment and f.state == 6]


def test_in_a_cascade_the_next_lot_goes_in_when_the_last_piece_of_the_first_has() -> None:
    """Four pieces every 2 min, each in for 5: the unit is free after 8 min, and the lot is ready for the mill after 11."""
    plant = plant_of(TWO_STEPS, **{"routings/shaft/10/interval": "2 min", "storage_units/belt": "{}", "routings/shaft/20/run": "1 min"})
    facts = facts_of(plant, scenario_of("shaft 4, shaft 4"))
    assert starts_of(facts, "lathe") == [(0, "A-shaft/10"), (8, "B-shaft/10")]
    assert starts_of(facts, "mill") == [(11, "A-shaft/20"), (19, "B-shaft/20")]


def test_a_cascade_of_lots_takes_one_lot_each_interval() -> None:
    changes = {"routings/shaft/10/interval": "2 min", "routings/shaft/10/per": "lot", "storage_units/belt": "{}"}
    facts = facts_of(plant_of(TWO_STEPS, **changes), scenario_of("shaft 4, shaft 4"))
    assert starts_of(facts, "lathe") == [(0, "A-shaft/10"), (2, "B-shaft/10")]
    assert starts_of(facts, "mill")[0] == (5, "A-shaft/20")


def test_to_load_and_to_unload_takes_the_units_time_but_in_a_cascade_the_lots() -> None:
    handling = {"work_units/lathe/load": "1 min", "work_units/lathe/unload": "2 min"}
    assert [at for at, *_ in counts_of(facts_of(plant_of(**handling), scenario_of("shaft 1, shaft 1")), "lathe")] == [8, 16]
    plant = plant_of(TWO_STEPS, SINGLE, **handling, **{"routings/shaft/10/interval": "4 min"})
    facts = facts_of(plant, scenario_of("shaft 1, shaft 1"))
    assert starts_of(facts, "lathe") == [(0, "A-shaft/10"), (4, "B-shaft/10")]
    assert starts_of(facts, "mill")[0] == (8, "A-shaft/20")  # 1 + 5 + 2


def test_transport_may_be_drawn_for_each_lot() -> None:
    """The n-th lot's is its own, whatever else happens."""
    plant = plant_of(
        TWO_STEPS, SINGLE, **{"routings/shaft/10/transport": "{uniform: {low: 5 min, high: 10 min}}", "routings/shaft/20/run": "1 us"}
    )
    facts = facts_of(plant, scenario_of("shaft 30"))
    done = {f.job_order.split("/")[0]: minutes(f) for f in facts if isinstance(f, CountObserved) and f.equipment == "lathe"}
    away = [at - done[job.split("/")[0]] for at, job in starts_of(facts, "mill")]
    assert len(set(away)) == 30
    assert 5 <= min(away) < 6
    assert 9 < max(away) <= 10


def test_batches_are_counted_in_pieces_if_an_operation_says_so() -> None:
    """Of 6, 6 and 6 pieces two lots fit into 14; the third starts alone when it has waited, for 6 are enough."""
    batch = {**BATCH, "routings/shaft/10/batch": "{minimum: 6, maximum: 14, counts: pieces}"}
    plant = plant_of(materials="materials: {shaft: {kind: finished}}", **batch)
    facts = facts_of(plant, scenario_of("shaft 6, shaft 6, shaft 6"), with_mes=False)  # which looks again when it hears something
    assert starts_of(facts, "lathe") == [(0, "A-shaft/10+B-shaft/10"), (10, "C-shaft/10")]
    assert starts_of(facts_of(plant, scenario_of("shaft 20")), "lathe") == [(0, "A-shaft/10")]  # too large, so it goes by itself
    assert starts_of(facts_of(plant, scenario_of("shaft 5")), "lathe") == []


TWINS = ONE_UNIT.replace("work_units: {", "work_units: {twin: {equipment_class: lathe, work_center: turning}, ")


def test_a_lot_comes_back_to_the_unit_that_did_an_earlier_operation() -> None:
    """B is done first at both; A, which was on the twin, waits for it while the lathe is idle."""
    steps = '{shaft: {"10": {segment: turn, run: 5 min}, "20": {segment: turn, run: 5 min, same_unit_as: "10"}}}'
    plant = plant_of(TWINS, SINGLE, routings=steps)
    facts = facts_of(plant, scenario_of("shaft 1, shaft 1 @ 1 min, shaft 1 @ 4 min"))
    assert starts_of(facts, "twin") == [(0, "A-shaft/10"), (5, "C-shaft/10"), (10, "A-shaft/20"), (15, "C-shaft/20")]
    assert starts_of(facts, "lathe") == [(1, "B-shaft/10"), (6, "B-shaft/20")]


def test_a_lot_may_be_bad_as_a_whole() -> None:
    rework = (
        '{shaft: {"10": {segment: turn, run: 1 min}, "20": {segment: turn, run: 1 min, rework: 0.3, rework_to: "10", rejects_by: lot}}}'
    )
    counts = [f for f in facts_of(plant_of(routings=rework), scenario_of("shaft 400")) if isinstance(f, CountObserved)]
    assert {(f.good, f.rework) for f in counts} == {(4, 0), (0, 4)}


def test_every_unit_of_a_class_fails_by_itself_as_the_class_says() -> None:
    failing = {"failures_by_class": "{lathe: [{reason: wear, clock: calendar, time_to_failure: {exponential: 30 min}, repair: 5 min}]}"}
    facts = facts_of(plant_of(TWINS, SHAFTS, **failing), scenario_of("shaft 1", horizon="100 h"))
    down = {name: [minutes(f) for f in facts if getattr(f, "reason", "") == "wear" and f.equipment == name] for name in ("lathe", "twin")}
    assert all(120 < len(times) < 230 for times in down.values())
    assert not set(down["lathe"]) & set(down["twin"])


HOT = """
plant: hot
storage_units: {rack: {}}
work_centers: {turning: {storage: rack}}
work_units: {lathe: {equipment_class: lathe, work_center: turning}, twin: {equipment_class: lathe, work_center: turning}}
setups: {lathe: {default: 10 min}}
process_segments: {turn: {work_center: turning}}
routings:
  shaft: {"10": {segment: turn, run: 5 min, setup_family: thin}}
  bolt: {"10": {segment: turn, run: 5 min, setup_family: thick}}
"""


def orders(*asked: tuple[str, str, str, int]) -> list[dict[str, object]]:
    return [
        {"order": name, "customer": "us", "material": material, "quantity": 1, "at": at, "due": "1 d", "priority": priority}
        for name, material, at, priority in asked
    ]


def test_what_ranks_alike_goes_by_the_next_rule() -> None:
    """Hot lots first, then what needs no set-up, then who came first."""
    plant = plant_of(
        HOT.replace(", twin: {equipment_class: lathe, work_center: turning}", ""),
        "materials: {shaft: {kind: finished}, bolt: {kind: finished}}",
    )
    waiting = orders(("A", "shaft", "0 min", 0), ("B", "bolt", "1 min", 0), ("C", "shaft", "2 min", 0), ("D", "bolt", "3 min", 1))
    asked = scenario_of(demand={"orders": waiting}, policies={"dispatch": "priority", "ties": ["setup_avoidance"]})
    assert [job for _, job in starts_of(facts_of(plant, asked), "lathe")] == ["A-shaft/10", "D-bolt/10", "B-bolt/10", "C-shaft/10"]


@pytest.mark.parametrize(("idle_first", "unit"), [("declared", "lathe"), ("least_setup", "twin")])
def test_of_idle_units_the_one_that_is_set_up_may_be_first(idle_first: str, unit: str) -> None:
    plant = plant_of(HOT, "materials: {shaft: {kind: finished}, bolt: {kind: finished}}", **{"work_centers/turning/idle_first": idle_first})
    waiting = orders(("A", "bolt", "0 min", 0), ("B", "shaft", "0 min", 0), ("C", "shaft", "60 min", 0))
    facts = facts_of(plant, scenario_of(demand={"orders": waiting}, policies={"dispatch": "fifo"}))
    assert "C-shaft/10" in [job for _, job in starts_of(facts, unit)]


@pytest.mark.parametrize(("idle_order", "fewest", "most"), [("declared", 12, 12), ("drawn", 2, 10)])
def test_which_idle_unit_is_asked_first_may_be_drawn_by_the_instant(idle_order: str, fewest: int, most: int) -> None:
    """Both stand idle at each of twelve instants: as declared the first gets all, drawn each gets some; the same by rule and MES."""
    plant = plant_of(HOT, "materials: {shaft: {kind: finished}, bolt: {kind: finished}}", **{"work_centers/turning/idle_order": idle_order})
    waiting = orders(*((f"A{n}", "shaft", f"{20 * n} min", 0) for n in range(12)))
    facts = facts_of(plant, scenario_of(demand={"orders": waiting}, policies={"dispatch": "fifo"}))
    assert fewest <= len(starts_of(facts, "lathe")) <= most


def refusals_of(plant: Plant, scenario: Scenario, *commands: JobOrderCommand) -> list[str]:
    """What either engine answers, one command after the other, a minute apart."""
    answers = []
    for engine in ENGINES:
        source, ahead, told = play(engine, plant, scenario, 1), list(commands), list[str]()
        while (facts := source.advance()) is not None:
            told += [fact.reason for fact in facts if isinstance(fact, JobOrderCommandRefused)]
            while ahead and source.now_us >= scenario.start_us + ahead[0].effective_us:
                source.send([replace(ahead.pop(0), effective_us=source.now_us)])
        assert not ahead
        answers.append(told)
    assert answers[0] == answers[1]
    return answers[0]


def start(at_min: int, equipment: str, operation: str, **lots: int) -> JobOrderCommand:
    return JobOrderCommand(
        effective_us=at_min * 60_000_000, equipment=equipment, command="Start", job_order="+".join(f"{lot}/{operation}" for lot in lots),
        lots=tuple(lots), materials=("shaft",) * len(lots), operations=(operation,) * len(lots), quantities=tuple(lots.values()),
    )  # fmt: skip


def test_a_lot_that_comes_back_is_started_nowhere_else() -> None:
    steps = '{shaft: {"10": {segment: turn, run: 5 min}, "20": {segment: turn, run: 5 min, same_unit_as: "10"}}}'
    told = refusals_of(
        plant_of(TWINS, SINGLE, routings=steps), scenario_of("shaft 1"), start(0, "twin", "10", a=1), start(15, "lathe", "20", a=1),
        start(30, "twin", "20", a=1),
    )  # fmt: skip
    assert told == ["lot a comes back to the unit that did operation 10, which is not lathe"]


def test_no_more_pieces_are_started_together_than_go_into_a_batch() -> None:
    batch = {**BATCH, "routings/shaft/10/batch": "{minimum: 6, maximum: 14, counts: pieces}"}
    plant = plant_of(materials="materials: {shaft: {kind: finished}}", **batch)
    told = refusals_of(plant, scenario_of("shaft 6"), start(0, "lathe", "10", a=8, b=7), start(15, "lathe", "10", c=20))
    assert told == ["lathe takes at most 14 pieces at once"]


def test_a_lot_is_not_there_before_it_is_scanned() -> None:
    """In a cascade nobody but the plant knows when the last piece is out."""
    plant = plant_of(TWO_STEPS, **{"routings/shaft/10/interval": "2 min", "storage_units/belt": "{}", "routings/shaft/20/run": "1 min"})
    run = carry(play("simpy", plant, scenario_of("shaft 4"), 1), Run(plant, scenario_of("shaft 4"), seed=1))
    scans = [entry.event for entry in run.journal.entries() if isinstance(entry.event, MaterialIdentified)]
    assert [(minutes(scan), scan.equipment, scan.job_order) for scan in scans] == [(11, "belt", "A-shaft/20")]
    assert run.mes.job_orders["A-shaft/20"].turn_us == scans[0].effective_us
    assert run.mes.job_orders["A-shaft/20"].before.ended_us == scans[0].effective_us - 3 * 60_000_000  # type: ignore[union-attr]
