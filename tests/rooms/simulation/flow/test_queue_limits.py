"""A lot that waits longer between two operations than it may is told of, and goes on, goes back or is lost: under the rules and the MES."""

from __future__ import annotations

from typing import Any

import pytest

import twin
from tests.parity.playing import Facts, ruled
from tests.rooms.apps.hand_shop import hand_shop, two_orders
from tests.rooms.simulation.small_floor import counts_of, minutes, plant_of, scenario_of
from twin.model.checks.plant_checks import check_plant
from twin.model.events import QueueTimeExceeded
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.results.run import Run
from twin.run import carry
from twin.simulation.engines import ENGINES, play

WASHED = """
plant: washed
storage_units: {rack: {}}
work_centers: {washing: {storage: rack}, growing: {storage: rack}, packing: {storage: rack}}
work_units:
  bath: {equipment_class: bath, work_center: washing, hourly_cost: 60 EUR/h}
  oven: {equipment_class: oven, work_center: growing, hourly_cost: 60 EUR/h}
  packer: {equipment_class: packer, work_center: packing}
process_segments: {wash: {work_center: washing}, grow: {work_center: growing}, pack: {work_center: packing}}
routings:
  wafer:
    wash: {segment: wash, run: 5 min}
    grow: {segment: grow, run: 30 min, queue_limit: {after: wash, within: 1 h}}
    pack: {segment: pack, run: 1 min}
"""
WAFERS = """
materials: {wafer: {kind: finished, lot_size: 1, price: 9 EUR}}
customers: {us: {}}
"""
LIMIT = "routings/wafer/grow/queue_limit"
BACK = {f"{LIMIT}/then": "rework", f"{LIMIT}/rework_to": "wash", f"{LIMIT}/reworks": 1}


def washed(**changes: Any) -> Plant:
    return plant_of(WASHED, WAFERS, **changes)


def told(facts: Facts) -> list[tuple[float, str, int, int]]:
    """When, which job order, pieces lost and pieces that go back."""
    return [(minutes(it), it.job_order, it.scrap, it.rework) for it in facts if isinstance(it, QueueTimeExceeded)]


@pytest.mark.parametrize("engine", ENGINES)
def test_who_waits_longer_than_the_limit_is_told_once_and_goes_on(engine: str) -> None:
    """Lot k is washed at 5 k; the oven takes one in 30 min, so lot k waits 25 (k - 1) min: the fourth is the first that waits too long."""
    facts = ruled(engine, (washed(), scenario_of("wafer 5")), 1, None)
    late = told(facts)
    assert [job for _, job, *_ in late] == ["A-wafer.4/grow", "A-wafer.5/grow"]
    assert [round(at, 3) for at, *_ in late] == [20 + 60, 25 + 60]
    assert len(counts_of(facts, "packer")) == 5


@pytest.mark.parametrize("engine", ENGINES)
def test_a_lot_that_starts_at_the_last_moment_is_in_time(engine: str) -> None:
    """The third waits for exactly 50 min."""
    assert not told(ruled(engine, (washed(**{f"{LIMIT}/within": "50 min"}), scenario_of("wafer 3")), 1, None))
    assert len(told(ruled(engine, (washed(**{f"{LIMIT}/within": "2999.999999 s"}), scenario_of("wafer 3")), 1, None))) == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_a_lot_that_is_too_late_is_washed_again_and_lost_the_next_time(engine: str) -> None:
    facts = ruled(engine, (washed(**BACK), scenario_of("wafer 8")), 1, None)
    jobs = [(job, scrap, rework) for _, job, scrap, rework in told(facts)]
    assert ("A-wafer.4/grow", 0, 1) in jobs
    assert ("A-wafer.8.R/grow", 1, 0) in jobs
    again = [job for _, job, *_ in counts_of(facts, "bath") if ".R" in job]
    lost = sum(scrap for _, scrap, _ in jobs)
    assert len(again) == sum(rework for *_, rework in jobs)
    assert lost
    assert len(counts_of(facts, "packer")) == 8 - lost


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("changes", [{}, BACK, {f"{LIMIT}/then": "scrap"}], ids=["tell", "rework", "scrap"])
def test_mes_and_erp_know_what_became_of_it(engine: str, changes: dict[str, Any]) -> None:
    """What is lost is made anew for the customer; pieces in = out + scrap + on the floor, and the books balance."""
    plant, scenario = washed(**changes), scenario_of("wafer 6", horizon="2 d")
    run = carry(play(engine, plant, scenario, 1), Run(plant, scenario, seed=1))
    late = run.queue_violations
    then = changes.get(f"{LIMIT}/then", "told")
    assert set(late["then"]) <= {then, "scrap"}
    assert set(late["limit_h"]) == {1.0}
    assert min(late["waited_h"]) > 1
    assert {it.alert for it in run.mes.alerts} == {"queue_time"}
    assert "waited 1 h for operation grow after wash; allowed: 1 h" in run.mes.alerts[0].message
    assert not run.violations()
    assert run.erp.orders(run.now_us)[0].shipped == 6
    lots = run.mes.lots.values()
    assert sum(lot.scrapped for lot in lots) == sum(it.quantity for it in run.mes.queue_times.violations if it.then == "scrap")
    assert run.explain("A")


