"""What the MES must never break: on a simulated plant with its decisions in the loop, and on any nonsense that controllers may report."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rooms.mes.little_plant import ITEMS, LAYOUT, MIN_US, START_US, Floor, little_plant, state_of
from twin.mes import Mes
from twin.model.events import (
    EquipmentActual,
    GoodsShipped,
    Heartbeat,
    JobOrderAborted,
    JobOrderCommand,
    JobOrderCommandRefused,
    JobOrderCompleted,
    JobOrderHeld,
    JobOrderPaused,
    JobOrderResumed,
    JobOrderStarted,
    JournalPosted,
    LotSplit,
    MaterialActual,
    OperationsEvent,
    OperationsRequestReleased,
    OperationsResponse,
    PersonnelActual,
    SalesOrderConfirmed,
    WorkAlertRaised,
)
from twin.model.materials import Materials
from twin.model.plant import Plant, PlantFile
from twin.model.policies.dispatch import DISPATCH_RULES
from twin.model.scenario import Scenario
from twin.model.states import Source
from twin.model.states import WorkUnitState as S
from twin.run import replay, simulate
from twin.simulation.simpy_plant import SimulatedPlant
from twin.store.files import read_plant, read_scenario

CONCLUSIONS = (
    EquipmentActual, PersonnelActual, MaterialActual, LotSplit, OperationsResponse,
    JobOrderStarted, JobOrderHeld, JobOrderPaused, JobOrderResumed, JobOrderCompleted, JobOrderAborted,
)  # fmt: skip
DAY_US = 24 * 60 * MIN_US
QUICK = settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.too_slow])


@dataclass
class Story:
    """One pass of the path: rounds of facts, and the journal in the order in which it was applied."""

    mes: Mes
    rounds: list[list[OperationsEvent]] = field(default_factory=list)
    journal: list[OperationsEvent] = field(default_factory=list)
    to_release: list[SalesOrderConfirmed] = field(default_factory=list)

    def carry(self, facts: list[OperationsEvent], *, fact_by_fact: bool = False) -> list[OperationsEvent]:
        """Apply a round and what is concluded (after all of its facts, or after each); decide; the commands."""
        self.rounds.append(facts)
        for group in [[fact] for fact in facts] if fact_by_fact else [facts]:
            self._conclude(group)
        now_us, commands = facts[-1].effective_us, []
        while decided := [*self._release(now_us), *self.mes.decide(now_us)]:
            self._conclude(decided)
            commands += [event for event in decided if isinstance(event, JobOrderCommand)]
        assert self.mes.violations(now_us) == []
        return commands

    def _conclude(self, events: list[OperationsEvent]) -> None:
        pending = deque(events)
        while pending:
            event = pending.popleft()
            self.journal.append(event)
            if isinstance(event, SalesOrderConfirmed):
                self.to_release.append(event)
            pending.extend(self.mes.apply(event))

    def _release(self, now_us: int) -> list[OperationsEvent]:
        """What an office would do: pass every customer order on as a request."""
        heard, self.to_release = self.to_release, []
        return [
            OperationsRequestReleased(
                effective_us=now_us, request=it.order, order=it.order, material=it.material, quantity=it.quantity, due_us=it.due_us
            )
            for it in heard
        ]

    def concluded(self) -> Counter[OperationsEvent]:
        return Counter(event for event in self.journal if isinstance(event, CONCLUSIONS))


@st.composite
def shops(draw: st.DrawFn) -> tuple[Plant, Scenario, int]:
    """The little plant with other failures, shares of scrap and rework, storage places; orders, a rule, and a seed."""
    share = st.sampled_from([0.0, 0.1, 0.4])
    layout = {**LAYOUT, "routings": {**LAYOUT["routings"]}, "work_units": {**LAYOUT["work_units"]}}
    pin = {name: dict(step) for name, step in LAYOUT["routings"]["PIN"].items()}
    pin["20"] |= {"scrap": draw(share), "rework": draw(share), "rework_to": draw(st.sampled_from(["10", "20"]))}
    pin["10"] |= {"transport": draw(st.sampled_from([0, "7 min"]))}
    layout["routings"]["PIN"] = pin
    layout["storage_units"] = {**LAYOUT["storage_units"], "racks": draw(st.sampled_from([{}, {"capacity": 1}]))}
    if draw(st.booleans()):
        failures = [{"reason": "tool_broken", "time_to_failure": {"exponential": "90 min"}, "repair": {"exponential": "20 min"}}]
        layout["work_units"] |= {name: LAYOUT["work_units"][name] | {"failures": failures} for name in ("mill_1", "saw_1", "bench_1")}
    materials = {name: dict(it) for name, it in ITEMS["materials"].items()}
    for name, stock in (("STEEL", 50_000), ("SCREW", 900), ("PIN", draw(st.sampled_from([0, 7, 90])))):
        materials[name]["opening_stock"] = stock
    orders = [
        {
            "order": f"O{n}", "customer": "c", "material": draw(st.sampled_from(["PIN", "PIN", "PLATE", "BOX", "BOX", "KIT", "DRINK"])),
            "quantity": draw(st.integers(1, 30)), "at": f"{draw(st.integers(0, 4)) * 30} min", "due": f"{draw(st.integers(5, 40))} h",
        }
        for n in range(draw(st.integers(1, 6)))
    ]  # fmt: skip
    scenario = {
        "plant": "little", "start": "2026-03-02T06:00:00Z", "horizon": "2 d", "demand": {"orders": orders},
        "policies": {"dispatch": draw(st.sampled_from(DISPATCH_RULES))},
    }  # fmt: skip
    plant = Plant(layout=PlantFile.model_validate(layout), materials=Materials.model_validate({"materials": materials}))
    return plant, Scenario.model_validate(scenario), draw(st.integers(0, 2**32))


def told(plant: Plant, scenario: Scenario, seed: int) -> Story:
    """A simulated day and a half, with the MES in the loop."""
    source, story = SimulatedPlant(plant, scenario, seed, scenario.start_us + DAY_US * 3 // 2), Story(Mes(plant, scenario.policies))
    while (facts := source.advance()) is not None:
        source.send(story.carry(facts))
    return story


@QUICK
@given(shop=shops())
def test_a_simulated_shop_keeps_every_invariant_and_takes_every_command(shop):
    story = told(*shop)
    assert story.mes.audit(story.mes.now_us) == []
    assert [e for e in story.journal if isinstance(e, JobOrderCommandRefused | WorkAlertRaised)] == []


@QUICK
@given(shop=shops())
def test_applying_a_journal_again_without_listening_rebuilds_the_same_state(shop):
    plant, scenario, _ = shop
    story, again = told(*shop), Mes(plant, scenario.policies)
    for event in story.journal:
        again.apply(event)
    assert state_of(again) == state_of(story.mes)
    assert again.decide(again.now_us) == story.mes.decide(story.mes.now_us)


@QUICK
@given(shop=shops())
def test_conclusions_may_follow_each_fact_or_all_facts_of_the_round(shop):
    plant, scenario, _ = shop
    story, other = told(*shop), Story(Mes(plant, scenario.policies))
    for facts in story.rounds:
        other.carry(facts, fact_by_fact=True)
    assert other.concluded() == story.concluded()
    assert state_of(other.mes)["tracking"] == state_of(story.mes)["tracking"]


@QUICK
@given(shop=shops())
def test_all_facts_of_an_instant_may_come_in_one_round(shop):
    """As they do from a live plant, whose answer to a command comes with what the command followed from."""
    plant, scenario, _ = shop
    story, live = told(*shop), Story(Mes(plant, scenario.policies))
    for merged in instants(plant, story.rounds):
        live.carry(merged)
    assert live.concluded() == story.concluded()
    for name in plant.equipment:
        assert live.mes.equipment.records[name].intervals == story.mes.equipment.records[name].intervals
    assert live.mes.audit(live.mes.now_us) == []
    assert not [event for event in live.journal if isinstance(event, JobOrderCommand)]  # the plant has decided: nothing is left to say


@pytest.mark.slow
def test_a_gearbox_shop_followed_instant_by_instant_has_the_same_books(root):
    """The whole path, MES and ERP, over two days of the shop that ships."""
    plant = read_plant(root / "plant_models" / "gearbox_shop")
    scenario = read_scenario(root / "scenarios" / "gearbox_shop" / "baseline.yaml", plant)
    simulated = simulate(plant, scenario, seed=7, until_us=2 * DAY_US)
    facts = [entry.event for entry in simulated.journal.entries() if entry.source != Source.RULE]
    in_time = [fact for merged in instants(simulated.plant, [facts]) for fact in merged]
    followed = replay(in_time, plant, scenario)
    kinds = (*CONCLUSIONS, JournalPosted)
    books = [Counter(e.event for e in run.journal.entries() if isinstance(e.event, kinds)) for run in (simulated, followed)]
    assert books[0] == books[1]
    assert sum(books[0].values()) > 2000
    assert followed.mes.audit(followed.now_us) == []
    assert not [e for e in followed.journal.entries() if isinstance(e.event, JobOrderCommand)]


def instants(plant: Plant, rounds: list[list[OperationsEvent]]) -> list[list[OperationsEvent]]:
    """The rounds of each instant as one, in canonical order: what has no equipment first, then by declared order."""
    place = {name: n for n, name in enumerate(plant.equipment)}
    facts = sorted((fact for facts in rounds for fact in facts), key=lambda fact: fact.effective_us)
    return [
        sorted(group, key=lambda fact: (place.get(fact.equipment, -1), not isinstance(fact, Heartbeat) and fact.equipment == ""))
        for _, group in groupby(facts, key=lambda fact: fact.effective_us)
    ]


# Any nonsense


@st.composite
def nonsense(draw: st.DrawFn) -> list[tuple[str, Any]]:
    """Reports of controllers that nobody has wired properly, and of people who press anything."""
    job_orders = ["P.1/10", "P.1/20", "P.2/10", "P.2/30", "B/10", "D/10", "ghost/10", "", "P.1/10+P.2/10"]
    lots, bought, persons = ["L1", "L2", "P.1"], ["STEEL", "SCREW", "PIN"], ["", "anna", "ben"]
    commands = ["Start", "Pause", "Resume", "Hold", "Restart", "Abort", "Stop", "Reset", "Dance"]
    step = st.one_of(
        st.tuples(st.just("wait"), st.integers(0, 90)),
        st.tuples(
            st.just("state"),
            st.tuples(
                st.sampled_from(["saw_1", "mill_1", "mill_2", "oven_1", "bench_1", "line_1", "filler", "nobody"]),
                st.sampled_from([*S]), st.sampled_from(job_orders), st.sampled_from(["", "anna", "ben", "anna+ben", "zoe"]),
            ),
        ),
        st.tuples(
            st.just("count"),
            st.tuples(
                st.sampled_from(["saw_1", "mill_1", "oven_1", "bench_1", "line_1", "filler"]), st.sampled_from(job_orders),
                st.integers(0, 5), st.integers(0, 2), st.integers(0, 2),
            ),
        ),
        st.tuples(st.just("delivery"), st.tuples(st.sampled_from(lots), st.sampled_from(bought), st.integers(1, 300))),
        st.tuples(st.just("ship"), st.tuples(st.sampled_from(lots), st.integers(1, 9))),
        st.tuples(
            st.just("command"),
            st.tuples(
                st.sampled_from(commands), st.sampled_from(["saw_1", "mill_1", "bench_1", "nobody", ""]), st.sampled_from(job_orders),
                st.sampled_from(persons),
            ),
        ),
        st.tuples(st.just("decide"), st.none()),
    )  # fmt: skip
    return draw(st.lists(step, min_size=5, max_size=60))


def suffer(steps: list[tuple[str, Any]], **policies: str) -> Floor:
    """A floor on which all of it happened; `Floor.tell` asserts the invariants after every round."""
    floor = Floor(**policies).all_idle()
    floor.tell(floor.request("P", "PIN", 7), floor.request("B", "BOX", 2), floor.request("D", "DRINK", 20), floor.stock("STEEL", 500))
    for kind, it in steps:
        if kind == "wait":
            floor.wait(it)
        elif kind == "decide":
            floor.decide()
        elif kind == "state":
            floor.tell(floor.state(*it))
        elif kind == "count":
            floor.tell(floor.count(*it))
        elif kind == "delivery":
            floor.tell(floor.delivery(*it))
        elif kind == "ship":
            floor.tell(GoodsShipped(effective_us=floor.now_us, lot=it[0], customer="c", material="PIN", quantity=it[1]))
        else:
            floor.tell(floor.command(*it))
    return floor


@pytest.mark.slow
@settings(deadline=None, max_examples=300)
@given(steps=nonsense(), decisions=st.sampled_from(["mes", "observed"]))
def test_no_report_and_no_command_raises_or_breaks_an_invariant(steps, decisions):
    floor = suffer(steps, decisions=decisions)
    for wrong in floor.mes.equipment.audit():
        raise AssertionError(wrong)
    assert all(lot.on_hand >= 0 and lot.in_process >= 0 for lot in floor.mes.lots.values())
    for by in ("equipment", "request", "order", "shift", "product", "person"):
        floor.mes.indicators(by, START_US, floor.now_us)


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(steps=nonsense())
def test_even_nonsense_is_rebuilt_from_its_journal(steps):
    floor = suffer(steps)
    again = Mes(floor.plant, floor.policies)
    for event in floor.journal:
        again.apply(event)
    assert state_of(again) == state_of(floor.mes)


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(steps=nonsense(), command=st.sampled_from(["Start", "Pause", "Resume", "Hold", "Restart", "Abort", "Stop", "Reset"]))
def test_a_refused_command_changes_nothing(steps, command):
    floor = suffer(steps)
    before = state_of(floor.mes)
    concluded = floor.tell(floor.command(command, "mill_1", "P.1/20", "ben"))
    if any(isinstance(event, JobOrderCommandRefused) for event in concluded):
        after = state_of(floor.mes)
        assert [after[room] for room in ("execution", "tracking", "release", "equipment")] == [
            before[room] for room in ("execution", "tracking", "release", "equipment")
        ]
        assert after["commands"]["on_their_way"] == before["commands"]["on_their_way"]


@pytest.mark.parametrize("rule", DISPATCH_RULES)
def test_every_rule_gets_the_same_work_done(rule):
    plant = little_plant()
    orders = [{"order": f"O{n}", "customer": "c", "material": "PLATE", "quantity": 5 + n, "due": f"{9 - n} h"} for n in range(6)]
    scenario = Scenario.model_validate(
        {"plant": "little", "start": "2026-03-02T06:00:00Z", "horizon": "2 d", "demand": {"orders": orders}, "policies": {"dispatch": rule}}
    )
    mes = told(plant, scenario, 1).mes
    assert mes.tracking.on_hand("PLATE") == sum(order["quantity"] for order in orders)
