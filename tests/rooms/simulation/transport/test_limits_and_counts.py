"""What vehicles carry may wait only so long, and is counted where it leaves: under the rules and the MES, in both engines."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.simulation.small_floor import minutes, plant_of, scenario_of
from tests.rooms.simulation.transport.test_fleets import BOTH, FLOOR, carried, facts_of
from twin.model.events import LotSetDown, OperationsEvent, OperationSkipped, QueueTimeExceeded
from twin.model.plant import Plant
from twin.results.run import Run
from twin.run import carry
from twin.simulation.engines import ENGINES, play

LIMIT: dict[str, Any] = {
    "routings/shaft/20/queue_limit": {"after": "10", "within": "10 min", "then": "rework", "rework_to": "10", "reworks": 1}
}
EVERY_SECOND: dict[str, Any] = {
    "routings/shaft": {
        "10": {"segment": "turn", "run": "10 min"},
        "15": {"segment": "grind", "run": "3 min", "sample_every": 2},
        "20": {"segment": "mill", "run": "1 min"},
    },
    "fleets/cart/times/yard/far": "20 min",
}


def late(facts: list[OperationsEvent]) -> list[tuple[float, str, int, int]]:
    return [(minutes(it), it.job_order, it.scrap, it.rework) for it in facts if isinstance(it, QueueTimeExceeded)]


def under_mes(engine: str, plant: Plant, orders: str) -> Run:
    scenario = scenario_of(orders)
    return carry(play(engine, plant, scenario, 1), Run(plant, scenario, seed=1))


@pytest.mark.parametrize("engine", ENGINES)
def test_the_wait_for_a_vehicle_and_the_ride_count_and_who_is_too_late_is_found_when_it_is_set_down(engine: str) -> None:
    """Both are turned at 10; the cart sets the first down at 18, in time, the second at 31: it goes back at once, by no cart."""
    facts = facts_of(plant_of(FLOOR, BOTH, **LIMIT), "shaft 2", engine)
    assert late(facts)[0] == (31, "A-shaft.2/20", 0, 1)
    assert [(at, lot) for at, _, lot, place in carried(facts) if not place][:3] == [
        (11, "A-shaft.1"),
        (24, "A-shaft.2"),
        (47, "A-shaft.2.R"),
    ]
    assert late(facts)[1:] == [(54, "A-shaft.2.R/20", 1, 0)]  # turned again until 41, and fetched from the other end; now it is lost


@pytest.mark.parametrize("engine", ENGINES)
def test_mes_and_erp_know_it_and_the_vehicle_that_brought_what_has_to_go_back_is_free(engine: str) -> None:
    """With one place on the belt, and a mill that takes long, the second waits on the cart until its time is over."""
    narrow = {"storage_units/belt/capacity": 1, "routings/shaft/20/run": "2 h", "fleets/cart/vehicles": 2}
    scrapped = {"routings/shaft/20/queue_limit": {"after": "10", "within": "25 min", "then": "scrap"}}
    run = under_mes(engine, plant_of(FLOOR, BOTH, **narrow, **scrapped), "shaft 4")
    lost = run.queue_violations
    assert set(lost["then"]) == {"scrap"}
    assert {it.alert for it in run.mes.alerts} == {"queue_time"}
    assert not run.violations(whole=True)
    assert not run.deadlock
    assert run.explain("A")


@pytest.mark.parametrize("engine", ENGINES)
def test_every_second_lot_is_ground_and_the_others_are_carried_past(engine: str) -> None:
    """Who is counted is known before the cart is sent: it drives a lot to where it really goes next."""
    plant = plant_of(FLOOR, BOTH, **EVERY_SECOND)
    facts = facts_of(plant, "shaft 4", engine)
    brought = [(it.lot, it.place) for it in facts if isinstance(it, LotSetDown)]
    passed = [it.job_order for it in facts if isinstance(it, OperationSkipped)]
    assert passed == ["A-shaft.1/15", "A-shaft.3/15"]
    assert sorted(brought) == [
        ("A-shaft.1", "belt"), ("A-shaft.2", "belt"), ("A-shaft.2", "far"),
        ("A-shaft.3", "belt"), ("A-shaft.4", "belt"), ("A-shaft.4", "far"),
    ]  # fmt: skip
    run = under_mes(engine, plant, "shaft 4")
    assert not run.mes.alerts
    assert not run.violations(whole=True)
    assert [it.event for it in run.journal.entries() if isinstance(it.event, OperationSkipped | LotSetDown)] == [
        it for it in facts if isinstance(it, OperationSkipped | LotSetDown)
    ]