def test_by_rule_and_under_the_mes_the_same_lots_are_too_late() -> None:
    plant, scenario = washed(**BACK), scenario_of("wafer 8")
    run = carry(play("compiled", plant, scenario, 1), Run(plant, scenario, seed=1))
    under_mes = [it.event for it in run.journal.entries() if isinstance(it.event, QueueTimeExceeded)]
    assert told(under_mes)[:4] == told(ruled("compiled", (plant, scenario), 1, None))[:4]


def test_a_limit_that_makes_no_sense_is_named() -> None:
    wrong = {
        "routings/wafer/grow/queue_limit": {"after": "pack", "within": "1 h"},
        "routings/wafer/pack/queue_limit": {"after": "wash", "within": "1 h", "then": "rework", "rework_to": "grow"},
    }
    assert [f"{'.'.join(map(str, it.path))}: {it.what}; {it.allowed}" for it in check_plant(washed(**wrong))] == [
        "routings.wafer.grow.queue_limit.after: 'pack' is not before 'grow'; wash",
        "routings.wafer.pack.queue_limit.rework_to: 'grow' is behind 'wash', so lots that go back there would be too late again; wash",
    ]
    other = {
        "routings/wafer/grow/queue_limit/then": "rework",
        "routings/wafer/pack/queue_limit": {"after": "grow", "within": "1 h", "rework_to": "wash"},
    }
    assert [f"{'.'.join(map(str, it.path))}: {it.what}; {it.allowed}" for it in check_plant(washed(**other))] == [
        "routings.wafer.grow.queue_limit.then: lots that waited too long need rework_to, the operation they go back to; wash",
        "routings.wafer.pack.queue_limit.rework_to: nothing goes back where then is 'tell'; then: rework",
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_left_of_a_lot_after_a_decision_is_lost_and_no_more(engine: str) -> None:
    """One of five is scrapped while the lot waits, the rest is held until its wait is over."""
    grind = {"segment": "grind", "run": "12 min", "queue_limit": {"after": "10", "within": "40 min", "then": "scrap"}}
    routing = {"10": {"segment": "bore", "run": "6 min", "setup_family": "valves"}, "20": grind}
    about = {"nonconformance": "N"}
    entries = [
        {"at": at, "person": "quinn", "terminal": "desk", "says": says, "about": said}
        for at, says, said in (
            ("77 min", "NonconformanceRaised", {**about, "lot": "B-VALVE", "quantity": 1, "description": "burr"}),
            ("77 min", "NonconformanceContained", {**about, "action": "marked"}),
            ("78 min", "NonconformanceDispositioned", {**about, "disposition": "scrap", "reason": "burr"}),
            ("100 min", "LotHoldRequested", {"lot": "B-VALVE", "reason": "look"}),
        )
    ]
    said = Scenario.model_validate({**two_orders().model_dump(mode="json", exclude_unset=True), "entries": entries})
    plant = hand_shop({"routings": {"VALVE": routing}})
    run = twin.simulate(plant, said, until="6 h", seed=1, engine=engine)
    assert [(it.lot, it.then, it.quantity) for it in run.mes.queue_times.violations] == [("B-VALVE", "scrap", 4)]
    assert (run.mes.lots["B-VALVE"].scrapped, run.violations(whole=True)) == (5, [])
